# SPDX-License-Identifier: EUPL-1.2
"""Who pays for an application: a card for the grant and one for each other source, under the table of expenses."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from fieldkit import typography
from fieldkit.budget import BudgetSummary, Rule
from ui import theme
from ui.entry.desk import Desk
from ui.entry.markdown import to_plain_text
from ui.entry.section_page import Tail
from ui.i18n import translate
from ui.widgets.painting import CARD_RADIUS, draw_text, painter_of, rounded

LINES = "/data/h_budget/ligne"
LEAST = 158
HEIGHT = 78
GAP = 10


class MoneyCard(QWidget):
    """One source: its name, the amount, its share of the cost and how sure it is."""

    def __init__(self) -> None:
        super().__init__()
        self._words = ("", "", "")
        self._wrong = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_source(self, name: str, amount: str, detail: str, *, wrong: bool = False) -> None:
        """Show another state."""
        if (name, amount, detail) != self._words or wrong != self._wrong:
            self._words, self._wrong = (name, amount, detail), wrong
            self.setAccessibleName(", ".join(part for part in self._words if part))
            self.setToolTip(name)
            self.update()

    def words(self) -> tuple[str, str, str]:
        """Return name, amount and detail as shown."""
        return self._words

    def sizeHint(self) -> QSize:
        """Return three lines of words."""
        return QSize(theme.px(LEAST), theme.px(HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card."""
        del event
        painter = painter_of(self)
        fill, border = ("err_bg", "err") if self._wrong else ("surface", "border")
        rounded(painter, self.rect(), CARD_RADIUS, theme.color(fill), theme.color(border))
        role = "err_fg" if self._wrong else "text2"
        figure = "err_fg" if self._wrong else "text"
        lines = ((10, 18, "caption", role), (28, 24, "h2", figure), (52, 18, "caption", role))
        for (top, height, style, colour), text in zip(lines, self._words, strict=True):
            room = QRectF(14, theme.px(top), self.width() - 24, theme.px(height))
            draw_text(painter, room, text, theme.font(style), colour)
        painter.end()


class Financing(Tail):
    """The cards, as many side by side as there is room for."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._cards: list[MoneyCard] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 4, 0, 0)
        self._grid.setSpacing(GAP)
        self._columns = 0
        self.refresh()

    def cards(self) -> list[MoneyCard]:
        """Return the cards in view, the grant first."""
        return [card for card in self._cards if not card.isHidden()]

    def refresh(self) -> None:
        """Read the sources again."""
        budget = self._desk.budget
        sources = self._sources(budget) if budget is not None and budget.total else []
        while len(self._cards) < len(sources):
            self._cards.append(MoneyCard())
            self._columns = 0
        for card, (name, amount, detail, wrong) in zip(self._cards, sources, strict=False):
            card.show_source(name, amount, detail, wrong=wrong)
        for number, card in enumerate(self._cards):
            if card.parentWidget() is not None and card.isHidden() == (number < len(sources)):
                card.setVisible(number < len(sources))
        self._place(len(sources))

    def fit(self) -> None:
        """Follow the text size."""
        self._columns = 0
        self._place(len(self.cards()))

    def resizeEvent(self, event: object) -> None:
        """Put as many side by side as fit."""
        del event
        self._place(len(self.cards()))

    def _place(self, count: int) -> None:
        room = max(1, (self.width() + GAP) // (theme.px(LEAST) + GAP))
        rows = -(-count // room)
        columns = -(-count // max(1, rows))  # rows as even as can be
        if columns == self._columns or not count:
            return
        for number, card in enumerate(self._cards):
            self._grid.addWidget(card, number // columns, number % columns, Qt.AlignmentFlag.AlignTop)
            card.setVisible(number < count)
        for column in range(self._grid.columnCount()):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
        self._columns = columns

    def _sources(self, budget: BudgetSummary) -> list[tuple[str, str, str, bool]]:
        over = next((c for c in budget.broken if c.rule in (Rule.GRANT_RATE, Rule.GRANT_MAX)), None)
        asked = translate("Entry", "{} demandés").format(_share(budget.grant, budget.total))
        if over is not None:
            asked = translate("Entry", "{} de trop").format(typography.money(over.excess))
        found = [(translate("Entry", "Région wallonne"), typography.money(budget.grant), asked, over is not None)]
        for funding in budget.funding:
            if funding.amount or funding.organisation:
                status = self._status(f"{funding.ref}/apport_statut", funding.status)
                parts = [_share(funding.amount, budget.total), *([status.lower()] if status else [])]
                name = funding.organisation or translate("Entry", "Autre financement")
                found.append((name, typography.money(funding.amount), " · ".join(parts), False))
        gap = budget.total - budget.funded
        if any(c.rule is Rule.BALANCE for c in budget.broken):
            name = translate("Entry", "Reste à financer") if gap > 0 else translate("Entry", "Financé en trop")
            found.append((name, typography.money(abs(gap)), _share(abs(gap), budget.total), True))
        return found

    def _status(self, ref: str, value: str) -> str:
        choices = self._desk.choices(ref) if value else []
        return next((to_plain_text(choice.label.value) for choice in choices if choice.value == value), "")


def _share(amount: Decimal, total: Decimal) -> str:
    return typography.percent(100 * amount / total, 0) if total else ""
