# SPDX-License-Identifier: EUPL-1.2
"""The kit's engine in the measured conversation, through its public contract only (ARCHITECTURE.md, "forms")."""

from __future__ import annotations

import gc
import json
import math
import os
import sys
import time
import traceback
from functools import cache
from pathlib import Path
from typing import Any

sys.path[0] = str(Path(__file__).resolve().parents[3])  # in the place of this folder, which holds no package

from forms import (  # noqa: E402  (found through the line above)
    FormDef,
    FormSession,
    Handle,
    load_compiled,
    load_form,
    to_bytes,
)

now = time.perf_counter
CACHED = "--cached" in sys.argv


def read_steps(path: str) -> list[tuple[str, list[list[str]]]]:
    """Read an .ops file: each step's tag and operations."""
    steps: list[tuple[str, list[list[str]]]] = []
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        columns = line.split("\t")
        if columns[0] == "step":
            steps.append((columns[1], []))
        elif line and not line.startswith("#"):
            steps[-1][1].append(columns)
    return steps


def perform(session: FormSession, op: list[str], handle: Handle | None) -> Any:
    """Do one operation, and read what it asks for."""
    if handle is None:
        return session.set_language(op[1])
    match op[0]:
        case "set":
            handle.answer(op[3])
            return "valid" if handle.broken is None else "invalid"
        case "relevant":
            return "1" if handle.relevant else "0"
        case "get":
            return handle.value
        case "choices":
            return handle.choices().pairs()
        case "label":
            label = handle.label
            return label.value if label is not None else ""
        case "add":
            return handle.add()
    raise ValueError(op)


def agrees(op: list[str], got: Any) -> bool:
    """Tell whether what was read is what was expected."""
    if op[0] in {"add", "lang"}:
        return True
    want = op[-1]
    if op[0] == "choices":
        return bool(got) and [str(len(got)), got[0][0], *got[-1]] == op[2:6]
    if op[0] == "label":
        return " ".join(got.split()) == want
    return bool(want == got or (op[0] == "get" and _same_number(want, got)))


def _same_number(want: str, got: str) -> bool:
    try:
        return math.isclose(float(want), float(got), rel_tol=1e-9)
    except ValueError:
        return False


def statistics(times: list[float]) -> dict[str, float]:
    """Sum up the times of a tag, milliseconds."""
    ordered = sorted(times)
    count = len(ordered)
    return {
        "n": count,
        "total_ms": sum(ordered),
        "p50_ms": ordered[(count - 1) // 2],
        "p95_ms": ordered[math.ceil(0.95 * count) - 1],
    }


def loaded(data: bytes) -> FormDef:
    """Load from the XML, or with --cached from the compiled form, as the program does from the second time on."""
    return load_compiled(data) if CACHED else load_form(data)


@cache
def kept(form: str) -> Path:
    """Have the compiled form written beside an XForm by another process, so that this one has compiled nothing."""
    file = f"{form}.fieldkit"
    ended = os.spawnv(os.P_WAIT, sys.executable, [sys.executable, __file__, "--keep", form, file])  # noqa: S606
    if ended != 0:
        raise OSError(file)
    return Path(file)


def run(form: str, ops: str, out: str, limit: float, result: dict[str, Any]) -> None:
    """Do one repetition."""
    begun = now()
    data = (kept(form) if CACHED else Path(form)).read_bytes()
    steps = read_steps(ops)
    gc.collect()
    before = now()
    session = FormSession(loaded(data))
    result["load_ms"] = (now() - before) * 1e3
    times: dict[str, list[float]] = {}
    bad: list[str] = []
    checks = done = 0
    for tag, operations in steps:
        if now() - begun > limit:
            break
        # As for every engine: finding what a ref names is not part of the step.
        handles = [None if op[0] == "lang" else session.at(op[1]) for op in operations]
        before = now()
        got = [perform(session, op, handle) for op, handle in zip(operations, handles, strict=True)]
        times.setdefault(tag, []).append((now() - before) * 1e3)
        done += 1
        checks += len(operations)
        bad += [
            f"{' '.join(op)} => {answer}" for op, answer in zip(operations, got, strict=True) if not agrees(op, answer)
        ]
    if done == len(steps):
        before = now()
        xml = session.finalize().xml
        result["serialize_ms"] = (now() - before) * 1e3
        if out:
            Path(out).write_bytes(xml)
    result.update(aborted=done < len(steps), steps_done=done, steps_total=len(steps))
    result.update(checks=checks, mismatches=len(bad), bad=bad[:5])
    result["tags"] = {tag: statistics(list_) for tag, list_ in times.items()}


def main() -> None:
    """Hold the conversation."""
    out = sys.stdout
    sys.stdout = sys.stderr
    print("READY\t" + json.dumps({"engine": "fieldkit"}), file=out, flush=True)
    for line in sys.stdin:
        part = line.rstrip("\n").split("\t")
        if part[0] == "quit":
            break
        result: dict[str, Any] = {}
        try:
            run(part[1], part[2], part[3], float(part[4]), result)
        except Exception:  # noqa: BLE001  (whatever happens is the answer of this repetition)
            result["error"] = traceback.format_exc()
        print("RESULT\t" + json.dumps(result), file=out, flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--keep"]:
        Path(sys.argv[3]).write_bytes(to_bytes(load_form(Path(sys.argv[2]).read_bytes())))
    else:
        main()
