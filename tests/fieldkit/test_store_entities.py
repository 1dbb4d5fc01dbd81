# SPDX-License-Identifier: EUPL-1.2
"""Entity lists on this computer: what finished records do to them is seen at once, and yields to the server."""

from __future__ import annotations

import copy
import csv
import io
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldkit.errors import NotFoundError
from fieldkit.form_cache import load_stored
from fieldkit.store import Store, open_store
from forms import FormSession
from tests.fieldkit import child_process
from tests.fieldkit.orchard import ORIGIN, SERVER, again, begin, draft, finish, rows, server_csv
from tests.forms.entity_sheets import OTHER, PLANT, TREE, VISIT, sheet
from tests.unsealing import encrypted_form, private_key, public_text


@pytest.fixture
def orchard(store: Store) -> Store:
    begin(store)
    return store


def offered(store: Store) -> dict[str, str]:
    session = FormSession(load_stored(store, "visit"))
    return {choice.value: choice.label.value for choice in session.choices("/f/tree")}


def send(store: Store, instance_id: str) -> None:
    store.instances.mark_attempted(instance_id, datetime.now(UTC))
    store.instances.mark_submitted(instance_id, datetime.now(UTC))


def test_the_servers_rows_have_a_trunk_and_a_branch(orchard):
    found = rows(orchard)
    assert [(row["label"], row["__version"], row["__trunkVersion"]) for row in found.values()] == [
        ("Oak", "3", "3"),
        ("Elm", "1", "1"),
    ]
    branches = [row["__branchId"] for row in found.values()]
    assert len({UUID(branch) for branch in branches}) == 2
    assert [row["__branchId"] for row in rows(orchard).values()] == branches


def test_a_tree_planted_in_one_form_is_offered_by_the_other_at_once(orchard):
    assert list(offered(orchard).values()) == ["Oak", "Elm"]
    made = finish(orchard, draft(orchard, "plant", species="Ash", height="1"))
    assert offered(orchard)[made.entity_id] == "Ash"
    row = rows(orchard)[made.entity_id]
    assert (row["__version"], row["__trunkVersion"], row["height"]) == ("1", "", "1")
    assert UUID(row["__branchId"]).version == 4


def test_updates_follow_each_other_on_one_branch(orchard):
    first = finish(orchard, draft(orchard, "visit", tree=TREE, height="10"))
    second = finish(orchard, draft(orchard, "visit", tree=TREE, height="11"))
    assert (first.base_version, first.trunk_version) == ("3", "3")
    assert (second.base_version, second.trunk_version, second.branch_id) == ("4", "3", first.branch_id)
    assert first.branch_id
    row = rows(orchard)[TREE]
    assert (row["__version"], row["__trunkVersion"], row["__branchId"]) == ("5", "3", first.branch_id)
    assert (row["label"], row["species"], row["height"]) == ("Oak", "oak", "11")


def test_what_was_made_here_is_updated_without_a_trunk(orchard):
    made = finish(orchard, draft(orchard, "plant", species="Ash"))
    branch = rows(orchard)[made.entity_id]["__branchId"]
    change = finish(orchard, draft(orchard, "visit", tree=made.entity_id, height="2"))
    assert (change.base_version, change.trunk_version, change.branch_id) == ("1", "", branch)


def test_a_record_that_is_reopened_takes_its_changes_back(orchard):
    planted, visited = draft(orchard, "plant", species="Ash"), draft(orchard, "visit", tree=TREE, height="10")
    made = finish(orchard, planted)
    finish(orchard, visited)
    later = finish(orchard, draft(orchard, "visit", tree=made.entity_id, height="5"))
    orchard.instances.reopen(visited.instance_id)
    assert (rows(orchard)[TREE]["__version"], rows(orchard)[TREE].get("height")) == ("3", "")
    orchard.instances.reopen(planted.instance_id)
    assert list(offered(orchard)) == [TREE, OTHER]
    assert finish(orchard, again(orchard, planted.instance_id)).entity_id == made.entity_id
    row = rows(orchard)[made.entity_id]  # the later visit finds its tree, and its branch, again
    assert (row["__version"], row["height"], row["__branchId"]) == ("2", "5", later.branch_id)


