# SPDX-License-Identifier: EUPL-1.2
"""A member of staff who decides on records without keeping any: for the tour and the tests (`sync.staff`)."""

from __future__ import annotations

from typing import Self

from sync.errors import Refused
from sync.staff.client import StaffClient
from sync.staff.review import decide


class Office:
    """A member of staff at one project; a context manager that ends the session."""

    def __init__(self, url: str, project: int, email: str, password: str) -> None:
        """Sign in; errors as `StaffClient.sign_in`."""
        self.client = StaffClient(url, project)
        self.client.sign_in(email, password)

    def __enter__(self) -> Self:
        """Nothing more than the signing in."""
        return self

    def __exit__(self, *_: object) -> None:
        """Sign out."""
        self.client.sign_out()
        self.client.close()

    def review(self, form_id: str, root_id: str, state: str, status: str, comment: str = "") -> None:
        """Decide on a submission (`state`: hasIssues, approved …) and say so, with `comment`, in its dossier.

        `root_id` is the instanceID of its first version. Refused if it has no dossier or somebody wrote meanwhile.
        """
        now = self.client.review_of(form_id, root_id).state
        xml = self.client.record(form_id, root_id)
        done = decide(self.client, form_id, root_id, xml, state, comment, now=now, status=status)
        if not done.told or done.untold:
            raise Refused(text=f"no dossier of {root_id} that could be told")
