# SPDX-License-Identifier: EUPL-1.2
"""Compiled forms in the workspace: used when they are right, made again when they are not, never in the way."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import forms
from fieldkit import form_cache
from fieldkit.errors import NotFoundError
from fieldkit.form_cache import FOLDER, load_stored
from fieldkit.store import Store, open_store
from forms import AttachmentError, FormSession, load_form

XMLNS = 'xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"'
LISTED = f"""<h:html {XMLNS}><h:head><h:title>Kept</h:title><model><instance><data id="kept" version="1"><a/><b/><meta>
<instanceID/></meta></data></instance><instance id="list" src="jr://file-csv/list.csv"/></model></h:head><h:body>
<input ref="/data/a"/><select1 ref="/data/b"><itemset nodeset="instance('list')/root/item[k = /data/a]">
<value ref="name"/><label ref="label"/></itemset></select1></h:body></h:html>""".encode()
FILES = {"list.csv": b"name,label,k\nx,Ex,1\ny,Why,2\nz,Zed,1\n"}


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note which forms are compiled, while they are."""
    found: list[str] = []

    def noting(xml, attachments=None):
        form = load_form(xml, attachments)
        found.append(form.version)
        return form

    monkeypatch.setattr(forms, "load_form", noting)
    return found


def put(store: Store, xml: bytes = LISTED, version: str = "1", files: dict[str, bytes] = FILES) -> None:
    store.blank_forms.put("kept", version, "Kept", xml, files, "test")


def kept(store: Store) -> list[Path]:
    folder = store.path.parent / FOLDER
    return sorted(folder.iterdir()) if folder.is_dir() else []


def offered(form: forms.FormDef) -> list[str]:
    session = FormSession(form)
    session.answer("/data/a", "1")
    return [choice.value for choice in session.choices("/data/b")]


def test_a_form_is_compiled_once(store, compiled):
    put(store)
    assert [offered(load_stored(store, "kept")) for _ in range(3)] == [["x", "z"]] * 3
    assert compiled == ["1"]
    assert len(kept(store)) == 1


def test_other_bytes_or_another_file_are_another_form(store, compiled):
    put(store)
    load_stored(store, "kept")
    put(store, files={"list.csv": b"name,label,k\nw,Wye,1\n"})
    assert offered(load_stored(store, "kept")) == ["w"]
    put(store, LISTED.replace(b'version="1"', b'version="2"'), "2")
    assert offered(load_stored(store, "kept")) == ["x", "z"]
    assert compiled == ["1", "1", "2"]
    assert len(kept(store)) == 3


@pytest.mark.parametrize("damage", [b"", b"no form", None])
def test_a_damaged_file_is_made_again(store, compiled, damage):
    put(store)
    load_stored(store, "kept")
    (path,) = kept(store)
    good = path.read_bytes()
    path.write_bytes(good[:-1] + bytes([good[-1] ^ 1]) if damage is None else damage)
    assert offered(load_stored(store, "kept")) == ["x", "z"]
    assert compiled == ["1", "1"]
    assert offered(load_stored(store, "kept")) == ["x", "z"]
    assert compiled == ["1", "1"]


def test_another_engine_has_other_files(store, compiled, monkeypatch):
    put(store)
    load_stored(store, "kept")
    monkeypatch.setattr(form_cache, "_engine", lambda: "another")
    load_stored(store, "kept")
    assert compiled == ["1", "1"]


def test_a_read_only_store_reads_but_never_writes(store, compiled):
    put(store)
    with open_store(store.path, read_only=True) as looking:
        assert offered(load_stored(looking, "kept")) == ["x", "z"]
    assert kept(store) == []
    load_stored(store, "kept")
    with open_store(store.path, read_only=True) as looking:
        assert offered(load_stored(looking, "kept")) == ["x", "z"]
    assert compiled == ["1", "1"]


def test_a_folder_that_cannot_be_written_is_no_trouble(store, compiled):
    put(store)
    (store.path.parent / "cache").write_bytes(b"in the way")
    assert offered(load_stored(store, "kept")) == ["x", "z"]
    assert offered(load_stored(store, "kept")) == ["x", "z"]
    assert compiled == ["1", "1"]


def test_what_was_used_longest_ago_goes_first(store, tmp_path):
    put(store)
    form = load_form(LISTED, FILES.__getitem__)
    folder = tmp_path / "some"
    size = len(forms.to_bytes(load_form(LISTED, FILES.__getitem__)))
    for number, name in enumerate("abc"):
        form_cache.keep(folder / f"{name}.form", load_form(LISTED, FILES.__getitem__), size * 3)
        os.utime(folder / f"{name}.form", (number, number))
    (folder / ".cut.part").write_bytes(b"x")
    os.utime(folder / "a.form", (9, 9))
    form_cache.keep(folder / "d.form", form, size * 3)
    assert sorted(path.name for path in folder.iterdir()) == ["a.form", "c.form", "d.form"]


def test_a_form_beyond_the_bound_is_not_kept(tmp_path):
    form_cache.keep(tmp_path / "some" / "a.form", load_form(LISTED, FILES.__getitem__), 100)
    assert not (tmp_path / "some").exists()


def test_errors_of_the_form_and_the_store_are_told(store):
    put(store, files={})
    with pytest.raises(AttachmentError):
        load_stored(store, "kept")
    with pytest.raises(NotFoundError):
        load_stored(store, "other")
    assert kept(store) == []