def test_a_record_that_is_deleted_leaves_nothing(orchard):
    planted = draft(orchard, "plant", species="Ash")
    finish(orchard, planted)
    orchard.instances.reopen(planted.instance_id)
    orchard.instances.delete(planted.instance_id)
    orchard.instances.empty_bin(datetime.now(UTC) + timedelta(days=1))
    assert list(rows(orchard)) == [TREE, OTHER]
    assert orchard.entities.unknown_ids(ORIGIN, "trees") == ()


def test_what_the_server_has_is_dropped_and_what_it_has_not_stays(orchard):
    planted = draft(orchard, "plant", species="Ash")
    made = finish(orchard, planted)
    finish(orchard, draft(orchard, "visit", tree=TREE, height="10"))
    finish(orchard, draft(orchard, "visit", tree=TREE, height="11"))
    send(orchard, planted.instance_id)
    on_server = {
        TREE: {"label": "Oak", "__version": "4", "species": "oak", "height": "10"},
        made.entity_id: {"label": "Ash tree", "__version": "1", "species": "Ash"},
    }
    orchard.entities.put_list(ORIGIN, "trees", server_csv(on_server), "md5:2")
    found = rows(orchard)
    assert list(found) == [TREE, made.entity_id]
    assert (found[TREE]["__version"], found[TREE]["height"], found[TREE]["__trunkVersion"]) == ("5", "11", "3")
    assert (found[made.entity_id]["label"], found[made.entity_id]["__trunkVersion"]) == ("Ash tree", "1")
    on_server[TREE] |= {"__version": "5", "height": "12"}
    orchard.entities.put_list(ORIGIN, "trees", server_csv(on_server), "md5:3")
    assert (rows(orchard)[TREE]["height"], rows(orchard)[TREE]["__trunkVersion"]) == ("12", "5")
    assert orchard.entities.hash_of(ORIGIN, "trees") == "md5:3"


def test_what_was_deleted_on_the_server_is_purged(orchard):
    made = finish(orchard, draft(orchard, "plant", species="Ash"))
    finish(orchard, draft(orchard, "visit", tree=TREE, height="10"))
    assert orchard.entities.unknown_ids(ORIGIN, "trees") == (made.entity_id,)
    orchard.entities.purge(ORIGIN, "trees", [made.entity_id])
    assert list(rows(orchard)) == [TREE, OTHER]
    assert orchard.entities.unknown_ids(ORIGIN, "trees") == ()


def test_what_a_server_would_not_take_is_not_shown(orchard):
    finish(orchard, draft(orchard, "plant"))  # without a label
    assert list(rows(orchard)) == [TREE, OTHER]


def test_an_older_form_changes_nothing_here(orchard):
    xml = sheet(PLANT, "plant", "0").replace(b"2024.1.0", b"2023.1.0")
    orchard.blank_forms.put("plant", "0", "Plant", xml, {}, ORIGIN)
    session = draft(orchard, "plant", species="Ash")
    orchard.instances.finalize(session.instance_id, session.finalize(), datetime.now(UTC))
    assert list(rows(orchard)) == [TREE, OTHER]


def test_an_edit_changes_nothing_again(orchard):
    first = draft(orchard, "visit", tree=TREE, height="10")
    finish(orchard, first)
    send(orchard, first.instance_id)
    finish(orchard, draft(orchard, "visit", deprecated_id=first.instance_id, tree=TREE, height="11"))
    assert (rows(orchard)[TREE]["__version"], rows(orchard)[TREE]["height"]) == ("4", "10")


def test_lists_of_two_accounts_do_not_mix(orchard):
    xml = sheet(PLANT, "elsewhere")
    orchard.blank_forms.put("elsewhere", "1", "Elsewhere", xml, {}, "another")
    finish(orchard, draft(orchard, "elsewhere", species="Ash"))
    assert list(rows(orchard)) == [TREE, OTHER]
    orchard.entities.put_list("another", "trees", SERVER, "md5:1")
    assert orchard.entities.content("another", "trees").count(b"\n") == 4


@pytest.mark.parametrize("content", [b"\xff\xfe", b"a,b\n1,2\n", b""])
def test_a_list_without_ids_is_served_as_it_is(orchard, content):
    orchard.entities.put_list(ORIGIN, "trees", content, "md5:2")
    session = draft(orchard, "plant", species="Ash")
    orchard.instances.finalize(session.instance_id, session.finalize(), datetime.now(UTC))
    assert orchard.entities.content(ORIGIN, "trees") == content


