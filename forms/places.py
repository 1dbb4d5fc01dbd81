# SPDX-License-Identifier: EUPL-1.2
"""Where a path leads, decided when the form is compiled: nodes of the definition, and Python source for their frames.

A path never searches at run time. `../qty` becomes the slot of `qty` in the frame at hand; `/data/item/amount` from
outside the repeat becomes a loop over the frames of `item`; from inside, the frame of the same instance (ODK XForms,
"A Big Deviation with XForms": absolute paths inside repeats are relative to the current instance).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from forms.definition import Node, Scope
from forms.errors import ExpressionError
from forms.parse import child_named
from forms.xpath import tree


@dataclass(frozen=True, slots=True)
class Context:
    """Where an expression, or a predicate inside it, stands.

    `frame` is the Python source of the frame, "" for a row of a secondary instance. `join` is the innermost scope whose
    instance is fixed by the expression's own place: a frame of a loop shares only what is around the list.
    """

    node: Node | None
    frame: str
    join: Scope
    outer: Context | None = None
    row: str = ""  # Python source of the row's number
    table: str = ""
    table_key: tuple[str, ...] = ()
    position: str = ""
    size: str = ""

    @property
    def origin(self) -> Context:
        """The context of the whole expression, which `current()` names."""
        context = self
        while context.outer is not None:
            context = context.outer
        return context

    def around(self) -> Iterator[Context]:
        """Yield this context, then those around it."""
        context: Context | None = self
        while context is not None:
            yield context
            context = context.outer


@dataclass(frozen=True, slots=True)
class Place:
    """Instances of one node: one (`single`; `source` is a frame) or several (`source` is a list of frames).

    `node` None is the document itself, above the root element. `pure`: every instance, without any predicate, below
    the frame `anchor` of the scope `join`.
    """

    node: Node | None
    source: str
    single: bool
    join: Scope
    pure: bool = True
    anchor: str = ""


Predicate = Callable[[Place, tree.Node], Place]


def climb(frame: str, start: Scope, end: Scope) -> str:
    """Python source of the frame of `end`, which is around `start`."""
    return frame + ".p" * (start.depth - end.depth)


def inner_of(left: Scope, right: Scope) -> Scope:
    """Pick the outer one of two scopes on the same line."""
    return left if left.depth <= right.depth else right


class Resolver:
    """Follows the steps of paths from a context; predicates are left to `filtered`."""

    def __init__(self, root: Node, context: Context, filtered: Predicate, fresh: Callable[[], str]) -> None:
        self.root = root
        self.context = context
        self.filtered = filtered
        self.fresh = fresh

    def start(self, *, absolute: bool) -> Place:
        """Begin a path: at the document, or at the context node."""
        origin = self.context
        if absolute:
            for context in origin.around():
                if context.frame and context.node is not None:
                    scope = context.node.scope
                    outermost = self.root.scope
                    return Place(None, climb(context.frame, scope, outermost), single=True, join=outermost)
        node = origin.node
        if node is None:
            raise ExpressionError("a path from a row of a list leads out of the list")
        return Place(node, origin.frame, single=True, join=inner_of(node.scope, origin.join))

    def follow(
        self, begin: Iterable[Place], steps: Sequence[tree.Step], *, absolute: bool, bind_last: bool = False
    ) -> list[Place]:
        """Follow `steps`; `absolute` paths take the context's own instance of each repeat that they pass through.

        With `bind_last`, also of the repeat that they end at.
        """
        places = list(begin)
        for number, step in enumerate(steps):
            binds = absolute and not step.predicates and (bind_last or number < len(steps) - 1)
            after = [place for found in places for place in self.step(found, step, binds=binds)]
            for predicate in step.predicates:
                after = [self.filtered(place, predicate) for place in after]
            places = after
        return places

    def step(self, place: Place, step: tree.Step, *, binds: bool) -> list[Place]:
        """One step, without its predicates."""
        axis, test = step.axis, step.test
        if axis == "self":
            return [place] if _passes(place.node, test) else []
        if axis == "parent":
            parent = self.parent(place)
            return [parent] if parent is not None and _passes(parent.node, test) else []
        if axis in {"child", "attribute"}:
            return [self.child(place, node, binds=binds) for node in self.named(place.node, step)]
        if axis in {"descendant", "descendant-or-self"}:
            found = [place, *self.descendants(place, binds=binds)]
            return [one for one in found[axis == "descendant" :] if _passes(one.node, test)]
        if axis in {"ancestor", "ancestor-or-self"}:
            return self.ancestors(place, step)
        if axis in {"following-sibling", "preceding-sibling"}:
            beside = [one for one in self.siblings(place, after=axis[0] == "f") if _passes(one.node, step.test)]
            if axis[0] == "p" and step.predicates:  # which count from the nearest (XPath 1.0 §2.4)
                beside = [one if one.single else replace(one, source=f"{one.source}[::-1]") for one in reversed(beside)]
            return beside
        if axis in {"following", "preceding"}:
            around = [place, *self.ancestors(place, replace(step, axis="ancestor", test="node()"))]
            beside = [one for above in around for one in self.siblings(above, after=axis == "following")]
            below = [one for above in beside for one in (above, *self.descendants(above, binds=False))]
            return [one for one in below if _passes(one.node, step.test)]
        raise ExpressionError(f"the axis {axis} is not supported")

    def named(self, node: Node | None, step: tree.Step) -> list[Node]:
        """List the children (or attributes) of the definition that the step's test names."""
        test = step.test
        if node is None:
            return [self.root] if _passes(self.root, test) else []
        if step.axis == "attribute":
            found = node.by_name.get("@" + test)
            return [found] if found is not None else []
        if test == "*" or test.endswith((":*", "()")):
            return [] if test == "text()" else [child for child in node.children if not child.is_attribute]
        found = child_named(node, test)
        return [found] if found is not None else []

    def child(self, place: Place, node: Node, *, binds: bool) -> Place:
        """Go down to a child: in the same frames, or into the instances of a repeat."""
        if not node.is_repeat:
            return replace(place, node=node)
        if place.single and binds:
            for context in self.context.around():
                if context.frame and context.node is not None and node.scope in context.node.scope.chain():
                    frame = climb(context.frame, context.node.scope, node.scope)
                    return Place(node, frame, single=True, join=inner_of(node.scope, context.join))
        kids = f"kids[{node.scope.place}]"
        if place.single:
            return Place(node, f"{place.source}.{kids}", single=False, join=place.join, anchor=place.source)
        outer, inner = self.fresh(), self.fresh()
        source = f"[{inner} for {outer} in {place.source} for {inner} in {outer}.{kids}]"
        return Place(node, source, single=False, join=place.join, pure=place.pure, anchor=place.anchor)

    def parent(self, place: Place) -> Place | None:
        """Go up; out of a repeat, that is the frame around."""
        node = place.node
        if node is None:
            return None
        if not node.is_repeat:
            return replace(place, node=node.parent)
        assert node.scope.parent is not None  # noqa: S101  (for the type checker: a repeat has a scope around it)
        join = inner_of(place.join, node.scope.parent)
        if place.single:
            return Place(node.parent, place.source + ".p", single=True, join=join)
        frame = self.fresh()
        source = f"list(dict.fromkeys([{frame}.p for {frame} in {place.source}]))"
        return Place(node.parent, source, single=False, join=join, pure=False)

    def descendants(self, place: Place, *, binds: bool) -> list[Place]:
        """List all elements below, in the order of the definition."""
        found: list[Place] = []
        stack = [place]
        while stack:
            current = stack.pop()
            if current is not place:
                found.append(current)
            children = [self.root] if current.node is None else current.node.children
            stack.extend(self.child(current, node, binds=binds) for node in reversed(children) if not node.is_attribute)
        return found

    def siblings(self, place: Place, *, after: bool) -> list[Place]:
        """List the elements after (or before) a node below its parent, in the order of the document.

        Other instances of its own repeat are among them.
        """
        node, parent = place.node, self.parent(place)
        if node is None or parent is None or parent.node is None or node.is_attribute:
            return []
        if not place.single:
            raise ExpressionError("the siblings of several nodes at once are not supported")
        others = [child for child in parent.node.children if not child.is_attribute]
        at = others.index(node)
        found = [self.child(parent, other, binds=False) for other in (others[at + 1 :] if after else others[:at])]
        if node.is_repeat:
            kids = f"{parent.source}.kids[{node.scope.place}]"
            same = f"{kids}[{place.source}.i:]" if after else f"{kids}[:max({place.source}.i - 1, 0)]"
            found.insert(0 if after else at, Place(node, same, single=False, join=parent.join, pure=False))
        return found

    def ancestors(self, place: Place, step: tree.Step) -> list[Place]:
        """List the elements around, nearest first."""
        found: list[Place] = [place] if step.axis == "ancestor-or-self" else []
        current = self.parent(place)
        while current is not None and current.node is not None:
            found.append(current)
            current = self.parent(current)
        return [one for one in found if _passes(one.node, step.test)]


def _passes(node: Node | None, test: str) -> bool:
    if test in {"node()", "*"}:
        return node is not None or test == "node()"
    return node is not None and test in {node.name, node.name.rpartition(":")[2]}
