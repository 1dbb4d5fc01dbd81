# SPDX-License-Identifier: EUPL-1.2
"""One request as the handlers see it: who calls, which path, and the address that answers must use."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sync.server import access
from sync.server.answers import Problem, missing_field, no_rights, not_found

if TYPE_CHECKING:
    from werkzeug.wrappers import Request

    from sync.server.database import Database


@dataclass(frozen=True, slots=True)
class Call:
    """A request; `path` is relative to /v1.

    `base` is what addresses in answers start with: the server's configured domain, /v1, and the key if the caller used
    it; never the address that was called (contract, fact 9). `entity_delay`: seconds until entities are made.
    """

    request: Request
    database: Database
    actor: access.Actor | None
    base: str
    path: str
    entity_delay: float = 0.0

    @property
    def is_openrosa(self) -> bool:
        """Whether the answer must be OpenRosa XML."""
        return self.path.endswith(("/formList", "/manifest", "/submission"))

    def json(self) -> dict[str, object]:
        """Return the body's JSON object, {} if there is none."""
        value = self.request.get_json(silent=True, force=True)
        return value if isinstance(value, dict) else {}

    def text(self, name: str) -> str:
        """Return a field of the body's JSON object that must be text and not blank, or raise 400.2."""
        value = self.json().get(name)
        if not isinstance(value, str) or not value.strip():
            raise missing_field(name)
        return value

    def texts(self, name: str) -> Mapping[str, str]:
        """Return a field of the body's JSON object that maps names to text ({} if it is not there), or raise 400.11."""
        value = self.json().get(name, {})
        if not isinstance(value, dict) or not all(isinstance(each, str) for each in value.values()):
            raise Problem("400.11", f"Invalid input data type: {name} must map names to text.")
        return value

    def require(self, db: sqlite3.Connection, verb: str, project_id: int = 0, form_id: int = 0) -> None:
        """Raise 403.1 unless the caller may; 404.1 if the project does not exist."""
        if project_id:
            require_project(db, project_id)
        if not access.can(db, self.actor, verb, project_id, form_id):
            raise no_rights()

    def may(self, db: sqlite3.Connection, verb: str, project_id: int = 0, form_id: int = 0) -> bool:
        """Tell whether the caller may."""
        return access.can(db, self.actor, verb, project_id, form_id)


def require_project(db: sqlite3.Connection, project_id: int) -> None:
    """Raise 404.1 if there is no such project."""
    if not db.execute("SELECT 1 FROM projects WHERE id = ?", (project_id,)).fetchone():
        raise not_found()


def whole_number(text: str) -> int:
    """Return an id of the path, or raise 400 as Central does for /projects/abc."""
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise Problem("400.11", f"Invalid input data type: expected a whole number, got {text}.")
    return int(text)
