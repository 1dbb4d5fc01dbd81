# SPDX-License-Identifier: EUPL-1.2
"""The questionnaire: outline at the left, a section (or one question) in the middle, the call's limits at the right."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent, QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from fieldkit import application, typography
from fieldkit.instance import State
from forms.views import Changes
from ui import form_notes, theme
from ui.dates import short_day
from ui.entry import keys, region_remarks
from ui.entry.actions import Actions
from ui.entry.bars import PAGE, STEPS, FootBar, StepFoot, TopBar, thin_progress
from ui.entry.desk import Desk, DraftFiles
from ui.entry.outline import Outline, deadline_words
from ui.entry.review import ReviewFoot, ReviewPage
from ui.entry.walk import Walk
from ui.i18n import translate
from ui.messages import sentence
from ui.screens.lift_dialog import banners as lift_banners
from ui.widgets import Banner
from ui.widgets.feedback import announce

if TYPE_CHECKING:
    from ui.entry.panel import ApplicationPanel
    from ui.kit import Kit

LEAST = 600
NARROW = 900
MIDDLE = 620  # what the questions need beside both panes, at 100 %


class EntryPage(QWidget):
    """One record being filled; every answer is on disk when its widget has told it.

    `closed` asks for the list of records, `finished(instance_id)` tells that the record waits to be sent.
    """

    closed = Signal()
    finished = Signal(str)

    def __init__(self, kit: Kit, instance_id: str) -> None:
        super().__init__()
        self.kit = kit
        self.instance_id = instance_id
        session = kit.open_session(instance_id)
        self.desk = Desk(kit.recorder(session), DraftFiles(kit.store, session), self)
        self.desk.comment = region_remarks.comment_for(kit, instance_id, session)
        self.is_application = session.form.form_id == application.FORM_ID
        self.frozen = kit.store.instances.get(instance_id).state is not State.DRAFT
        self._outline_wanted = True
        self._panel_wanted: bool | None = None  # None: as the room allows
        self._scale = theme.text_scale()
        self.setMinimumWidth(LEAST)  # below what the parts ask for: they are left out one by one
        self._build()
        self.verbs = Actions(self)
        self._listen()
        self._show_record()
        if self.frozen:
            self._show_frozen()
        else:
            self._open_where_left()

    def _build(self) -> None:
        session = self.desk.session
        back = translate("Entry", "Projets") if self.is_application else translate("Entry", "Collecte")
        self.outline = Outline(back, ring=self.is_application)
        self.top = TopBar(session.form.languages, session.language)
        self.banner = Banner("err", "", "")
        self.banner.hide()
        self.progress = thin_progress()
        self.progress.hide()
        self.middle = QStackedWidget()
        self.walk = Walk(self.desk, self.middle, self)
        self.review = ReviewPage(self.desk, frozen=self.frozen)
        self.middle.addWidget(self.review)
        self.foot, self.step_foot, self.review_foot = FootBar(), StepFoot(), ReviewFoot()
        self.feet = QStackedWidget()
        for foot in (self.foot, self.step_foot, self.review_foot):
            self.feet.addWidget(foot)
        self.feet.currentChanged.connect(self._fit_feet)
        self._fit_feet()
        centre = QVBoxLayout()
        centre.setSpacing(0)
        told = (*region_remarks.banners(self), *lift_banners(self), *form_notes.draft_banners(self))
        for widget in (self.top, self.progress, self.banner, *told):
            centre.addWidget(widget)
        centre.addWidget(self.middle, 1)
        centre.addWidget(self.feet)
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.outline)
        box.addLayout(centre, 1)
        self.panel: ApplicationPanel | None = None
        if self.is_application:
            from ui.entry.financing import LINES, Financing
            from ui.entry.panel import ApplicationPanel
            from ui.entry.work_plan import STEPS as MILESTONES
            from ui.entry.work_plan import WorkPlan

            self.walk.pages.tails.update({LINES: Financing, MILESTONES: WorkPlan})
            self.panel = ApplicationPanel(self.desk, self.kit.library)
            box.addWidget(self.panel)

    def _listen(self) -> None:
        self.desk.recorder.saved.connect(self._on_saved)
        self.desk.recorder.failed.connect(self._on_failed)
        self.desk.changed.connect(self._on_changed)
        self.desk.toast_asked.connect(self.kit.toast)
        self.walk.moved.connect(self._on_moved)
        self.walk.ended.connect(self.verify)
        self.walk.mode_chosen.connect(self.verbs.keep_mode)
        self.outline.chosen.connect(self.walk.show_section)
        self.outline.review_asked.connect(self.verify)
        self.outline.close_asked.connect(self.leave)
        self.top.mode_chosen.connect(self.walk.set_mode)
        self.top.language_chosen.connect(self.set_language)
        self.top.comment_asked.connect(self.verbs.go_to_comment)
        self.top.outline_asked.connect(self.toggle_outline)
        self.top.panel_asked.connect(self.toggle_panel)
        self.top.panel.setVisible(self.is_application)
        self.top.action_chosen.connect(self.verbs.run)
        self.foot.previous_asked.connect(self.walk.previous_section)
        self.foot.next_asked.connect(self.walk.next_section)
        self.step_foot.previous_asked.connect(lambda: self.walk.go_step(-1))
        self.step_foot.next_asked.connect(lambda: self.walk.go_step(1))
        self.step_foot.skip_asked.connect(lambda: self.walk.go_step(1))
        self.review.edit_asked.connect(self.walk.go_to)
        self.review_foot.later_asked.connect(self.leave)
        self.review_foot.main_asked.connect(self._on_review_main)
        if self.panel is not None:
            self.panel.edit_asked.connect(self.walk.go_to)
        theme.changed.connect(self._on_theme)
        self._bind_keys()

    def _bind_keys(self) -> None:
        if self.frozen:
            keys.bind(self, {"Ctrl+P": self.verbs.print_record, "Ctrl+J": self.toggle_outline, "Esc": self.leave})
            return
        keys.bind(
            self,
            {
                "Ctrl+Down": self.walk.next_section,
                "Ctrl+Up": self.walk.previous_section,
                "F8": lambda: self.go_to_error(1),
                "Shift+F8": lambda: self.go_to_error(-1),
                "Ctrl+L": self.verbs.next_language,
                "Ctrl+M": self.verbs.go_to_comment,
                "Ctrl+S": self.verbs.say_saved,
                "Ctrl+P": self.verbs.print_record,
                "Ctrl+Z": self.verbs.undo,
                "Ctrl+Shift+Z": self.verbs.redo,
                "Ctrl+Y": self.verbs.redo,
                "Ctrl+J": self.toggle_outline,
                "F6": lambda: self.go_pane(1),
                "Shift+F6": lambda: self.go_pane(-1),
                "Esc": self.verbs.escape,
            },
        )

    # What one can do

    def verify(self) -> None:
        """Check everything and show it."""
        self.walk.settle()
        wrong = self.desk.check(self.walk.sections)
        self.review.show_record(self.walk.sections, wrong)
        self.review_foot.show_count(len(wrong))
        self.middle.setCurrentWidget(self.review)
        self.feet.setCurrentWidget(self.review_foot)
        self.refresh_outline()
        self.review_foot.main.setFocus()
        if wrong:
            announce(self, translate("Entry", "Réponses à corriger : {}").format(len(wrong)))

    def go_to_error(self, by: int) -> None:
        """Go to the next or previous answer to correct."""
        if not self.walk.go_to_error(by):
            self.kit.toast(translate("Entry", "Aucune réponse à corriger"))

    def set_language(self, language: str) -> None:
        """Ask in another language, in place: question, scroll and keyboard stay."""
        self.walk.settle()
        self.desk.session.set_language(language)
        self.top.set_language(language)
        self.walk.refresh()
        if self.middle.currentWidget() is self.review:
            self.verify()
        self._on_moved()

    def toggle_outline(self) -> None:
        """Show or hide the sections."""
        self._outline_wanted = not self.outline.isVisible()
        self.outline.setVisible(self._outline_wanted)
        self.top.outline.setVisible(not self._outline_wanted or self.walk.mode == STEPS)

    def toggle_panel(self) -> None:
        """Show or hide the limits of the call: without them the tables are wider."""
        if self.panel is not None:
            self._panel_wanted = not self.panel.isVisible()
            self._fit_panes()

    def go_pane(self, by: int) -> None:
        """Give the keyboard to the next pane: sections, questions, foot, panel."""
        frame = self.walk.current_frame()
        panes: list[QWidget] = [self.outline, self.middle, self.feet]
        panes += [self.panel] if self.panel is not None and self.panel.isVisible() else []
        focus = self.focusWidget()
        place = next((i for i, pane in enumerate(panes) if focus is not None and pane.isAncestorOf(focus)), 1)
        target = panes[(place + by) % len(panes)]
        if target is self.middle and frame is not None:
            frame.take_focus()
        else:
            target.setFocus()
            target.focusNextChild()

    def leave(self) -> None:
        """Go back to the list; everything is on disk."""
        self.walk.settle()
        if self.desk.recorder.unsaved and not self.desk.recorder.save():
            return  # the banner says why
        self.closed.emit()

    def refresh_outline(self) -> None:
        """Tell in the outline how the sections stand."""
        current = self.walk.section.key if self.walk.section and self.walk.in_view else ""
        remarks = self.panel.remarks() if self.panel is not None else {}
        states = [self.desk.state_of(section, remarks.get(section.key, "")) for section in self.walk.sections]
        self.outline.show_sections(states, current)
        self.outline.show_progress(self.desk.session.progress())

    # What happens

    def _on_changed(self, changes: Changes) -> None:
        if self.panel is not None:
            self.panel.refresh()  # first: tables tell which groups break a rule
        self.walk.refresh(changes)
        self.refresh_outline()
        self._show_name()

    def _on_moved(self) -> None:
        walk = self.walk
        steps = walk.mode == STEPS
        names = [section.title for section in walk.sections]
        text = translate("Entry", "Section {} sur {}").format(walk.place + 1, max(1, len(names)))
        self.top.show_place(text)
        following = names[walk.place + 1] if walk.place + 1 < len(names) else translate("Entry", "Vérifier et terminer")
        self.foot.show_ways(names[walk.place - 1] if walk.place else "", following)
        if walk.in_view:
            self.feet.setCurrentWidget(self.step_foot if steps else self.foot)
        self.top.mode.set_value(walk.mode)
        self._fit_panes()
        self.progress.setVisible(steps)
        if steps and walk.step_page.step in walk.steps:
            place = walk.steps.index(walk.step_page.step)
            last = place + 1 == len(walk.steps)
            self.step_foot.show_place(place + 1, len(walk.steps), first=place == 0, last=last)
            self.progress.set_percent(100 * (place + 1) / len(walk.steps))
        self.refresh_outline()

    def _on_review_main(self) -> None:
        wrong = self.desk.session.validate()
        if wrong:
            self.walk.go_to(wrong[0].ref)
        else:
            self.verbs.finish()

    def _on_saved(self, at: datetime) -> None:
        self.top.show_saved(at)
        if self.banner.isVisible():
            self.banner.hide()
            announce(self, translate("Entry", "Réponses enregistrées"))

    def _on_failed(self, error: Exception) -> None:
        message = sentence(error)
        kept = translate(
            "Entry", "Vos réponses sont gardées en mémoire : laissez cette fenêtre ouverte, un nouvel essai suit."
        )
        if not self.banner.isVisible():
            announce(self, message.line)
        self.banner.set_message("err", message.title, f"{message.text} {kept}")
        self.banner.show()
        self.top.show_saved(None, failed=True)

    def _fit_feet(self) -> None:
        shown = self.feet.currentWidget()
        if shown is not None:
            self.feet.setFixedHeight(shown.maximumHeight())

    def _on_theme(self) -> None:
        feet = (self.foot, self.step_foot, self.review_foot)
        views = (self.walk.pages, self.walk.step_page, self.review)
        for part in (self.outline, self.top, *feet, *views, *((self.panel,) if self.panel else ())):
            part.fit()
        self._fit_feet()
        self._fit_panes()
        if theme.text_scale() != self._scale:
            self._scale = theme.text_scale()
            self.walk.rebuild()  # fields keep the size they were made in

    # Opening, keys, end

    def _show_record(self) -> None:
        self._show_name()
        self.top.show_saved(self.kit.store.instances.get(self.instance_id).changed_at)

    def _show_name(self) -> None:
        session = self.desk.session
        name = typography.written_days(session.instance_name, short_day)
        title = session.form.title
        if self.is_application:
            self.outline.show_record(name or title, title if name else "")
        else:
            self.outline.show_record(title, name if name != title else "")
        deadline = self.panel.deadline() if self.panel is not None else None
        self.outline.show_deadline(deadline_words(deadline) if deadline else "")

    def _show_frozen(self) -> None:
        """Show the answers to read: what is finalized does not change."""
        self.review.show_record(self.walk.sections, [])
        self.middle.setCurrentWidget(self.review)
        for part in (self.feet, self.outline.verify, self.top.mode, self.top.comment):
            part.hide()
        keys_of = [section.key for section in self.walk.sections]
        self.outline.chosen.disconnect(self.walk.show_section)
        self.outline.chosen.connect(lambda key: self.review.show_section(keys_of.index(key)))
        self.verbs.offer_reading()
        self.refresh_outline()

    def _open_where_left(self) -> None:
        left = self.walk.here
        if self.walk.section is not None:
            self.walk.show_section(self.walk.section.key)
        if left:
            self.walk.go_to(left)
        if self.verbs.kept_mode() == STEPS:
            self.walk.set_mode(STEPS)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Pass the keyboard on to the question in hand."""
        super().focusInEvent(event)
        frame = self.walk.current_frame()
        if frame is not None and self.walk.in_view:
            frame.take_focus(self.walk.here)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes on, Shift+Enter goes back, digits choose."""
        focus = self.focusWidget()
        frame = self.walk.current_frame()
        if keys.pressed_button(focus, event):
            return
        digit = keys.chosen_digit(focus, event)
        if event.key() in keys.ENTER and self.walk.in_view:
            back = bool(event.modifiers() & keys.SHIFT)
            if not self.walk.go_question(-1 if back else 1):
                self.foot.next.setFocus(keys.TAB)
        elif digit and frame is not None and self.walk.in_view and frame.press_digit(digit):
            return
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out the panel, then the outline, where there is little room."""
        super().resizeEvent(event)
        self._fit_panes()

    def _fit_panes(self) -> None:
        self.outline.setVisible(self._outline_wanted and self.walk.mode == PAGE and self.width() >= NARROW)
        self.top.outline.setVisible(not self.outline.isVisibleTo(self))
        if self.panel is not None:
            beside = self.outline.width() if self.outline.isVisibleTo(self) else 0
            room = self.width() - beside - self.panel.width()
            fits = room >= theme.px(MIDDLE)
            self.panel.setVisible(fits if self._panel_wanted is None else self._panel_wanted)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Keep what is being typed and where one is, before the window goes."""
        self.verbs.keep_place()
        if self.desk.recorder.unsaved:
            event.ignore()  # answers that no disk has yet: the window stays until it has them
            return
        super().closeEvent(event)
