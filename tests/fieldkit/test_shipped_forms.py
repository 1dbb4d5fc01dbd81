# SPDX-License-Identifier: EUPL-1.2
"""The shipped forms reach the store once, whole, and never push aside what a server published."""

from __future__ import annotations

import time

import pytest

import resources
from fieldkit.shipped_forms import ORIGIN, install_shipped_forms, read_media
from fieldkit.store import Store
from forms import load_form


def test_the_shipped_forms_are_put_once_with_their_media(store: Store) -> None:
    put = install_shipped_forms(store)
    assert set(put) == {"diagnostic_territorial", "mon_smart_village"}
    for form in store.blank_forms.list():
        xml = store.blank_forms.xml(form.form_id, form.version)
        assert xml == resources.read_bytes("forms", f"{form.form_id}.xml")
        loaded = load_form(xml, lambda name, form=form: store.blank_forms.attachment(form.form_id, form.version, name))
        assert set(loaded.attachments) == set(form.attachments)
        assert (loaded.version, loaded.title, loaded.hash, form.origin) == (form.version, form.title, form.hash, ORIGIN)
    start = time.perf_counter()
    assert install_shipped_forms(store) == ()
    assert time.perf_counter() - start < 0.5  # a few milliseconds: only digests


def test_a_version_that_a_server_published_stays(store: Store) -> None:
    form = load_form(resources.read_bytes("forms", "diagnostic_territorial.xml"), read_media)
    store.blank_forms.put(form.form_id, form.version, "Theirs", b"<theirs/>", {}, "region")
    assert install_shipped_forms(store) == ("mon_smart_village",)
    assert store.blank_forms.xml(form.form_id, form.version) == b"<theirs/>"


def test_media_are_looked_for_by_bare_name() -> None:
    assert read_media("../../communes.csv").startswith(b"nis,nom_fr")
    with pytest.raises(FileNotFoundError):
        read_media("none.csv")
