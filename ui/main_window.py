# SPDX-License-Identifier: EUPL-1.2
"""The window: the rail at the left, one screen at a time at the right, each built when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import cached_property, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QWidget

from fieldkit import settings
from fieldkit.errors import FieldkitError
from ui import theme
from ui.i18n import translate
from ui.navigation import PLACES, Navigation

if TYPE_CHECKING:
    from fieldkit.territory import Place
    from sync.service import SyncStatus
    from ui.kit import Kit
    from ui.outcome import Outcome
    from ui.widgets.feedback import ToastHost

NARROW_BELOW = 1200
BARE = {"first_run"}  # pages without the rail
HOMES = {"received": "records"}  # screens without a place of their own in the rail: where they are reached from


class MainWindow(QWidget):
    """The one window of the program.

    `painted` is emitted once, after the first paint (the frame with its rail); `filled` once the first screen is in it.
    """

    painted = Signal()
    filled = Signal()

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self.kit = kit
        self.setWindowTitle("Field Kit")
        self.setMinimumSize(860, 560)
        self._name = ""
        self._was_painted = False
        self._awake = False
        self._screens: dict[str, QWidget] = {}
        self.navigation = Navigation()
        self.stack = QStackedWidget()
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.navigation)
        box.addWidget(self.stack, 1)
        self._commands: dict[str, Callable[[], None]] = {"search": self.search, "new": self.start_record}
        self.navigation.asked.connect(self.show_screen)
        self._listen()
        self._restore_place()
        self.navigation.setVisible(self.first_screen not in BARE)
        self.navigation.set_current(self.first_screen)

    def _listen(self) -> None:
        kit = self.kit
        kit.screen_asked.connect(self.show_screen)
        kit.record_asked.connect(self.open_record)
        kit.results_asked.connect(self.open_results)
        kit.toast_asked.connect(self._on_toast_asked)
        kit.trouble_met.connect(self._on_trouble)
        kit.records_changed.connect(self._on_records_changed)
        kit.settings_changed.connect(self._on_setting_changed)
        theme.changed.connect(self._fit)

    def _wake(self) -> None:
        """Follow the connection and the keys once there is a screen: the first paint waits for neither."""
        if not self._awake:
            self._awake = True
            self._add_shortcuts()
            self.kit.connection.finished.connect(self._on_synced)
            self.kit.connection.changed.connect(self._show_connection)

    def _on_synced(self, status: SyncStatus) -> None:
        self.outcome.tell(status)

    def _show_connection(self) -> None:
        pill = self.kit.connection.summary()
        self.navigation.set_badge("outbox", self.kit.connection.waiting())
        self.navigation.pill.set_state(pill.icon, pill.role, pill.title, pill.text)

    @cached_property
    def outcome(self) -> Outcome:
        """What tells how a sync ended."""
        from ui.outcome import Outcome

        return Outcome(self, self.kit)

    @cached_property
    def toasts(self) -> ToastHost:
        """The place of short messages, made when there is one."""
        from ui.widgets.feedback import ToastHost

        host = ToastHost(self.stack)
        self.stack.currentChanged.connect(host.stay_above)  # the stack raises what it shows
        return host

    def _on_toast_asked(self, text: str, action: tuple[str, Callable[[], None]] | None) -> None:
        self.toasts.show_toast(text, action)

    # Screens

    @property
    def screen_name(self) -> str:
        """The name of the screen shown: one of the places, settings, entry or first_run."""
        return self._name

    def screen_widget(self, name: str) -> QWidget:
        """Return a screen, built if this is the first time."""
        if name not in self._screens:
            self._screens[name] = self._build(name)
            self.stack.addWidget(self._screens[name])
        return self._screens[name]

    def show_screen(self, name: str, target: object = "") -> None:
        """Show a screen by name; `target` is handed to its `show_target` (a guide's id, a filter …)."""
        if name in self._commands:
            self._commands[name]()
            return
        widget = self.screen_widget(name)
        self._leave_record(widget)
        self._name = name
        _call(widget, "refresh")
        if target:
            _call(widget, "show_target", target)
        self.stack.setCurrentWidget(widget)
        self.navigation.set_current(HOMES.get(name, name))
        self._fit()
        self._refresh_badges()

    def open_record(self, instance_id: str) -> None:
        """Open a record in the questionnaire."""
        from ui.entry.page import EntryPage

        page = EntryPage(self.kit, instance_id)
        back = "projects" if page.is_application else "records"
        page.closed.connect(partial(self.show_screen, back))
        page.finished.connect(lambda _instance_id: self.kit.connection.send_by_itself())
        self._leave_record(page)
        self._screens["entry"] = page
        self.stack.addWidget(page)
        self._name = "entry"
        self.stack.setCurrentWidget(page)
        self.navigation.set_current(back)
        self._fit()
        page.setFocus(Qt.FocusReason.OtherFocusReason)

    def open_results(self, instance_id: str) -> None:
        """Show the results of one diagnostic."""
        self.show_screen("results", instance_id)

    def fill(self) -> None:
        """Show the first steps, or the first screen, in the frame that is already painted."""
        self.show_screen(self.first_screen)
        QTimer.singleShot(0, self.filled.emit)

    @property
    def first_screen(self) -> str:
        """What the window begins with: today, or the first steps in a new workspace."""
        return "today" if self.kit.settings.get(settings.FIRST_RUN_DONE) else "first_run"

    def _build(self, name: str) -> QWidget:
        builders: dict[str, Callable[[], QWidget]] = {
            "today": self._build_today,
            "records": self._build_records,
            "received": self._build_received,
            "results": self._build_results,
            "projects": self._build_projects,
            "toolkit": self._build_toolkit,
            "outbox": self._build_outbox,
            "settings": self._build_settings,
            "first_run": self._build_first_run,
        }
        return builders[name]()

    def _build_today(self) -> QWidget:
        from ui.screens.today import TodayScreen

        return TodayScreen(self.kit)

    def _build_records(self) -> QWidget:
        from ui.screens.records import RecordsScreen

        return RecordsScreen(self.kit)

    def _build_received(self) -> QWidget:
        from ui.screens.received import ReceivedScreen

        return ReceivedScreen(self.kit)

    def _build_results(self) -> QWidget:
        from ui.screens.results import ResultsScreen

        return ResultsScreen(self.kit)

    def _build_projects(self) -> QWidget:
        from ui.screens.projects import ProjectsScreen

        return ProjectsScreen(self.kit)

    def _build_toolkit(self) -> QWidget:
        from ui.screens.toolkit import ToolkitScreen

        return ToolkitScreen(self.kit)

    def _build_outbox(self) -> QWidget:
        from ui.screens.outbox import OutboxScreen

        return OutboxScreen(self.kit)

    def _build_settings(self) -> QWidget:
        from ui.screens.settings import SettingsScreen

        return SettingsScreen(self.kit)

    def _build_first_run(self) -> QWidget:
        from ui.screens.first_run import FirstRunScreen

        screen = FirstRunScreen(self.kit)
        screen.finished.connect(lambda: self.show_screen("today"))
        return screen

    def _leave_record(self, coming: QWidget) -> None:
        page = self._screens.get("entry")
        # A page that does not close holds answers that no disk has yet: it stays alive and goes on trying.
        if page is not None and page is not coming and page.close():
            del self._screens["entry"]
            self.stack.removeWidget(page)
            page.deleteLater()

    # What the kit tells

    def _on_records_changed(self) -> None:
        self._refresh_badges()
        if self._name in self._screens and self._name != "entry":
            _call(self._screens[self._name], "refresh")

    def _on_setting_changed(self, key: str) -> None:
        if key == settings.LANGUAGE.key:
            QTimer.singleShot(0, self.rebuild)
        elif key in {settings.TERRITORY_ID.key, settings.TERRITORY_KIND.key}:
            self._refresh_badges()

    def rebuild(self) -> None:
        """Build the screens again, in the language chosen now; a record that is open stays as it is."""
        if self._name == "entry":
            return
        for name in tuple(self._screens):
            widget = self._screens.pop(name)
            self.stack.removeWidget(widget)
            widget.deleteLater()
        self.navigation.set_narrow(narrow=self.navigation.width() < 100)
        self.show_screen(self._name)

    def _on_trouble(self, error: Exception) -> None:
        from ui.trouble import show_trouble

        show_trouble(self, error, self.kit.workspace.folder)

    def _refresh_badges(self) -> None:
        place = self.kit.territory()
        self.navigation.set_place(_short_place(place) if place else translate("Navigation", "Wallonie"))
        self.navigation.set_badge("records", len(self.kit.refused()))
        self._wake()
        self._show_connection()

    # Size, keys, end

    def _fit(self) -> None:
        bare = self._name in BARE
        self.navigation.setVisible(not bare)
        self.navigation.set_narrow(narrow=self._name == "entry" or self.width() < theme.px(NARROW_BELOW))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shrink the rail to icons when there is little room."""
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tell, once, that the first paint is done (its children's too: the timer runs afterwards)."""
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            QTimer.singleShot(0, self.painted.emit)

    def _add_shortcuts(self) -> None:
        for number, (name, _icon) in enumerate(PLACES, start=1):
            self._key(f"Ctrl+{number}", partial(self.show_screen, name))
        self._key("Ctrl+K", self.search)
        self._key("Ctrl+N", self.start_record)
        self._key("F1", self.show_help)
        self._key("F5", self._send)
        self._key("Ctrl+Alt+S", self.toggle_sun)
        for keys in ("Ctrl++", "Ctrl+="):
            self._key(keys, lambda: self._step_text(1))
        self._key("Ctrl+-", lambda: self._step_text(-1))
        self._key("Ctrl+0", lambda: self._set_text(100))

    def _key(self, keys: str, call: Callable[[], object]) -> None:
        from PySide6.QtGui import QKeySequence, QShortcut

        shortcut = QShortcut(QKeySequence(keys), self)
        shortcut.activated.connect(lambda: self._name not in BARE and call())

    def _send(self) -> None:
        self.kit.connection.send()

    def toggle_sun(self) -> None:
        """Switch « Plein soleil » on, or back to the theme chosen before."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)  # noqa: S101 - a window needs one
        chosen = self.kit.settings.get(settings.THEME)
        if theme.current() == "sun":
            theme.apply(app, "light" if chosen == "sun" else chosen)
        else:
            theme.apply(app, "sun")

    def _step_text(self, step: int) -> None:
        steps = theme.TEXT_SCALES
        place = steps.index(theme.text_scale()) + step
        if 0 <= place < len(steps):
            self._set_text(steps[place])

    def _set_text(self, percent: int) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)  # noqa: S101 - a window needs one
        theme.set_text_scale(app, percent)
        self.kit.set(settings.TEXT_SIZE, theme.text_scale())

    def search(self) -> None:
        """Search everywhere: places, records, guides."""
        from ui.palette import SearchPalette

        SearchPalette(self.kit, self).exec()

    def start_record(self) -> None:
        """Choose a form and a commune, and begin."""
        from ui.screens.new_record import NewRecordDialog

        NewRecordDialog(self.kit, self).ask()

    def show_help(self) -> None:
        """Show the keys and where to find help."""
        from ui.help import HelpDialog

        HelpDialog(self).exec()

    def _restore_place(self) -> None:
        kept = self.kit.settings.get(settings.WINDOW)
        if not (kept and self.restoreGeometry(QByteArray.fromBase64(QByteArray(kept.encode())))):
            self.resize(1366, 700)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Keep size and place; what is typed is on disk already."""
        page = self._screens.get("entry")
        if page is not None and not page.close():
            event.ignore()  # answers that no disk has yet: better a window that stays than an answer lost
            self.stack.setCurrentWidget(page)
            return
        if not self.kit.workspace.read_only:
            with suppress(FieldkitError):  # a full disk must not keep the window open
                self.kit.settings.set(settings.WINDOW, bytes(self.saveGeometry().toBase64().data()).decode())
        super().closeEvent(event)


def _call(widget: QObject, method: str, *args: object) -> None:
    """Call what a screen offers, if it does."""
    found = getattr(widget, method, None)
    if found is not None:
        found(*args)


def _short_place(place: Place) -> str:
    """Return « GAL Culturalité » for « Culturalité en Hesbaye brabançonne »: the rail is narrow."""
    return place.name if place.level == "commune" else "GAL " + place.name.removeprefix("GAL ").partition(" en ")[0]
