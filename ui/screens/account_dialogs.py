# SPDX-License-Identifier: EUPL-1.2
"""What is asked about an account: another name, another access, and whether to leave."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from ui.i18n import plural, translate
from ui.screens.account_form import AccountForm
from ui.widgets.buttons import Button
from ui.widgets.choices import CheckTile
from ui.widgets.dialogs import Dialog
from ui.widgets.feedback import Banner, announce
from ui.widgets.fields import Field

if TYPE_CHECKING:
    from fieldkit.account import Account
    from ui.kit import Kit


class RenameDialog(Dialog):
    """A field with the name; Enter takes it."""

    def __init__(self, kit: Kit, account: Account, parent: QWidget | None = None) -> None:
        super().__init__(
            translate("Accounts", "Renommer le compte"),
            translate("Accounts", "Ce nom n’est que pour vous : la région ne le voit pas."),
            parent,
            icon="pencil",
        )
        self._kit = kit
        self._account = account
        self.field = Field(account.display_name, name=translate("Accounts", "Nom du compte"))
        self.field.selectAll()
        self.body.addWidget(self.field)
        self.add_button(translate("Accounts", "Annuler"))
        self.add_button(translate("Accounts", "Renommer"), "rename", "primary")

    def ask(self) -> None:
        """Show the dialog."""
        self.field.setFocus(Qt.FocusReason.TabFocusReason)
        self.exec()
        self.deleteLater()

    def choose(self, value: str) -> None:
        """Close, and take the name."""
        super().choose(value)
        if value:
            self._kit.connection.rename(self._account.account_id, self.field.text())


class AccessDialog(Dialog):
    """The form for a new invitation; one of another project is told, and becomes another account only if wanted."""

    def __init__(self, kit: Kit, account: Account, parent: QWidget | None = None) -> None:
        text = translate("Accounts", "Donnez la nouvelle invitation de la région. L’accès d’avant sera remplacé ici.")
        title = translate("Accounts", "Remplacer l’accès de « {name} »").format(name=account.display_name)
        super().__init__(title, text, parent, icon="key-round")
        self._kit = kit
        self._account = account
        self.other: Banner | None = None
        self.other_button = Button("", "link")
        self.form = AccountForm(kit)
        self.form.connect_account = self._connect
        self.form.without.hide()
        self.form.with_link.setChecked(True)
        self.body.addWidget(self.form)
        self.body.addWidget(self.other_button, 0, Qt.AlignmentFlag.AlignRight)
        self.other_button.hide()
        self.other_button.clicked.connect(self._on_other)
        self._go_on: Callable[[], None] = _nothing
        self.cancel_button = self.add_button(translate("Accounts", "Annuler"))
        self.replace_button = self.add_button(translate("Accounts", "Remplacer"), "replace", "primary", "key-round")

    def ask(self) -> None:
        """Show the dialog."""
        self.form.field.setFocus(Qt.FocusReason.TabFocusReason)
        self.exec()
        self.deleteLater()

    def choose(self, value: str) -> None:
        """Close only when the new access is there."""
        if value != "replace":
            super().choose(value)
            return
        self.replace_button.setEnabled(False)
        self.form.submit(self._on_done, lambda: self.replace_button.setEnabled(True))

    def _on_done(self) -> None:
        super().choose("replace")

    def _on_other(self) -> None:
        self._go_on()

    def _connect(self, text: str, on_success: Callable[[Account], None], on_error: Callable[[Exception], None]) -> None:
        from sync.errors import SyncError
        from sync.invitation import parse_invitation

        self._drop_banner()
        try:
            found = parse_invitation(text).account()
        except SyncError as error:
            on_error(error)
            return

        def go_on() -> None:
            self._kit.connection.connect_account(text, on_success, on_error)

        if found.account_id == self._account.account_id:
            go_on()
        else:
            self.replace_button.setEnabled(True)
            self._tell_other(found, go_on)

    def _tell_other(self, found: Account, go_on: Callable[[], None]) -> None:
        title = translate("Accounts", "Cette invitation est pour un autre projet")
        text = translate(
            "Accounts", "Elle mène à {host}, projet {project}. L’accès de « {name} » n’a pas changé."
        ).format(host=found.url.partition("://")[2], project=found.project, name=self._account.display_name)
        known = {one.account_id for one in self._kit.connection.accounts}
        word = (
            translate("Accounts", "Remplacer l’accès de cet autre compte")
            if found.account_id in known
            else translate("Accounts", "Ajouter comme autre compte")
        )
        self._go_on = go_on
        self.form.box.found.hide()  # it says where the invitation leads, as this does
        self.other = Banner("info", title, text)
        self.body.insertWidget(1, self.other)
        self.other_button.set_text(word)
        self.other_button.show()
        announce(self.form.field, f"{title}. {text}")

    def _drop_banner(self) -> None:
        if self.other is not None:
            self.other.hide()
            self.other.deleteLater()
            self.other = None
            self.other_button.hide()


def _nothing() -> None:
    """Nothing to go on with yet."""


class LeaveDialog(Dialog):
    """What waits for the account is told first; it stays. The access can be ended at the region as well."""

    def __init__(self, kit: Kit, account: Account, parent: QWidget | None = None) -> None:
        title = translate("Accounts", "Se délier de « {name} »").format(name=account.display_name)
        super().__init__(title, _consequences(kit, account), parent, icon="log-out", kind="draft")
        self._kit = kit
        self._account = account
        self.revoke = CheckTile(
            translate("Accounts", "Retirer aussi l’accès à la région"),
            description=translate(
                "Accounts",
                "Le lien d’invitation ne servira plus à personne, sur aucun ordinateur. Il faut être en ligne.",
            ),
        )
        self.trouble: Banner | None = None
        self.body.addWidget(self.revoke)
        self.stay_button = self.add_button(translate("Accounts", "Rester relié"))
        self.leave_button = self.add_button(translate("Accounts", "Se délier"), "leave", "danger", "log-out")

    def ask(self) -> None:
        """Show the dialog."""
        self.stay_button.setFocus(Qt.FocusReason.TabFocusReason)
        self.exec()
        self.deleteLater()

    def choose(self, value: str) -> None:
        """Close only when it is done; what fails stays on screen, and the account stays connected."""
        if value != "leave":
            super().choose(value)
            return
        self.leave_button.setEnabled(False)
        self._kit.connection.disconnect_account(
            self._account.account_id, revoke=self.revoke.isChecked(), on_done=self._on_done, on_error=self._on_error
        )

    def _on_done(self) -> None:
        super().choose("leave")
        self._kit.toast(translate("Accounts", "Compte délié. Vos réponses restent sur cet ordinateur"))

    def _on_error(self, error: Exception) -> None:
        from ui.messages import sentence

        self.leave_button.setEnabled(True)
        if self.trouble is not None:
            self.trouble.hide()
            self.trouble.deleteLater()
        title = translate("Accounts", "L’accès n’a pas été retiré à la région : vous êtes toujours relié")
        text = translate(
            "Accounts", "{cause}. Réessayez, ou déliez-vous sans retirer l’accès et demandez à la région de le faire."
        ).format(cause=sentence(error).title)
        self.trouble = Banner("err", title, text)
        self.body.addWidget(self.trouble)
        announce(self.leave_button, f"{title}. {text}")


def _consequences(kit: Kit, account: Account) -> str:
    waiting = kit.store.owners.waiting().get(account.account_id, 0)
    parts = []
    if waiting:
        one = translate("Accounts", "{n} réponse terminée attend encore de partir vers ce compte.")
        many = translate("Accounts", "{n} réponses terminées attendent encore de partir vers ce compte.")
        parts.append(plural(waiting, one, many).format(n=waiting))
    parts.append(
        translate(
            "Accounts",
            "Rien n’est effacé : réponses et brouillons restent sur cet ordinateur. Ce qui attend partira si vous "
            "reliez à nouveau ce compte.",
        )
    )
    parts.append(translate("Accounts", "Les questionnaires que lui seul offrait ne se commencent plus."))
    return " ".join(parts)
