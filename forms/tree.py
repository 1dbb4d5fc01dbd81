# SPDX-License-Identifier: EUPL-1.2
"""The values of one filled form: a frame for the form itself and one for each instance of a repeat.

A frame holds one array a property, indexed by slot; generated code reads them directly (`f.v[3]`, `f.p.n[7]`):

    s    text stored, kept while irrelevant (see `text`)       v    text seen by expressions: "" while irrelevant
    n    number of v, for slots that some expression reads as a number (else NaN)
    own  1 if the node's own relevant holds       rel  1 if that of all its ancestors holds as well
    flags  what counts for progress (ASKED, ANSWERED, INVALID, MISSING), 0 for what is no question
    due  1 for a question that waits to be checked        wrong  by slot: the rule that an answer breaks
    p    the frame around; kids[k] the instances of its k-th repeat; i the 1-based position among them; o the session
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from forms.definition import Node, Reach, Scope

if TYPE_CHECKING:
    from forms.views import ViolationKind

ASKED: Final = 1
ANSWERED: Final = 2
INVALID: Final = 4
MISSING: Final = 8
REQUIRED: Final = 16
READONLY: Final = 32


class Total:
    """A sum over the instances of a repeat, changed by differences and yet exact: the same as adding all up again.

    Kept as two whole numbers: of 2**-20, in which amounts and quarters of hours are whole and small, and of 2**-1074,
    the unit of which every float is a multiple, for the rest.
    """

    __slots__ = ("_coarse", "_fine", "_infinite")

    def __init__(self) -> None:
        self._coarse = 0
        self._fine = 0
        self._infinite: dict[float, int] = {}

    def add(self, number: float, sign: int = 1) -> None:
        """Add a number, or take it away (`sign` -1); NaN is nothing."""
        scaled = number * _COARSE
        if scaled.is_integer() and -_EXACT < scaled < _EXACT:
            self._coarse += sign * scaled.__trunc__()
        elif number in (math.inf, -math.inf):
            self._infinite[number] = self._infinite.get(number, 0) + sign
        elif number == number:  # noqa: PLR0124  (the fastest test for NaN)
            numerator, denominator = number.as_integer_ratio()
            self._fine += sign * (numerator << (1075 - denominator.bit_length()))

    def value(self) -> float:
        """Give the sum, rounded once."""
        infinite = [number for number, count in self._infinite.items() if count] if self._infinite else None
        if infinite:
            return sum(infinite)
        if not self._fine:
            return self._coarse / _COARSE_UNIT
        try:
            return ((self._coarse << 1054) + self._fine) / _FINE_UNIT
        except OverflowError:
            return math.inf if self._fine > 0 else -math.inf


_COARSE_UNIT: Final = 1 << 20
_COARSE: Final = float(_COARSE_UNIT)
_FINE_UNIT: Final = 1 << 1074
_EXACT: Final = 2.0**53  # below it every whole number is a float
_NO_KIDS: Final[list[list[Frame]]] = []  # of all frames without repeats; never changed


class Frame:
    """The values of one instance of a scope."""

    __slots__ = (
        "due", "flags", "i", "id", "kids", "n", "o", "own", "p", "prefix", "rel", "s", "scope", "sums", "v", "wrong",
    )  # fmt: skip

    def __init__(self, scope: Scope, parent: Frame | None, session: Any, number: int) -> None:
        size = len(scope.nodes)
        self.scope = scope
        self.p = parent
        self.o = session
        self.id = number
        self.i = 1
        self.s: list[Any] = [""] * size  # str; float where the node is quiet
        self.v: list[str] = [""] * size
        self.n: list[float] = [math.nan] * size
        self.own = bytearray(b"\1" * size)
        self.rel = bytearray(size)
        self.flags = bytearray(size)
        self.due = bytearray(size)
        self.wrong: dict[int, ViolationKind] = {}
        self.kids: list[list[Frame]] = [[] for _ in scope.kids] if scope.kids else _NO_KIDS
        self.sums: dict[int, Total] = {}
        self.prefix = scope.node.path if parent is None else ""

    def text(self, slot: int) -> str:
        """Give a stored text. A whole number of a quiet node (`Node.quiet`) is kept as such until then."""
        kept = self.s[slot]
        if isinstance(kept, str):
            return kept
        text = self.s[slot] = str(int(kept))
        return text

    def ref(self, node: Node) -> str:
        """Write the ref of a node of this frame."""
        return (self.prefix or self.path()) + node.relative

    def path(self) -> str:
        """Write the ref of the scope's element itself; remembered until positions change."""
        if not self.prefix:
            assert self.p is not None  # noqa: S101  (the root has its prefix from the start)
            around = self.p.ref(self.scope.node.parent) if self.scope.node.parent is not None else ""
            self.prefix = f"{around}/{self.scope.node.name}[{self.i}]"
        return self.prefix


def frames_at(frame: Frame, path: Reach) -> list[Frame]:
    """List the frames reached from `frame`: up some levels, then down through all instances of the named repeats."""
    up, down = path
    for _ in range(up):
        frame = frame.p  # type: ignore[assignment]  # the graph never leads above the form
    if not down:
        return [frame]
    frames = [frame]
    for place in down:
        frames = [kid for one in frames for kid in one.kids[place]]
    return frames


def frames_of(frame: Frame, target: Node) -> list[Frame]:
    """List the frames of an action's target for an event in `frame`: those that share the repeats around both."""
    chain = list(target.scope.chain())
    while frame.scope not in chain:
        frame = frame.p  # type: ignore[assignment]  # the outermost scope is in every chain
    down = [scope.place for scope in chain[: chain.index(frame.scope)]]
    return frames_at(frame, (0, tuple(reversed(down))))


def relevance_around(frame: Frame, node: Node) -> int:
    """Tell whether everything around a node is relevant: 1 or 0."""
    if node.slot:
        return frame.rel[node.parent.slot]  # type: ignore[union-attr]  # only slot 0 can be without
    if frame.p is None or node.parent is None:
        return 1
    return frame.p.rel[node.parent.slot]
