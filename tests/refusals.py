# SPDX-License-Identifier: EUPL-1.2
"""A server that refuses a record in words of its own."""

from __future__ import annotations

from sync.server.faults import Fault, When

_HEADERS = {"X-OpenRosa-Version": "1.0", "Content-Type": "text/xml"}
_ANSWER = (
    '<OpenRosaResponse xmlns="http://openrosa.org/http/response"><message nature="error">{}</message>'
    "</OpenRosaResponse>"
)


def refusing(text: str, status: int = 400) -> Fault:
    """Return the fault that answers the next record so."""
    return Fault(r"^POST .*/submission$", When.BEFORE, status, _ANSWER.format(text).encode(), _HEADERS)
