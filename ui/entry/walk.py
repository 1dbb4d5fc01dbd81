# SPDX-License-Identifier: EUPL-1.2
"""The way through a form: which section and which question one is at, and how one goes on."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QStackedWidget

from forms.views import Changes, Violation
from ui.entry.bars import PAGE, STEPS
from ui.entry.desk import Desk
from ui.entry.frame import Frame
from ui.entry.sections import Section, read_sections
from ui.entry.stack import SectionStack
from ui.entry.steps import Step, StepPage, read_steps


class Walk(QObject):
    """Moves between sections, questions and errors, in both presentations.

    `moved` tells that another section, step or presentation is in view; `ended` that one walked past the last.
    """

    moved = Signal()
    mode_chosen = Signal(str)
    ended = Signal()

    def __init__(self, desk: Desk, middle: QStackedWidget, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.middle = middle
        self.pages = SectionStack(desk)
        self.step_page = StepPage(desk)
        middle.addWidget(self.pages)
        middle.addWidget(self.step_page)
        self.sections: list[Section] = read_sections(desk.session)
        self.section: Section | None = self.sections[0] if self.sections else None
        self.steps: list[Step] = []
        self.mode = PAGE
        self._current: Frame | None = None
        for view in (self.pages, self.step_page):
            view.answered.connect(desk.answer)
            view.typed.connect(lambda ref, value: desk.answer(ref, value, merge=True))
            view.focused.connect(self._on_focused)

    @property
    def here(self) -> str:
        """The ref of the question in hand, `""` before the first."""
        return self.desk.recorder.current_ref

    @property
    def place(self) -> int:
        """The position of the section among the sections, from 0."""
        return self.sections.index(self.section) if self.section in self.sections else 0

    @property
    def in_view(self) -> bool:
        """Whether questions are in view (and not the review)."""
        return self.middle.currentWidget() in (self.pages, self.step_page)

    def current_frame(self) -> Frame | None:
        """Return the frame in hand, None if there is none alive."""
        return self._current if self._current is not None and self._is_alive(self._current) else None

    def settle(self) -> None:
        """Keep what is being typed."""
        frame = self.current_frame()
        if frame is not None:
            frame.settle()

    def show_section(self, key: str, *, focus: bool = True) -> None:
        """Show the section of that key from its top."""
        found = next((section for section in self.sections if section.key == key), None)
        if found is None:
            return
        self.settle()
        if self.mode == STEPS:
            self._refresh_steps()
            self._show_step(next((step for step in self.steps if step.section.key == key), None))
            return
        self.section = found
        page = self.pages.show_section(found)
        self.middle.setCurrentWidget(self.pages)
        frames = page.answerable()
        self._set_current(frames[0] if frames else None)
        self.moved.emit()
        if focus:
            if frames:
                frames[0].take_focus()
            page.area.verticalScrollBar().setValue(0)

    def next_section(self) -> None:
        """Check this section and go to the next; past the last one, the way ends."""
        if self.section is None:
            return
        self.settle()
        self.desk.check([self.section])
        if self.place + 1 < len(self.sections):
            self.show_section(self.sections[self.place + 1].key)
        else:
            self.ended.emit()

    def previous_section(self) -> None:
        """Go to the section before (from the review: to the last)."""
        position = self.place if self.in_view else len(self.sections)
        if position > 0:
            self.show_section(self.sections[position - 1].key)

    def go_to(self, ref: str) -> None:
        """Show the question of `ref` and give it the keyboard."""
        section = next((section for section in self.sections if section.holds(ref)), None)
        if section is None:
            return
        self.settle()
        if self.mode == STEPS:
            self._refresh_steps()
            self._show_step(next((step for step in self.steps if step.holds(ref)), None))
            return
        self.show_section(section.key, focus=False)
        page = self.pages.page()
        frame = page.frame_of(ref) if page else None
        if page is not None and frame is not None:
            frame.take_focus(ref)
            self._set_current(frame, ref)
            page.show_frame(frame)
            # Once more when the layout of a page built just now has settled.
            QTimer.singleShot(0, page, lambda: page.show_frame(frame) if frame in page.frames else None)

    def go_question(self, by: int) -> bool:
        """Go to the next (1) or previous (-1) question; False where the section has no more."""
        if self.mode == STEPS:
            self.go_step(by)
            return True
        page = self.pages.page()
        if page is None or self.middle.currentWidget() is not self.pages:
            return True
        page.build_all()
        self.settle()
        frames = page.answerable()
        position = frames.index(self._current) + by if self._current in frames else 0
        if 0 <= position < len(frames):
            frames[position].take_focus()
            self._set_current(frames[position])
            page.show_frame(frames[position])
        return position < len(frames)

    def go_to_error(self, by: int) -> bool:
        """Go to the next or previous answer that is told to be corrected; False if there is none."""
        self.settle()
        wrong = [violation.ref for violation in self.desk.session.validate() if self._is_told(violation)]
        if wrong:
            place = wrong.index(self.here) if self.here in wrong else -1 if by > 0 else 0
            self.go_to(wrong[(place + by) % len(wrong)])
        return bool(wrong)

    def set_mode(self, mode: str) -> None:
        """Change between the section page and « Une par une », at the same question."""
        self.settle()
        here = self.here
        self.mode = mode
        self.mode_chosen.emit(mode)
        if mode == STEPS:
            self._refresh_steps()
            key = self.section.key if self.section else ""
            found = next((step for step in self.steps if step.holds(here)), None)
            self._show_step(found or next((step for step in self.steps if step.section.key == key), None))
        elif self.section is not None:
            self.show_section(self.section.key)
            if here:
                self.go_to(here)

    def go_step(self, by: int) -> None:
        """Go to the next or previous step; past the last, the way ends."""
        self.settle()
        shown = self.step_page.step
        self._refresh_steps()
        place = next((i for i, step in enumerate(self.steps) if shown and step.asked.ref == shown.asked.ref), -1)
        if place + by >= len(self.steps):
            self.ended.emit()
        elif place + by >= 0:
            self._show_step(self.steps[place + by])

    def refresh(self, changes: Changes | None = None) -> None:
        """Draw what changed where one is; sections may appear and go."""
        if changes is None or self._may_move(changes):
            sections = read_sections(self.desk.session)
            if sections != self.sections:
                self.sections = sections
                self.pages.set_titles(sections)
                self.section = next((s for s in sections if self.section and s.key == self.section.key), self.section)
                self.moved.emit()
        if self.middle.currentWidget() is self.pages:
            self.pages.refresh(changes)
        elif self.middle.currentWidget() is self.step_page:
            self.step_page.refresh(changes)

    def rebuild(self) -> None:
        """Make the widgets anew, at the same question."""
        here, shown = self.here, self.in_view
        self.settle()
        self._current = None
        self.pages.drop()
        if self.section is not None and shown:
            self.show_section(self.section.key)
            self.go_to(here)

    def _may_move(self, changes: Changes) -> bool:
        own = {ref for section in self.sections for ref in section.refs}
        return any(ref in own or ref.count("/") <= 2 for ref in changes.refs)

    def _is_told(self, violation: Violation) -> bool:
        return violation.ref in self.desk.missing or self.desk.node(violation.ref).violation is not None

    def _refresh_steps(self) -> None:
        self.steps = read_steps(self.desk, self.sections)

    def _show_step(self, step: Step | None) -> None:
        if step is None:
            return
        if self.section is not None and step.section.key != self.section.key:
            self.desk.check([self.section])
        self.section = step.section
        self.step_page.show_step(step)
        self.middle.setCurrentWidget(self.step_page)
        self.desk.recorder.current_ref = step.asked.ref
        self._set_current(self.step_page.asking())
        self.moved.emit()

    def _on_focused(self, ref: str) -> None:
        self.desk.recorder.current_ref = ref
        if self.mode == PAGE:
            page = self.pages.page()
            self._set_current(page.frame_of(ref) if page else None, ref)

    def _set_current(self, frame: Frame | None, ref: str = "") -> None:
        if frame is not None:
            self.desk.recorder.current_ref = ref or frame.item.ref
        if frame is not self._current:
            old, self._current = self.current_frame(), frame
            if old is not None:
                old.set_current(False)
            if frame is not None:
                frame.set_current(True)

    def _is_alive(self, frame: Frame) -> bool:
        page = self.pages.page()
        return frame in self.step_page.frames or (page is not None and frame in page.frames)
