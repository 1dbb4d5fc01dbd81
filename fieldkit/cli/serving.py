# SPDX-License-Identifier: EUPL-1.2
"""`serve` and `tour`: the reference regional server, and the whole way shown by itself."""

from __future__ import annotations

import getpass
import os
import sys
import threading
from argparse import Namespace
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import resources
from fieldkit import standing
from fieldkit.cli.answer import Answer, ExitCode
from fieldkit.cli.errors import NoPasswordError, OutputError, PortError, UnknownFaultError
from fieldkit.packs import CATALOGUE, SUFFIX
from fieldkit.packs.keys import fingerprint, make_key, read_key
from fieldkit.packs.making import make_pack
from fieldkit.shipped_forms import read_media
from fieldkit.signing import public_of

if TYPE_CHECKING:
    from sync.server import Fault, ReferenceServer

PROJECT = "Field Kit"
LIST_FILE = f"{standing.LIST}.csv"  # no medium: the server makes it of the dossiers that arrived
KEY_NAME = "packs.pem"
PACKS_VALID_DAYS = 365


def _say(line: str) -> None:
    print(line, flush=True)  # a script that waits for the invitation reads it at once


def serve(arguments: Namespace, *, until: threading.Event | None = None, say: Callable[[str], None] = _say) -> Answer:
    """Run the reference server until Ctrl+C (or until the event is set); the first time it is made ready to use.

    A folder without a server in it gets a project with the shipped forms and one user, whose invitation is printed;
    forms that ship in a later version than the folder has are published in it, and a catalogue of packs, signed by a
    key of this server's own, where there is none. --user adds another user. --admin names who may open the pages;
    --fault, --entity-delay and --domain are for demonstrations of what goes wrong.
    """
    folder = Path(arguments.data)
    is_new = not (folder / "region.sqlite3").exists()
    server = _make(folder, arguments)
    try:
        _start(server, arguments.port)
        say(f"The reference server answers at {server.url}")
        if arguments.admin:
            say(f"What arrives is shown there, in a browser, to {arguments.admin}.")
        else:
            say("To see what arrives, and to ask for corrections, in a browser: start it with --admin EMAIL.")
        if is_new:
            server.create_project(PROJECT)
        publish_shipped(server, 1)
        if CATALOGUE not in server.form_versions(1):
            _publish_packs(server, folder)
        names = arguments.user or (["Demonstration"] if is_new else [])
        if (folder / KEY_NAME).exists():  # not where the catalogue is somebody's own
            told = fingerprint(public_of(read_key(folder / KEY_NAME)))
            say(f"The packs of its catalogue are signed by the key {told} ({KEY_NAME}).")
        for name in names:
            token = server.create_app_user(1, name)
            say(f"invitation for {name}: {server.invitation_link(1, token)}")
        if names:
            say("Paste it in the window (first steps or « Réglages »), or in a shell, quoted: fieldkit connect '…'")
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


def _make(folder: Path, arguments: Namespace) -> ReferenceServer:
    from sync.server import ReferenceServer
    from sync.server.reference import DEFAULT_ADMIN

    faults = [_fault(text) for text in arguments.fault or []]
    password = _password(arguments.admin) if arguments.admin else None
    try:
        server = ReferenceServer(
            folder,
            arguments.port,
            host=arguments.host,
            domain=arguments.domain,
            admin_email=arguments.admin or DEFAULT_ADMIN,
            admin_password=password,
            entity_delay=arguments.entity_delay,
        )
    except OSError as error:
        raise OutputError(folder, error.strerror or str(error)) from error
    for fault in faults:
        server.faults.add(fault)
    return server


def _password(email: str) -> str:
    from sync.server.reference import PASSWORD_VARIABLE

    given = os.environ.get(PASSWORD_VARIABLE, "")
    if not given and sys.stdin is not None and sys.stdin.isatty():
        given = getpass.getpass(f"Password for {email}: ")
    if not given:
        raise NoPasswordError(PASSWORD_VARIABLE)
    return given


def _fault(text: str) -> Fault:
    from sync.server.demonstrations import FAULTS, fault_named

    name, _, times = text.partition("=")
    if name not in FAULTS or not (times in {"", "all"} or (times.isdecimal() and len(times) < 10)):
        raise UnknownFaultError(text, tuple(FAULTS))
    return fault_named(name, -1 if times == "all" else int(times or 1))


def _start(server: ReferenceServer, port: int) -> None:
    try:
        server.start()
    except OSError as error:
        raise PortError(port, error.strerror or str(error)) from error


def publish_shipped(server: ReferenceServer, project: int) -> tuple[str, ...]:
    """Publish what ships and is newer than what the project has; return the ids of what was published.

    The forms that send dossiers make their list, so the form that brings it comes after them. From then on an account
    sees its own rows only; who changed that on the trainer's pages keeps the change.
    """
    from sync.xforms import read_head

    known, put = server.form_versions(project), []
    for path in (*sorted(resources.path("forms").glob("*.xml")), resources.path("region", f"{standing.FORM}.xml")):
        head = read_head(xml := path.read_bytes())
        if known.get(head.form_id, "") < head.version:
            media = {name: read_media(name) for name in head.media if name != LIST_FILE}
            server.publish_form(project, xml, media)
            put.append(head.form_id)
    if standing.FORM in put and standing.FORM not in known:
        server.set_owner_only(project, standing.LIST, True)
    return tuple(put)


def _publish_packs(server: ReferenceServer, folder: Path) -> None:
    """Publish the catalogue with packs for demonstrations, signed by a key that is made for this server."""
    path = folder / KEY_NAME
    private = read_key(path) if path.exists() else make_key(path)
    until = datetime.now(UTC).date() + timedelta(days=PACKS_VALID_DAYS)
    packs = {
        f"{place.name}{SUFFIX}": make_pack(place, private, valid_until=until)[0]
        for place in sorted(resources.path("region", "packs").iterdir())
        if place.is_dir()
    }
    server.publish_form(1, resources.read_bytes("region", f"{CATALOGUE}.xml"), packs)
