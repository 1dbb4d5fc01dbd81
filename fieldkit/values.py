# SPDX-License-Identifier: EUPL-1.2
"""Answers read by ref, whether they come from a session or from stored XML: what the domain computes with."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Protocol

from defusedxml.ElementTree import fromstring

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from forms import FormSession

TEMPLATE = "{http://openrosa.org/javarosa}template"


class Values(Protocol):
    """Values by ref; refs as in `forms.views`, with 1-based positions on repeats."""

    def value(self, ref: str) -> str:
        """Return the lexical value, "" if unanswered or absent."""
        ...  # pragma: no cover - a protocol

    def count(self, repeat_ref: str) -> int:
        """Return the number of instances of a repeat."""
        ...  # pragma: no cover - a protocol


class SessionValues:
    """The values of a form being filled, always the present ones."""

    def __init__(self, session: FormSession) -> None:
        self._session = session

    def value(self, ref: str) -> str:
        """Return the lexical value, "" if unanswered."""
        return self._session.value(ref)

    def count(self, repeat_ref: str) -> int:
        """Return the number of instances of a repeat."""
        return self._session.node(repeat_ref).count


class XmlValues:
    """The values of a stored instance (draft or frozen), read once; what was pruned counts as unanswered."""

    def __init__(self, instance_xml: bytes) -> None:
        root = fromstring(instance_xml)
        self.form_id: str = root.get("id") or ""
        self._values: dict[str, str] = {}
        self._counts: Counter[str] = Counter()
        self._read(root, "/" + _local_name(root))

    def value(self, ref: str) -> str:
        """Return the text of the element, "" if it is absent."""
        return self._values.get(ref.replace("[1]", ""), "")

    def count(self, repeat_ref: str) -> int:
        """Return how many elements have this ref."""
        return self._counts[repeat_ref.replace("[1]", "")]

    def _read(self, root: Element, root_ref: str) -> None:
        stack = [(root, root_ref)]
        while stack:
            element, ref = stack.pop()
            self._values[ref] = (element.text or "").strip()
            for child in _instances(element):
                child_ref = f"{ref}/{_local_name(child)}"
                self._counts[child_ref] += 1
                position = self._counts[child_ref]
                # Position 1 is left out of the keys: only the form knows which single elements are repeats.
                stack.append((child, child_ref if position == 1 else f"{child_ref}[{position}]"))


def _instances(element: Element) -> Iterator[Element]:
    return (child for child in element if TEMPLATE not in child.attrib)


def _local_name(element: Element) -> str:
    return element.tag.rpartition("}")[2]
