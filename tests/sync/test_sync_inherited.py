# SPDX-License-Identifier: EUPL-1.2
"""An edit sends only the files that the region does not have from the version before (contract, 2.3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from fieldkit.instance import Instance, State
from fieldkit.store import Store
from forms.views import Finalized
from sync.errors import Reason
from sync.push import push
from tests.unsealing import encrypted_form, private_key, public_text

FORM = b"""<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head><h:title>Haie</h:title>
<model><instance><data id="haie" version="1"><nom/><a/><b/><meta><instanceID/></meta></data></instance>
<bind nodeset="/data/nom" type="string"/><bind nodeset="/data/a" type="binary"/><bind nodeset="/data/b" type="binary"/>
<bind nodeset="/data/meta/instanceID" type="string"/></model></h:head>
<h:body><input ref="/data/nom"><label>Nom</label></input></h:body></h:html>"""
OLD = {"a.jpg": b"a" * 9_000, "b.jpg": b"b" * 4_000}
NEW = {"a.jpg": b"a" * 9_000, "b.jpg": b"B" * 3_000}  # the first as before, the second taken again
Put = Callable[..., bytes]


@pytest.fixture
def hedge(store: Store, site: Any) -> Put:
    """Finalize records with photos, and edits of them."""
    site.server.publish_form(site.project, FORM)

    def put(instance_id: str, files: dict[str, bytes], base: str = "", nom: str = "Perwez") -> bytes:
        names = [*files, "", ""]
        old = f"<deprecatedID>{base}</deprecatedID>" if base else ""
        xml = (
            f'<data id="haie" version="1"><nom>{nom}</nom><a>{names[0]}</a><b>{names[1]}</b>'
            f"<meta>{old}<instanceID>{instance_id}</instanceID></meta></data>"
        ).encode()
        now = datetime.now(UTC)
        row = Instance(instance_id, "haie", "1", State.DRAFT, nom, now, now, deprecated_id=base)
        store.instances.create(row, xml)
        for name, content in files.items():
            store.instances.put_attachment(instance_id, name, content)
        store.instances.finalize(instance_id, Finalized(xml, instance_id, nom, tuple(files)), now)
        return xml

    return put


def received(site: Any, instance_id: str) -> dict[str, bytes | None]:
    (row,) = [
        one
        for one in site.server.submissions(site.project, "haie", every_version=True)
        if one.instance_id == instance_id
    ]
    return {name: site.server.submitted_file(digest) if digest else None for name, digest in row.files.items()}


def test_an_edit_sends_what_changed_and_the_region_has_all_of_it(
    store: Store, site: Any, line: Any, hedge: Put
) -> None:
    hedge("uuid:1", OLD)
    client = site.client(line.url)
    assert push(store, client, origin="acc").delivered == ["uuid:1"]
    before, sent = len(line.heard), line.counted
    hedge("uuid:2", NEW, "uuid:1", "corrigé")
    assert store.parts.bytes_left("acc")["uuid:2"] == 3_000 + store.instances.get("uuid:2").size
    assert push(store, client, origin="acc").delivered == ["uuid:2"]
    left = bytes(line.heard[before:])
    assert (b'name="a.jpg"' in left, b'name="b.jpg"' in left) == (False, True)
    assert line.counted - sent < 3_000 + 2_500
    assert received(site, "uuid:2") == NEW
    hedge("uuid:3", NEW, "uuid:2", "corrigé encore")  # what was inherited once is inherited again
    before = len(line.heard)
    assert push(store, client, origin="acc").delivered == ["uuid:3"]
    assert b".jpg" not in line.heard[before:].replace(store.instances.frozen_xml("uuid:3"), b"")
    assert received(site, "uuid:3") == NEW


def test_a_chain_in_one_sync_and_an_edit_that_is_cut(store: Store, site: Any, line: Any, hedge: Put) -> None:
    hedge("uuid:1", OLD)
    hedge("uuid:2", NEW, "uuid:1")
    line.cut_after = 6_000  # in the midst of the first photo
    assert push(store, site.client(line.url), pause_seconds=0, flights=2).delivered == ["uuid:1", "uuid:2"]
    assert received(site, "uuid:1") == OLD
    assert received(site, "uuid:2") == NEW
    assert line.heard.count(b'; name="a.jpg"') <= 2  # of the first version only, once or cut and again


@pytest.mark.parametrize("change", ["account", "name", "no receipt", "elsewhere", "proved by the list"])
def test_what_is_not_known_to_be_there_is_sent(store: Store, site: Any, line: Any, hedge: Put, change: str) -> None:
    hedge("uuid:1", OLD)
    client = site.client(line.url)
    if change == "elsewhere":  # another kit sent it: this one has no receipt for any file
        client.submit(store.instances.frozen_xml("uuid:1"))
        store.instances.mark_submitted("uuid:1", datetime.now(UTC), "201")
    else:
        push(store, client, origin="other" if change == "account" else "acc")
    if change == "no receipt":
        store.parts.forget("uuid:1")
    if change == "proved by the list":
        store.parts.forget("uuid:1")
        store.parts.add("uuid:1", "acc", ["b.jpg"])
    files = {"c.jpg": OLD["a.jpg"], "b.jpg": OLD["b.jpg"]} if change == "name" else OLD
    hedge("uuid:2", files, "uuid:1")
    before = len(line.heard)
    assert push(store, client, origin="acc").delivered == ["uuid:2"]
    first = next(iter(files))
    assert f'name="{first}"'.encode() in line.heard[before:]
    assert received(site, "uuid:2") == files


def test_an_edit_of_what_was_refused_sends_all(store: Store, site: Any, line: Any, hedge: Put) -> None:
    hedge("uuid:1", OLD)
    push(store, site.client(), origin="acc")
    hedge("uuid:2", OLD, "uuid:1")
    site.server.set_form_state(site.project, "haie", "closed")
    assert push(store, site.client(), origin="acc").rejected == {"uuid:2": Reason.CLOSED}
    site.server.set_form_state(site.project, "haie", "open")
    store.instances.retry("uuid:2")
    assert push(store, site.client(line.url), origin="acc").delivered == ["uuid:2"]
    assert b'name="a.jpg"' not in line.heard  # its base is delivered still
    assert received(site, "uuid:2") == OLD


def test_a_file_that_is_not_sent_need_not_be_whole_and_one_that_is_must_be(store: Store, site: Any, hedge: Put) -> None:
    hedge("uuid:1", OLD)
    push(store, site.client(), origin="acc")
    hedge("uuid:2", NEW, "uuid:1")
    hedge("uuid:3", {"a.jpg": b"x" * 10}, "uuid:1")
    kept = {file.name: file for file in store.instances.attachments("uuid:2")}
    kept["b.jpg"].path.write_bytes(b"damaged")
    report = push(store, site.client(), origin="acc")
    assert report.rejected == {"uuid:2": Reason.DAMAGED}
    assert report.delivered == ["uuid:3"]


def test_sealed_records_never_inherit(store: Store, site: Any, line: Any, hedge: Put) -> None:
    """Their bytes differ each time: another key, another place in the order of encryption."""
    sealed = encrypted_form(FORM, public_text(private_key()))
    store.blank_forms.put("haie", "1", "Haie", sealed, {}, "acc")
    hedge("uuid:1", OLD)
    client = site.client(line.url)
    assert push(store, client, origin="acc").delivered == ["uuid:1"]
    hedge("uuid:2", OLD, "uuid:1")
    before = len(line.heard)
    assert push(store, client, origin="acc").delivered == ["uuid:2"]
    assert line.heard[before:].count(b".jpg.enc") >= 2


def test_nothing_is_inherited_of_a_version_that_is_not_delivered_whole(store: Store, hedge: Put) -> None:
    hedge("uuid:1", OLD)
    hedge("uuid:2", OLD, "uuid:1")
    store.parts.add("uuid:1", "acc", ["a.jpg"])  # a part of it is there
    assert store.parts.inherited("uuid:2", "acc") == frozenset()
    store.instances.mark_submitted("uuid:1", datetime.now(UTC))
    assert store.parts.inherited("uuid:2", "acc") == {"a.jpg"}
    assert store.parts.inherited("uuid:2", "other") == frozenset()
