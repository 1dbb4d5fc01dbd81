# SPDX-License-Identifier: EUPL-1.2
"""The desk: one record in hand. It joins session, recorder and files, and knows what was checked.

Frames, tables, review and panels read nodes here and make their changes here; every change is on disk when the call
returns, then `changed(Changes)` tells what to draw again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from fieldkit.encryption import ATTRIBUTE
from fieldkit.errors import FieldkitError
from forms.views import Changes, Choice, NodeView, Violation, ViolationKind
from ui.entry.control import Setting
from ui.entry.frame import Surroundings
from ui.entry.frames import make_frame
from ui.entry.outline import SectionState
from ui.entry.sections import Section, section_progress

if TYPE_CHECKING:
    from fieldkit.budget import BudgetSummary
    from fieldkit.standing import Comment
    from fieldkit.store import Store
    from forms import FormSession
    from ui.entry.recorder import Recorder

TOUCH_PERCENT = 118
Action = tuple[str, Callable[[], None]]


class DraftFiles:
    """The files of one draft in the store, and the media of its form."""

    def __init__(self, store: Store, session: FormSession) -> None:
        self._store = store
        self._session = session

    def keep(self, name: str, content: bytes) -> str:
        """Keep a file under its own name, or under `name-2.ext` where another file has it already.

        Of an encrypted record the names of its files are all that the server can read: there they tell nothing.
        """
        plain = PurePath(name.replace("\\", "/")).name or "fichier"
        if self._session.form.submission.get(ATTRIBUTE):
            plain = f"fichier{PurePath(plain).suffix.lower()}"
        taken = {own.name for own in self._store.instances.attachments(self._session.instance_id)}
        stem, suffix = PurePath(plain).stem, PurePath(plain).suffix
        number = 1
        while plain in taken and self.read(plain) != content:
            number += 1
            plain = f"{stem}-{number}{suffix}"
        self._store.instances.put_attachment(self._session.instance_id, plain, content)
        return plain

    def read(self, name: str) -> bytes | None:
        """Return the bytes of an answer's file, None if the disk no longer holds them."""
        try:
            return self._store.instances.attachment(self._session.instance_id, name)
        except FieldkitError:
            return None

    def medium(self, name: str) -> bytes | None:
        """Return the bytes of a picture of the form."""
        form = self._session.form
        try:
            whose = self._store.instances.get(self._session.instance_id).account_id
            return self._store.blank_forms.attachment(form.form_id, form.version, name, whose)
        except FieldkitError:
            return None


class Desk(QObject):
    """One record being filled."""

    changed = Signal(object)  # Changes
    toast_asked = Signal(str, object)  # text, None or (word, callable)

    def __init__(self, recorder: Recorder, files: DraftFiles, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.recorder = recorder
        self.session: FormSession = recorder.session
        self.missing: dict[str, str] = {}  # required, empty at the last check: ref -> the form's sentence
        self.checked: set[str] = set()  # keys of the sections that were checked
        self.group_remarks: dict[str, Mapping[str, str]] = {}  # by the repeat's ref, as the application's rules tell
        self.budget: BudgetSummary | None = None  # of an application, as its panel last computed it
        self.comment: Comment | None = None  # what the region asks to correct
        self._files = files
        recorder.changed.connect(self._on_changed)

    def around(self, *, touch: bool = False) -> Surroundings:
        """Return what frames need; `touch` for the bigger widgets of « Une par une »."""
        percent = TOUCH_PERCENT if touch else 100
        setting = Setting(self.session.choices, self._files, percent, touch)
        return Surroundings(
            self.session.node,
            setting,
            self.missing,
            lambda: self.session.language,
            self,
            self.session,
            make_frame,
            self.comment.pinned if self.comment else {},
        )

    # Lists

    def node(self, ref: str) -> NodeView:
        """Return a node as it stands."""
        return self.session.node(ref)

    def below(self, ref: str) -> list[NodeView]:
        """Return the body nodes below a ref."""
        return self.session.children(ref)

    def choices(self, ref: str) -> Sequence[Choice]:
        """Return what a select offers."""
        return self.session.choices(ref)

    def answer(self, ref: str, value: str, *, merge: bool = False) -> None:
        """Give one answer."""
        self.recorder.answer(ref, value, merge=merge)
        if not merge:
            self.recorder.end_typing()

    def answer_many(self, answers: Sequence[tuple[str, str]]) -> None:
        """Give several answers as one step."""
        if answers:
            with self.recorder.together():
                for ref, value in answers:
                    self.recorder.answer(ref, value)

    def add(self, repeat_ref: str, count: int = 1) -> str:
        """Add entries at the end as one step; return the ref of the first new one."""
        first = self.session.node(repeat_ref).count + 1
        with self.recorder.together():
            for _ in range(count):
                self.recorder.add_repeat(repeat_ref)
        return f"{repeat_ref}[{first}]"

    def remove(self, entry_ref: str) -> None:
        """Remove an entry."""
        self.recorder.remove_repeat(entry_ref)

    def undo_removal(self, entry_ref: str) -> None:
        """Bring back the entry that was last removed from that place."""
        self.recorder.undo_removal(entry_ref)

    def remarks(self, repeat_ref: str) -> Mapping[str, str]:
        """Return what is wrong with groups of a repeat's entries, by the value that makes the group."""
        return self.group_remarks.get(repeat_ref, {})

    def toast(self, text: str, action: Action | None = None) -> None:
        """Show a short message."""
        self.toast_asked.emit(text, action)

    # Checking

    def check(self, sections: Iterable[Section]) -> list[Violation]:
        """Check sections as a whole: from now on what they miss is shown. Returns what is to be corrected, in order."""
        found: list[Violation] = []
        for section in sections:
            self.checked.add(section.key)
            self._forget(section)
            for ref in section.refs:
                found += self.session.validate(ref)
        self.missing.update({v.ref: v.message for v in found if v.kind is ViolationKind.REQUIRED})
        return found

    def state_of(self, section: Section, remark: str = "") -> SectionState:
        """Return how a section stands, for the outline."""
        progress = section_progress(self.session, section)
        missing = sum(section.holds(ref) for ref in self.missing)
        return SectionState(section.key, section.title, progress, progress.invalid + missing, remark)

    def _forget(self, section: Section) -> None:
        for ref in [ref for ref in self.missing if section.holds(ref)]:
            del self.missing[ref]

    def _on_changed(self, changes: Changes) -> None:
        touched = set(changes.refs)
        moved = tuple(ref.rpartition("[")[0] for ref in (*changes.added, *changes.removed))
        for ref in list(self.missing):
            if ref in touched or any(ref.startswith(f"{own}/") for own in touched):
                node = self.session.node(ref)
                if node.value or node.count or not node.relevant:
                    del self.missing[ref]
            elif ref.startswith(moved) and moved:
                del self.missing[ref]  # entries moved up: their refs now name other questions
        self.changed.emit(changes)
