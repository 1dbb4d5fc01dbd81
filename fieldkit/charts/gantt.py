# SPDX-License-Identifier: EUPL-1.2
"""The calendar of a project: a bar a step over quarters, one colour a responsible, diamonds for dated events."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from fieldkit.charts.primitives import Chart, Circle, Line, Paint, Polygon, Primitive, Rect, Text, elide, text_width
from fieldkit.typography import DASH, french, plural, short_date

ROW, HEAD, BAR_HEIGHT, FOOT = 32.0, 30.0, 21.0, 26.0
ROLES = ("ok", "info", "review", "draft", "neutral")


class Step(NamedTuple):
    """A step of work from `start` to `end` (both days included); `group` is who does it."""

    label: str
    start: date
    end: date
    group: str = ""


class Event(NamedTuple):
    """A day that matters, drawn as a diamond below the bars."""

    label: str
    day: date


def months_between(start: date, end: date) -> int:
    """Return how many months a step takes, rounded, at least one."""
    return max(1, round(((end - start).days + 1) / 30.44))


def gantt(steps: Iterable[Step], events: Iterable[Event] = (), width: float = 660) -> Chart:
    """Draw the calendar over quarters (from 1 January, April, July, October); without steps the drawing is empty."""
    rows, days = list(steps), sorted(events, key=lambda event: event.day)
    if not rows:
        return Chart(width, 0, (), "Aucune étape datée.")
    groups = list(dict.fromkeys(step.group for step in rows))
    first = min([s.start for s in rows] + [e.day for e in days])
    last = max([s.end for s in rows] + [e.day for e in days])
    label_width = min(width * 0.36, max(text_width(s.label, 13) for s in rows) + 16)
    axis = _TimeAxis(
        _quarter_start(first), _next_quarter(last), label_width, width - 7
    )  # room for a diamond on the last day
    top = 24.0 if any(groups) else 0.0
    height = top + HEAD + ROW * len(rows) + (FOOT if days else 0)
    shapes = [
        *_group_legend([g for g in groups if g]),
        *_calendar(axis, top, top + HEAD + ROW * len(rows)),
    ]
    for i, step in enumerate(rows):
        role = ROLES[groups.index(step.group) % len(ROLES)]
        shapes += _bar(step, axis, top + HEAD + i * ROW, role)
    shapes += _events(days, axis, top + HEAD + ROW * len(rows))
    return Chart(width, height, tuple(shapes), _describe(rows, days))


class _TimeAxis(NamedTuple):
    first: date
    last: date
    left: float
    right: float

    def x(self, day: date) -> float:
        return self.left + (self.right - self.left) * (day - self.first).days / max(1, (self.last - self.first).days)


def _quarter_start(day: date) -> date:
    return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)


def _next_quarter(day: date) -> date:
    start = _quarter_start(day)
    return date(start.year + 1, 1, 1) if start.month == 10 else date(start.year, start.month + 3, 1)


def _calendar(axis: _TimeAxis, top: float, bottom: float) -> list[Primitive]:
    hair, strong = Paint(stroke="border", width=1), Paint(stroke="border_strong", width=1)
    shapes: list[Primitive] = []
    quarter, year = axis.first, 0
    while quarter <= axis.last:
        x, new_year = axis.x(quarter), quarter.year != year
        if new_year and quarter < axis.last and axis.right - x > 28:
            shapes.append(Text(x + 4, top + 12, str(quarter.year), "text2", 12.5, 600))
        shapes.append(Line(x, top if new_year else top + 20, x, bottom, strong if new_year and year else hair))
        year, quarter = quarter.year, _next_quarter(quarter)
    return shapes


def _bar(step: Step, axis: _TimeAxis, top: float, role: str) -> list[Primitive]:
    left, right = axis.x(step.start), max(axis.x(step.end), axis.x(step.start) + 4)
    length, y = right - left, top + (ROW - BAR_HEIGHT) / 2
    said = plural(months_between(step.start, step.end), "mois", "mois")
    shapes: list[Primitive] = [
        Text(0, top + ROW / 2 + 4.5, elide(step.label, axis.left - 10, 13), "text", 13),
        Rect(left, y, length, BAR_HEIGHT, Paint(role + "_bg", role, 1), 5),
    ]
    if text_width(said, 12) + 14 <= length:
        shapes.append(Text(left + 8, top + ROW / 2 + 4.2, said, role + "_fg", 12))
    elif left + length + 8 + text_width(said, 12) <= axis.right:
        shapes.append(Text(left + length + 6, top + ROW / 2 + 4.2, said, "text2", 12))
    return shapes


def _events(events: Sequence[Event], axis: _TimeAxis, top: float) -> list[Primitive]:
    """Draw the diamonds; a label that would run into the next one, or out of the drawing, is left to the table."""
    shapes: list[Primitive] = []
    taken, y = axis.left - 100, top + 14.0
    for event in events:
        x, length = axis.x(event.day), text_width(event.label, 12)
        shapes.append(Polygon(((x, y - 6), (x + 6, y), (x, y + 6), (x - 6, y)), Paint("draft")))
        after = x + 10 + length <= axis.right
        start = x + 10 if after else x - 10 - length
        if start > taken:
            shapes.append(Text(start, y + 4.2, event.label, "text2", 12))
            taken = start + length + 14
        taken = max(taken, x + 12)
    return shapes


def _group_legend(groups: Sequence[str]) -> list[Primitive]:
    shapes: list[Primitive] = []
    x = 5.0
    for i, group in enumerate(groups):
        shapes += [Circle(x, 8, 4.5, Paint(ROLES[i % len(ROLES)])), Text(x + 10, 12.3, group, "text2", 12)]
        x += 10 + text_width(group, 12) + 18
    return shapes


def _describe(steps: Sequence[Step], events: Sequence[Event]) -> str:
    sentences = [
        f"{step.label} : du {short_date(step.start, year=True)} au {short_date(step.end, year=True)}"
        f"{f', {step.group}' if step.group else ''}."
        for step in steps
    ]
    sentences += [f"{event.label} {DASH} {short_date(event.day, year=True)}." for event in events]
    return french("Calendrier. " + " ".join(sentences))
