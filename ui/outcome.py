# SPDX-License-Identifier: EUPL-1.2
"""How a sync ended, told where it is seen: a toast, a word to screen readers, a notice if the window is behind.

What the user must do (a refusal, a correction that is asked for) is worth a notice of the system; the rest waits until
they come back. A platform without notices, or without a tray, has the pill and the badges all the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

from ui import icons
from ui.connection_story import returned_toast, synced_text
from ui.i18n import plural, translate
from ui.widgets.feedback import announce

if TYPE_CHECKING:
    from sync.service import SyncStatus
    from ui.kit import Kit

NOTICE_MS = 10_000
Action = tuple[str, Callable[[], None]]


class Outcome(QObject):
    """Tells the end of each sync for one window; `noticed` carries what was told to somebody who looks elsewhere."""

    noticed = Signal(str, str)

    def __init__(self, window: QWidget, kit: Kit) -> None:
        super().__init__(window)
        self._window = window
        self._kit = kit
        self._spoken = ""
        self._tray: QSystemTrayIcon | None = None

    def tell(self, status: SyncStatus) -> None:
        """Tell what a sync brought; errors never become toasts: the banner, the pill and the lines hold them."""
        refused = self._refused(status)
        returned = returned_toast(self._kit, status)
        parts = [synced_text(status), *(found[0] for found in (refused, returned) if found is not None)]
        text = ", ".join(part for part in parts if part)
        if text:
            self._spoken = ""
            self._kit.toast(text, (refused or returned or ("", None))[1])  # spoken by the toast itself
        else:
            self._speak()
        if refused or returned:
            wrong = ", ".join(found[0] for found in (refused, returned) if found is not None)
            self._notice(translate("Outcome", "À corriger"), wrong)

    def _refused(self, status: SyncStatus) -> tuple[str, Action] | None:
        count = len(status.pushed.rejected) if status.pushed is not None else 0
        if not count:
            return None
        words = plural(
            count, translate("Outcome", "{n} réponse refusée"), translate("Outcome", "{n} réponses refusées")
        )
        go = (translate("Outcome", "Voir"), lambda: self._kit.screen_asked.emit("outbox", ""))
        return words.format(n=count), go

    def _speak(self) -> None:
        """Say how things stand to a screen reader, once as long as it is the same."""
        story = self._kit.connection.story()
        words = f"{story.title}. {story.text}"
        if words != self._spoken:
            self._spoken = words
            announce(self._window, words)

    def _notice(self, title: str, text: str) -> None:
        if self._window.isActiveWindow():
            return
        QApplication.alert(self._window)
        self.noticed.emit(title, text)
        if QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages():
            self._show_in_tray(title, text)

    def _show_in_tray(self, title: str, text: str) -> None:
        if self._tray is None:
            self._tray = QSystemTrayIcon(icons.icon("tent-tree", "primary"), self)
            self._tray.setToolTip("Field Kit")
            self._tray.messageClicked.connect(self._come_forward)
            self._tray.activated.connect(lambda _reason: self._come_forward())
            QGuiApplication.instance().applicationStateChanged.connect(self._on_state)  # type: ignore[union-attr] # it runs
        self._tray.show()
        self._tray.showMessage(title, text, QSystemTrayIcon.MessageIcon.Information, NOTICE_MS)

    def _on_state(self, state: Qt.ApplicationState) -> None:
        """Take the icon away once the user is here: it stands for a notice, not for the program."""
        if self._tray is not None and state == Qt.ApplicationState.ApplicationActive:
            self._tray.hide()

    def _come_forward(self) -> None:
        if self._tray is not None:
            self._tray.hide()
        self._window.setWindowState(self._window.windowState() & ~Qt.WindowState.WindowMinimized)
        self._window.show()
        self._window.raise_()
        self._window.activateWindow()
        self._kit.screen_asked.emit("outbox", "")
