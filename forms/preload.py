# SPDX-License-Identifier: EUPL-1.2
"""Values that come from the machine, the clock and the person (XForms "Preload Attributes")."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from forms.definition import Node
from forms.views import Context
from forms.xpath.chance import uuid
from forms.xpath.moments import now_text, today_text


def device_property(context: Context, name: str) -> str:
    """Look up a property by any of the names it has had; "" if unknown or empty."""
    match name.replace(" ", "").lower():
        case "deviceid":
            return context.device_id
        case "username" | "userid":
            return context.username
        case "email":
            return context.email
        case "phonenumber":
            return context.phone_number
        case _:
            return ""


def preloaded(node: Node, context: Context, now: datetime) -> str | None:
    """Compute what a preload gives when the record (or the repeat instance) begins; None if it gives nothing then."""
    bind = node.bind
    params = bind.preload_params.strip()
    match bind.preload:
        case "uid":
            return f"uuid:{uuid()}"
        case "timestamp":
            return now_text(now) if params == "start" else None
        case "date":
            return today_text(now)
        case "property":
            return device_property(context, params)
        case "context" if params.lower() in {"userid", "username"}:
            return context.username
        case _:
            return None


def at_end(nodes: Iterable[Node]) -> list[Node]:
    """Pick the nodes that get the time at which the record is finished."""
    return [node for node in nodes if node.bind.preload == "timestamp" and node.bind.preload_params.strip() == "end"]
