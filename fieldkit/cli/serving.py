# SPDX-License-Identifier: EUPL-1.2
"""`serve` and `tour`: the reference regional server, and the whole way shown by itself."""

from __future__ import annotations

import threading
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import resources
from fieldkit.cli.answer import Answer, ExitCode
from fieldkit.cli.errors import OutputError, PortError
from fieldkit.shipped_forms import read_media

if TYPE_CHECKING:
    from sync.server import ReferenceServer

PROJECT = "Field Kit"


def _say(line: str) -> None:
    print(line, flush=True)  # a script that waits for the invitation reads it at once


def serve(arguments: Namespace, *, until: threading.Event | None = None, say: Callable[[str], None] = _say) -> Answer:
    """Run the reference server until Ctrl+C (or until the event is set); the first time it is made ready to use.

    A folder without a server in it gets a project with the shipped forms and one user, whose invitation is printed.
    --user adds another one.
    """
    from sync.server import ReferenceServer

    folder = Path(arguments.data)
    is_new = not (folder / "region.sqlite3").exists()
    try:
        server = ReferenceServer(folder, arguments.port, host=arguments.host)
    except OSError as error:
        raise OutputError(folder, error.strerror or str(error)) from error
    try:
        _start(server, arguments.port)
        say(f"The reference server answers at {server.url}")
        if is_new:
            _fill(server)
        names = arguments.user or (["Demonstration"] if is_new else [])
        for name in names:
            token = server.create_app_user(1, name)
            say(f"invitation for {name}: {server.invitation_link(1, token)}")
        say("Stop it with Ctrl+C.")
        (until or threading.Event()).wait()
    except KeyboardInterrupt:
        say("")
    finally:
        server.close()
    return Answer(("The server has stopped; what it received is kept.",))


def tour(arguments: Namespace) -> Answer:
    """Walk the whole way once, without a display, and leave pictures, pages and a report."""
    from fieldkit.cli.tour import run

    code = run(Path(arguments.out))
    return Answer(code=ExitCode.OK if code == 0 else ExitCode.FAILED)


def _start(server: ReferenceServer, port: int) -> None:
    try:
        server.start()
    except OSError as error:
        raise PortError(port, error.strerror or str(error)) from error


def _fill(server: ReferenceServer) -> None:
    from forms import load_form

    project = server.create_project(PROJECT)
    for path in sorted(resources.path("forms").glob("*.xml")):
        xml = path.read_bytes()
        names = load_form(xml, read_media).attachments
        server.publish_form(project, xml, {name: read_media(name) for name in names})
