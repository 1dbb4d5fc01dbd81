# SPDX-License-Identifier: EUPL-1.2
"""A form with a public key in the window: finished, sealed and still readable; or told why not, with all kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from pytestqt.qtbot import QtBot

from fieldkit.errors import UnusableKey
from fieldkit.instance import Instance, State
from forms import FormSession, load_form
from tests.forms.conftest import compiled
from tests.unsealing import private_key, public_text, unseal
from ui.entry.desk import DraftFiles
from ui.entry.page import EntryPage
from ui.kit import Kit
from ui.messages import sentence

SURVEY = "type | name | label\n| text | nom | Nom |\n| image | photo | Photo |"


@pytest.fixture
def open_sealed(kit: Kit, qtbot: QtBot) -> Callable[[str], EntryPage]:
    """Open a new record of a form with that public key."""

    def open_page(key_text: str) -> EntryPage:
        xml = compiled(SURVEY, "", f"form_id | version | public_key\n| scelle | 1[encrypted:AaIE+/8=] | {key_text} |")
        session = FormSession(load_form(xml))
        form = session.form
        kit.store.blank_forms.put(form.form_id, form.version, "Scellé", xml, {}, "region")
        now = datetime.now(UTC)
        drafted = Instance(session.instance_id, form.form_id, form.version, State.DRAFT, "Scellé", now, now)
        kit.store.instances.create(drafted, session.draft_xml())
        page = EntryPage(kit, session.instance_id)
        qtbot.addWidget(page)
        return page

    return open_page


def fill(page: EntryPage, kit: Kit) -> None:
    files = DraftFiles(kit.store, page.desk.session)
    page.desk.recorder.answer("/f/nom", "Thérèse", merge=True)
    page.desk.recorder.answer("/f/photo", files.keep("Madame Noël.JPG", b"photo"), merge=True)


def test_a_record_is_sealed_when_it_is_finished_and_opens_again(
    kit: Kit, qtbot: QtBot, open_sealed: Callable[[str], EntryPage]
) -> None:
    page = open_sealed(public_text(private_key()))
    fill(page, kit)
    page.verbs.finish()
    instances = kit.store.instances
    assert instances.get(page.instance_id).state is State.FINALIZED
    seal = instances.seals.of(page.instance_id)
    assert seal is not None
    read = unseal(seal.envelope, {one.name: one.path.read_bytes() for one in seal.files}, private_key())
    assert (read.files, read.signed) == ({"fichier.jpg": b"photo"}, True)
    assert "Thérèse".encode() in read.xml
    again = EntryPage(kit, page.instance_id)
    qtbot.addWidget(again)
    assert again.frozen
    assert again.desk.session.value("/f/nom") == "Thérèse"


def test_names_of_files_tell_nothing_but_stay_apart(kit: Kit, open_sealed: Callable[[str], EntryPage]) -> None:
    files = DraftFiles(kit.store, open_sealed(public_text(private_key())).desk.session)
    names = [files.keep(name, name.encode()) for name in ("Madame Noël.JPG", "C:\\a\\submission.xml", "x.jpg", "sans")]
    assert names == ["fichier.jpg", "fichier.xml", "fichier-2.jpg", "fichier"]
    assert files.read("fichier-2.jpg") == b"x.jpg"


@pytest.mark.parametrize("key_text", ["MIIB", public_text(private_key(1024))], ids=["garbage", "1024"])
def test_a_key_that_cannot_be_used_is_told_at_the_end_and_nothing_is_lost(
    kit: Kit, qtbot: QtBot, open_sealed: Callable[[str], EntryPage], key_text: str
) -> None:
    page = open_sealed(key_text)
    fill(page, kit)
    with qtbot.waitSignal(kit.trouble_met) as met:
        page.verbs.finish()
    (error,) = met.args
    assert isinstance(error, UnusableKey)
    said = sentence(error)
    assert said.title == "La clé de chiffrement du questionnaire «\u00a0scelle\u00a0» est inutilisable"
    assert "reste un brouillon" in said.text
    row = kit.store.instances.get(page.instance_id)
    assert (row.state, kit.store.instances.outbox()) == (State.DRAFT, [])
    assert "Thérèse".encode() in kit.store.instances.draft_xml(page.instance_id)
    assert kit.store.instances.attachment(page.instance_id, "fichier.jpg") == b"photo"
