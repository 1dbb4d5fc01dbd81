# SPDX-License-Identifier: EUPL-1.2
"""The accounts in « Réglages » : how each stands, and the ways to add, change and leave one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from ui import dates, icons
from ui.connection_story import waiting_text
from ui.i18n import plural, translate
from ui.screens.account_form import AccountForm
from ui.widgets.buttons import Button, ToolButton
from ui.widgets.indicators import IconMark, StatusChip
from ui.widgets.layout import Card, Line, column, row
from ui.widgets.text import Label, label

if TYPE_CHECKING:
    from fieldkit.account import Account
    from ui.kit import Kit


class AccountsCard(Card):
    """The accounts as a list; the form for an invitation is open while one is needed, else behind a button."""

    def __init__(self, kit: Kit) -> None:
        head = row(
            IconMark("link", "primary"), label(translate("Accounts", "Comptes de la région"), "h3"), None, spacing=10
        )
        super().__init__(head, spacing=10)
        self.kit = kit
        self._words = Label("", "body", "text2", True)
        self._list = QWidget()
        self._rows = QVBoxLayout(self._list)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(0)
        self.form = AccountForm(kit)
        self.connect_button = Button(translate("Accounts", "Relier ce compte"), "link")
        self.add_button = Button(translate("Accounts", "Relier un autre compte"), "plus")
        self.cancel_button = Button(translate("Accounts", "Annuler"))
        self.connect_button.clicked.connect(self._on_connect)
        self.add_button.clicked.connect(self.open_form)
        self.cancel_button.clicked.connect(self._close_form)
        self.form.with_link.toggled.connect(self.connect_button.setVisible)
        for part in (self._words, self._list, self.form):
            self.body.addWidget(part)
        self.body.addLayout(row(self.add_button, None, self.cancel_button, self.connect_button))
        kit.connection.changed.connect(self._on_changed)
        self._is_open = False
        self.refresh()

    def _on_changed(self) -> None:
        if self.isVisible():
            self.refresh()

    def refresh(self) -> None:
        """Show the accounts as they stand."""
        accounts = self.kit.connection.accounts
        if not accounts:
            self._words.setText(translate("Accounts", "Aucun compte : rien ne quitte cet ordinateur."))
        elif len(accounts) > 1:
            text = translate("Accounts", "Chaque réponse part vers le compte dont vient son questionnaire.")
            self._words.setText(text)
        self._words.setVisible(len(accounts) != 1)
        self._list.setVisible(bool(accounts))
        self._show_rows(accounts)
        alone_without_access = len(accounts) == 1 and self.kit.connection.needs_token
        is_open = self._is_open or not accounts or alone_without_access
        self.form.setVisible(is_open)
        self.form.without.setVisible(not accounts)
        if is_open and accounts:
            self.form.with_link.setChecked(True)
        self.connect_button.setVisible(is_open and self.form.with_link.isChecked())
        self.cancel_button.setVisible(self._is_open and bool(accounts))
        self.add_button.setVisible(bool(accounts) and not is_open)

    def _show_rows(self, accounts: list[Account]) -> None:
        focused = self._list.focusWidget()
        held = focused.accessibleName() if focused is not None and focused.hasFocus() else ""
        while (item := self._rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for account in accounts:
            if self._rows.count():
                self._rows.addWidget(Line())
            made = AccountRow(self.kit, account, several=len(accounts) > 1)
            self._rows.addWidget(made)
            if held == made.menu_button.accessibleName():  # drawn anew under somebody's fingers
                made.menu_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def open_form(self) -> None:
        """Show the form for another account."""
        self._is_open = True
        self.refresh()
        self.form.field.setFocus(Qt.FocusReason.TabFocusReason)

    def _close_form(self) -> None:
        self._is_open = False
        self.form.box.clear()
        self.form.without.setChecked(True)
        self.refresh()
        self.add_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_connect(self) -> None:
        self.connect_button.setEnabled(False)
        self.form.submit(self._on_done, lambda: self.connect_button.setEnabled(True))

    def _on_done(self) -> None:
        self.connect_button.setEnabled(True)
        self._is_open = False
        self.form.without.setChecked(True)
        self.refresh()


class AccountRow(QWidget):
    """One account: name, place, last exchange, state, what waits for it, and its menu."""

    def __init__(self, kit: Kit, account: Account, *, several: bool) -> None:
        super().__init__()
        self.kit = kit
        self.account = account
        default = kit.connection.account
        is_default = default is not None and default.account_id == account.account_id
        chips = row(state_chip(kit, account), spacing=6)
        if several and is_default:
            chips.addWidget(StatusChip("neutral", translate("Accounts", "Par défaut"), "star"))
        chips.addStretch(1)
        place = translate("Accounts", "{host}, projet {project}").format(
            host=account.url.partition("://")[2], project=account.project
        )
        words = column(
            label(account.display_name, "strong", wrap=True),
            label(place, "small", "text2", True),
            label(self._moments(), "small", "text2", True),
            *(Label(text, "small", "err_fg", True) for text in troubles(kit, account)),
            chips,
            spacing=4,
        )
        box = row((words, 1), spacing=12, margins=(0, 10, 0, 10))
        if several and kit.connection.state_of(account.account_id).needs_token:  # else the form is open below
            again = Button(translate("Accounts", "Redonner l’accès…"), "key-round")
            again.clicked.connect(self.ask_for_access)
            box.addWidget(again, 0, Qt.AlignmentFlag.AlignTop)
        name = translate("Accounts", "Actions sur le compte « {name} »").format(name=account.display_name)
        self.menu_button = ToolButton("ellipsis-vertical", name, size=32)
        self.menu_button.setMenu(self._menu(is_default=is_default, several=several))
        box.addWidget(self.menu_button, 0, Qt.AlignmentFlag.AlignTop)
        self.setLayout(box)

    def _moments(self) -> str:
        last = self.kit.connection.last_success_at(self.account.account_id)
        if last is not None:
            text = translate("Accounts", "Dernier échange {when}").format(when=dates.saved_at(last))
        else:
            text = translate("Accounts", "Aucun échange pour l’instant")
        waiting = self.kit.connection.waiting_for(self.account.account_id)
        return f"{text} · {waiting_text(waiting)}" if waiting else text

    def _menu(self, *, is_default: bool, several: bool) -> QMenu:
        menu = QMenu(self)
        if several and not is_default:
            default = menu.addAction(icons.icon("star", "text2"), translate("Accounts", "Choisir par défaut"))
            default.triggered.connect(partial(self.kit.connection.choose_default, self.account.account_id))
        for icon, word, call in (
            ("pencil", translate("Accounts", "Renommer…"), self.rename),
            ("key-round", translate("Accounts", "Remplacer l’accès…"), self.ask_for_access),
            ("log-out", translate("Accounts", "Se délier…"), self.leave),
        ):
            menu.addAction(icons.icon(icon, "text2"), word).triggered.connect(call)
        return menu

    def rename(self) -> None:
        """Ask for another name."""
        from ui.screens.account_dialogs import RenameDialog

        RenameDialog(self.kit, self.account, self.window()).ask()

    def ask_for_access(self) -> None:
        """Ask for a new invitation."""
        from ui.screens.account_dialogs import AccessDialog

        AccessDialog(self.kit, self.account, self.window()).ask()

    def leave(self) -> None:
        """Tell what leaving means, and leave if the user wants."""
        from ui.screens.account_dialogs import LeaveDialog

        LeaveDialog(self.kit, self.account, self.window()).ask()


def state_chip(kit: Kit, account: Account) -> StatusChip:
    """Return how an account stands in a word."""
    state = kit.connection.state_of(account.account_id)
    if state.needs_token:
        return StatusChip("error", translate("Accounts", "Accès à redonner"), "key-round")
    status = state.status
    if status is None or status.trouble is None:
        return StatusChip("sent", translate("Accounts", "Relié"), "circle-check")
    from sync.errors import LineError

    if isinstance(status.trouble, LineError):
        return StatusChip("neutral", translate("Accounts", "Hors ligne"), "cloud-off")
    return StatusChip("error", translate("Accounts", "À vérifier"), "circle-alert")


def troubles(kit: Kit, account: Account) -> list[str]:
    """Return what went wrong with an account, and with its forms, a sentence each."""
    state = kit.connection.state_of(account.account_id)
    status = state.status
    if status is None:
        return []
    from fieldkit.packs import CATALOGUE
    from sync.errors import FormClash, LineError
    from ui.messages import sentence
    from ui.sentences.packs import catalogue_problem

    found = []
    if status.trouble is not None and not isinstance(status.trouble, LineError):
        found.append(sentence(status.trouble).line)
    pulled = status.pulled
    for problem in pulled.problems if pulled is not None else ():
        if problem.form_id == CATALOGUE:
            found.append(catalogue_problem(problem).line)
        elif problem.error is not None:
            line = sentence(problem.error).line
            if isinstance(problem.error, FormClash):
                other = problem.error.other
                line = line.replace(other, kit.connection.name_of(other))
            found.append(line)
        else:
            one = translate("Accounts", "Il manque un fichier du questionnaire « {form} » à la région : {names}.")
            many = translate("Accounts", "Il manque des fichiers du questionnaire « {form} » à la région : {names}.")
            text = plural(len(problem.missing_media), one, many)
            found.append(text.format(form=problem.form_id, names=", ".join(problem.missing_media)))
    if pulled is not None and pulled.lost_access:
        found.append(
            translate(
                "Accounts",
                "La région n’offre plus aucun questionnaire à ce compte. Ceux de cet ordinateur sont gardés.",
            )
        )
    return found
