# SPDX-License-Identifier: EUPL-1.2
"""The log of the window: warnings and bugs in `fieldkit.log` in the workspace, for whoever helps the user.

The standard logging is imported when there is something to write: the first paint does not wait for it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from logging import Handler

NAME = "fieldkit.log"
LIMIT = 1_000_000  # bytes; then the file becomes fieldkit.log.old


class _Open:
    handler: Handler | None = None


def open_in(folder: Path) -> None:
    """Write from now on into the log of `folder`; to the terminal if that cannot be written."""
    import logging

    close()
    path = folder / NAME
    try:
        if path.exists() and path.stat().st_size > LIMIT:
            path.replace(path.with_suffix(".log.old"))
        handler: Handler = logging.FileHandler(path, encoding="utf-8", delay=True)
    except OSError:
        handler = logging.StreamHandler()
    handler.setLevel(logging.WARNING)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)
    _Open.handler = handler


def close() -> None:
    """Stop writing."""
    if _Open.handler is not None:
        import logging

        logging.getLogger().removeHandler(_Open.handler)
        _Open.handler.close()
        _Open.handler = None


def warn(text: str) -> None:
    """Write a warning."""
    import logging

    logging.getLogger("fieldkit.window").warning(text)


def report(error: BaseException) -> None:
    """Write a bug with its trace."""
    import logging

    logging.getLogger("fieldkit.window").error("unexpected error", exc_info=error)
