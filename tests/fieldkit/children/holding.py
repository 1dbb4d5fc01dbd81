# SPDX-License-Identifier: EUPL-1.2
"""Holds a workspace open until it is killed: `holding.py FOLDER`; says "open" once it is."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from fieldkit.workspace import Workspace

with Workspace.open(Path(sys.argv[1])):
    print("open", flush=True)  # noqa: T201
    time.sleep(600)