def test_a_list_that_never_came_is_told(orchard):
    with pytest.raises(NotFoundError):
        orchard.entities.content(ORIGIN, "people")
    assert orchard.entities.hash_of(ORIGIN, "people") == ""


def test_the_kept_form_is_another_as_soon_as_the_list_is(orchard):
    stamps = [orchard.blank_forms.get("visit").attachments["trees.csv"]]
    session = draft(orchard, "plant", species="Ash")
    finish(orchard, session)
    stamps.append(orchard.blank_forms.get("visit").attachments["trees.csv"])
    orchard.instances.reopen(session.instance_id)
    stamps.append(orchard.blank_forms.get("visit").attachments["trees.csv"])
    orchard.entities.put_list(ORIGIN, "trees", SERVER.replace(b"Elm", b"Yew"), "md5:2")
    stamps.append(orchard.blank_forms.get("visit").attachments["trees.csv"])
    assert stamps[0] == stamps[2]
    assert len(set(stamps)) == 3
    assert orchard.blank_forms.get("visit").lists == ("trees.csv",)


def test_a_killed_finalize_leaves_record_and_list_together(tmp_path):
    found = child_process.run("finalizing.py", tmp_path, 12)
    assert found["apart"] == 0
    assert found["finalized"] >= found["kills"]


TREES = st.sampled_from(range(4))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("plant"), st.sampled_from(["Ash", "Fir"]), TREES),
        st.tuples(st.just("visit"), TREES, st.integers(1, 99)),
        st.tuples(st.just("reopen"), TREES, st.none()),
        st.tuples(st.just("send"), st.none(), st.none()),
        st.tuples(st.just("pull"), st.none(), st.none()),
    ),
    max_size=14,
)


class Model:
    """The same orchard, written again from the rules: a server, and the unsent work of one device on top of it."""

    def __init__(self) -> None:
        self.server = {
            TREE: {"label": "Oak", "__version": 3, "height": ""},
            OTHER: {"label": "Elm", "__version": 1, "height": ""},
        }
        self.pulled = copy.deepcopy(self.server)
        self.done: list[dict] = []  # finalized records, in order
        self.sent = 0

    def shown(self) -> dict[str, dict]:
        trees = copy.deepcopy(self.pulled)
        for record in self.done:
            if record["made"]:
                trees.setdefault(record["tree"], {"label": record["label"], "__version": 1, "height": record["height"]})
        for record in self.done:
            if not record["made"] and not record["dropped"] and record["tree"] in trees:
                tree = trees[record["tree"]]
                tree |= {"height": record["height"], "__version": max(tree["__version"], record["version"])}
        return trees

    def send(self) -> dict | None:
        if self.sent == len(self.done):
            return None
        record = self.done[self.sent]
        self.sent += 1
        if record["made"]:
            self.server[record["tree"]] = {"label": record["label"], "__version": 1, "height": record["height"]}
        elif record["tree"] in self.server:
            tree = self.server[record["tree"]]
            tree |= {"height": record["height"], "__version": tree["__version"] + 1}
        return record

    def pull(self) -> None:
        self.pulled = copy.deepcopy(self.server)
        for name, tree in self.pulled.items():
            mine = [record for record in self.done if record["tree"] == name and not record["dropped"]]
            if mine and tree["__version"] >= max(record["version"] for record in mine):
                for record in mine:
                    record["dropped"] = True


AWKWARD = 'a, "b"\r\nc\rd\n;é\t\\ '


def test_any_text_comes_back_changed_or_not(orchard):
    server = server_csv(
        {TREE: {"label": AWKWARD, "__version": 3, "species": AWKWARD}, OTHER: {"label": "", "species": " "}}
    )
    orchard.entities.put_list(ORIGIN, "trees", server, "md5:2")
    before = rows(orchard)
    finish(orchard, draft(orchard, "visit", tree=TREE, height="10"))
    after = rows(orchard)
    assert (before[TREE]["label"], before[TREE]["species"], before[OTHER]["species"]) == (AWKWARD, AWKWARD, " ")
    assert (after[TREE]["label"], after[TREE]["species"], after[TREE]["height"]) == (AWKWARD, AWKWARD, "10")
    assert after[OTHER] == before[OTHER]


