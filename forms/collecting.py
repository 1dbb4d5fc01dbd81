# SPDX-License-Identifier: EUPL-1.2
"""Making many objects that all stay, without looking for garbage among them."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def not_collecting() -> Iterator[None]:
    """Collect nothing inside; what was made counts as old afterwards.

    A definition is a hundred thousand small objects: looking for garbage while they are made doubles the time, and the
    first answers would pay for a look at all of them. `freeze` and `unfreeze` move them to the oldest generation as
    they are. Nothing of the sort is done where the program collects by itself, or has frozen what it started with.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            if not gc.get_freeze_count():
                gc.freeze()
                gc.unfreeze()
            gc.enable()
