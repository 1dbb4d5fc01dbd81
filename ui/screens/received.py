# SPDX-License-Identifier: EUPL-1.2
"""« Reçus par la région » : records of others, for staff: receive, search, read, decide."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedWidget, QWidget

from fieldkit import settings
from fieldkit.received import Choice, ReceivedRecord
from ui import icons, states
from ui.i18n import plural, translate
from ui.screens import received_story
from ui.screens.page import Page
from ui.screens.received_model import ReceivedModel, ReceivedTable
from ui.screens.received_panel import ReceivedPanel
from ui.screens.staff_dialogs import ReviewDialog, SignInDialog, SignInPage, ask_to_forget
from ui.widgets.buttons import Button, FilterChip, Segmented, ToolButton
from ui.widgets.feedback import Banner, EmptyState
from ui.widgets.fields import SearchField, Select
from ui.widgets.flow import Flow
from ui.widgets.layout import Card, row

if TYPE_CHECKING:
    from collections.abc import Callable

    from sync.staff.review import Reviewed
    from ui.kit import Kit

_FILTERS: tuple[tuple[str, frozenset[str], str], ...] = (
    ("all", frozenset(), ""),
    ("new", frozenset({"", "edited"}), "info"),
    ("wrong", frozenset({"hasIssues"}), "review"),
    ("approved", frozenset({"approved"}), "ok"),
    ("rejected", frozenset({"rejected"}), "err"),
)
LIST, NOTHING, NONE, SIGN_IN = range(4)


class ReceivedScreen(QWidget):
    """The list at the left, the panel of the cursor's row at the right; the sign-in form while there is neither."""

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self.kit = kit
        back = ToolButton("arrow-left", translate("Received", "Revenir à la collecte"))
        back.clicked.connect(lambda: kit.screen_asked.emit("records", ""))
        self.receive = Button(translate("Received", "Recevoir"), "download", "primary")
        self.receive.clicked.connect(self.ask_region)
        self.stop = Button(translate("Received", "Arrêter"), "x")
        self.stop.clicked.connect(kit.staff.cancel)
        self.more = ToolButton("ellipsis-vertical", translate("Received", "Autres actions"))
        self.page = Page(translate("Received", "Reçus par la région"), back, self.stop, self.receive, self.more)
        self.model = ReceivedModel(kit)
        self.table = ReceivedTable(self.model)
        self.panel = ReceivedPanel(kit)
        self.panel.hide()
        self._wanted = _FILTERS[0]
        self._deleted = False
        self._unsent: dict[str, str] = {}  # comments that no decision has carried to the region yet
        self._build_filters()
        self._build_list()
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.page, 1)
        box.addWidget(self.panel)
        self._connect()

    def _build_filters(self) -> None:
        self.banner = Banner("neutral", "")
        self.act = Button("")
        self.act.clicked.connect(self._on_banner)
        self.head = QWidget()
        self.head.setLayout(row((self.banner, 1), self.act, spacing=10))
        self.page.body.addWidget(self.head)
        self.search = SearchField(translate("Received", "Rechercher un nom, une commune, une personne…"))
        self.forms = Select(name=translate("Received", "Questionnaire"))
        self.forms.setMinimumWidth(180)
        self.scope = Segmented(
            (
                ("territory", translate("Received", "Mon territoire")),
                ("all", translate("Received", "Toutes les communes")),
            ),
            name=translate("Received", "Communes reçues et montrées"),
        )
        self.tools = QWidget()
        self.tools.setLayout(row((self.search, 1), self.forms, self.scope))
        self.page.body.addWidget(self.tools)
        words = {
            "all": translate("Received", "Tout"),
            "new": translate("Received", "À relire"),
            "wrong": translate("Received", "À corriger"),
            "approved": translate("Received", "Approuvés"),
            "rejected": translate("Received", "Rejetés"),
        }
        self.chips: dict[str, FilterChip] = {}
        line = Flow()
        for wanted in _FILTERS:
            chip = FilterChip(words[wanted[0]], 0, wanted[2])
            chip.clicked.connect(partial(self._on_filter, wanted, False))
            self.chips[wanted[0]] = chip
            line.addWidget(chip)
        gone = FilterChip(translate("Received", "Supprimés"), 0, "neutral")
        gone.clicked.connect(partial(self._on_filter, _FILTERS[0], True))
        self.chips["deleted"] = gone
        line.addWidget(gone)
        self.chips["all"].setChecked(True)
        self.chip_row = QWidget()
        self.chip_row.setLayout(line)
        self.page.body.addWidget(self.chip_row)

    def _build_list(self) -> None:
        self.stack = QStackedWidget()
        card = Card(margins=(2, 4, 2, 4))
        card.body.addWidget(self.table)
        self.stack.addWidget(card)
        self.stack.addWidget(
            EmptyState(
                "inbox",
                translate("Received", "Rien reçu pour l’instant"),
                translate(
                    "Received", "« Recevoir » amène ici les réponses que la région a reçues pour votre territoire."
                ),
            )
        )
        clear = Button(translate("Received", "Tout afficher"), "x")
        clear.clicked.connect(self.clear_filters)
        self.stack.addWidget(
            EmptyState(
                "search",
                translate("Received", "Aucune réponse ne correspond"),
                translate("Received", "Essayez un mot plus court, ou retirez les filtres."),
                clear,
            )
        )
        self.sign_in = SignInPage(self.kit)
        self.stack.addWidget(self.sign_in)
        self.page.body.addWidget(self.stack, 1)

    def _connect(self) -> None:
        self.search.textChanged.connect(lambda _text: self._reload())
        self.search.list_asked.connect(self._focus_list)
        self.forms.currentIndexChanged.connect(lambda _index: self._reload())
        self.scope.chosen.connect(self._on_scope)
        self.table.row_changed.connect(self._on_row)
        self.table.opened.connect(lambda record: self._act("read", record))
        self.table.left.connect(self._on_left)
        self.table.clicked.connect(lambda index: self._on_row(self.model.item(index.row())))
        self.panel.acted.connect(self._act)
        self.panel.closed.connect(self._on_left)
        self.kit.staff.changed.connect(self._on_changed)
        menu = QMenu(self.more)
        self._leave = menu.addAction(icons.icon("log-out", "text2"), translate("Received", "Se déconnecter"))
        self._leave.triggered.connect(self.kit.staff.sign_out)
        self._enter = menu.addAction(icons.icon("key-round", "text2"), translate("Received", "Changer de compte…"))
        self._enter.triggered.connect(self.ask_to_sign_in)
        self._drop = menu.addAction(icons.icon("trash-2", "text2"), translate("Received", "Tout oublier ici…"))
        self._drop.triggered.connect(self.forget_all)
        self.more.setMenu(menu)

    # Filling

    def refresh(self) -> None:
        """Read the store again; the cursor stays on its record."""
        held = self.model.item(self.table.currentIndex().row())
        self._fill_forms()
        self.scope.set_value(self.kit.settings.get(settings.RECEIVED_SCOPE))
        self.scope.setVisible(bool(self.kit.communes()))
        self._reload(held.root_id if held else "")

    def _on_changed(self) -> None:
        if self.isVisible():
            self._show_state()

    def _show_state(self) -> None:
        """Show who is signed in, what is under way, and up to when one knows."""
        desk = self.kit.staff
        story = received_story.story(self.kit)
        self.banner.set_message(story.kind, story.title, story.text, story.icon)
        self.act.set_text(story.word)
        self.act.setVisible(bool(story.word))
        self.stop.setVisible(desk.running)
        self.receive.setEnabled(not desk.running)
        self.page.subtitle.setText(received_story.subtitle(self.kit))
        blank = self.stack.currentIndex() == SIGN_IN
        self.head.setVisible(not blank and bool(story.title))
        for part in (self.receive, self.more, self.tools, self.chip_row):
            part.setVisible(not blank)
        self._leave.setVisible(desk.user is not None)
        self._drop.setVisible(bool(self.kit.store.received.forms()))

    def _fill_forms(self) -> None:
        chosen = self.forms.currentData()
        self.forms.blockSignals(True)
        self.forms.clear()
        self.forms.addItem(translate("Received", "Tous les questionnaires"), "")
        for one in self.kit.store.received.forms():
            self.forms.addItem(one.title, one.form_id)
        self.forms.setCurrentIndex(max(0, self.forms.findData(chosen)))
        self.forms.setVisible(self.forms.count() > 2)
        self.forms.blockSignals(False)

    def show_target(self, root_id: object) -> None:
        """Put the cursor on a record and open its panel."""
        self.clear_filters()
        self._select(str(root_id))

    def clear_filters(self) -> None:
        """Show everything again that is of the communes chosen."""
        self.search.clear()
        self.forms.setCurrentIndex(0)
        self.chips["all"].setChecked(True)
        self._on_filter(_FILTERS[0], False)

    def _choice(self, **changed: object) -> Choice:
        parts: dict[str, object] = {
            "text": self.search.text().strip(),
            "form_id": self.forms.currentData() or "",
            "communes": self.kit.staff.communes(),
            "review_states": self._wanted[1],
            "deleted": self._deleted,
        }
        return Choice(**{**parts, **changed})  # type: ignore[arg-type]  # the fields of Choice

    def _reload(self, keep: str = "") -> None:
        self.model.load(self._choice())
        counts = self.kit.store.received.counts(self._choice(review_states=frozenset(), deleted=False))
        for key, wanted, _dot in _FILTERS:
            self.chips[key].set_count(sum(count for state, count in counts.items() if not wanted or state in wanted))
        gone = sum(self.kit.store.received.counts(self._choice(review_states=frozenset(), deleted=True)).values())
        self.chips["deleted"].set_count(gone)
        self.chips["deleted"].setVisible(bool(gone) or self._deleted)
        filtered = bool(self.search.text().strip() or self.forms.currentData() or self._wanted[1] or self._deleted)
        empty = NONE if filtered else NOTHING
        if not filtered and self.kit.staff.user is None and not self.kit.store.received.forms():
            empty = SIGN_IN
        self.stack.setCurrentIndex(LIST if self.model.rowCount() else empty)
        if keep and self.model.row_of(keep) >= 0:
            self._select(keep)
        else:
            self.panel.hide()
        self._show_state()

    def _select(self, root_id: str) -> None:
        found = self.model.row_of(root_id)
        if found >= 0:
            self.table.setCurrentIndex(self.model.index(found, 0))
            self._on_row(self.model.item(found))

    def _on_filter(self, wanted: tuple[str, frozenset[str], str], deleted: bool, _checked: bool = False) -> None:
        self._wanted, self._deleted = wanted, deleted
        self._reload()

    def _on_scope(self, scope: str) -> None:
        self.kit.set(settings.RECEIVED_SCOPE, scope)
        self._reload()

    # The cursor's row

    def _focus_list(self) -> None:
        self.table.setFocus(Qt.FocusReason.TabFocusReason)
        if not self.table.currentIndex().isValid() and self.model.rowCount():
            self.table.setCurrentIndex(self.model.index(0, 0))

    def _on_row(self, record: ReceivedRecord | None) -> None:
        if record is None:
            self.panel.hide()
            return
        self.panel.show_record(record)
        self.panel.show()

    def _on_left(self) -> None:
        self.panel.hide()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    # Actions

    def ask_region(self) -> None:
        """Receive what is new; sign in first if one must."""
        if self.kit.staff.may_ask:
            self.kit.staff.pull()
        else:
            self.ask_to_sign_in()

    def ask_to_sign_in(self) -> None:
        """Ask for e-mail and password over the list."""
        dialog = SignInDialog(self.kit, self.window())
        dialog.exec()
        dialog.deleteLater()

    def _on_banner(self) -> None:
        action = received_story.story(self.kit).action
        if action == "all":
            self.kit.staff.pull_all()
        elif action == "sign-in":
            self.ask_to_sign_in()
        else:
            self.ask_region()

    def _act(self, action: str, record: ReceivedRecord) -> None:
        if action == "read" and record.kept_at is not None:
            from ui.entry.printing import show_record

            show_record(self.kit, record.root_id, self)
        elif action == "results":
            self.kit.results_asked.emit(record.root_id)
        elif action == "comments":
            self._with_access(lambda: self.kit.staff.comments(record, partial(self.panel.show_comments, record)))
        elif action == "forget":
            self.forget(record)
        elif action.startswith("review:"):
            self._with_access(lambda: self.decide(record, action.removeprefix("review:")))

    def _with_access(self, act: Callable[[], None]) -> None:
        if not self.kit.staff.may_ask:
            self.ask_to_sign_in()
        if self.kit.staff.may_ask:
            act()

    def decide(self, record: ReceivedRecord, state: str) -> None:
        """Ask for the comment, then tell the region."""
        dialog = ReviewDialog(self.kit, record, state, self.window())
        dialog.write(self._unsent.pop(record.root_id, ""))
        dialog.exec()
        comment = dialog.comment
        dialog.deleteLater()
        if comment:
            self._unsent[record.root_id] = comment
        if dialog.answer:
            self.kit.toast(translate("Received", "La décision part à la région…"))
            self.kit.staff.review(record, state, comment, partial(self._on_decided, record))

    def _on_decided(self, record: ReceivedRecord, done: Reviewed) -> None:
        self._unsent.pop(record.root_id, None)
        badge = states.review(self.kit.store.received.get(record.root_id)).text
        if done.untold:
            text = translate("Received", "{badge} : noté à la région, mais le dossier a changé entre-temps")
        elif done.told:
            text = translate("Received", "{badge} : la personne le lira à son prochain échange")
        else:
            text = translate("Received", "{badge} : noté à la région")
        self.kit.toast(text.format(badge=badge))

    def forget(self, record: ReceivedRecord) -> None:
        """Delete a received record from this computer."""
        if ask_to_forget(self.window(), record.name or record.form_title):
            self.kit.store.received.forget([record.root_id])
            self.kit.records_changed.emit()

    def forget_all(self) -> None:
        """Delete all that was received from this computer."""
        if ask_to_forget(self.window(), ""):
            count = self.kit.store.received.forget()
            one, many = (
                translate("Received", "{n} réponse oubliée ici"),
                translate("Received", "{n} réponses oubliées ici"),
            )
            self.kit.toast(plural(count, one, many).format(n=count))
            self.kit.records_changed.emit()
