# SPDX-License-Identifier: EUPL-1.2
"""The reference regional server: for demonstrations, training and tests; ODK Central takes its place in production.

It runs in threads of this process, on loopback unless told otherwise, and keeps everything in `region.sqlite3` of its
folder. It speaks plain HTTP: whoever offers it beyond this machine puts a server with TLS before it.
"""

from __future__ import annotations

import csv
import io
import logging
import os
import socket
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from cheroot.server import HTTPConnection
from cheroot.wsgi import Gateway_10, Server

from sync.server import access, answers, datasets, entities, published, received, rest
from sync.server.application import Application, ConnectionCutError
from sync.server.blobs import load
from sync.server.database import Database
from sync.server.faults import Faults
from sync.server.published import Form
from sync.server.received import Received

logger = logging.getLogger(__name__)
PASSWORD_VARIABLE = "FIELDKIT_ADMIN_PASSWORD"  # noqa: S105 — the name of the variable
DEFAULT_ADMIN = "admin@fieldkit.local"
IDLE_SECONDS = 30
LOOK_SECONDS = 0.02  # how soon the listening thread sees that it is to stop
MAX_HEADER_BYTES = 65_536  # of a request


class _Gateway(Gateway_10):
    """Closes the socket without an answer when the application asks for it (a fault)."""

    def respond(self) -> None:
        try:
            super().respond()
        except ConnectionCutError:
            self.req.close_connection = True
            self.req.sent_headers = True  # nothing more is to be written
            self.req.conn.socket.shutdown(socket.SHUT_RDWR)


class _Connection(HTTPConnection):
    """Closes its socket at once; cheroot leaves one that went wrong to the garbage collector."""

    def close(self) -> None:
        super().close()
        self.socket.close()


class _Server(Server):
    """Sends its complaints (a client that went away) to the log instead of the screen."""

    ConnectionClass = _Connection

    @staticmethod
    def bind_socket(socket_: socket.socket, bind_addr: tuple[str, int]) -> socket.socket:
        """Bind, then let the same port be taken again at once after a stop; set before, it could take another's."""
        try:
            socket_.bind(bind_addr)
        except OSError:
            socket_.close()  # cheroot drops it open
            raise
        if sys.platform != "win32":
            socket_.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return socket_

    def error_log(self, msg: str = "", level: int = logging.INFO, traceback: bool = False) -> None:
        logger.log(min(level, logging.INFO), msg, exc_info=traceback)


