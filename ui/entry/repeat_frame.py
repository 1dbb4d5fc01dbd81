# SPDX-License-Identifier: EUPL-1.2
"""A repeat on the page: a table where the questions are short and few, else a list of cards."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QVBoxLayout

from fieldkit import typography
from forms.views import NodeView
from ui import theme
from ui.entry.cells import fits_a_table
from ui.entry.frame import BOTTOM, LEFT, RIGHT, TOP, Frame, Surroundings
from ui.entry.repeat_cards import EntryCards
from ui.entry.repeat_model import RepeatModel, leaves
from ui.entry.repeat_table import RepeatTable
from ui.entry.sections import Item, node_title
from ui.i18n import plural, translate
from ui.widgets import Button, Card, Label, row

SHOWN_PROBLEMS = 4
EDGE = 8


class RepeatFrame(Frame):
    """The list of entries of one repeat, with its button to add one."""

    def __init__(self, item: Item, around: Surroundings) -> None:
        super().__init__(item, around)
        self.outer.setContentsMargins(EDGE, TOP, EDGE, BOTTOM)  # tables take the room that words leave
        self.beside.setContentsMargins(LEFT - EDGE, 0, RIGHT - EDGE, 0)
        self.table: RepeatTable | None = None
        self.cards: EntryCards | None = None
        self._model: RepeatModel | None = None
        self._missing: set[str] = set()
        self._place = QVBoxLayout()
        self._place.setContentsMargins(0, 0, 0, 0)
        self.add_button = Button(translate("Entry", "Ajouter une ligne"), "plus", "ghost")
        self.add_button.clicked.connect(self.add)
        self._count = Label("", "small", "text2")
        self._total = Label("", "strong")
        foot = row(self.add_button, None, self._total, 12, self._count, 8, margins=(4, 2, 4, 2))
        self._card = Card(self._place, foot, spacing=0, margins=(1, 1, 1, 1))
        self.outer.addWidget(self._card)
        self.outer.addWidget(self._error)
        self.add_button.installEventFilter(self)
        self.refresh()

    def refresh(self) -> None:
        """Draw the entries as they are now."""
        self.refresh_refs(None)

    def refresh_refs(self, refs: Sequence[str] | None) -> None:
        """Draw the entries that hold one of these refs, all of them if None."""
        node = self.around.node(self.item.ref)
        self.show_relevant(node.relevant)
        self.show_words(node)
        if self.table is None and self.cards is None and node.count:
            self._furnish()
        if self._model is not None:
            self._model.refresh(refs)
            missing = {ref for ref in self.around.missing if ref.startswith(f"{self.item.ref}[")}
            if missing != self._missing:
                self._missing = missing
                self._model.redraw()
        if self.cards is not None:
            self.cards.refresh()
        if self.table is not None:
            self.table.setVisible(bool(node.count))
            self.table.setAccessibleName(node_title(node))
        self._tell(node)

    def add(self) -> None:
        """Add an entry and put the keyboard into it."""
        if not self.around.node(self.item.ref).can_add:
            return
        path, group = self.table.group_in_hand() if self.table is not None else ("", "")
        first = self.around.lists.add(self.item.ref)
        if group:
            self.around.lists.answer(f"{first}{path}", group)
        self.refresh()
        if self.table is not None:
            self.table.start_entry(first)
        elif self.cards is not None:
            self.cards.open_entry(first)

    def take_focus(self, ref: str = "") -> None:
        """Give the keyboard to the cell or card of `ref`, else to the first."""
        if self.table is not None and self._model is not None and self._model.rowCount():
            index = self._model.position_of(ref)
            if index.isValid():
                self.table.setCurrentIndex(index)
                self.table.setFocus(Qt.FocusReason.OtherFocusReason)
            else:
                self.table.start_entry()
        elif self.cards is not None and self.cards.open_ref(ref):
            return
        else:
            self.add_button.setFocus(Qt.FocusReason.TabFocusReason)

    def settle(self) -> None:
        """Keep what is typed in an open cell or card."""
        if self.table is not None:
            self.table.settle()
        if self.cards is not None:
            self.cards.settle()

    def flush(self) -> None:
        """Save what is being typed in a card (cells save themselves)."""
        if self.cards is not None:
            self.cards.flush()

    def press_digit(self, digit: int) -> bool:
        """Choose in the card's question that has the keyboard."""
        return self.cards is not None and self.cards.press_digit(digit)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tell when the keyboard comes to the button."""
        if event.type() == QEvent.Type.FocusIn:
            self.focused.emit(self.item.ref)
        return super().eventFilter(watched, event)

    def _furnish(self) -> None:
        entry = self.around.lists.below(self.item.ref)[0]
        around = self.around
        if fits_a_table(leaves(around.lists, entry.ref)) and not around.setting.touch:
            self._model = RepeatModel(self.item.ref, around.lists, around.setting.choices, around.missing)
            self.table = RepeatTable(self._model, around.setting.choices, around.lists)
            self.table.add_asked.connect(self.add)
            self.table.focused.connect(lambda: self.focused.emit(self.item.ref))
            self._place.addWidget(self.table)
        else:
            self.cards = EntryCards(self.item.ref, around)
            self.cards.answered.connect(self.answered)
            self.cards.typed.connect(self.typed)
            self.cards.focused.connect(self.focused)
            self._place.addWidget(self.cards)

    def _tell(self, node: NodeView) -> None:
        self.add_button.setVisible(node.can_add)
        lines = plural(node.count, translate("Entry", "{} ligne"), translate("Entry", "{} lignes")).format(node.count)
        if self.table is not None and node.can_add:
            lines = translate("Entry", "{} · Ctrl+Entrée pour ajouter").format(lines)
        self._count.setText(lines)
        total = self._model.total() if self._model is not None else None
        self._total.setVisible(total is not None and self._model is not None and not self._model.grouped)
        if total is not None:
            title, amount, unit = total
            plain = typography.decimal(amount, 2) if unit == "€" else typography.number(amount)
            figure = f"{plain}{typography.NBSP}{unit}" if unit else plain
            self._total.setText(translate("Entry", "Total {} : {}").format(title.partition(" (")[0].lower(), figure))
        problems = self._model.problems() if self._model is not None else []
        missing = self.around.missing.get(self.item.ref)
        if missing is not None and not node.count:
            problems = [missing or translate("Entry", "Ajoutez au moins une ligne.")]
        if node.violation is not None:
            problems.insert(0, node.violation.message)
        if len(problems) > SHOWN_PROBLEMS:
            rest = len(problems) - SHOWN_PROBLEMS
            problems = [*problems[:SHOWN_PROBLEMS], translate("Entry", "et {} autres").format(rest)]
        self.show_error("\n".join(problems))

    def fit(self) -> None:
        """Follow the text size."""
        super().fit()
        if self.table is not None:
            self.table.fit()
        self._card.setMinimumHeight(theme.px(40))