def test_lines_without_a_new_property_are_as_long_as_the_others(orchard):
    finish(orchard, draft(orchard, "visit", tree=OTHER, height="10"))
    content = orchard.entities.content(ORIGIN, "trees").decode()
    assert [len(line) for line in csv.reader(io.StringIO(content, newline=""))] == [7, 7, 7]
    assert [(name, row["species"], row["height"]) for name, row in rows(orchard).items()] == [
        (TREE, "oak", ""),
        (OTHER, "elm", "10"),
    ]


def test_a_list_is_read_as_one_state_while_another_comes(orchard):
    """Between two reads of one answer the server's next list arrives: rows and header are those of one list."""
    finish(orchard, draft(orchard, "visit", tree=OTHER, height="10"))
    with orchard.reopen() as other, orchard.reopen() as reader:
        connection = reader.entities._db
        with connection.read():
            assert connection.number("SELECT count(*) FROM entity_rows") == 2
            other.entities.put_list(ORIGIN, "trees", server_csv({OTHER: {"label": "Elm", "__version": 1}}), "md5:2")
            assert connection.number("SELECT count(*) FROM entity_rows") == 2
        assert list(rows(reader)) == [OTHER]
        assert rows(reader)[OTHER]["height"] == "10"


def encrypt(store: Store, form_id: str, table: str) -> None:
    form = encrypted_form(sheet(table, form_id), public_text(private_key()))
    store.blank_forms.put(form_id, "1", form_id, form, {}, ORIGIN, lists=["trees.csv"] if table == VISIT else [])


def test_what_no_server_can_read_changes_no_list(orchard):
    encrypt(orchard, "plant", PLANT)
    encrypt(orchard, "visit", VISIT)
    before = rows(orchard)
    finish(orchard, draft(orchard, "plant", species="Ash"))
    visited = draft(orchard, "visit", tree=TREE, height="10")
    finish(orchard, visited)
    assert rows(orchard) == before
    assert orchard.instances.seals.of(visited.instance_id) is not None
    assert orchard.entities.unknown_ids(ORIGIN, "trees") == ()
    assert orchard.entities.base_of(visited.instance_id) == ""


def test_a_record_that_is_sealed_later_takes_its_changes_back(orchard):
    planted = draft(orchard, "plant", species="Ash")
    finish(orchard, planted)
    assert list(offered(orchard).values()) == ["Oak", "Elm", "Ash"]
    encrypt(orchard, "plant", PLANT)
    orchard.instances.seals.add(planted.instance_id)
    assert list(offered(orchard).values()) == ["Oak", "Elm"]


@settings(max_examples=40)
@given(STEPS)
def test_two_forms_and_a_server_see_the_list_that_the_rules_make(steps):
    model = Model()
    with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "fieldkit.db") as store:
        begin(store, server_csv(model.server))
        for kind, first, second in steps:
            names = list(model.shown())
            if kind == "plant":
                session = draft(store, "plant", species=first, height=str(second))
                made = finish(store, session)
                model.done.append(
                    {"id": session.instance_id, "tree": made.entity_id, "made": True, "version": 1, "label": first,
                     "height": str(second), "dropped": False}
                )  # fmt: skip
            elif kind == "visit" and first < len(names):
                tree = names[first]
                before = model.shown()[tree]
                session = draft(store, "visit", tree=tree, height=str(second))
                change = finish(store, session)
                assert change.base_version == str(before["__version"])
                assert bool(change.branch_id)
                assert change.trunk_version == str(model.pulled[tree]["__version"] if tree in model.pulled else "") or (
                    any(record["tree"] == tree and not record["dropped"] for record in model.done)
                )
                model.done.append(
                    {"id": session.instance_id, "tree": tree, "made": False, "version": before["__version"] + 1,
                     "height": str(second), "dropped": False}
                )  # fmt: skip
            elif kind == "reopen" and len(model.done) > model.sent:
                record = model.done.pop(model.sent + first % (len(model.done) - model.sent))
                store.instances.reopen(record["id"])
            elif kind == "send" and (record := model.send()):
                send(store, record["id"])
            elif kind == "pull":
                model.pull()
                store.entities.put_list(ORIGIN, "trees", server_csv(model.server), f"md5:{len(model.done)}")
            shown = {
                name: {"label": row["label"], "__version": int(row["__version"]), "height": row["height"]}
                for name, row in rows(store).items()
            }
            assert shown == model.shown()
