# SPDX-License-Identifier: EUPL-1.2
"""The way to the window: nothing but its own imports."""

from __future__ import annotations

from pathlib import Path

from fieldkit.paths import workspace_folder


def open_window(folder: Path | None = None) -> int:
    """Open the window on a workspace (default: that of the user) and return its exit code."""
    from ui.app import run

    return run(folder or workspace_folder())
