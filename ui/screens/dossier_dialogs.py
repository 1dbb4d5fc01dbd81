# SPDX-License-Identifier: EUPL-1.2
"""What is asked and told around a dossier: the passphrase, what both copies changed, what became of each record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QButtonGroup, QWidget

from fieldkit.dossier.unpack import Outcome, Refusal
from forms.errors import FormError
from ui.entry.shown_value import in_words
from ui.i18n import plural, translate
from ui.widgets import Field, Label, RadioTile, column, label, scrolled
from ui.widgets.dialogs import Dialog

if TYPE_CHECKING:
    from fieldkit.dossier.merge import Conflict
    from fieldkit.dossier.unpack import Finding
    from forms import FormSession
    from ui.kit import Kit

WIDTH = 560  # pixels, of the list of questions
LIST_HEIGHT = 420  # pixels; beyond, the list of questions scrolls
LONGEST = 160  # characters shown of one answer
NARROW = 360  # pixels, of the title over a short list
SHOWN = 8  # records told one by one


class PassphraseDialog(Dialog):
    """Asks for a passphrase: twice where one is made, once where a dossier is opened. `.passphrase`: what was typed."""

    def __init__(self, title: str, text: str, parent: QWidget, *, made: bool, needed: bool, error: str = "") -> None:
        super().__init__(title, text, parent, icon="key-round", kind="info")
        self._needed = needed
        self._fields = [Field(name=translate("Dossier", "Phrase secrète"))]
        if made:
            self._fields.append(Field(name=translate("Dossier", "La même, encore une fois")))
        for field in self._fields:
            field.setEchoMode(Field.EchoMode.Password)
            field.textChanged.connect(lambda _text: self._tell(""))
            self.body.addWidget(label(field.accessibleName(), "small_strong"))
            self.body.addWidget(field)
        self.error = Label("", "small_strong", "err_fg", True)
        self.body.addWidget(self.error)
        self._tell(error)
        self.add_button(translate("Dossier", "Annuler"))
        go = translate("Dossier", "Choisir où l’enregistrer…") if made else translate("Dossier", "Ouvrir")
        self.add_button(go, "go", "primary")

    @property
    def passphrase(self) -> str:
        """What was typed, "" for none."""
        return self._fields[0].text()

    def choose(self, value: str) -> None:
        """Stay open while what was typed cannot be used."""
        if value and len({field.text() for field in self._fields}) > 1:
            self._tell(translate("Dossier", "Les deux phrases ne sont pas les mêmes."))
        elif value and self._needed and not self.passphrase:
            self._tell(translate("Dossier", "Une phrase secrète est nécessaire ici."))
        else:
            super().choose(value)

    def _tell(self, text: str) -> None:
        self.error.setText(text)
        self.error.setVisible(bool(text))


class WaitingDialog(Dialog):
    """Stands in front of the window while a worker is at it, and tells how far it is."""

    def __init__(self, title: str, parent: QWidget) -> None:
        super().__init__(title, translate("Dossier", "Un instant…"), parent, icon="package", kind="info")

    def show_progress(self, value: tuple[int, int]) -> None:
        """Show (done, of how many)."""
        done, total = value
        self.text.setText(translate("Dossier", "{done} sur {total}").format(done=done, total=total))

    def reject(self) -> None:
        """Stay: Escape does not stop what is being written."""


class ConflictsDialog(Dialog):
    """Each question that both copies changed, with both answers; what is here is kept unless one chooses otherwise."""

    def __init__(self, kit: Kit, findings: Sequence[Finding], parent: QWidget) -> None:
        count = sum(len(one.conflicts) for one in findings)
        title = plural(
            count,
            translate("Dossier", "{n} réponse a changé des deux côtés"),
            translate("Dossier", "{n} réponses ont changé des deux côtés"),
        )
        text = translate(
            "Dossier",
            "Choisissez pour chacune. L’autre réponse reste dans l’historique ; tout ce qui n’a changé que d’un côté "
            "est repris sans question.",
        )
        super().__init__(title.format(n=count), text, parent, icon="copy", kind="draft")
        self._theirs: dict[tuple[str, str], RadioTile] = {}
        content = QWidget()
        lines = column(spacing=14, margins=(0, 0, 8, 0))
        for finding in findings:
            if finding.conflicts:
                session = kit.open_session(finding.instance_id)
                lines.addWidget(label(finding.name, "h3", wrap=True))
                for one in finding.conflicts:
                    lines.addWidget(self._question(finding.instance_id, one, session))
        content.setLayout(lines)
        area = scrolled(content)
        area.setMinimumWidth(WIDTH)
        area.setMinimumHeight(min(LIST_HEIGHT, content.sizeHint().height() + 4))
        self.body.addWidget(area)
        self.add_button(translate("Dossier", "Ne rien importer"))
        self.add_button(translate("Dossier", "Importer"), "take", "primary")

    def chosen(self) -> Mapping[str, set[str]]:
        """Return by instanceID the keys of which the answer of the dossier was chosen."""
        found: dict[str, set[str]] = {}
        for (instance_id, key), tile in self._theirs.items():
            if tile.isChecked():
                found.setdefault(instance_id, set()).add(key)
        return found

    def _question(self, instance_id: str, one: Conflict, session: FormSession) -> QWidget:
        name = question_of(session, one.ref)
        keep = RadioTile(
            translate("Dossier", "Garder la mienne"), description=answers_in_words(session, one.ref, one.mine)
        )
        take = RadioTile(
            translate("Dossier", "Prendre celle du dossier"),
            description=answers_in_words(session, one.ref, one.theirs),
        )
        keep.setChecked(True)
        self._theirs[instance_id, one.key] = take
        box = QWidget()
        group = QButtonGroup(box)
        for tile in (keep, take):
            group.addButton(tile)
            tile.setAccessibleName(f"{name} : {tile.accessibleName() or tile.text()}")
        box.setLayout(column(label(name, "strong", wrap=True), keep, take, spacing=6))
        return box


class ResultDialog(Dialog):
    """What became of each record of a dossier."""

    def __init__(self, findings: Sequence[Finding], parent: QWidget) -> None:
        refused = any(one.outcome is Outcome.REFUSED for one in findings)
        title = translate("Dossier", "Dossier importé, sauf exception") if refused else ""
        super().__init__(
            title or translate("Dossier", "Dossier importé"),
            "",
            parent,
            icon="circle-alert" if refused else "circle-check",
            kind="draft" if refused else "ok",
        )
        for one in findings[:SHOWN]:
            lines = column(label(one.name or one.form_id, "strong", wrap=True), spacing=2)
            for line in told(one):
                lines.addWidget(label(line, "body", "text2", True))
            self.body.addLayout(lines)
        self.title.setMinimumWidth(NARROW)
        rest = len(findings) - SHOWN
        if rest > 0:
            more = plural(rest, translate("Dossier", "et {n} autre"), translate("Dossier", "et {n} autres"))
            self.body.addWidget(label(more.format(n=rest), "small", "text2"))
        self.add_button(translate("Dossier", "Fermer"), kind="primary")


def told(finding: Finding) -> list[str]:
    """Return what is told of one record, each a sentence."""
    words = {
        Outcome.NEW: translate("Dossier", "Ajoutée sur cet ordinateur."),
        Outcome.SAME: translate("Dossier", "Déjà ici, rien n’a changé."),
        Outcome.MERGED: translate("Dossier", "Réunie avec la copie d’ici."),
        Outcome.REPLACED: translate("Dossier", "La suite de la copie d’ici : elle la remplace."),
        Outcome.RESTORED: translate("Dossier", "Déjà ici : elle revient de la corbeille."),
        Outcome.HEARD: translate("Dossier", "Déjà ici ; ce qui a été envoyé depuis l’autre ordinateur est noté."),
    }
    if finding.outcome is Outcome.REFUSED:
        return [_refusal(finding.refusal)]
    lines = [words[finding.outcome]]
    if count := len(finding.taken):
        taken = plural(
            count, translate("Dossier", "{n} réponse reprise."), translate("Dossier", "{n} réponses reprises.")
        )
        lines.append(taken.format(n=count))
    if count := len(finding.unplaced):
        lost = plural(
            count,
            translate("Dossier", "{n} réponse n’a plus de place dans le questionnaire ; elle reste dans l’historique."),
            translate(
                "Dossier", "{n} réponses n’ont plus de place dans le questionnaire ; elles restent dans l’historique."
            ),
        )
        lines.append(lost.format(n=count))
    return lines


def _refusal(refusal: Refusal) -> str:
    kept = translate("Dossier", "Les deux copies restent où elles sont.")
    words = {
        Refusal.OTHER_BYTES: translate("Dossier", "Terminée des deux côtés, avec des réponses différentes."),
        Refusal.FINISHED_HERE: translate("Dossier", "Terminée ici, et modifiée dans le dossier."),
        Refusal.CHANGED_HERE: translate("Dossier", "Terminée dans le dossier, et modifiée ici."),
        Refusal.OTHER_VERSION: translate(
            "Dossier", "Les deux copies suivent deux versions du questionnaire : passez d’abord à la même."
        ),
        Refusal.OTHER_FORM: translate(
            "Dossier", "Le questionnaire du dossier n’est pas le même qu’ici, sous le même numéro de version."
        ),
    }
    return f"{words.get(refusal, '')} {kept}".strip()


def question_of(session: FormSession, ref: str) -> str:
    """Return the label of a question, or of a repeat with the number of the entry."""
    path, _, number = ref.rpartition("[") if ref.endswith("]") else (ref, "", "")
    try:
        found = session.node(path).label
    except FormError:
        found = None
    name = " ".join(found.value.split()) if found is not None and found.value else path.rpartition("/")[2]
    return translate("Dossier", "{name}, n° {n}").format(name=name, n=number.rstrip("]")) if number else name


def answers_in_words(session: FormSession, ref: str, answers: Sequence[tuple[str, str]]) -> str:
    """Return an answer as people read it, or those of an entry one after the other."""
    parts = []
    for path, text in answers:
        shown = _in_words(session, ref + path, text)
        parts.append(f"{question_of(session, ref + path)} : {shown}" if path else shown)
    line = " ".join(" · ".join(parts).split(" "))
    line = line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
    return line or translate("Dossier", "(rien)")


def _in_words(session: FormSession, ref: str, text: str) -> str:
    try:
        return in_words(replace(session.node(ref), value=text), session.choices)
    except FormError:  # an entry that is not here
        return text
