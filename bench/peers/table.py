# SPDX-License-Identifier: EUPL-1.2
"""The table of figures and of ratios, in Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import geometric_mean
from typing import Any

Cells = Mapping[tuple[str, str], dict[str, Any]]
OURS = "fieldkit"
PEERS = ("javarosa", "xforms-engine")
SHORT_MS = 50.0  # where the fastest peer needs less in all, a ratio of SHORT_GOAL is asked for
GOAL, SHORT_GOAL, LOAD_GOAL, MEAN_GOAL = 10.0, 4.0, 5.0, 30.0
ACTIONS = ("answer", "root", "fill", "add", "change", "parent1", "parent2", "theme-toggle")


def _figure(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 1 else f"{value:.2f}"


def _value(cell: dict[str, Any] | None, measure: str) -> float | None:
    """Pick a figure of a cell; None where it is not finished or has no such figure."""
    if cell is None or "tags" not in cell or cell["status"].startswith("over"):
        return None
    if measure in cell["tags"]:
        return float(cell["tags"][measure]["warm"])
    value = {
        "load, cold": cell["load_ms"]["cold"],
        "load, warm": cell["load_ms"]["warm"],
        "serialize": cell["serialize_ms"]["warm"],
        "start and load": cell["start_ms"] + cell["load_ms"]["cold"],
        "peak MB": cell["peak_mb"],
    }.get(measure)
    return float(value) if value is not None else None


def _goal(measure: str, fastest: float) -> float:
    if measure in ACTIONS:
        return SHORT_GOAL if fastest < SHORT_MS else GOAL
    return LOAD_GOAL if measure == "load, cold" else 1.0


def _shown(cell: dict[str, Any] | None, measure: str) -> str:
    if cell is None:
        return "·"
    value = _value(cell, measure)
    return cell["status"] if value is None and cell["status"] != "ok" else _figure(value)


def tables(cells: Cells) -> str:
    """Write the table of all cells and the means of the ratios."""
    columns = [OURS, *PEERS, "javarosa-cached"]
    columns = [name for name in columns if any(engine == name for engine, _ in cells)]
    lines = [
        f"| workload | measure | {' | '.join(columns)} | ratio | goal |",
        "|---|---|" + "--:|" * (len(columns) + 2),
    ]
    ratios: dict[str, float] = {}
    workloads = list(dict.fromkeys(workload for _, workload in cells))
    for workload in workloads:
        of = {name: cells.get((name, workload)) for name in columns}
        tags = next((list(cell["tags"]) for cell in of.values() if cell and cell.get("tags")), [])
        wanted = [
            "load, cold",
            "load, warm",
            "start and load",
            *(t for t in tags if t in (*ACTIONS, "language")),
            "serialize",
            "peak MB",
        ]
        for measure in wanted:
            ratio, goal = _ratio(of, measure)
            if ratio and measure in ACTIONS:
                ratios[f"{workload} {measure}"] = ratio
            shown = " | ".join(_shown(of[name], measure) for name in columns)
            lines.append(f"| {workload} | {measure} | {shown} | {_figure(ratio)} | {goal} |")
    return "\n".join([*lines, "", *_means(ratios), *_problems(cells)])


def _ratio(of: Mapping[str, dict[str, Any] | None], measure: str) -> tuple[float | None, str]:
    """Compare with the fastest (for memory: with JavaRosa); a goal that is missed is told."""
    mine = _value(of.get(OURS), measure)
    names = ["javarosa"] if measure == "peak MB" else PEERS
    peers = [value for name in names if (value := _value(of.get(name), measure)) is not None]
    if not mine or not peers:
        return None, ""
    fastest = min(peers)
    goal = _goal(measure, fastest)
    return fastest / mine, f"{goal:.0f}" + ("" if fastest / mine >= goal else " missed")


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
