# SPDX-License-Identifier: EUPL-1.2
"""A place in a session that is found once, then read and answered without looking for it again.

What a widget keeps of its question, and a program of what it fills in a loop. A handle follows its node: when instances
of a repeat come and go its `ref` changes, and when its own goes it is `gone` and takes no answers any more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from forms import navigation
from forms.errors import AnswerError
from forms.itemsets import choices
from forms.views import Changes, Choices, NodeKind, NodeView, Text, ViolationKind

if TYPE_CHECKING:
    from forms.definition import Body, Node
    from forms.navigation import Spot
    from forms.session import FormSession


class Handle:
    """One place: a question, a group, a repeat or one of its instances."""

    __slots__ = ("_asks", "_body", "_frame", "_node", "_session", "_slot", "kind")

    def __init__(self, session: FormSession, spot: Spot) -> None:
        """Made by `FormSession.at`."""
        self._session = session
        self._frame = spot.frame
        self._node: Node | None = spot.node
        self._body: Body | None = spot.body
        self.kind = spot.kind
        self._asks = spot.kind is NodeKind.QUESTION and spot.node is not None
        holds = spot.node is not None and spot.kind is not NodeKind.REPEAT
        self._slot = spot.node.slot if holds and spot.node is not None else -1

    def _spot(self) -> Spot:
        if self.gone:
            raise AnswerError("the instance is gone", form=self._session.form.form_id)
        return navigation.Spot(self._frame, self.kind, self._body, self._node)

    @property
    def ref(self) -> str:
        """The ref of the place as it is now. Raises AnswerError if it is gone."""
        return navigation.spot_ref(self._spot())

    @property
    def gone(self) -> bool:
        """Whether the instance of a repeat that it is in was removed."""
        return not self._frame.i

    # --- reading ---

    @property
    def value(self) -> str:
        """The stored text, whatever the relevance; "" for what holds none."""
        return self._frame.text(self._slot) if self._slot >= 0 else ""

    @property
    def relevant(self) -> bool:
        """Whether it is asked for now, as far as what is around it goes too."""
        return bool(self._frame.rel[self._slot]) if self._asks else navigation.is_relevant(self._spot())

    @property
    def broken(self) -> ViolationKind | None:
        """The rule that the answer of a question breaks (a missing one breaks none here)."""
        return self._frame.wrong.get(self._slot) if self._asks else None

    @property
    def label(self) -> Text | None:
        """The label in the session's language, None if there is none."""
        body, frame = self._body, self._frame
        if body is None:
            return None
        if self.kind is NodeKind.REPEAT_INSTANCE and frame.p is not None:
            frame = frame.p
        return self._session.reader.text(body.label, frame)

    def choices(self) -> Choices:
        """List the choices on offer now, in the session's language; none for what is no select."""
        return choices(self._frame, self._body, self._session.reader)

    def view(self) -> NodeView:
        """Show all there is to see."""
        return navigation.view(self._session, self._spot())

    # --- acting ---

    def answer(self, value: str) -> Changes:
        """Store an answer ("" clears it) and recalculate. Raises AnswerError if this is no question, or gone."""
        if self._asks and self._frame.i:
            return self._session.put(self._frame, self._node, value)  # type: ignore[arg-type]  # what asks has a node
        raise self._refusal("only a question takes an answer")

    def add(self) -> Changes:
        """Add an instance at the end of a repeat; its ref is `.added[0]`. Raises AnswerError if that is not allowed."""
        self._check_repeat(NodeKind.REPEAT)
        assert self._node is not None  # noqa: S101  (a repeat has a node)
        return self._session.put_in(self._frame, self._node.scope)

    def remove(self) -> Changes:
        """Remove this instance; those after it move up. Raises AnswerError if that is not allowed."""
        self._check_repeat(NodeKind.REPEAT_INSTANCE)
        return self._session.take_out(self._frame)

    def _check_repeat(self, kind: NodeKind) -> None:
        self._spot()  # it may be gone
        if self.kind is not kind or self._body is None:
            raise self._refusal(f"not a {kind}")
        if self._body.count is not None or self._body.no_add_remove:
            raise self._refusal("the form decides the number of instances")

    def _refusal(self, cause: str) -> AnswerError:
        return AnswerError(cause, form=self._session.form.form_id, ref=self.ref)