class ReferenceServer:
    """A context manager: the server answers between `start` and `stop`.

    `port` 0 takes a free one; `url` tells the address. `domain` is what addresses in answers start with, if it is not
    that address (contract, fact 9). Without a password, given or in FIELDKIT_ADMIN_PASSWORD, nobody can log in as an
    administrator; the methods below work all the same. `entity_delay`: seconds until a submission makes its entities,
    as Central's worker does; 0 makes them before the answer.
    """

    def __init__(
        self, folder: Path, port: int = 0, *, host: str = "127.0.0.1", domain: str = "",
        admin_email: str = DEFAULT_ADMIN, admin_password: str | None = None, entity_delay: float = 0.0,
    ) -> None:  # fmt: skip
        folder.mkdir(parents=True, exist_ok=True)
        self.faults = Faults()
        self._address = (host, port)
        self._domain = domain.rstrip("/")
        self._database = Database(folder / "region.sqlite3")
        self._application = Application(self._database, lambda: self._domain or self.url, self.faults, entity_delay)
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None
        password = os.environ.get(PASSWORD_VARIABLE, "") if admin_password is None else admin_password
        if password:
            with self._database.writing() as db:
                access.put_web_user(db, admin_email, password, "admin")

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()

    def start(self) -> None:
        """Listen and answer from threads of its own; after `stop` again on the same port. OSError if it is taken."""
        if self._server is not None:
            return
        server = _Server(self._address, self._application, numthreads=16, timeout=IDLE_SECONDS, shutdown_timeout=2)
        server.gateway = _Gateway
        server.request_queue_size = 128
        server.max_request_header_size = MAX_HEADER_BYTES
        server.expiration_interval = LOOK_SECONDS
        server.prepare()
        self._server = server
        self._address = server.bind_addr[:2]
        self._thread = threading.Thread(target=server.serve, name="reference-server")
        self._thread.start()

    def stop(self) -> None:
        """Stop listening, end the requests in flight and the threads; what was stored stays."""
        server, thread, self._server, self._thread = self._server, self._thread, None, None
        if server is not None and thread is not None:
            server.stop()
            thread.join()

    def close(self) -> None:
        """Stop and let go of the file."""
        self.stop()
        self._database.close()

    @property
    def url(self) -> str:
        """The address that clients call, without a path: http://127.0.0.1:8383."""
        host, port = self._address
        return f"http://{f'[{host}]' if ':' in host else host}:{port}"

    def create_project(self, name: str) -> int:
        """Add a project; return its number, the client's `central_project`."""
        with self._database.writing() as db:
            return rest.insert_project(db, name)

    def create_app_user(self, project: int, name: str, *, every_form: bool = True) -> str:
        """Add an app user; return its token. Unless `every_form`, it sees no form until `assign`."""
        with self._database.writing() as db:
            actor = access.create_app_user(db, project, name)
            if every_form:
                access.assign(db, actor.id, "app-user", project)
            return actor.token

    def create_web_user(self, email: str, password: str, role: str = "manager", project: int = 0) -> int:
        """Add a member of staff with a role of `access.ROLES` on a project (0: the site); return the actor's id."""
        with self._database.writing() as db:
            return access.put_web_user(db, email, password, role, project)

    def assign(self, project: int, token: str, form_id: str) -> None:
        """Give an app user one form."""
        with self._database.writing() as db:
            form = published.form_named(db, project, form_id)
            access.assign(db, self._holder(access.actor_of(db, token)), "app-user", project, form.id)

    def unassign(self, project: int, token: str, form_id: str = "") -> None:
        """Take one form from an app user, or what `every_form` gave."""
        with self._database.writing() as db:
            number = published.form_named(db, project, form_id).id if form_id else 0
            access.unassign(db, self._holder(access.actor_of(db, token)), "app-user", project, number)

    @staticmethod
    def _holder(actor: access.Actor | None) -> int:
        if actor is None:
            raise answers.not_found()
        return actor.id

    def revoke(self, token: str) -> None:
        """End a token at once."""
        with self._database.writing() as db:
            access.log_out(db, token)

    def invitation_link(self, project: int, token: str) -> str:
        """Return the link that an app user is given: server, project and token in one."""
        return f"{self._domain or self.url}/v1/key/{token}/projects/{project}"

    def publish_form(self, project: int, xml: bytes, media: Mapping[str, bytes] | None = None) -> Form:
        """Publish a new form, or a new version of one; media by file name, as the form declares them."""
        with self._database.writing() as db:
            form_id = published.read_form_id(xml)
            known = {form.xml_form_id: form for form in published.forms_of(db, project)}
            form = published.draft(db, known[form_id], xml) if form_id in known else published.create(db, project, xml)
            for name, content in (media or {}).items():
                published.attach(db, form.draft_def, name, content)
            return published.publish(db, form)

    def form_versions(self, project: int) -> dict[str, str]:
        """Return the published forms of a project: id -> current version."""
        with self._database.reading() as db:
            return {form.xml_form_id: form.version for form in published.forms_of(db, project)}

    def set_form_state(self, project: int, form_id: str, state: str) -> None:
        """Set open, closing or closed."""
        with self._database.writing() as db:
            published.set_state(db, published.form_named(db, project, form_id), state)

    def delete_form(self, project: int, form_id: str) -> None:
        """Delete a form; submissions to it are refused from now on."""
        with self._database.writing() as db:
            published.delete(db, published.form_named(db, project, form_id))

    def submissions(self, project: int, form_id: str, *, every_version: bool = False) -> list[Received]:
        """Return what was received, oldest first: current versions, or every version."""
        with self._database.reading() as db:
            return received.listed(db, published.form_named(db, project, form_id), every_version=every_version)

    def submitted_file(self, sha256: str) -> bytes:
        """Return the content of a received file by its hash (`Received.files`); KeyError if there is none."""
        with self._database.reading() as db:
            return load(db, sha256).content

    def delete_submission(self, project: int, form_id: str, root_id: str) -> None:
        """Delete a submission as staff do."""
        with self._database.writing() as db:
            received.delete(db, published.form_named(db, project, form_id), root_id)

    def entities(self, project: int, name: str) -> list[dict[str, str]]:
        """Return the living entities of a list, as its CSV has them; none if no published form makes it."""
        self._application.catch_up()
        with self._database.reading() as db:
            dataset = datasets.served_as(db, project, f"{name}{datasets.SUFFIX}")
            content = datasets.csv_of(db, dataset) if dataset is not None else b""
        return list(csv.DictReader(io.StringIO(content.decode(), newline="")))

    def delete_entity(self, project: int, name: str, entity_id: str) -> None:
        """Delete an entity as staff do."""
        with self._database.writing() as db:
            entities.delete(db, datasets.named(db, project, name), entity_id)

    def set_owner_only(self, project: int, name: str, value: bool) -> None:
        """Show each app user of a list his own rows only, or all rows to all."""
        with self._database.writing() as db:
            datasets.set_owner_only(db, datasets.named(db, project, name), value)
