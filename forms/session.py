# SPDX-License-Identifier: EUPL-1.2
"""One form being filled: answers go in, changes, views and XML come out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from forms import navigation
from forms.absent import completed
from forms.actions import FIRST_LOAD, LOAD, happening, perform
from forms.datatypes import FORBIDDEN
from forms.definition import Node, Scope
from forms.document import local_name, read_document
from forms.entities import changes_offline, entity_changes
from forms.errors import AnswerError, FormError, InstanceError, NotValidError
from forms.form import FormDef
from forms.handle import Handle
from forms.itemsets import name_of
from forms.navigation import locate
from forms.preload import at_end, device_property, preloaded
from forms.recalculation import Recalculation
from forms.repeats import MAX_ROUNDS, add_instance, begin, count_instances, fill, new_frame, remove_instance
from forms.secondary import SavedRecord
from forms.serialize import meta_name, stored_deprecated_id, write_instance
from forms.text import Reader
from forms.tree import Frame
from forms.views import Changes, Choices, Context, EntityChange, Finalized, NodeView, Progress, Request, Violation
from forms.xpath.chance import uuid
from forms.xpath.moments import now_text


class FormSession:
    """A form and one instance of it, always recalculated. Not for use by two threads at once."""

    def __init__(
        self,
        form: FormDef,
        *,
        instance_xml: bytes | None = None,
        context: Context = Context(),  # noqa: B008  (immutable)
        language: str | None = None,
        deprecated_id: str = "",
        now: Callable[[], datetime] | None = None,
        last_saved: bytes | None = None,
    ) -> None:
        """Begin a new instance, or go on with `instance_xml` (a draft; with `deprecated_id` a submitted one).

        `last_saved` is the XML of the record of this form that was saved last, for forms that ask for it
        (`form.asks_last_saved`). Raises InstanceError if the XML is not of this form.
        """
        self.form = form
        try:
            self.saved = SavedRecord(last_saved if form.asks_last_saved else None)
        except FormError as error:
            raise InstanceError(f"the last saved record: {error.cause}", form=form.form_id) from error
        self.context = context
        self.now = now if now is not None else _local_now
        self.language = form.default_language
        if language is not None and language in form.languages:
            self.language = language
        self.reader = Reader(form.texts, self.language)
        self._readers = {self.language: self.reader}
        self.deprecated_id = deprecated_id
        self.orphans: tuple[tuple[str, str], ...] = ()
        self.frames = 0
        self.set_aside: dict[tuple[int, int], list[Frame]] = {}
        self.root = new_frame(self, form.scopes[0], None, 0)
        self.work = Recalculation(form.steps, self.root)
        if instance_xml is None:
            self._begin_new()
        else:
            self._go_on(instance_xml)
        self._settle(begins=instance_xml is None)
        self.work.take_touched()

    # --- beginning ---

    def _begin_new(self) -> None:
        fill(self, self.root, self.form.model.primary)
        for node in self.form.preloads:
            value = preloaded(node, self.context, self.now())
            for frame in navigation.frames_of_scope(self.root, node.scope) if value is not None else ():
                frame.s[node.slot] = value or ""
        own = self.form.instance_id.slot
        self.root.s[own] = (
            self.root.s[own] or f"uuid:{uuid()}"
        )  # a form may ask for no preload; a calculation goes first
        begin(self, self.root)
        self.work.run()
        perform(happening(self.form.model.actions, FIRST_LOAD | LOAD), self.root, self.work)

    def _go_on(self, instance_xml: bytes) -> None:
        try:
            root = read_document(instance_xml).root
        except FormError as error:
            raise InstanceError(error.cause, form=self.form.form_id) from error
        if local_name(root.tag) != local_name(self.form.root.tag):
            raise InstanceError(f"its root is {local_name(root.tag)}", form=self.form.form_id)
        form_id = root.get("id", self.form.form_id)
        if form_id != self.form.form_id:
            raise InstanceError(f"it is an instance of {form_id}", form=self.form.form_id)
        self.orphans = tuple(
            (path, text)
            for path, text in fill(self, self.root, completed(root, self.form))
            if not path.endswith("/deprecatedID")
        )
        stored = stored_deprecated_id(root)
        begins_edit = bool(self.deprecated_id) and self.deprecated_id != stored
        self.deprecated_id = self.deprecated_id or stored
        node, kept = self.form.instance_id, self.root.s
        if begins_edit or not kept[node.slot]:
            kept[node.slot] = f"uuid:{uuid()}"
        if self.form.deprecated_id is not None:
            kept[self.form.deprecated_id.slot] = self.deprecated_id
        begin(self, self.root)
        self.work.run()
        perform(happening(self.form.model.actions, LOAD), self.root, self.work)

    # --- identity ---

    @property
    def instance_id(self) -> str:
        """The instanceID: `uuid:…`."""
        return self.root.text(self.form.instance_id.slot)

    @property
    def instance_name(self) -> str:
        """The instanceName as computed now, "" if the form has none."""
        node = self.form.instance_name
        return self.root.text(node.slot) if node is not None else ""

    # --- what generated code asks ---

    def itext(self, name: str) -> str:
        """Answer jr:itext(): a text in the session's language."""
        found = self.reader.itext(name, self.root)
        return found.value if found is not None else ""

    def choice_name(self, frame: Frame | None, scope: int, slot: int, value: str) -> str:
        """Answer jr:choice-name(): the label of a value of a select."""
        body = self.form.scopes[scope].nodes[slot].body
        return name_of(frame, body, value, self.reader) if frame is not None and body is not None and value else ""

    def device_property(self, name: str) -> str:
        """Answer property(): as the preload of that name."""
        return device_property(self.context, name)

    # --- acting ---

    def set_language(self, name: str) -> None:
        """Show texts in another language; what is computed from labels is computed again."""
        if name not in self.form.languages:
            raise ValueError(f"the form does not speak {name}")
        self.language = name
        self.reader = self._readers.setdefault(name, Reader(self.form.texts, name))
        for rank in self.form.lingual:
            self.work.mark_rule(rank, navigation.frames_of_scope(self.root, self.form.rules[rank].node.scope))
        self._settle()
        self.work.take_touched()

    def at(self, ref: str) -> Handle:
        """Find a place once, to read and answer it often. Raises AnswerError for a ref that does not exist."""
        return Handle(self, locate(self, ref))

    def answer(self, ref: str, value: str) -> Changes:
        """Store an answer ("" clears it) and recalculate. Raises AnswerError."""
        return self.at(ref).answer(value)

    def put(self, frame: Frame, node: Node, value: str) -> Changes:
        """Store an answer at a place that a handle found. Raises AnswerError."""
        if not value.isprintable() and FORBIDDEN.search(value):
            raise AnswerError("characters that XML cannot hold", form=self.form.form_id, ref=frame.ref(node))
        work = self.work
        if not work.write(frame, node, value):
            return Changes()
        if not frame.rel[node.slot]:
            work.touched.append((frame, node))
        if node.triggers:
            work.changed_by_hand(frame, node)
        return self._changes()

    def add_repeat(self, repeat_ref: str) -> Changes:
        """Add an instance at the end of a repeat; its ref is `.added[0]`. Raises AnswerError if that is not allowed."""
        return self.at(repeat_ref).add()

    def remove_repeat(self, instance_ref: str) -> Changes:
        """Remove one instance; those after it move up. Raises AnswerError if that is not allowed."""
        return self.at(instance_ref).remove()

    def put_in(self, parent: Frame, scope: Scope) -> Changes:
        """Add an instance to a repeat that a handle found."""
        return self._changes(added=[add_instance(self, parent, scope)])

    def take_out(self, frame: Frame) -> Changes:
        """Remove an instance that a handle found."""
        ref = frame.path()
        remove_instance(self, frame)
        return self._changes(removed=[ref])

    def _settle(self, *, begins: bool = False) -> tuple[list[Frame], list[str]]:
        """Recalculate, count repeats, and again as long as events ask for another count."""
        added: list[Frame] = []
        removed: list[str] = []
        self.work.settle()
        for _ in range(MAX_ROUNDS):
            if not self.work.counts:
                break
            new, gone = count_instances(self, begins=begins)
            added += new
            removed += gone
            self.work.settle()
        return added, removed

    def _changes(self, added: Sequence[Frame] = (), removed: Sequence[str] = ()) -> Changes:
        self.work.settle()
        if self.work.counts:
            more_added, more_removed = self._settle()
            added, removed = (*added, *more_added), (*removed, *more_removed)
        touched = self.work.take_touched()
        new = tuple([frame.path() for frame in added if frame.i]) if added else ()
        return Changes(lambda: navigation.refs(touched), new, tuple(removed))

    def take_requests(self) -> tuple[Request, ...]:
        """Return what the form's actions asked of the window since the last call: a place, a recording."""
        asked = tuple(
            Request(action.kind, frame.ref(action.target), action.quality) for action, frame in self.work.asked
        )
        self.work.asked.clear()
        return asked

    # --- reading ---

    def node(self, ref: str) -> NodeView:
        """Show one node. Raises AnswerError for a ref that does not exist, as do all that take a ref."""
        return self.at(ref).view()

    def value(self, ref: str) -> str:
        """Read the stored text of a node, whatever its relevance."""
        return self.at(ref).value

    def children(self, ref: str = "") -> list[NodeView]:
        """Show what is directly inside a group, a repeat (its instances) or an instance; of the form without ref."""
        return [navigation.view(self, spot) for spot in navigation.inside(locate(self, ref))]

    def choices(self, ref: str) -> Choices:
        """List the choices on offer now, in the session's language; none for what is no select."""
        return self.at(ref).choices()

    def progress(self, ref: str = "") -> Progress:
        """Count how far a part of the form is."""
        return navigation.progress(locate(self, ref))

    def validate(self, ref: str = "") -> list[Violation]:
        """List all broken rules in the order of the form, missing required answers included."""
        return navigation.violations(self, locate(self, ref))

    # --- XML ---

    def draft_xml(self) -> bytes:
        """Write everything, irrelevant answers included: what `instance_xml` takes."""
        return self._xml(prune=False)

    def finalize(self) -> Finalized:
        """Freeze the instance: the end time is set, what is irrelevant left out. Raises NotValidError."""
        for node in at_end(self.form.preloads):
            for frame in navigation.frames_of_scope(self.root, node.scope):
                self.work.write(frame, node, now_text(self.now()))
        self._settle()
        self.work.take_touched()
        broken = self.validate()
        if broken:
            raise NotValidError(broken, form=self.form.form_id)
        files = navigation.files(self.root, self.form)
        xml = self._xml(prune=True)
        entities = entity_changes(self.form, xml) if changes_offline(self.form) else ()
        return Finalized(xml, self.instance_id, self.instance_name, files, entities)

    def entities(self) -> tuple[EntityChange, ...]:
        """Tell what the record would do to entities if it were finalized as it stands."""
        return entity_changes(self.form, self._xml(prune=True))

    def _xml(self, *, prune: bool) -> bytes:
        extra: dict[str, str] = {}
        if self.deprecated_id and self.form.deprecated_id is None:
            extra[meta_name(self.form, self.form.names, "deprecatedID")] = self.deprecated_id
        return write_instance(self.form, self.root, prune=prune, extra=extra)


def _local_now() -> datetime:
    return datetime.now().astimezone()
