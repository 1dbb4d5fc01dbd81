# SPDX-License-Identifier: EUPL-1.2
"""Addresses: which may be called, how the server's own are brought back to ours, and how none shows a token.

Contract, fact 9 and section 7: a server answers with its configured domain, not with the one that was called.
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit, urlunsplit

from sync.errors import BadServerData, InsecureAddress, WrongAddress

# Behind /sessions/ only what looks like a token: « restore » and « current » are no secret.
SECRETS = re.compile(r"(/key/|[?&]st=|[Bb]earer |/sessions/(?=[A-Za-z0-9!$%]{40}))[^/?&\s\"'<>]+")
USER = re.compile(r"(?<=://)[^/?#\s\"'<>]*@")  # user:password@host


def redact(text: str) -> str:
    """Return `text` without the tokens and passwords of addresses and headers."""
    return USER.sub("…@", SECRETS.sub(r"\1…", text))


def is_loopback(host: str) -> bool:
    """Tell whether a host name is this computer."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_origin(url: str) -> str:
    """Return scheme://host[:port] of an address that may be called; InsecureAddress or WrongAddress otherwise."""
    parts = _split(url)
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise InsecureAddress(redact(url))
    if parts.scheme not in {"http", "https"} or not _is_host(parts.hostname or ""):
        raise WrongAddress(redact(url))
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2].lower(), "", "", ""))


def _is_host(name: str) -> bool:
    """Tell whether a name can be asked for: one with an empty or endless step is none."""
    try:
        return bool(name.encode("idna"))
    except UnicodeError:
        return False


def own_address(origin: str, url: str, what: str) -> str:
    """Return `url` at our origin; BadServerData if it is another host's and not of the API (`what` names the file)."""
    parts = _split(url)
    same = not parts.netloc or urlunsplit((parts.scheme, parts.netloc, "", "", "")) == origin
    if not same and not parts.path.startswith("/v1/"):
        raise BadServerData(what, f"an address on another host ({parts.hostname})")
    if not parts.path.startswith("/") or ".." in parts.path.split("/"):
        raise BadServerData(what, "not an absolute path")
    return origin + urlunsplit(("", "", parts.path, parts.query, ""))


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url.strip())
        _ = parts.port  # raises here rather than later
    except ValueError:
        raise WrongAddress(redact(url)) from None
    return parts
