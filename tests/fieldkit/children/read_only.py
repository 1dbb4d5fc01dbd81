# SPDX-License-Identifier: EUPL-1.2
"""Opens a workspace without the right to write: `read_only.py FOLDER`; prints one line of JSON.

Root may write anywhere: it becomes nobody first. FOLDER holds `empty` (no workspace) and `used` (one that works).
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import filelock  # noqa: F401 (imported while everything can still be read)

from fieldkit import errors, territory  # noqa: F401 (likewise)
from fieldkit.workspace import Workspace

FOLDER = Path(sys.argv[1])


def outcome(folder: Path, *, read_only: bool) -> str:
    try:
        with Workspace.open(folder, read_only=read_only) as workspace:
            names = [one.name for one in workspace.store.instances.search()]
            try:
                workspace.store.facts.set("a", "b")
            except errors.StoreReadOnly:
                return f"read {names}"
            return f"wrote {names}"
    except errors.FieldkitError as error:
        return type(error).__name__


def main() -> None:
    if os.getuid() == 0:
        os.setuid(65534)
    for folder in (FOLDER / "used", FOLDER / "empty"):
        # The owner is somebody else, or the bits are off: either way this process may only read.
        assert not os.access(folder, os.W_OK)
    answers = {
        "new": outcome(FOLDER / "empty" / "deeper", read_only=False),
        "empty": outcome(FOLDER / "empty", read_only=False),
        "used": outcome(FOLDER / "used", read_only=False),
        "reading": outcome(FOLDER / "used", read_only=True),
        "reading empty": outcome(FOLDER / "empty", read_only=True),
    }
    print(json.dumps(answers))  # noqa: T201


main()
