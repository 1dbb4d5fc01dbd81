# SPDX-License-Identifier: EUPL-1.2
"""The table of figures and of ratios, in Markdown: for every cell all engines, and how far ours is ahead.

A ratio is to the fastest of the peers that came to the right result there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from statistics import geometric_mean
from typing import Any

Cell = Mapping[str, Any]
Cells = Mapping[tuple[str, str], dict[str, Any]]
OURS, OURS_KEPT = "fieldkit", "fieldkit-cached"
PEERS = ("javarosa", "xforms-engine", "xforms-engine-chromium", "enketo")
COLUMNS = (OURS, *PEERS, OURS_KEPT, "javarosa-cached")
SHORT_MS = 50.0  # where the fastest peer needs less in all, a ratio of SHORT_GOAL is asked for
GOAL, SHORT_GOAL, LOAD_GOAL, MEAN_GOAL = 10.0, 4.0, 5.0, 30.0
# Not among answering, adding, changing and listing: another language; a wrong value, which JavaRosa refuses where
# others keep it and calculate; and what is one reading of a few microseconds.
OTHER_TAGS = ("language", "reject", "skip", "final")


@dataclass(frozen=True)
class Measure:
    """A row of a workload: what is read from a cell, who is compared with whom, and the ratio that is asked for."""

    name: str
    read: Callable[[Cell], float | None]
    goal: Callable[[float], float]  # from the fastest peer's figure
    ours: str = OURS
    rivals: tuple[str, ...] = PEERS
    columns: tuple[str, ...] = COLUMNS
    above: bool = False  # the ratio must be above the goal: equal is not enough
    is_action: bool = False

    def value(self, cell: Cell | None) -> float | None:
        """Read the figure; None where the cell is not finished or has no such figure."""
        if cell is None or "tags" not in cell or cell["status"].startswith("over"):
            return None
        return self.read(cell)


def _at_least(ratio: float) -> Callable[[float], float]:
    return lambda _fastest: ratio


def _action_goal(fastest: float) -> float:
    return SHORT_GOAL if fastest < SHORT_MS else GOAL


def _start_and_load(cell: Cell) -> float:
    return float(cell["start_ms"] + cell["load_ms"]["cold"])


def _tag(tag: str) -> Measure:
    def read(cell: Cell) -> float | None:
        return float(cell["tags"][tag]["warm"]) if tag in cell["tags"] else None

    if tag in OTHER_TAGS:
        return Measure(tag, read, _at_least(1))
    return Measure(tag, read, _action_goal, is_action=True)


_UNKEPT = (OURS, *PEERS)
_KEPT = (OURS_KEPT, "javarosa-cached")
_LOADS = (
    Measure("load, cold", lambda c: c["load_ms"]["cold"], _at_least(LOAD_GOAL), columns=_UNKEPT),
    Measure("load, warm", lambda c: c["load_ms"]["warm"], _at_least(1), columns=_UNKEPT),
    Measure("from kept, cold", lambda c: c["load_ms"]["cold"], _at_least(1), *_KEPT[:1], _KEPT[1:], _KEPT, above=True),
    Measure("from kept, warm", lambda c: c["load_ms"]["warm"], _at_least(1), *_KEPT[:1], _KEPT[1:], _KEPT, above=True),
    Measure("start and load", _start_and_load, _at_least(1)),
)
_ENDS = (
    Measure("serialize", lambda c: c["serialize_ms"]["warm"], _at_least(1)),
    Measure("peak MB", lambda c: c["peak_mb"], _at_least(1), rivals=("javarosa",), above=True),
)


def tables(cells: Cells) -> str:
    """Write the table of all cells, the means of the ratios, and what went wrong."""
    columns = [name for name in COLUMNS if any(engine == name for engine, _ in cells)]
    lines = [
        f"| workload | measure | {' | '.join(columns)} | ratio | goal |",
        "|---|---|" + "--:|" * (len(columns) + 2),
    ]
    ratios: dict[str, float] = {}
    for workload in sorted({workload for _, workload in cells}, key=_by_size):
        of = {name: cells[name, workload] for name in columns if (name, workload) in cells}
        for measure in _measures(of):
            ratio, goal = _ratio(of, measure)
            if ratio is not None and measure.is_action:
                ratios[f"{workload} {measure.name}"] = ratio
            shown = " | ".join(_shown(of.get(name), measure) if name in measure.columns else "·" for name in columns)
            lines.append(f"| {workload} | {measure.name} | {shown} | {_figure(ratio)} | {goal} |")
    return "\n".join([*lines, "", *_means(ratios), *_problems(cells)])


def _by_size(workload: str) -> tuple[str, int]:
    name, _, size = workload.rpartition("-")
    return name, int(size)


def _measures(of: Mapping[str, Cell]) -> Iterator[Measure]:
    tags = dict.fromkeys(tag for cell in of.values() for tag in cell.get("tags", ()))
    yield from _LOADS
    yield from map(_tag, tags)
    yield from _ENDS


def _ratio(of: Mapping[str, Cell], measure: Measure) -> tuple[float | None, str]:
    """Compare with the fastest peer that is right (for memory: with JavaRosa); a goal that is missed is told."""
    mine = measure.value(of.get(measure.ours))
    right = [of[name] for name in measure.rivals if name in of and of[name]["status"] == "ok"]
    figures = [figure for cell in right if (figure := measure.value(cell)) is not None]
    if not mine or not figures:
        return None, ""
    fastest = min(figures)
    goal, ratio = measure.goal(fastest), fastest / mine
    is_met = ratio > goal if measure.above else ratio >= goal
    return ratio, f"{'> ' if measure.above else ''}{goal:.0f}{'' if is_met else ' missed'}"


def _figure(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 1 else f"{value:.2f}"


def _shown(cell: Cell | None, measure: Measure) -> str:
    if cell is None:
        return "·"
    value = measure.value(cell)
    if value is None:
        return "–" if cell["status"] == "ok" else cell["status"]
    return _figure(value) + (" (wrong)" if cell["status"] == "wrong result" else "")


def _means(ratios: Mapping[str, float]) -> list[str]:
    if not ratios:
        return []
    worst = min(ratios, key=ratios.__getitem__)
    mean = geometric_mean(ratios.values())
    told = "" if mean >= MEAN_GOAL else " (missed)"
    mean_text = f"geometric mean of the ratios {mean:.0f}{told}, goal {MEAN_GOAL:.0f}"
    return [
        f"Answering, adding, changing, listing: {len(ratios)} cells, {mean_text}; least {ratios[worst]:.1f} ({worst})."
    ]


def _problems(cells: Cells) -> list[str]:
    return [
        f"- {engine}, {workload}: {cell['status']} {cell.get('wrong', '')}"
        for (engine, workload), cell in cells.items()
        if cell["status"] != "ok"
    ]
