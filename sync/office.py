# SPDX-License-Identifier: EUPL-1.2
"""What staff of a region do over its REST paths: the review of a submission, and the row of it that its author reads.

ODK Central and the reference server take the same calls (contract, section 2.6); the tour shows its answers with it.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote

from fieldkit import standing
from sync.addresses import check_origin
from sync.errors import Refused

if TYPE_CHECKING:
    import requests

SECONDS = 30


class Office:
    """A member of staff at one project; a context manager that ends the session."""

    def __init__(self, url: str, project: int, email: str, password: str) -> None:
        """Log in. InsecureAddress unless the address is https or this computer; Refused with the server's text."""
        import requests

        self._base = f"{check_origin(url)}/v1"
        self._project = f"/projects/{project}"
        self._session = requests.Session()
        self._session.trust_env = False
        token = self._call("POST", "/sessions", json={"email": email, "password": password}).json()["token"]
        self._session.headers["Authorization"] = f"Bearer {token}"

    def __enter__(self) -> Self:
        """Nothing more than the login."""
        return self

    def __exit__(self, *_: object) -> None:
        """Log out."""
        with self._session:
            self._call("DELETE", "/sessions/current")

    def review(self, form_id: str, root_id: str, state: str, status: str, comment: str = "") -> None:
        """Decide on a submission (`state`: hasIssues, approved …) and say so, with `comment`, in its dossier.

        `root_id` is the instanceID of its first version. Refused if it has no dossier or somebody wrote meanwhile.
        """
        path = f"{self._project}/forms/{quote(form_id)}/submissions/{quote(root_id)}"
        self._call("PATCH", path, json={"reviewState": state})
        if comment:
            self._call("POST", f"{path}/comments", json={"body": comment})
        row = self._dossier(root_id)
        said = {standing.STATUS: status, standing.COMMENT: comment}
        where = f"{self._list}/entities/{quote(row['name'])}?baseVersion={row['__version']}"
        self._call("PATCH", where, json={"data": said})

    @property
    def _list(self) -> str:
        return f"{self._project}/datasets/{standing.LIST}"

    def _dossier(self, root_id: str) -> dict[str, str]:
        """Return the row of the list that names a record."""
        content = self._call("GET", f"{self._list}/entities.csv").content.decode("utf-8-sig")
        for row in csv.DictReader(io.StringIO(content, newline="")):
            if row.get(standing.INSTANCE) == root_id:
                # Central exports __id where forms get name.
                return {"name": row.get("name") or row["__id"], "__version": row["__version"]}
        raise Refused(text=f"no dossier of {root_id}")

    def _call(self, method: str, path: str, **options: Any) -> requests.Response:
        answer = self._session.request(method, self._base + path, timeout=SECONDS, allow_redirects=False, **options)
        if not answer.ok:
            raise Refused(text=f"{answer.status_code} {answer.text[:500]}")
        return answer
