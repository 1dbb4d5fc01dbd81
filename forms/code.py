# SPDX-License-Identifier: EUPL-1.2
"""Pieces of generated Python, each with the kind of value it gives.

NUMBER, TEXT, TRUTH   an expression that gives a float, a str, a bool
SLOT                  one node of the primary instance: `source` is its frame
NODES                 several: `source` is a list of frames
ROWS                  rows of a table of a secondary instance: `source` is a list of their numbers
CELL                  a leaf of one row: `source` is its text
TEXTS                 any other node-set: `source` is a list of texts
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from forms.definition import Node
from forms.places import Place


class Kind(Enum):
    """What a piece gives."""

    NUMBER = "number"
    TEXT = "text"
    TRUTH = "truth"
    SLOT = "slot"
    NODES = "nodes"
    ROWS = "rows"
    CELL = "cell"
    TEXTS = "texts"


@dataclass(frozen=True, slots=True)
class Code:
    """A piece of source; `place` for SLOT and NODES; `table` (the source of the table) and `column` for ROWS."""

    kind: Kind
    source: str
    place: Place | None = None
    table: str = ""
    table_key: tuple[str, ...] = ()
    column: str = ""
    literal: object = None  # the value, if it is known
    hole: int | None = None  # the number of the path, or of the text, that was cut out of the expression

    @property
    def node(self) -> Node:
        """The node of a SLOT or of NODES."""
        assert self.place is not None  # noqa: S101  (for the type checker)
        assert self.place.node is not None  # noqa: S101  (for the type checker)
        return self.place.node


MANY = frozenset({Kind.NODES, Kind.ROWS, Kind.TEXTS})


def truth(source: str) -> Code:
    """Make a boolean."""
    return Code(Kind.TRUTH, source)


def number(source: str) -> Code:
    """Make a float."""
    return Code(Kind.NUMBER, source)


def text(source: str) -> Code:
    """Make a string."""
    return Code(Kind.TEXT, source)
