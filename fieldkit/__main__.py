# SPDX-License-Identifier: EUPL-1.2
"""The program: without arguments the window, else the command line. The composition root, with `fieldkit.cli`."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run; return the exit code (see `fieldkit --help`)."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if not words:
        from fieldkit.cli.window import open_window

        return open_window()
    from fieldkit.cli.program import run_command

    return run_command(words)


if __name__ == "__main__":
    sys.exit(main())
