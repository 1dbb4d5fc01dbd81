# SPDX-License-Identifier: EUPL-1.2
"""Measures engines on workloads: `python -m bench.peers.measure --help`, or `bench/peers/run`.

A cell is one engine on one workload in a new process: the first repetition is cold, the median of the quiet later ones
is warm. What a figure means, and what is compared with what, is in README.md.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any
from xml.etree import ElementTree as ET

from bench.peers.conversation import ENGINES, INSTALLED, Conversation
from bench.peers.machine import Meter, describe, peak_memory_mb, wait_until_quiet
from bench.peers.table import tables
from bench.peers.workloads import WORKLOADS, prepare

RESULTS = INSTALLED / "results"
QUIET = 0.5  # cores that others may use in a repetition that counts


def leaves(xml: bytes) -> dict[str, str]:
    """Read a sent instance: path -> text; only the repeat of the workloads, `item`, has positions."""
    found: dict[str, str] = {}

    def read(element: ET.Element, path: str) -> None:
        if not len(element) and (element.text or "").strip():
            found[path] = (element.text or "").strip()
        position = 0
        for child in element:
            name = child.tag.rpartition("}")[2]
            position += name == "item" and len(child) > 0
            if name != "meta" and not any(key.endswith("template") for key in child.attrib):
                read(child, f"{path}/{name}" + (f"[{position}]" if name == "item" and len(child) else ""))

    root = ET.fromstring(xml)  # noqa: S314  (written by the engine measured)
    read(root, "/" + root.tag.rpartition("}")[2])
    return found


def _agree(a: str, b: str) -> bool:
    try:
        return a == b or abs(float(a) - float(b)) <= 1e-9 * max(1.0, abs(float(a)))
    except ValueError:
        return False


def wrong_leaves(out: Path, expected: Path) -> list[str]:
    """List leaves that are not what must come out."""
    got, want = leaves(out.read_bytes()), json.loads(expected.read_text(encoding="utf-8"))
    return [path for path in sorted(want.keys() | got.keys()) if not _agree(want.get(path, ""), got.get(path, ""))]


def _repeat(talk: Conversation, files: Path, out: Path, limits: argparse.Namespace) -> list[dict[str, Any]]:
    repetitions: list[dict[str, Any]] = []
    begun = time.perf_counter()
    while len(repetitions) < limits.repetitions:
        left = limits.seconds - (time.perf_counter() - begun)
        meter, started = Meter(talk.process.pid), time.perf_counter()
        target = "" if repetitions else out
        answer = talk.ask("run", f"{files}.xml", f"{files}.ops", target, f"{left:.1f}", timeout=left + 20)
        answer["others"] = meter.others()
        took = time.perf_counter() - started
        repetitions.append(answer)
        if len(repetitions) == 1:
            answer["peak_mb"] = peak_memory_mb(talk.process.pid)
        over = time.perf_counter() - begun > limits.warm_seconds and len(repetitions) > 2
        if "error" in answer or answer["aborted"] or took > left - took or over:
            break
    return repetitions


def _summary(repetitions: list[dict[str, Any]]) -> dict[str, Any]:
    cold, later = repetitions[0], [r for r in repetitions[1:] if "error" not in r and not r["aborted"]]
    warm = [r for r in later if r["others"] < QUIET] or later or [cold]
    figures: dict[str, Any] = {"peak_mb": cold["peak_mb"], "others": median(r["others"] for r in warm)}
    for key in ("load_ms", "serialize_ms"):
        figures[key] = {"cold": cold.get(key), "warm": median(r[key] for r in warm) if key in warm[0] else None}
    figures["tags"] = {
        tag: {
            "n": cold["tags"][tag]["n"],
            "cold": cold["tags"][tag]["total_ms"],
            "warm": median(r["tags"][tag]["total_ms"] for r in warm if tag in r["tags"]),
            "p95": median(r["tags"][tag]["p95_ms"] for r in warm if tag in r["tags"]),
        }
        for tag in cold["tags"]
    }
    return figures


def measure(name: str, workload: str, limits: argparse.Namespace) -> dict[str, Any]:
    """Measure one cell; "status" is "ok", or what went wrong."""
    files = prepare(workload)
    out = RESULTS / name / f"{workload}.xml"
    out.parent.mkdir(parents=True, exist_ok=True)
    wait_until_quiet(limits.quiet_wait)
    cell: dict[str, Any] = {"engine": name, "workload": workload, "status": "ok", "at": time.strftime("%Y-%m-%d %H:%M")}
    with Conversation(ENGINES[name]) as talk:
        cell["start_ms"] = talk.ready_ms
        repetitions = _repeat(talk, files, out, limits)
    first = repetitions[0]
    if "error" in first:
        seconds = limits.seconds
        cell["status"] = f"over {seconds:.0f} s" if first.get("timeout") else "fails"
        cell["error"] = first["error"][:500]
        return cell
    cell.update(_summary(repetitions), repetitions=len(repetitions))
    if first["aborted"]:
        cell["status"] = f"over {limits.seconds:.0f} s"
    elif first["mismatches"] or (wrong := wrong_leaves(out, files.with_name(f"{files.name}.json"))):
        cell["status"] = "wrong result"
        cell["wrong"] = first["bad"] or wrong[:5]
    return cell


def read_results() -> dict[tuple[str, str], dict[str, Any]]:
    """Read what earlier runs left: (engine, workload) -> cell."""
    cells = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(RESULTS.glob("*/*.json"))]
    return {(cell["engine"], cell["workload"]): cell for cell in cells}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-e", "--engine", action="append", choices=list(ENGINES), help="default: all that are there")
    parser.add_argument("-w", "--workload", action="append", choices=list(WORKLOADS), help="default: all")
    parser.add_argument("--repetitions", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=120, help="a cell stops after so long")
    parser.add_argument("--warm-seconds", type=float, default=8, help="no more repetitions after so long (3 are made)")
    parser.add_argument(
        "--quiet-wait", type=float, default=15, help="wait so long for a quiet machine before each cell"
    )
    parser.add_argument("--new-only", action="store_true", help="leave the cells that are there already")
    parser.add_argument("--table", action="store_true", help="measure nothing, show what is there")
    parser.add_argument("--json", action="store_true", help="one line for a program instead of tables")
    return parser.parse_args()


def main() -> None:
    """Measure what is asked for, then show all there is."""
    asked = _arguments()
    known = read_results()
    for name in () if asked.table else asked.engine or ENGINES:
        if missing := ENGINES[name].missing:
            print(f"{name}: {missing}; left out", file=sys.stderr)
            continue
        for workload in asked.workload or WORKLOADS:
            if asked.new_only and (name, workload) in known:
                continue
            cell = known[name, workload] = measure(name, workload, asked)
            path = RESULTS / name / f"{workload}.json"
            path.write_text(json.dumps(cell, indent=1), encoding="utf-8")
            tags = {tag: round(figures["warm"], 1) for tag, figures in cell.get("tags", {}).items()}
            print(f"{name} {workload}: {cell['status']} {tags}", file=sys.stderr)
    if asked.json:
        print(json.dumps({"machine": describe(), "cells": list(known.values())}))
    else:
        print(f"{describe()}; {time.strftime('%Y-%m-%d')}\n\n{tables(known)}")


if __name__ == "__main__":
    main()
