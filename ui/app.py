# SPDX-License-Identifier: EUPL-1.2
"""The start of the window: what must be there for the first paint, then everything else.

Nothing is imported here but the interpreter's own: `run` switches the collector off first, then imports what the frame
needs, paints it, puts the first screen in it, and only then looks at shipped forms and the network. A workspace that
cannot be opened becomes a dialog with cause and way out.
"""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from types import TracebackType

    from PySide6.QtWidgets import QApplication

    from fieldkit.errors import StoreDamaged
    from fieldkit.settings import Settings
    from fieldkit.workspace import Workspace
    from ui.kit import Kit
    from ui.main_window import MainWindow
    from ui.tasks import Tasks

    Ask = Callable[[Exception, Path], str]

BIN_DAYS = 30


def create_application(argv: Sequence[str]) -> QApplication:
    """Return the application object (the one that exists, if there is one), with the program's name."""
    from PySide6.QtWidgets import QApplication

    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        app = existing
    else:
        app = QApplication([*argv, "-style", "Fusion"])
        app.setProperty("fieldkit_fusion", True)  # theme.FUSION
    app.setApplicationName("Field Kit")
    app.setApplicationDisplayName("Field Kit")
    app.setDesktopFileName("fieldkit")
    return app


def dress(app: QApplication, chosen: Settings) -> None:
    """Give the application the language and the look of the settings."""
    from fieldkit import settings
    from ui import i18n, theme

    i18n.load(chosen.get(settings.LANGUAGE))
    readable = chosen.get(settings.READABLE_FONT)
    theme.start(app, chosen.get(settings.THEME), chosen.get(settings.TEXT_SIZE), readable=readable)


def open_workspace(folder: Path, ask: Ask) -> Workspace | None:
    """Open the workspace; `ask(error, folder)` answers "retry", "restore" or "" (give up, None is returned)."""
    from fieldkit.errors import FieldkitError, StoreDamaged
    from fieldkit.workspace import Workspace

    while True:
        try:
            return Workspace.open(folder)
        except FieldkitError as error:
            answer = ask(error, folder)
            if answer == "restore" and isinstance(error, StoreDamaged):
                _restore(error)
            elif answer != "retry":
                return None


def _restore(error: StoreDamaged) -> None:
    """Put the newest copy that holds together in the place of the damaged database, which is kept aside."""
    from fieldkit.errors import StoreUnreadable
    from fieldkit.store import restore_copy
    from ui import logbook

    for copy in error.copies:
        try:
            aside = restore_copy(error.path, copy)
        except StoreUnreadable:
            continue  # damaged too: an older one may not be
        logbook.warn(f"restored {copy.name}, damaged file kept as {aside.name}")
        return
    # None did: the next opening says again what is wrong, and the user can close.


def ask_user(error: Exception, folder: Path) -> str:
    """Show why the workspace cannot be opened; return what the user chose."""
    from ui import i18n, theme
    from ui.screens.opening import opening_dialog

    app = create_application(sys.argv)
    if not app.styleSheet():
        i18n.load(i18n.SOURCE)
        theme.start(app, "auto", 100, readable=False)
    dialog = opening_dialog(error, folder)
    dialog.exec()
    return dialog.answer


def make_window(workspace: Workspace, tasks: Tasks) -> MainWindow:
    """Return the window on an open workspace: its frame; `fill()` puts the first screen in it."""
    from ui.kit import Kit
    from ui.main_window import MainWindow

    return MainWindow(Kit(workspace, tasks))


def run(folder: Path, argv: Sequence[str] | None = None) -> int:
    """Open the window on the workspace in `folder` and return the exit code (1: it could not be opened)."""
    gc.disable()  # what the start makes lives as long as the program: collecting it would only cost time
    app = create_application(sys.argv if argv is None else argv)
    workspace = open_workspace(folder, ask_user)
    if workspace is None:
        return 1
    dress(app, workspace.settings)
    from ui import logbook
    from ui.tasks import Tasks

    tasks = Tasks()
    window = make_window(workspace, tasks)
    _catch_bugs(window.kit)
    window.painted.connect(window.fill)
    window.filled.connect(lambda: _on_filled(window.kit))
    window.show()
    try:
        return app.exec()
    finally:
        sys.excepthook = sys.__excepthook__
        window.kit.connection.stop()
        tasks.close()
        workspace.close()
        logbook.close()


def _on_filled(kit: Kit) -> None:
    gc.freeze()
    kit.tasks.collect_here()
    settle(kit)


def settle(kit: Kit) -> None:
    """Do what can wait until the first screen is there: shipped forms, the bin, the network, warnings."""
    from datetime import UTC, datetime, timedelta

    from PySide6.QtCore import QTimer

    from fieldkit.shipped_forms import install_shipped_forms
    from ui import logbook

    logbook.open_in(kit.workspace.folder)
    store = kit.store

    def work() -> tuple[str, ...]:
        with store.reopen() as own:
            own.instances.empty_bin(datetime.now(UTC) - timedelta(days=BIN_DAYS))
            return install_shipped_forms(own)

    def done(put: tuple[str, ...]) -> None:
        if put:
            kit.records_changed.emit()
        QTimer.singleShot(0, kit.connection.start)

    kit.tasks.run(work, done)
    if kit.settings.warning is not None:
        from ui.screens.opening import settings_warning

        kit.toast(settings_warning(kit.settings.warning))


def _catch_bugs(kit: Kit) -> None:
    """Let an exception that nobody caught reach the user and the log, never only the terminal."""
    from PySide6.QtCore import QTimer

    from ui import logbook

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if not isinstance(error, Exception):
            sys.__excepthook__(kind, error, trace)
            return
        logbook.report(error)
        # Shown from the event loop: the exception may come from inside a paint event.
        QTimer.singleShot(0, kit, lambda: kit.trouble_met.emit(error))

    sys.excepthook = hook
