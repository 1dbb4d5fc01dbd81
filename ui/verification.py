# SPDX-License-Identifier: EUPL-1.2
"""« Vérifier une preuve… »: whether a proof of filing is as it was written, and whether the record is the one sent."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from ui import dates, theme
from ui.i18n import translate
from ui.widgets.dialogs import Dialog
from ui.widgets.indicators import IconMark
from ui.widgets.layout import Card, row
from ui.widgets.text import Label, label

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from fieldkit.proof import Kept, Match, Proof
    from ui.kit import Kit

WIDTH = 460


@dataclass(frozen=True, slots=True)
class Verdict:
    """A proof, whether it is as it was written, and what it was compared with: `match` is None without a record."""

    proof: Proof
    is_whole: bool
    match: Match | None = None
    damaged: tuple[str, ...] = ()
    compared_with: str = ""  # the name of the file, "" for this computer's own


def ask_and_verify(kit: Kit, parent: QWidget) -> None:
    """Ask for a proof, then verify it."""
    title = translate("Proof", "Vérifier une preuve de dépôt")
    words = translate("Proof", "Preuves de dépôt (*.json)")
    chosen, _ = QFileDialog.getOpenFileName(parent, title, "", words)
    if chosen:
        verify(kit, Path(chosen), parent)


def verify(kit: Kit, path: Path, parent: QWidget, record: Path | None = None) -> None:
    """Check a proof in a worker and show the verdict; what is no proof is told as any error."""
    store = kit.store

    def work() -> Verdict:
        from fieldkit.errors import NotFoundError
        from fieldkit.proof import Kept, kept, read_proof

        made, is_whole = read_proof(path.read_bytes())
        held: Kept | None
        if record is not None:
            held = Kept(record.read_bytes(), ())
        else:
            with store.reopen() as own:
                try:
                    held = kept(own, made)
                except NotFoundError:
                    held = None
        return _judge(made, held, is_whole=is_whole, name=record.name if record is not None else "")

    def show(verdict: Verdict) -> None:
        dialog = VerdictDialog(verdict, parent.window())
        dialog.exec()
        dialog.deleteLater()
        if dialog.answer == "compare":
            title = translate("Proof", "Choisir le fichier de la réponse")
            chosen, _ = QFileDialog.getOpenFileName(parent, title, "", "XML (*.xml)")
            if chosen:
                verify(kit, path, parent, Path(chosen))

    kit.tasks.run(work, show)


def _judge(made: Proof, held: Kept | None, *, is_whole: bool, name: str) -> Verdict:
    from fieldkit.proof import match

    if held is None:
        return Verdict(made, is_whole)
    return Verdict(made, is_whole, match(made, held.xml), held.damaged, name)


class VerdictDialog(Dialog):
    """What was found, line by line, then what it shows and what not."""

    def __init__(self, verdict: Verdict, parent: QWidget) -> None:
        found = findings(verdict)
        good = all(is_good is not False for is_good, _text in found)
        title = translate("Proof", "Preuve vérifiée") if good else translate("Proof", "Cette preuve ne tient pas")
        made = verdict.proof
        text = translate("Proof", "{name} · déposé le {when}").format(
            name=made.name or made.form_title, when=dates.moment(made.server_at or made.submitted_at)
        )
        icon, kind = ("shield-check", "ok") if good else ("triangle-alert", "err")
        super().__init__(title, text, parent, icon=icon, kind=kind)
        for is_good, words in found:
            mark = {True: ("circle-check", "ok"), False: ("circle-x", "err"), None: ("info", "text2")}[is_good]
            self.body.addLayout(row(IconMark(*mark), (_words(words, "body", "text"), 1), spacing=10))
        self.body.addWidget(_limits())
        digest = label(f"SHA-256 {made.sha256}", "caption", "text2")
        digest.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.body.addWidget(digest)
        for one in (self.title, self.text):
            one.setMinimumWidth(theme.px(WIDTH))
        self.add_button(translate("Proof", "Comparer avec un fichier…"), "compare", icon="file-text")
        self.add_button(translate("Proof", "Fermer"), kind="primary")


def findings(verdict: Verdict) -> list[tuple[bool | None, str]]:
    """Return each finding: True or False, None for what could not be told; and its sentence."""
    made = verdict.proof
    answered = translate("Proof", "La région a répondu {status} à l’envoi.").format(status=made.status or "?")
    whole = (
        translate("Proof", "Le fichier de la preuve est tel qu’il a été écrit.")
        if verdict.is_whole
        else translate("Proof", "Le fichier de la preuve a été modifié depuis qu’il a été écrit.")
    )
    found: list[tuple[bool | None, str]] = [(verdict.is_whole, whole), (None, answered), _record(verdict)]
    lost = translate("Proof", "Le fichier joint « {name} » a disparu, ou n’est plus celui qui a été envoyé.")
    found += [(False, lost.format(name=name)) for name in verdict.damaged]
    return found


def _record(verdict: Verdict) -> tuple[bool | None, str]:
    from fieldkit.proof import Match

    where = (
        translate("Proof", "Le fichier « {name} »").format(name=verdict.compared_with)
        if verdict.compared_with
        else translate("Proof", "La réponse de cet ordinateur")
    )
    if verdict.match is None:
        return None, translate(
            "Proof", "La réponse n’est pas sur cet ordinateur : choisissez son fichier XML pour la comparer."
        )
    text = {
        Match.SENT: translate("Proof", "{where} est, à l’octet près, ce qui a été envoyé."),
        Match.RECORD: translate("Proof", "{where} est celle dont la forme chiffrée a été envoyée."),
        Match.OTHER: translate("Proof", "{where} n’est pas ce qui a été envoyé."),
    }[verdict.match]
    return verdict.match is not Match.OTHER, text.format(where=where)


def _words(text: str, style: str = "small", role: str = "text2") -> Label:
    """Return words that wrap at the dialog's width: without one a dialog is as high as they are in a narrow column."""
    made = Label(text, style, role, True)
    made.setMinimumWidth(theme.px(WIDTH))
    return made


def _limits() -> Card:
    shows = translate(
        "Proof", "Une réponse qui a cette empreinte SHA-256 est, à l’octet près, celle qui a été envoyée."
    )
    shows_not = translate(
        "Proof",
        "La région ne signe pas ses réponses : la preuve ne montre pas, à elle seule, qu’elle a reçu la vôtre. La"
        " région peut le dire : sa copie, sous le même numéro, a la même empreinte.",
    )
    return Card(
        label(translate("Proof", "Ce que cela montre"), "small_strong"),
        _words(shows),
        label(translate("Proof", "Ce que cela ne montre pas"), "small_strong"),
        _words(shows_not),
        spacing=4,
        fill="sunken",
    )
