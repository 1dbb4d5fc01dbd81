# SPDX-License-Identifier: EUPL-1.2
"""The type faces that ship with the program: Inter, and Atkinson Hyperlegible Next as « Police très lisible »."""

from __future__ import annotations

from PySide6.QtGui import QFontDatabase

import resources

INTER = "Inter"
READABLE = "Atkinson Hyperlegible Next"

_FILES = {
    INTER: ("Inter-Regular.ttf", "Inter-Medium.ttf", "Inter-SemiBold.ttf", "Inter-Bold.ttf"),
    READABLE: ("AtkinsonHyperlegibleNext-Regular.ttf", "AtkinsonHyperlegibleNext-Bold.ttf"),
}
_loaded: set[str] = set()


def families(*, readable: bool) -> list[str]:
    """Load what is asked for and return the families in order of preference.

    Inter always stands behind Atkinson, which lacks U+202F (the thousands separator), arrows and subscripts.
    """
    names = [READABLE, INTER] if readable else [INTER]
    for name in names:
        _load(name)
    return names


def _load(name: str) -> None:
    if name in _loaded:
        return
    for file_name in _FILES[name]:
        QFontDatabase.addApplicationFont(str(resources.path("fonts", file_name)))
    _loaded.add(name)
