# SPDX-License-Identifier: EUPL-1.2
"""The tour: the whole way of an answer through every room, as a user's own program takes it."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import struct
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PICTURES = {
    "first-run-1", "first-run-2", "first-run-3", "empty-records", "empty-projects", "empty-results", "empty-outbox",
    "section", "one-by-one", "review-errors", "review-diagnostic", "review-application", "done", "results", "projects",
    "application-calendrier", "application-budget", "home", "home-online", "records", "toolkit", "guide", "settings",
    "outbox-offline", "outbox-sent", "returned", "correction", "accepted",
}  # fmt: skip
PAGES = {"diagnostic-blank", "diagnostic-record", "diagnostic-report", "application", "guide", "proof"}
ROLES = {"diagnostic", "application", "correction", "jodoigne", "ramillies"}


def run(arguments: list[str], home: Path, timeout: int = 110) -> subprocess.CompletedProcess[str]:
    """Run Python on the checkout with no screen, and a home that must stay empty."""
    home.mkdir(exist_ok=True)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("FIELDKIT", "PYTEST"))},
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPATH": str(ROOT),
        "FIELDKIT_HOME": str(home),
    }
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=timeout,
        check=False,
    )  # fmt: skip


def report_of(out: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((out / "tour.json").read_text("utf-8"))
    return read


def png_size(path: Path) -> tuple[int, int]:
    width, height = struct.unpack(">II", path.read_bytes()[16:24])
    return width, height


def tokens_of(database: Path) -> list[bytes]:
    with closing(sqlite3.connect(database)) as db:
        return [token.encode() for (token,) in db.execute("SELECT token FROM sessions")]


@pytest.mark.slow
def test_the_whole_way_of_an_answer_is_walked_and_leaves_its_proofs(tmp_path: Path) -> None:
    out = tmp_path / "tour"
    done = run(["-m", "fieldkit", "tour", "--out", str(out)], tmp_path / "home")
    assert done.returncode == 0, done.stdout + done.stderr
    assert not list((tmp_path / "home").iterdir()), "the tour has a workspace of its own"
    report = report_of(out)
    assert report["ok"]
    assert all(step["ok"] and step["seen"] and not step["why"] for step in report["steps"])
    assert sum(step["seconds"] for step in report["steps"]) <= report["seconds"] < 110
    assert len(done.stdout.strip().splitlines()) == len(report["steps"]) + 1
    assert "Traceback" not in done.stderr

    found = {file["path"]: file["sha256"] for file in report["files"]}
    for path, digest in found.items():
        assert hashlib.sha256((out / path).read_bytes()).hexdigest() == digest, path
    for name in PICTURES:
        for theme in ("light", "dark"):
            assert png_size(out / "pictures" / f"{name}-{theme}.png") == (1366, 768), name
        assert found[f"pictures/{name}-light.png"] != found[f"pictures/{name}-dark.png"]
    for name in PAGES:
        assert (out / "pages" / f"{name}.pdf").read_bytes().startswith(b"%PDF-")

    assert {proof["role"] for proof in report["submissions"]} == ROLES
    for proof in report["submissions"]:
        sent = (out / "xml" / f"{proof['role']}-sent.xml").read_bytes()
        assert sent == (out / "xml" / f"{proof['role']}-received.xml").read_bytes()
        assert proof["equal"]
        assert proof["sha256_sent"] == proof["sha256_received"] == hashlib.sha256(sent).hexdigest()
    corrected = (out / "xml" / "correction-sent.xml").read_bytes()
    assert b"<contact_telephone>081 00 00 00</contact_telephone>" in corrected
    assert report["steps"][-3]["seen"].startswith("« Accepté », receipt ")
    tokens = tokens_of(out / "region" / "region.sqlite3")
    assert len(tokens) == 1, "the reviewer logged out"
    files = [path for path in out.rglob("*") if path.is_file() and "region" not in path.relative_to(out).parts]
    assert not [path for path in files if tokens[0] in path.read_bytes()], "the token is in no file"


@pytest.mark.parametrize(
    ("fault", "step", "reasons"),
    [
        ("form list", "Pull the forms", ("500", "ServerTrouble")),
        ("refusal", "Add the neighbours' diagnostics", ("no-right", "403")),
        ("review", "Hear what the Region asks to correct", ("may-not-review",)),
        ("silence", "Hear what the Region asks to correct", ("the application is submitted",)),
    ],
)
def test_a_broken_region_ends_the_tour_with_the_reason(
    fault: str, step: str, reasons: tuple[str, ...], tmp_path: Path
) -> None:
    out = tmp_path / "tour"
    done = run([str(ROOT / "tests/project/broken_region.py"), str(out), fault], tmp_path / "home", 60)
    assert done.returncode == 1, done.stdout + done.stderr
    report = report_of(out)
    failed = [taken for taken in report["steps"] if not taken["ok"]]
    assert not report["ok"]
    assert [taken["title"] for taken in failed] == [step]
    assert any(reason in failed[0]["why"] for reason in reasons), failed[0]["why"]
    assert f"FAILED: {failed[0]['why']}" in done.stdout
    # Home all the same: the server and the workers have ended, else the process would hang here.
    assert report["steps"][-1]["ok"]
    assert not report["submissions"]


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    mine = tmp_path / "mine.txt"
    mine.write_text("keep", "utf-8")
    done = run(["-m", "fieldkit", "tour", "--out", str(tmp_path)], tmp_path.parent / f"{tmp_path.name}-home", 60)
    assert done.returncode == 1
    assert "other files" in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    assert mine.read_text("utf-8") == "keep"
