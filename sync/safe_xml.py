# SPDX-License-Identifier: EUPL-1.2
"""XML of unknown origin, read with limits: no DTD, no entity declaration, a size and a depth that cost nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MAX_XML_BYTES = 20_000_000
MAX_DEPTH = 100


class UnsafeXmlError(ValueError):
    """XML that is not well formed, declares a DTD or entities, or is beyond the limits; `cause` is a short clause."""

    def __init__(self, cause: str) -> None:
        self.cause = cause
        super().__init__(cause)


def parse_xml(data: bytes, max_bytes: int = MAX_XML_BYTES) -> Element:
    """Return the root element of `data`, or raise UnsafeXmlError."""
    from xml.etree.ElementTree import ParseError  # noqa: PLC0415 — the exception that defusedxml raises

    from defusedxml import DefusedXmlException  # noqa: PLC0415 — not on the way to the first paint
    from defusedxml.ElementTree import fromstring  # noqa: PLC0415

    if len(data) > max_bytes:
        raise UnsafeXmlError(f"{len(data)} bytes, more than {max_bytes}")
    try:
        root: Element = fromstring(data, forbid_dtd=True)
    except DefusedXmlException as error:
        raise UnsafeXmlError(f"a document type or entity declaration ({type(error).__name__})") from None
    except (ParseError, ValueError, LookupError) as error:
        raise UnsafeXmlError(f"not well-formed XML: {error}") from None
    if depth_of(root) > MAX_DEPTH:
        raise UnsafeXmlError(f"elements nested deeper than {MAX_DEPTH}")
    return root


def depth_of(root: Element) -> int:
    """Return the number of levels below and with `root`."""
    level, nodes = 0, [root]
    while nodes:
        level += 1
        nodes = [child for node in nodes for child in node]
    return level


def local_name(element: Element) -> str:
    """Return the name of `element` without its namespace."""
    return str(element.tag).rpartition("}")[2]


def child(element: Element, name: str) -> Element | None:
    """Return the first child of that local name, in any namespace."""
    return next((each for each in element if local_name(each) == name), None)


def text_of(element: Element, name: str) -> str:
    """Return the stripped text of the first child of that local name, "" if there is none."""
    found = child(element, name)
    return (found.text or "").strip() if found is not None else ""
