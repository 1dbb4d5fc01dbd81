# SPDX-License-Identifier: EUPL-1.2
"""The recorder: gives each answer to the engine and to the disk in the same breath.

One recorder owns one `FormSession`. Every change is saved at once, in one transaction with its lines of the answer
log. When the disk refuses, nothing is lost: the session keeps the answer, the log lines wait in memory, and the
recorder tries again every few seconds and at each further answer until the disk takes them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from fieldkit.commune_question import commune_ref, nis_of
from fieldkit.errors import FieldkitError
from fieldkit.instance import AnswerEntry
from forms.errors import AnswerError
from forms.views import Changes, NodeKind, Progress
from ui.entry.lexical import clean

if TYPE_CHECKING:
    from forms import FormSession

RETRY_MS = 3000


class DraftKeeper(Protocol):
    """The one thing that the recorder asks of the store."""

    def save_draft(
        self,
        instance_id: str,
        xml: bytes,
        entries: Sequence[AnswerEntry],
        progress: Progress,
        current_ref: str,
        name: str,
        commune_nis: str,
    ) -> None:
        """Write the draft and its log lines in one transaction."""
        ...


@dataclass(slots=True)
class Snapshot:
    """What one entry of a repeat holds: answers by path below it, and the entries of the repeats inside it."""

    values: dict[str, str] = field(default_factory=dict)
    lists: dict[str, list[Snapshot]] = field(default_factory=dict)


@dataclass(slots=True)
class Step:
    """One thing to take back.

    `kind` is answer or typing (`ref`, `old`, `new`), add or remove (an entry of a repeat, with what it `held`), or many
    (the `parts` of one action: a paste, a fill).
    """

    kind: str
    ref: str
    old: str = ""
    new: str = ""
    held: Snapshot | None = None
    parts: list[Step] = field(default_factory=list)


class Recorder(QObject):
    """Answers go in here; `changed(Changes)`, `saved(datetime)` and `failed(Exception)` come out."""

    changed = Signal(object)
    saved = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        session: FormSession,
        drafts: DraftKeeper,
        *,
        refusals: tuple[type[Exception], ...] = (FieldkitError,),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.session = session
        self.current_ref = ""
        self.failure: Exception | None = None
        self.saved_at: datetime | None = None
        self._drafts = drafts
        self._refusals = refusals
        self._now = now
        self._waiting: list[AnswerEntry] = []
        self._done: list[Step] = []
        self._undone: list[Step] = []
        self._gathered: list[Changes] | None = None
        self._commune_ref = _find_commune(session)
        self._retry = QTimer(self, interval=RETRY_MS)
        self._retry.timeout.connect(self.save)

    @property
    def unsaved(self) -> int:
        """How many answers are in memory only."""
        return len(self._waiting)

    def answer(self, ref: str, value: str, *, merge: bool = False) -> Changes:
        """Store `value` under `ref`; with `merge` it continues the last answer to the same ref (someone is typing)."""
        value = clean(value)
        old = self.session.value(ref)
        if old == value:
            return Changes()
        changes = self._set(ref, value)
        last = self._done[-1] if self._done else None
        if merge and last is not None and last.kind == "typing" and last.ref == ref:
            last.new = value
        else:
            self._done.append(Step("typing" if merge else "answer", ref, old, value))
        self._undone.clear()
        self._publish(changes)
        return changes

    def end_typing(self) -> None:
        """End a stretch of typing: what follows is a new step for undo."""
        if self._done and self._done[-1].kind == "typing":
            self._done[-1].kind = "answer"

    def add_repeat(self, repeat_ref: str) -> Changes:
        """Add an entry at the end of the list."""
        changes = self._add(repeat_ref)
        self._done.append(Step("add", changes.added[0]))
        self._undone.clear()
        self._publish(changes)
        return changes

    def remove_repeat(self, instance_ref: str) -> Changes:
        """Remove an entry; `undo` brings it back with all that it held, at its place."""
        held = self._snapshot(instance_ref)
        changes = self._remove(instance_ref)
        self._done.append(Step("remove", instance_ref, held=held))
        self._undone.clear()
        self._publish(changes)
        return changes

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make what is done inside one step for undo, one save and one `changed`."""
        self._gathered, before = [], len(self._done)
        try:
            yield
        finally:
            parts, self._gathered = self._gathered, None
            steps = self._done[before:]
            if steps:
                del self._done[before:]
                self._done.append(Step("many", steps[0].ref, parts=steps))
            self._publish(merge_changes(parts))

    def undo(self) -> str:
        """Take the last step back; the ref to show, or `""` when there is nothing to undo."""
        if not self._done:
            return ""
        step = self._done.pop()
        self._undone.append(step)
        self._publish(self._replay(step, back=True))
        return step.ref

    def redo(self) -> str:
        """Do again what was undone last; the ref to show, or `""`."""
        if not self._undone:
            return ""
        step = self._undone.pop()
        self._done.append(step)
        self._publish(self._replay(step, back=False))
        return step.ref

    def undo_removal(self, instance_ref: str) -> bool:
        """Bring back the entry that was last removed at `instance_ref`, whatever was answered since."""
        for position in range(len(self._done) - 1, -1, -1):
            step = self._done[position]
            if step.kind == "remove" and step.ref == instance_ref and step.held is not None:
                del self._done[position]
                self._publish(self._restore(step.ref, step.held))
                return True
        return False

    def save(self) -> bool:
        """Write the draft now; True once it is on disk. Called by every change, and by the timer after a refusal."""
        session = self.session
        try:
            self._drafts.save_draft(
                session.instance_id,
                session.draft_xml(),
                tuple(self._waiting),
                session.progress(),
                self.current_ref,
                session.instance_name or session.form.title,
                self._commune(),
            )
        except self._refusals as error:
            self.failure = error
            self._retry.start()
            self.failed.emit(error)
            return False
        self._waiting.clear()
        self._retry.stop()
        self.failure = None
        self.saved_at = self._now()
        self.saved.emit(self.saved_at)
        return True

    def _publish(self, changes: Changes) -> None:
        if self._gathered is not None:
            self._gathered.append(changes)
            return
        self.save()
        self.changed.emit(changes)

    def _set(self, ref: str, value: str) -> Changes:
        old = self.session.value(ref)
        changes = self.session.answer(ref, value)
        self._waiting.append(AnswerEntry(ref, old, value, self._now()))
        return changes

    def _add(self, repeat_ref: str) -> Changes:
        changes = self.session.add_repeat(repeat_ref)
        self._waiting.append(AnswerEntry(changes.added[0], "", "+", self._now()))
        return changes

    def _remove(self, instance_ref: str) -> Changes:
        changes = self.session.remove_repeat(instance_ref)
        self._waiting.append(AnswerEntry(instance_ref, "", "-", self._now()))
        return changes

    def _replay(self, step: Step, *, back: bool) -> Changes:
        if step.kind == "many":
            parts = reversed(step.parts) if back else step.parts
            return merge_changes([self._replay(part, back=back) for part in parts])
        if step.kind in ("answer", "typing"):
            return self._set(step.ref, step.old if back else step.new)
        if (step.kind == "add") is back:
            step.held = self._snapshot(step.ref)
            return self._remove(step.ref)
        return self._restore(step.ref, step.held or Snapshot())

    def _snapshot(self, instance_ref: str) -> Snapshot:
        held = Snapshot()
        pending = list(self.session.children(instance_ref))
        while pending:
            node = pending.pop(0)
            path = node.ref.removeprefix(instance_ref)
            if node.kind is NodeKind.GROUP:
                pending += self.session.children(node.ref)
            elif node.kind is NodeKind.REPEAT:
                held.lists[path] = [self._snapshot(entry.ref) for entry in self.session.children(node.ref)]
            elif not node.readonly:
                held.values[path] = node.value
        return held

    def _restore(self, instance_ref: str, held: Snapshot) -> Changes:
        """Add an entry at the end, then move what the later entries hold one place down."""
        repeat_ref, _, rest = instance_ref.rpartition("[")
        position = int(rest.rstrip("]"))
        later = [self._snapshot(entry.ref) for entry in self.session.children(repeat_ref)[position - 1 :]]
        changes = [self._add(repeat_ref)]
        for offset, snapshot in enumerate([held, *later]):
            changes += self._fill(f"{repeat_ref}[{position + offset}]", snapshot)
        return merge_changes(changes)

    def _fill(self, instance_ref: str, held: Snapshot) -> list[Changes]:
        changes: list[Changes] = []
        for path, entries in held.lists.items():
            repeat_ref = instance_ref + path
            while self.session.node(repeat_ref).count > len(entries):
                changes.append(self._remove(f"{repeat_ref}[{self.session.node(repeat_ref).count}]"))
            while self.session.node(repeat_ref).count < len(entries):
                changes.append(self._add(repeat_ref))
            for position, entry in enumerate(entries, start=1):
                changes += self._fill(f"{repeat_ref}[{position}]", entry)
        for path, value in held.values.items():
            if self.session.value(instance_ref + path) != value:
                changes.append(self._set(instance_ref + path, value))
        return changes

    def _commune(self) -> str:
        try:
            value = self.session.value(self._commune_ref) if self._commune_ref else ""
        except AnswerError:
            return ""
        return nis_of(value)


def merge_changes(parts: Sequence[Changes]) -> Changes:
    """Several actions as one set of refs to draw again."""
    return Changes(
        tuple(dict.fromkeys(ref for part in parts for ref in part.refs)),
        tuple(dict.fromkeys(ref for part in parts for ref in part.added)),
        tuple(dict.fromkeys(ref for part in parts for ref in part.removed)),
    )


def _find_commune(session: FormSession) -> str:
    """Return the ref of the question that holds the NIS code of the commune, `""` if the form has none."""
    pending = list(session.children())
    refs: list[str] = []
    while pending:
        node = pending.pop(0)
        if node.kind is NodeKind.GROUP:
            pending += session.children(node.ref)
        elif node.kind is NodeKind.QUESTION:
            refs.append(node.ref)
    return commune_ref(refs)
