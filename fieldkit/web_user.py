# SPDX-License-Identifier: EUPL-1.2
"""The region's staff on this computer: the web user who may read what all sent, and review it.

One at a time. Address, e-mail and the end of the session lie in the store; the session's token in
`fieldkit.credentials` under `account_id`; the password nowhere.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fieldkit.store import Store

_FACT = "staff.user"


@dataclass(frozen=True, slots=True)
class WebUser:
    """`url` is the server's origin, `project` its number; `ends_at` (aware UTC) is when the session ends by our clock.

    `display_name` is how the server calls the person.
    """

    url: str
    project: int
    email: str
    display_name: str
    ends_at: datetime

    @property
    def origin(self) -> str:
        """What received records are kept under: the project, whoever pulled them."""
        return project_address(self.url, self.project)

    @property
    def account_id(self) -> str:
        """What names the token in the keyring."""
        return f"staff:{self.email}@{self.url.partition('://')[2]}/{self.project}"

    def is_over(self, now: datetime | None = None) -> bool:
        """Tell whether the session has ended: nothing need be asked of the server then."""
        return (now or datetime.now(UTC)) >= self.ends_at


def project_address(url: str, project: int) -> str:
    """Return the address of a project, without any token."""
    return f"{url}/v1/projects/{project}"


def known(store: Store) -> WebUser | None:
    """Return the member of staff who signed in here last, None if nobody is."""
    try:
        kept = json.loads(store.facts.get(_FACT) or "{}")
        return WebUser(**{**kept, "ends_at": datetime.fromisoformat(kept["ends_at"])})
    except (ValueError, TypeError, KeyError):
        return None


def keep(store: Store, user: WebUser | None) -> None:
    """Remember who signed in; None forgets. What was received stays."""
    if user is None:
        store.facts.set(_FACT, "")
    else:
        store.facts.set(_FACT, json.dumps({**asdict(user), "ends_at": user.ends_at.isoformat()}))
