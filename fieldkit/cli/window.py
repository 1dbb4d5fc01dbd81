# SPDX-License-Identifier: EUPL-1.2
"""The way to the window: nothing but its own imports."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from fieldkit.paths import workspace_folder

_DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


def open_window(folder: Path | None = None) -> int:
    """Open the window on a workspace (default: that of the user) and return its exit code."""
    if sys.platform == "linux" and not any(os.environ.get(name) for name in _DISPLAYS):
        return _tell_no_display()  # Qt would only abort the process
    from ui.app import run

    return run(folder or workspace_folder())


def _tell_no_display() -> int:
    from fieldkit.cli.errors import NoDisplayError
    from fieldkit.cli.messages import exit_code, tell

    error = NoDisplayError()
    print(f"fieldkit: {tell(error)}", file=sys.stderr)
    return exit_code(error)
