# SPDX-License-Identifier: EUPL-1.2
"""Holds a desktop session open until it is killed: `session.py FOLDER`; says the numbers of its daemons."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from tests.fieldkit.secret_service import Session

with Session(Path(sys.argv[1])) as session:
    print(json.dumps(session.pids), flush=True)  # noqa: T201
    time.sleep(600)
