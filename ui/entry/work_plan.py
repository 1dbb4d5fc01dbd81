# SPDX-License-Identifier: EUPL-1.2
"""The calendar of an application, drawn from the milestones below it (which are its table)."""

from __future__ import annotations

from datetime import date

from PySide6.QtWidgets import QVBoxLayout

from fieldkit.charts import Chart, gantt
from fieldkit.charts.gantt import Step
from ui import theme
from ui.chart_view import ChartView
from ui.entry.desk import Desk
from ui.entry.section_page import Tail
from ui.widgets import Card

SECTION = "/data/g_calendrier"
STEPS = f"{SECTION}/etape"


class WorkPlan(Tail):
    """A bar a milestone, one colour a responsible; nothing is shown before one has both dates."""

    above = True

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._steps: list[Step] = []
        self._chart = ChartView()
        box = QVBoxLayout(self)
        box.setContentsMargins(4, 0, 4, 4)
        box.addWidget(Card(self._chart, margins=(14, 10, 14, 10)))
        self.refresh()

    def refresh(self) -> None:
        """Draw the milestones as they are now."""
        steps = [step for entry in self._desk.below(STEPS) if (step := self._read(entry.ref)) is not None]
        if steps != self._steps:
            self._steps = steps
            self._chart.set_builder(self._draw)
        if self.isHidden() == bool(steps) and self.parentWidget() is not None:
            self.setVisible(bool(steps))

    def fit(self) -> None:
        """Follow the text size."""
        self._chart.setMinimumHeight(theme.px(40))

    def _draw(self, width: float, height: float) -> Chart:
        del height
        return gantt(self._steps, width=width)

    def _read(self, entry_ref: str) -> Step | None:
        value = self._desk.session.value
        try:
            start = date.fromisoformat(value(f"{entry_ref}/etape_debut")[:10])
            end = date.fromisoformat(value(f"{entry_ref}/etape_fin")[:10])
        except ValueError:
            return None
        if end < start:
            return None
        return Step(value(f"{entry_ref}/etape_nom"), start, end, value(f"{entry_ref}/etape_responsable"))
