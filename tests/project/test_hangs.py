# SPDX-License-Identifier: EUPL-1.2
"""A test that hangs in a window's loop ends as a failure that tells where, also under xdist."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HANGS = """
from PySide6.QtWidgets import QApplication, QDialog

def test_hangs():
    application = QApplication([])
    QDialog().exec()

def test_goes_on():
    pass
"""


def test_a_dialog_that_nobody_closes_fails_its_test_and_the_run_goes_on(tmp_path: Path) -> None:
    (tmp_path / "test_hanging.py").write_text(HANGS, "utf-8")
    run = subprocess.run(
        [
            sys.executable, "-m", "pytest", "test_hanging.py", "-c", ROOT / "pyproject.toml", "--rootdir", tmp_path,
            "-n", "1", "-q", "-p", "no:hypothesispytest", "-o", "timeout=0.6", "-o", "faulthandler_timeout=0.3",
        ],
        cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert run.returncode == 1
    assert "crashed while running 'test_hanging.py::test_hangs'" in run.stdout
    assert "1 failed, 1 passed" in run.stdout
    assert "in test_hangs" in run.stderr
