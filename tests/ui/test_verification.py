# SPDX-License-Identifier: EUPL-1.2
"""« Vérifier une preuve… »: what is found, in words; what is no proof; and nothing that leaves this computer."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot

from fieldkit.errors import NotAProof
from fieldkit.proof import proof_of, write_proof
from tests.dossiers import dossier_form
from ui import hand, verification
from ui.kit import Kit
from ui.screens.outbox import OutboxScreen
from ui.verification import VerdictDialog, verify


@pytest.fixture(scope="module")
def form_xml() -> bytes:
    return dossier_form()


@pytest.fixture
def filed(kit: Kit, form_xml: bytes, tmp_path: Path) -> tuple[str, Path]:
    """Send a record with a file; return its instance_id and its proof."""
    kit.store.blank_forms.put("dossier", "1", "Dossier", form_xml, {}, "essai")
    instance_id = kit.new_record("dossier", answers={"/f/titre": "Halle"})
    session = kit.open_session(instance_id)
    session.answer("/f/titre", "Halle")
    instances = kit.store.instances
    instances.save_draft(instance_id, session.draft_xml(), [], session.progress(), "", "Halle de Jodoigne", "")
    instances.finalize(instance_id, session.finalize(), datetime.now(UTC))
    instances.mark_attempted(instance_id, datetime.now(UTC))
    instances.mark_submitted(
        instance_id, datetime.now(UTC), "2026-11-22T09:11:58Z 201 thanks", "https://region.example"
    )
    path = tmp_path / "preuve.json"
    path.write_bytes(write_proof(proof_of(kit.store, instance_id)))
    return instance_id, path


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Read each dialog as it opens, and close it."""
    told: list[str] = []

    def read(dialog: VerdictDialog) -> int:
        words = [label.text() for label in dialog.findChildren(QLabel)]
        told.append(" | ".join(words))
        return 0

    monkeypatch.setattr(verification.VerdictDialog, "exec", read)
    return told


def test_a_proof_that_holds(kit: Kit, filed: tuple[str, Path], seen: list[str], qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    verify(kit, filed[1], parent)
    (words,) = seen
    assert "Preuve vérifiée" in words
    assert "Halle de Jodoigne · déposé le 22\u00a0nov." in words
    assert "Le fichier de la preuve est tel qu’il a été écrit." in words
    assert "La région a répondu 201 à l’envoi." in words
    assert "La réponse de cet ordinateur est, à l’octet près, ce qui a été envoyé." in words
    assert "La région ne signe pas ses réponses" in words
    assert proof_of(kit.store, filed[0]).sha256 in words


def test_a_changed_proof_another_record_and_one_that_is_not_here(
    kit: Kit, filed: tuple[str, Path], seen: list[str], qtbot: QtBot, tmp_path: Path
) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    data = json.loads(filed[1].read_text("utf-8"))
    changed = tmp_path / "autre.json"
    changed.write_text(json.dumps({**data, "name": "Autre"}), "utf-8")
    verify(kit, changed, parent)
    assert "Cette preuve ne tient pas" in seen[0]
    assert "a été modifié depuis qu’il a été écrit" in seen[0]
    foreign = tmp_path / "reponse.xml"
    foreign.write_bytes(b"<f/>")
    verify(kit, filed[1], parent, foreign)
    assert "Cette preuve ne tient pas" in seen[1]
    assert "Le fichier « reponse.xml » n’est pas ce qui a été envoyé." in seen[1].replace("\u00a0", " ")
    foreign.write_bytes(kit.store.instances.frozen_xml(filed[0]))
    verify(kit, filed[1], parent, foreign)
    assert "Preuve vérifiée" in seen[2]
    changed.write_text(json.dumps({**data, "instance_id": "uuid:elsewhere"}), "utf-8")
    verify(kit, changed, parent)
    assert "La réponse n’est pas sur cet ordinateur" in seen[3]


def test_a_file_that_is_no_proof_is_told(kit: Kit, seen: list[str], qtbot: QtBot, tmp_path: Path) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    troubles: list[Exception] = []
    kit.trouble_met.connect(troubles.append)
    path = tmp_path / "x.json"
    path.write_text("{}", "utf-8")
    verify(kit, path, parent)
    verify(kit, tmp_path / "gone.json", parent)
    assert seen == []
    assert isinstance(troubles[0], NotAProof)
    assert isinstance(troubles[1], FileNotFoundError)


def test_the_outbox_offers_it_beside_the_proof(
    kit: Kit, filed: tuple[str, Path], seen: list[str], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(filed[1]), ""))
    screen = OutboxScreen(kit)
    qtbot.addWidget(screen)
    screen.resize(1150, 700)
    screen.refresh()
    screen.show()
    hand.settle()
    hand.click(hand.button(screen, "Vérifier une preuve…"))
    assert len(seen) == 1


def test_the_dialog_is_no_higher_than_its_words(kit: Kit, filed: tuple[str, Path], qtbot: QtBot) -> None:
    made = proof_of(kit.store, filed[0])
    dialog = VerdictDialog(verification.Verdict(made, True), None)
    qtbot.addWidget(dialog)
    dialog.show()
    hand.settle()
    assert dialog.text.y() - dialog.title.geometry().bottom() < 30
