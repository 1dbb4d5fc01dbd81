# SPDX-License-Identifier: EUPL-1.2
"""The stage of a tour: server, workspace and window, opened one after the other and closed whatever happened."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import resources
from fieldkit import settings
from fieldkit.cli.tour_journal import TourError
from fieldkit.workspace import Workspace

if TYPE_CHECKING:
    from forms import FormDef
    from forms.views import NodeView
    from sync.server import ReferenceServer
    from ui.entry.page import EntryPage
    from ui.entry.recorder import Recorder
    from ui.kit import Kit
    from ui.main_window import MainWindow

SIZE = (1366, 768)
THEMES = ("light", "dark")


@dataclass(slots=True)
class Stage:
    """What the acts share. `kit`, `window` and `server` exist after their act; `ids` names the records by role."""

    out: Path
    open_server: Callable[[Path], ReferenceServer] | None = None
    project: int = 0
    ids: dict[str, str] = field(default_factory=dict)
    evidence: list[dict[str, object]] = field(default_factory=list)
    troubles: list[BaseException] = field(default_factory=list)
    _theme: str = THEMES[0]
    _repaint: Callable[[str], None] | None = None
    _server: ReferenceServer | None = None
    _kit: Kit | None = None
    _window: MainWindow | None = None
    _open: ExitStack = field(default_factory=ExitStack)

    @property
    def server(self) -> ReferenceServer:
        """The Region."""
        assert self._server is not None  # noqa: S101 - the first act starts it
        return self._server

    @property
    def kit(self) -> Kit:
        """What the screens work with."""
        assert self._kit is not None  # noqa: S101 - the second act opens it
        return self._kit

    @property
    def window(self) -> MainWindow:
        """The window."""
        assert self._window is not None  # noqa: S101 - the second act opens it
        return self._window

    @property
    def page(self) -> EntryPage:
        """The questionnaire that is open."""
        from ui.entry.page import EntryPage

        page = self.window.screen_widget("entry")
        if not isinstance(page, EntryPage):
            raise TourError("no record is open")
        return page

    def start_server(self) -> ReferenceServer:
        """Start the Region on a free port, in a folder of its own."""
        from sync.server import ReferenceServer

        self._server = (self.open_server or ReferenceServer)(self.out / "region")
        self._open.callback(self._server.close)
        self._server.start()
        return self._server

    def open_window(self) -> MainWindow:
        """Open the program's own window on an empty workspace, drawn offscreen."""
        from ui import hand, theme
        from ui.app import create_application, dress
        from ui.kit import Kit
        from ui.main_window import MainWindow
        from ui.tasks import Tasks

        hand.hush()
        app = create_application(["fieldkit"])
        self._repaint = partial(theme.apply, app)
        self._watch_slots()
        workspace = self._open.enter_context(Workspace.open(self.out / "workspace"))
        workspace.settings.set(settings.THEME.key, THEMES[0])
        dress(app, workspace.settings)
        tasks = Tasks()
        tasks.collect_here()
        self._open.callback(tasks.close)
        self._kit = Kit(workspace, tasks)
        self._kit.trouble_met.connect(self.troubles.append)
        self._window = MainWindow(self._kit)
        self._window.resize(*SIZE)
        self._window.show()
        return self._window

    def close(self) -> str:
        """Close the window, then workers, workspace and server; return what was closed."""
        from ui import hand

        try:
            if self._window is not None:
                self.kit.connection.stop()
                self._window.close()
                hand.settle()
        finally:
            self._open.close()
        return "nothing is left running"

    def _watch_slots(self) -> None:
        """Note what is raised inside Qt's slots, which Python can only print."""
        before = sys.excepthook

        def note(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
            self.troubles.append(error)
            before(kind, error, trace)

        sys.excepthook = note
        self._open.callback(setattr, sys, "excepthook", before)

    def check(self) -> None:
        """Raise TourError if the window met an error meanwhile that no act expected, or Python one inside a slot."""
        if self.troubles:
            raise TourError(f"the window met {self.troubles[0]!r}") from self.troubles[0]

    def shoot(self, name: str, themes: Sequence[str] = THEMES) -> None:
        """Keep the window as it is, in each theme, as pictures/NAME-THEME.png; the theme of the last one stays."""
        from ui import hand

        for one in sorted(themes, key=lambda theme: theme != self._theme):  # a change of theme is what takes time
            self.show_theme(one)
            hand.picture(self.window, self.out / "pictures" / f"{name}-{one}.png")

    def show_theme(self, theme: str) -> None:
        """Show the whole program in a theme."""
        assert self._repaint is not None  # noqa: S101 - there is a window
        if theme != self._theme:
            self._repaint(theme)
            self._theme = theme


class Through:
    """Gives answers through a recorder: each is on disk, and in the window if one listens, when the call returns."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    @property
    def form(self) -> FormDef:
        """The form."""
        return self._recorder.session.form

    def children(self, ref: str = "") -> Sequence[NodeView]:
        """Return the body nodes below a ref."""
        return self._recorder.session.children(ref)

    def node(self, ref: str) -> NodeView:
        """Return a node."""
        return self._recorder.session.node(ref)

    def answer(self, ref: str, value: str) -> object:
        """Give one answer."""
        return self._recorder.answer(ref, value)

    def add_repeat(self, repeat_ref: str) -> object:
        """Add an entry at the end."""
        return self._recorder.add_repeat(repeat_ref)

    def remove_repeat(self, instance_ref: str) -> object:
        """Remove an entry."""
        return self._recorder.remove_repeat(instance_ref)


def shipped_answers(name: str) -> dict[str, Mapping[str, object]]:
    """Return the answers of resources/forms/answers/NAME.json, section by section."""
    read: dict[str, Mapping[str, object]] = json.loads(resources.read_bytes("forms", "answers", f"{name}.json"))
    return read
