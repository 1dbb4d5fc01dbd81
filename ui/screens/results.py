# SPDX-License-Identifier: EUPL-1.2
"""« Diagnostic » : what one diagnostic says, beside another one or the mean of the territory."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from fieldkit.collected import Collected, DiagnosticShelf, mean_beside
from fieldkit.diagnostic import FORM_ID
from fieldkit.instance import State
from ui import dates, theme
from ui.i18n import translate
from ui.screens import results_cards as cards
from ui.screens.page import Page
from ui.widgets import Button, EmptyState, Select, StatusChip, label, scrolled

if TYPE_CHECKING:
    from fieldkit.guides import Guide
    from ui.kit import Kit

MEAN = "mean"
NOTHING = "nothing"
GAP = 12
SHARES = (352, 414, 312)
NEEDED = {3: 990, 2: 690}  # pixels at 100 % for so many columns


class _Board(QWidget):
    """Cards in three columns, two or one, as many as the width and the text size allow."""

    def __init__(self, parts: Sequence[QWidget]) -> None:
        super().__init__()
        self._parts = parts
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(GAP)
        self._arrange(3)

    def minimumSizeHint(self) -> QSize:
        """Let the width shrink to one column: the cards then stand under each other."""
        return QSize(theme.px(320), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Choose the number of columns."""
        super().resizeEvent(event)
        width = event.size().width()
        self._arrange(next((n for n in (3, 2) if width >= theme.px(NEEDED[n])), 1))

    def _arrange(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        for number, part in enumerate(self._parts):
            self._grid.addWidget(part, number // columns, number % columns)
        for place in range(3):
            self._grid.setColumnStretch(place, SHARES[place] if place < columns else 0)
        for place in range(len(self._parts)):
            self._grid.setRowStretch(place, 1 if place * columns < len(self._parts) else 0)


class ResultsScreen(Page):
    """The results of the diagnostic chosen at the top right."""

    def __init__(self, kit: Kit) -> None:
        self.kit = kit
        self.place = Select(name=translate("Results", "Diagnostic montré"))
        self.other = Select(name=translate("Results", "Comparé à"))
        self.report = Button(translate("Results", "Rapport PDF"), "file-text", "primary")
        self._against = label(translate("Results", "comparé à"), "small", "text2")
        self._draft = StatusChip("draft", translate("Results", "Brouillon"), "file-pen-line")
        super().__init__(
            translate("Results", "Diagnostic"), self._draft, self.place, self._against, self.other, self.report
        )
        self._shelf = DiagnosticShelf(kit.store)
        self._found: dict[str, Collected] = {}
        self._shown = ""
        self._content: QWidget | None = None
        self.place.activated.connect(self._on_place_chosen)
        self.other.activated.connect(self._on_other_chosen)
        self.report.clicked.connect(self.print_report)

    def refresh(self) -> None:
        """Read the store again; what is shown stays shown if it still exists."""
        inside = {commune.nis for commune in self.kit.communes()}
        found = self._shelf.all()
        near = [one for one in found if not inside or one.instance.commune_nis in inside] or list(found)
        self._found = {one.instance.instance_id: one for one in near}
        if self._shown and self._shown not in self._found:
            self._found |= {one.instance.instance_id: one for one in found if one.instance.instance_id == self._shown}
        if self._shown not in self._found:
            self._shown = next(iter(self._found), "")
        self._fill_lists()
        self._draw()

    def show_target(self, target: object) -> None:
        """Show the diagnostic of that instance_id."""
        self._shown = str(target)
        if self._shown not in self._found:
            one = self._shelf.one(self._shown)
            self._found[self._shown] = one
        self._fill_lists()
        self._draw()

    # The two lists

    def _fill_lists(self) -> None:
        self.place.clear()
        for key, one in self._found.items():
            self.place.addItem(_name(one), key)
        self.place.setCurrentIndex(max(0, self.place.findData(self._shown)))
        wanted = self.other.currentData() or MEAN
        self.other.clear()
        if self._shown:
            if mean_beside(self._found[self._shown].diagnostic, tuple(self._found.values())) is not None:
                self.other.addItem(translate("Results", "Moyenne du territoire"), MEAN)
            for key, one in self._found.items():
                if key != self._shown:
                    self.other.addItem(_name(one), key)
            self.other.addItem(translate("Results", "Sans comparaison"), NOTHING)
            self.other.setCurrentIndex(max(0, self.other.findData(wanted)))

    def _on_place_chosen(self) -> None:
        self._shown = str(self.place.currentData())
        self._fill_lists()
        self._draw()

    def _on_other_chosen(self) -> None:
        self._draw()

    def compared(self) -> cards.Compared | None:
        """Return what is set beside the diagnostic now."""
        key = self.other.currentData()
        if key == MEAN:
            mean = mean_beside(self._found[self._shown].diagnostic, tuple(self._found.values()))
            return cards.Compared(mean, translate("Results", "Moyenne du territoire")) if mean is not None else None
        if key in self._found:
            diagnostic = self._found[key].diagnostic
            return cards.Compared(diagnostic, diagnostic.commune_name)
        return None

    # Drawing

    def _draw(self) -> None:
        one = self._found.get(self._shown)
        for widget in (self.place, self.other, self._against, self.report):
            widget.setVisible(one is not None)
        self._draft.setVisible(one is not None and one.instance.state is State.DRAFT)
        self._replace(self._empty() if one is None else self._results(one))
        if one is None:
            self.subtitle.setText(translate("Results", "Les forces et les priorités d’un territoire"))
            return
        made = one.diagnostic.made_on
        when = translate("Results", "Rempli le {day}").format(day=dates.short_day(made)) if made else ""
        by = translate("Results", "par {agent}").format(agent=one.diagnostic.agent) if one.diagnostic.agent else ""
        words = " · ".join(part for part in (when, self._from_others(), cards.answered_words(one)) if part)
        self.subtitle.setText(words)
        self.subtitle.setToolTip(" · ".join(part for part in (words, by) if part))

    def _from_others(self) -> str:
        """Return how many of the diagnostics that count here came from the region, and as of when."""
        from ui.screens.received_story import received_line

        return received_line(self.kit, FORM_ID, sum(one.received for one in self._found.values()))

    def _replace(self, content: QWidget) -> None:
        if self._content is not None:
            self.body.removeWidget(self._content)
            self._content.deleteLater()
        self._content = content
        self.body.addWidget(content, 1)

    def _empty(self) -> QWidget:
        begin = Button(translate("Results", "Commencer un diagnostic"), "plus", "primary")
        begin.clicked.connect(lambda: self.kit.screen_asked.emit("new", FORM_ID))
        words = translate(
            "Results",
            "Répondez au diagnostic d’une commune : son profil, ses priorités et les guides utiles s’affichent ici, "
            "même sans connexion.",
        )
        return EmptyState("radar", translate("Results", "Pas encore de résultat"), words, begin)

    def _results(self, one: Collected) -> QWidget:
        compared = self.compared()
        near = tuple(self._found.values())
        return scrolled(
            _Board(
                [
                    cards.profile_card(one.diagnostic, compared),
                    cards.bars_card(one.diagnostic, compared),
                    cards.map_card(one, near),
                    cards.matrix_card(one.diagnostic),
                    cards.priorities_card(self.kit, one),
                    cards.guides_card(self.kit, one.diagnostic),
                ]
            )
        )

    def print_report(self) -> None:
        """Make the report of what is shown, with the same comparison."""
        from ui.paper import show_document

        one = self._found[self._shown]
        compared = self.compared()
        scores, name = (compared.scores, compared.name) if compared else (None, "")
        title = translate("Results", "Diagnostic territorial, {place}").format(place=one.diagnostic.place)
        show_document(self.kit, partial(_report, one, scores, name, self.kit.library.shelf().guides), title, self)


def _report(one: Collected, scores: object, name: str, guides: tuple[Guide, ...]) -> bytes:
    from fieldkit.printing import diagnostic_pdf

    return diagnostic_pdf(one.diagnostic, scores, comparison_name=name, guides=guides)  # type: ignore[arg-type]  # Scored or None


def _name(one: Collected) -> str:
    made = one.diagnostic.made_on
    place = one.diagnostic.place or one.instance.name
    if one.received:
        place = translate("Results", "{place} (région)").format(place=place)
    return f"{place} · {dates.short_day(made)}" if made else place
