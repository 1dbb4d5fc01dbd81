# SPDX-License-Identifier: EUPL-1.2
"""Starts the scripts of `children/` with the project's own modules."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
CHILDREN = Path(__file__).parent / "children"


def start(name: str, *arguments: object) -> subprocess.Popen[str]:
    """Start a child; the caller ends it."""
    command = [sys.executable, str(CHILDREN / name), *map(str, arguments)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


def run(name: str, *arguments: object) -> dict[str, Any]:
    """Run a child to its end and return the JSON of its last line."""
    with start(name, *arguments) as child:
        output, errors = child.communicate(timeout=100)
    assert child.returncode == 0, errors
    facts: dict[str, Any] = json.loads(output.splitlines()[-1])
    return facts
