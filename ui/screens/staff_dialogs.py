# SPDX-License-Identifier: EUPL-1.2
"""What is asked of the region's staff: to sign in, to put a decision into words, to confirm what is forgotten."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from ui import states, theme
from ui.i18n import translate
from ui.widgets.buttons import Button
from ui.widgets.dialogs import Dialog
from ui.widgets.feedback import announce
from ui.widgets.fields import Field, set_bad
from ui.widgets.layout import column, row
from ui.widgets.text import Label, label

if TYPE_CHECKING:
    from fieldkit.received import ReceivedRecord
    from ui.kit import Kit

LONGEST = 5_000  # characters of a comment
FORM_WIDTH = 420


class SignInForm(QWidget):
    """Address of the project, e-mail and password; `submit` tries them. The password is cleared whatever happens."""

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self.kit = kit
        user = kit.staff.user
        self.address = Field(
            kit.staff.proposed_address(),
            placeholder="https://…/projects/1",
            name=translate("Staff", "Adresse du projet"),
        )
        self.email = Field(
            user.email if user else "", placeholder="prenom@gal.example", name=translate("Staff", "Courriel")
        )
        self.password = Field(name=translate("Staff", "Mot de passe"))
        self.password.setEchoMode(Field.EchoMode.Password)
        self.error = Label("", "small_strong", "err_fg", True)
        self.error.hide()
        lines = column(spacing=6)
        for field in (self.address, self.email, self.password):
            lines.addWidget(label(field.accessibleName(), "small_strong"))
            lines.addWidget(field)
            lines.addSpacing(4)
            field.textChanged.connect(lambda _text: self._tell(""))
        lines.addWidget(self.error)
        self.setLayout(lines)
        self.setFixedWidth(theme.px(FORM_WIDTH))

    def focus(self) -> None:
        """Put the cursor into the first field that is empty."""
        fields = (self.address, self.email, self.password)
        next((one for one in fields if not one.text()), self.password).setFocus(Qt.FocusReason.TabFocusReason)

    def submit(self, on_done: Callable[[], None], on_end: Callable[[], None] = lambda: None) -> None:
        """Try what was typed; what does not work stays on screen with the reason. `on_end` either way."""
        password = self.password.text()
        self.password.clear()
        if not self.email.text().strip() or not password:
            self._tell(translate("Staff", "Indiquez votre courriel et votre mot de passe."))
            on_end()
            return

        def done() -> None:
            on_done()
            on_end()

        def fail(error: Exception) -> None:
            from ui.messages import sentence

            self._tell(sentence(error).line)
            self.password.setFocus(Qt.FocusReason.OtherFocusReason)
            on_end()

        self.kit.staff.sign_in(self.address.text(), self.email.text(), password, done, fail)

    def _tell(self, text: str) -> None:
        self.error.setText(text)
        self.error.setVisible(bool(text))
        if text:
            announce(self.password, text)


class SignInPage(QWidget):
    """What stands in place of the list while nobody has signed in and nothing is here: why, and the form."""

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self.form = SignInForm(kit)
        self.button = Button(translate("Staff", "Se connecter et recevoir"), "download", "primary")
        self.button.clicked.connect(self.submit)
        self.form.password.returnPressed.connect(self.submit)
        text = translate(
            "Staff",
            "Avec votre compte web de la région, recevez les réponses des autres pour votre territoire. Elles restent "
            "lisibles sans réseau, et comptent dans les résultats. Le mot de passe n’est gardé nulle part.",
        )
        words = label(text, "body", "text2", True)
        words.setFixedWidth(theme.px(FORM_WIDTH))
        title = label(translate("Staff", "Recevoir ce que la région a reçu"), "h2")
        inner = column(title, words, 8, self.form, row(self.button, None), spacing=8)
        self.setLayout(row(None, column(None, inner, None), None))

    def submit(self) -> None:
        """Sign in; one at a time."""
        self.button.setEnabled(False)
        self.form.submit(lambda: None, lambda: self.button.setEnabled(True))


class SignInDialog(Dialog):
    """The same in a window of its own, over a list that is there already."""

    def __init__(self, kit: Kit, parent: QWidget | None = None) -> None:
        text = translate("Staff", "Avec votre compte web de la région. Le mot de passe n’est gardé nulle part.")
        super().__init__(translate("Staff", "Se connecter à la région"), text, parent, icon="key-round", kind="info")
        self.form = SignInForm(kit)
        self.body.addWidget(self.form)
        self.add_button(translate("Staff", "Annuler"))
        self.go = self.add_button(translate("Staff", "Se connecter et recevoir"), "go", "primary")
        self.form.focus()

    def choose(self, value: str) -> None:
        """Stay open until the region has let one in."""
        if value != "go":
            super().choose(value)
            return
        self.go.setEnabled(False)
        self.form.submit(self.accept, lambda: self.go.setEnabled(True))


class ReviewDialog(Dialog):
    """One decision: what it means for who sent the record, and the comment that goes with it (`.comment`)."""

    def __init__(self, kit: Kit, record: ReceivedRecord, state: str, parent: QWidget | None = None) -> None:
        titles = {
            "hasIssues": translate("Staff", "Demander une correction"),
            "approved": translate("Staff", "Approuver cette réponse"),
            "rejected": translate("Staff", "Rejeter cette réponse"),
            "": translate("Staff", "Remettre cette réponse à relire"),
        }
        words = {
            "hasIssues": translate("Staff", "Demander la correction"),
            "approved": translate("Staff", "Approuver"),
            "rejected": translate("Staff", "Rejeter"),
            "": translate("Staff", "Remettre à relire"),
        }
        icons = {"hasIssues": ("message-square-text", "review"), "approved": ("circle-check", "ok")}
        icon, kind = icons.get(state, ("circle-x", "err") if state else ("undo-2", "neutral"))
        heard = kit.staff.dossiers_of(record) > 0
        super().__init__(titles[state], _reach(record, heard=heard), parent, icon=icon, kind=kind)
        self._needed = state == "hasIssues"
        self._text = QPlainTextEdit()
        self._text.setTabChangesFocus(True)
        self._text.setFixedHeight(theme.px(112))
        name = translate("Staff", "Commentaire") if self._needed else translate("Staff", "Commentaire (facultatif)")
        self._text.setAccessibleName(name)
        self._text.textChanged.connect(lambda: self._tell(""))
        place = " · ".join(
            part for part in (record.form_title, record.name, states.commune_name(record.commune_nis)) if part
        )
        self.body.addWidget(label(place, "strong", wrap=True))
        self.body.addWidget(label(name, "small_strong"))
        self.body.addWidget(self._text)
        hint = translate("Staff", "Une ligne qui commence par le nom d’une question et « : » s’affiche à côté d’elle.")
        self.body.addWidget(label(hint, "caption", "text2", True))
        self.error = Label("", "small_strong", "err_fg", True)
        self.error.hide()
        self.body.addWidget(self.error)
        self.add_button(translate("Staff", "Annuler"))
        self.add_button(words[state], "go", "danger" if state == "rejected" else "primary")

    @property
    def comment(self) -> str:
        """What was typed."""
        return self._text.toPlainText().strip()

    def write(self, text: str) -> None:
        """Put a comment into the field."""
        self._text.setPlainText(text)

    def choose(self, value: str) -> None:
        """Stay open while a correction is asked for without a word of what is to be corrected."""
        if value and self._needed and not self.comment:
            self._tell(translate("Staff", "Écrivez ce qui est à corriger : c’est ce que la personne lira."))
        elif value and len(self.comment) > LONGEST:
            self._tell(translate("Staff", "Raccourcissez le commentaire : 5 000 caractères au plus."))
        else:
            super().choose(value)

    def _tell(self, text: str) -> None:
        self.error.setText(text)
        self.error.setVisible(bool(text))
        set_bad(self._text, bool(text))
        if text:
            announce(self._text, text)


def _reach(record: ReceivedRecord, *, heard: bool) -> str:
    who = record.submitter or translate("Staff", "La personne qui a envoyé la réponse")
    if heard:
        return translate("Staff", "{who} lira la décision et le commentaire à son prochain échange.").format(who=who)
    return translate(
        "Staff",
        "Ce questionnaire ne tient pas de liste de dossiers : la décision se note à la région, mais {who} ne la lira "
        "pas ici. Prévenez autrement.",
    ).format(who=who)


def ask_to_forget(parent: QWidget, name: str) -> bool:
    """Ask before a received record is deleted from this computer; `name` says which, "" for all."""
    title = (
        translate("Staff", "Oublier « {name} » ici").format(name=name)
        if name
        else translate("Staff", "Tout oublier ici")
    )
    text = translate(
        "Staff",
        "La région la garde. Sur cet ordinateur, ses réponses s’effacent et ne comptent plus dans les résultats.",
    )
    every = translate(
        "Staff", "La région garde tout. Sur cet ordinateur, les réponses reçues s’effacent et ne comptent plus."
    )
    dialog = Dialog(title, text if name else every, parent, icon="trash-2", kind="draft")
    dialog.add_button(translate("Staff", "Annuler"))
    dialog.add_button(translate("Staff", "Oublier"), "go", "danger")
    dialog.exec()
    dialog.deleteLater()
    return dialog.answer == "go"
