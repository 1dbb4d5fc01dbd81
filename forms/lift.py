# SPDX-License-Identifier: EUPL-1.2
"""A draft lifted to another version of its form: every answer is kept, kept but no longer fitting, or told as orphaned.

The two definitions are matched first: repeats by their place in the repeat around them, else by a name that is unique
among those left; questions by their place in a matched repeat, else by their path, else by a unique name (they moved).
Then the answers are written into a new instance of the new form, which gives new questions their defaults. At the end
that instance is loaded as any draft is, and each answer is looked for at its place: what the new form computes over, or
counts away, is told as orphaned too. So nothing is lost without being told, whatever the two forms are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from forms.definition import Node, Scope
from forms.document import read_document
from forms.errors import AnswerError, FormError, InstanceError
from forms.form import FormDef
from forms.repeats import fill, new_frame, with_inner
from forms.serialize import stored_deprecated_id
from forms.session import FormSession
from forms.tree import Frame
from forms.views import NodeKind


class Loss(StrEnum):
    """Why an answer no longer fits (the first three), or has no place (the others)."""

    TYPE = "type"
    CHOICE = "choice"
    CONSTRAINT = "constraint"
    GONE = "gone"  # no such question any more
    SEVERAL = "several"  # several answers for one place: a repeat became a group
    COMPUTED = "computed"  # the new form computes it
    COUNTED = "counted"  # the new form asks for fewer instances


@dataclass(frozen=True, slots=True)
class LiftedAnswer:
    """One answer of the old draft: `ref` and `label` are of the old form, `new_ref` of the new one ("" if orphaned)."""

    ref: str
    value: str
    label: str
    new_ref: str = ""
    loss: Loss | None = None


@dataclass(frozen=True, slots=True)
class Lift:
    """The new draft, and where every answer of the old one went. `moved` are those kept at another ref."""

    xml: bytes
    kept: tuple[LiftedAnswer, ...] = ()
    changed: tuple[LiftedAnswer, ...] = ()
    orphaned: tuple[LiftedAnswer, ...] = ()

    @property
    def moved(self) -> tuple[LiftedAnswer, ...]:
        """Those of the kept and changed answers whose question is elsewhere now."""
        return tuple(one for one in (*self.kept, *self.changed) if one.new_ref != one.ref)


def lift(old: FormDef, draft_xml: bytes, new: FormDef, *, language: str | None = None) -> Lift:
    """Bring a draft of `old` to `new`, another version of the same form; labels are in `language` if they can be.

    Answers are the texts that a person (or an action of the form) gave: neither metadata, nor what a calculation or a
    preload gives, nor hidden constants; those are carried over, or made again by the new form. Raises InstanceError if
    the XML is no instance of `old`, or `new` is another form.
    """
    if old.form_id != new.form_id:
        raise InstanceError(f"{new.form_id} is another form than {old.form_id}", form=old.form_id)
    before = FormSession(old, instance_xml=draft_xml, language=language)
    root, lost = _read(before, draft_xml)
    after = FormSession(new)
    after.deprecated_id = stored_deprecated_id(read_document(draft_xml).root)
    writer = _Writer(_Match(old, new), after, _defaults(before))
    lost = [(ref, text) for ref, text in lost if text.strip() and not ref.endswith("/deprecatedID")]
    orphans = [LiftedAnswer(ref, text, "", "", Loss.GONE) for ref, text in lost]
    writer.carry(root)
    lifted = FormSession(new, instance_xml=after.draft_xml(), language=language)
    kept: list[LiftedAnswer] = []
    changed: list[LiftedAnswer] = []
    for ref, value, new_ref, cause in writer.written:
        loss = cause if cause is not None else _loss(before, ref, lifted, new_ref, value)
        place = "" if loss is not None and loss not in _KEPT_ANYWAY else new_ref
        answer = LiftedAnswer(ref, value, _label(before, ref), place, loss)
        (kept if loss is None else changed if loss in _KEPT_ANYWAY else orphans).append(answer)
    return Lift(lifted.draft_xml(), tuple(kept), tuple(changed), tuple(orphans))


_KEPT_ANYWAY = frozenset({Loss.TYPE, Loss.CHOICE, Loss.CONSTRAINT})


def _read(session: FormSession, draft_xml: bytes) -> tuple[Frame, list[tuple[str, str]]]:
    """Read the draft as it is, without computing: a calculation or a count must not hide what it holds."""
    root = new_frame(session, session.form.scopes[0], None, 0)
    return root, fill(session, root, read_document(draft_xml).root)


def _defaults(session: FormSession) -> dict[str, str]:
    """Map paths to the texts that the definition itself holds."""
    form = session.form
    found: dict[str, str] = {}
    for scope in form.scopes:
        source = form.model.primary if scope.parent is None else scope.template
        if source is not None:
            frame = Frame(scope, None, session, 0)
            fill(session, frame, source)
            found.update((node.path, frame.text(node.slot)) for node in scope.nodes)
    return found


def _loss(before: FormSession, ref: str, lifted: FormSession, new_ref: str, value: str) -> Loss | None:
    """Look for an answer in the new draft; None if it is there and fits, or fits no worse than before."""
    try:
        view = lifted.node(new_ref)
    except AnswerError:
        return Loss.COUNTED
    if lifted.value(new_ref) != value:
        return Loss.COMPUTED
    if view.violation is None:
        return None
    try:
        broken = before.node(ref).violation
    except AnswerError:
        broken = None
    if broken is not None and broken.kind is view.violation.kind:
        return None
    return Loss(view.violation.kind.value)


def _label(session: FormSession, ref: str) -> str:
    try:
        label = session.node(ref).label
    except FormError:
        return ""
    return " ".join(label.value.split()) if label is not None else ""


def _is_leaf(node: Node) -> bool:
    return not node.is_repeat and not node.holds_nodes()


def _in_meta(form: FormDef, node: Node) -> bool:
    return node is form.meta or form.meta in node.ancestors()


class _Match:
    """Which repeats and leaves of two versions are the same."""

    def __init__(self, old: FormDef, new: FormDef) -> None:
        self.old = old
        self.scopes: dict[int, Scope] = {0: new.scopes[0]}
        self.nodes: dict[str, Node] = {}
        for scope in old.scopes:
            if scope.index in self.scopes:
                self._match_repeats(scope, self.scopes[scope.index])
        taken = {id(new.instance_id)}
        self.nodes[old.instance_id.path] = new.instance_id
        left = [node for node in self._leaves(old) if node.path not in self.nodes]
        left = self._match(left, taken, self._at_same_place)
        left = self._match(left, taken, lambda node: new.nodes.get(node.path))
        names = Counter(node.name for node in left)
        free = [n for n in self._leaves(new) if id(n) not in taken and not n.is_attribute and not _in_meta(new, n)]
        by_name: dict[str, list[Node]] = {}
        for node in free:
            by_name.setdefault(node.name, []).append(node)
        for node in left:
            found = by_name.get(node.name, ())
            if names[node.name] == 1 and len(found) == 1 and not node.is_attribute and not _in_meta(old, node):
                self.nodes[node.path] = found[0]

    @staticmethod
    def _leaves(form: FormDef) -> Iterator[Node]:
        for scope in form.scopes:
            yield from (node for node in scope.nodes if _is_leaf(node))

    def _match(self, left: list[Node], taken: set[int], find: Callable[[Node], Node | None]) -> list[Node]:
        remaining = []
        for node in left:
            found = find(node)
            if found is not None and _is_leaf(found) and id(found) not in taken:
                taken.add(id(found))
                self.nodes[node.path] = found
            else:
                remaining.append(node)
        return remaining

    def _at_same_place(self, node: Node) -> Node | None:
        scope = self.scopes.get(node.scope.index)
        if scope is None or not node.relative:
            return None
        return next((one for one in scope.nodes if one.relative == node.relative), None)

    def _match_repeats(self, old: Scope, new: Scope) -> None:
        def place(scope: Scope, around: Scope) -> str:
            return scope.node.path[len(around.node.path) :]

        new_places = {place(kid, new): kid for kid in new.kids}
        left = []
        for kid in old.kids:
            found = new_places.pop(place(kid, old), None)
            if found is not None:
                self.scopes[kid.index] = found
            else:
                left.append(kid)
        names = Counter(kid.node.name for kid in left)
        for kid in left:
            same = [one for one in new_places.values() if one.node.name == kid.node.name]
            if len(same) == 1 and names[kid.node.name] == 1:
                self.scopes[kid.index] = same[0]


class _Writer:
    """Writes the answers of old frames into the frames of a new session; nothing is computed yet."""

    def __init__(self, match: _Match, session: FormSession, defaults: dict[str, str]) -> None:
        self._match = match
        self._session = session
        self._defaults = defaults
        self._frames: dict[int, Frame] = {}
        self._targets: dict[tuple[int, int], tuple[Frame, Node, list[str]]] = {}  # by number of frame and slot
        self._answers: list[tuple[str, str, tuple[int, int] | None]] = []  # old ref, text, target
        self.written: list[tuple[str, str, str, Loss | None]] = []  # old ref, text, new ref, why it has no place

    def carry(self, root: Frame) -> None:
        """Write everything; `written` then holds the answers in the order of the old form."""
        self._frames[id(root)] = self._session.root
        frames = with_inner(root)
        for frame in frames:
            self._pair_instances(frame)
        for frame in frames:
            for node in frame.scope.nodes:
                if _is_leaf(node) and not self._is_constant(node, frame.text(node.slot)):
                    self._note(frame, node)
        for target, node, texts in self._targets.values():
            if len(texts) <= 1:
                target.s[node.slot] = texts[0] if texts else ""
        for ref, text, key in self._answers:
            if key is None:
                self.written.append((ref, text, "", Loss.GONE))
            else:
                target, node, texts = self._targets[key]
                self.written.append((ref, text, target.ref(node), Loss.SEVERAL if len(texts) > 1 else None))

    def _note(self, frame: Frame, node: Node) -> None:
        """Note where the text of a node goes; an empty one goes too, or a default would stand in for it."""
        text = frame.text(node.slot)
        found = self._match.nodes.get(node.path)
        key = None
        if found is not None:
            target = self._target(frame, found)
            key = (target.id, found.slot)
            self._targets.setdefault(key, (target, found, []))[2].extend([text] if text else [])
        if text and self._is_answer(node):
            self._answers.append((frame.ref(node), text, key))

    def _pair_instances(self, frame: Frame) -> None:
        """Give the new frame as many instances of each matched repeat as the old one has."""
        mine = self._frames.get(id(frame))
        for scope in frame.scope.kids:
            found = self._match.scopes.get(scope.index)
            if mine is None or found is None:
                continue
            siblings = mine.kids[found.place]
            del siblings[len(frame.kids[scope.place]) :]
            for place, kid in enumerate(frame.kids[scope.place]):
                self._frames[id(kid)] = siblings[place] if place < len(siblings) else self._instance(mine, found)

    def _instance(self, parent: Frame, scope: Scope) -> Frame:
        frame = new_frame(self._session, scope, parent, len(parent.kids[scope.place]))
        if scope.template is not None:
            fill(self._session, frame, scope.template, template=not scope.explicit_template)
        return frame

    def _target(self, frame: Frame, node: Node) -> Frame:
        """Find the new frame of a node: the one paired nearest, then first instances down to the node's repeat."""
        chain = list(node.scope.chain())
        holder: Frame | None = frame
        while holder is not None and not (id(holder) in self._frames and self._frames[id(holder)].scope in chain):
            holder = holder.p
        target = self._frames[id(holder)] if holder is not None else self._session.root
        for scope in reversed(chain[: chain.index(target.scope)]):
            kids = target.kids[scope.place]
            target = kids[0] if kids else self._instance(target, scope)
        return target

    def _is_constant(self, node: Node, text: str) -> bool:
        """Whether nobody was asked, and the text is the definition's: then the new definition's is right."""
        asked = node.body is not None and node.body.kind is NodeKind.QUESTION
        return not asked and not node.bind.preload and text == self._defaults.get(node.path, "")

    def _is_answer(self, node: Node) -> bool:
        made = bool(node.bind.calculate or node.bind.preload)
        return not made and not node.is_attribute and not _in_meta(self._match.old, node)
