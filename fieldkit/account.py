# SPDX-License-Identifier: EUPL-1.2
"""An account at a regional server: where to send, never the secret."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Account:
    """`url` is the server's origin ("https://region.example", no final slash), `project` its project number.

    `account_id` names the account on this machine (and its token in `fieldkit.credentials`); `display_name` is what
    people see. The token is no part of it.
    """

    account_id: str
    url: str
    project: int
    display_name: str = ""
