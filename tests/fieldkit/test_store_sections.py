# SPDX-License-Identifier: EUPL-1.2
"""The contract of the smaller sections of the store: blank forms, attempts, accounts, facts."""

from __future__ import annotations

import hashlib

import pytest

from fieldkit.errors import NotFoundError
from fieldkit.store import Account, Store
from tests.fieldkit.store_samples import add_draft, at


def test_a_blank_form_is_kept_with_its_files(store: Store) -> None:
    store.blank_forms.put("f", "1", "Été", b"<x>\xc3\xa9</x>", {"a.csv": b"n\n1", "b.png": b"\x89"}, "shipped")
    form = store.blank_forms.get("f")
    assert (form.form_id, form.version, form.title, form.origin, form.retired) == ("f", "1", "Été", "shipped", False)
    assert form.hash == hashlib.md5(b"<x>\xc3\xa9</x>", usedforsecurity=False).hexdigest()
    assert list(form.attachments) == ["a.csv", "b.png"]
    assert store.blank_forms.xml("f", "1") == b"<x>\xc3\xa9</x>"
    assert store.blank_forms.attachment("f", "1", "b.png") == b"\x89"
    with pytest.raises(NotFoundError):
        store.blank_forms.attachment("f", "1", "c.csv")


def test_older_versions_stay_for_their_drafts(store: Store) -> None:
    store.blank_forms.put("f", "2", "Old", b"<old/>", {}, "a")
    store.blank_forms.put("f", "10", "New", b"<new/>", {}, "a")
    store.blank_forms.put("e", "1", "É first", b"<e/>", {}, "a")
    assert [(form.form_id, form.version) for form in store.blank_forms.list()] == [("e", "1"), ("f", "10")]
    assert store.blank_forms.versions("f") == ("10", "2")
    assert store.blank_forms.xml("f", "2") == b"<old/>"
    assert store.blank_forms.get("f").version == "10"


def test_the_same_version_is_replaced_whole(store: Store) -> None:
    store.blank_forms.put("f", "1", "A", b"<a/>", {"a.csv": b"1"}, "a")
    store.blank_forms.put("f", "1", "B", b"<b/>", {"b.csv": b"2"}, "b")
    form = store.blank_forms.get("f", "1")
    assert (form.title, form.origin, list(form.attachments)) == ("B", "b", ["b.csv"])
    assert store.blank_forms.versions("f") == ("1",)


def test_a_retired_form_leaves_the_list_until_it_is_put_again(store: Store) -> None:
    store.blank_forms.put("f", "1", "A", b"<a/>", {}, "a")
    store.blank_forms.retire("f")
    assert store.blank_forms.list() == []
    assert store.blank_forms.get("f").retired
    assert store.blank_forms.xml("f", "1") == b"<a/>"
    store.blank_forms.put("f", "2", "A", b"<a2/>", {}, "a")
    assert [form.version for form in store.blank_forms.list()] == ["2"]
    with pytest.raises(NotFoundError):
        store.blank_forms.retire("none")
    with pytest.raises(NotFoundError):
        store.blank_forms.get("f", "3")


def test_attempts_are_a_log(store: Store) -> None:
    instance_id = add_draft(store)
    store.attempts.add(instance_id, at(1), "failed", "offline", "no route", 0)
    store.attempts.add(instance_id, at(2), "delivered", "", "received", 2048)
    assert [(one.outcome, one.reason, one.bytes_sent, one.at) for one in store.attempts.of(instance_id)] == [
        ("failed", "offline", 0, at(1)),
        ("delivered", "", 2048, at(2)),
    ]
    with pytest.raises(NotFoundError):
        store.attempts.add("uuid:none", at(), "failed")
    assert store.attempts.of("uuid:none") == []


def test_accounts_hold_no_secret(store: Store) -> None:
    store.accounts.put(Account("b", "https://b.example", 2))
    store.accounts.put(Account("a", "https://a.example", 1, "GAL"))
    store.accounts.put(Account("b", "https://b2.example", 3))
    assert store.accounts.all() == [Account("a", "https://a.example", 1, "GAL"), Account("b", "https://b2.example", 3)]
    assert store.accounts.get("a").display_name == "GAL"
    store.accounts.remove("a")
    store.accounts.remove("a")
    with pytest.raises(NotFoundError):
        store.accounts.get("a")
    assert not {"token", "secret", "password"} & set(Account.__slots__)


def test_facts_are_kept_and_forgotten(store: Store) -> None:
    assert store.facts.get("pull.at", "never") == "never"
    store.facts.set("pull.at", "2026")
    assert store.facts.get("pull.at") == "2026"
    store.facts.set("pull.at", "")
    assert store.facts.get("pull.at") == ""
