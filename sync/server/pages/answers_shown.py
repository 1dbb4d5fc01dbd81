# SPDX-License-Identifier: EUPL-1.2
"""The answers of a received record with the words of its form: questions, sections, labels of choices.

It reads tolerantly: what it cannot find a label for is shown under its name, and a record that is cut short as text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sync.safe_xml import child, local_name, parse_xml, text_of

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

ITEXT = re.compile(r"jr:itext\('(.*)'\)", re.DOTALL)
LIST = re.compile(r"\s*instance\(\s*['\"]([^'\"]+)['\"]\s*\)")
HIDDEN = frozenset({"meta"})


@dataclass(frozen=True, slots=True)
class Shown:
    """One answer: `section` is where it stands, `asked` whether a question has this label (else it was computed)."""

    section: str
    label: str
    value: str
    asked: bool


def answers_of(form_xml: bytes, instance_xml: bytes) -> list[Shown]:
    """Return what was answered, in the record's order; UnsafeXmlError if the record cannot be read."""
    root = parse_xml(instance_xml)
    words = _Words(parse_xml(form_xml))
    return list(_walk(root, f"/{local_name(root)}", "", words))


def _walk(element: Element, path: str, section: str, words: _Words) -> Iterator[Shown]:
    names = Counter(local_name(each) for each in element)
    seen: Counter[str] = Counter()
    for each in element:
        name = local_name(each)
        below = f"{path}/{name}"
        seen[name] += 1
        if name in HIDDEN:
            continue
        if len(each):
            title = words.labels.get(below, "")
            number = f" {seen[name]}" if names[name] > 1 else ""
            inner = " › ".join(filter(None, (section, f"{title or name}{number}" if title or number else "")))
            yield from _walk(each, below, inner, words)
        elif text := (each.text or "").strip():
            yield Shown(section, words.labels.get(below) or name, words.value(below, text), below in words.labels)


class _Words:
    """Labels by path, and labels of choices by path and value, in French where the form has it."""

    def __init__(self, form: Element) -> None:
        self._itext = _translation(form)
        self._lists = {
            each.get("id", ""): [item for item in each.iter() if local_name(item) == "item"]
            for each in form.iter()
            if local_name(each) == "instance" and each.get("id")
        }
        self.labels: dict[str, str] = {}
        self._choices: dict[str, dict[str, str]] = {}
        for each in form.iter():
            path = each.get("ref") or each.get("nodeset") or ""
            if path.startswith("/") and (label := child(each, "label")) is not None and (words := self._text(label)):
                self.labels[path] = words
            if path.startswith("/") and local_name(each) in {"select", "select1", "rank"}:
                self._choices[path] = dict(self._options(each))

    def value(self, path: str, text: str) -> str:
        """Return an answer with the labels of its choices."""
        choices = self._choices.get(path)
        if not choices:
            return text
        return ", ".join(choices.get(each, each) for each in text.split())

    def _options(self, select: Element) -> Iterator[tuple[str, str]]:
        for item in select:
            label = child(item, "label")
            if label is None:
                continue
            if local_name(item) == "item":
                yield text_of(item, "value"), self._text(label)
            elif match := LIST.match(item.get("nodeset", "")):
                value = child(item, "value")
                named = (value.get("ref") if value is not None else "") or "name"
                for entry in self._lists.get(match[1], []):
                    words = self._itext.get(text_of(entry, "itextId")) or text_of(entry, label.get("ref") or "label")
                    yield text_of(entry, named), words or text_of(entry, named)

    def _text(self, label: Element) -> str:
        match = ITEXT.fullmatch(label.get("ref", "").strip())
        words = self._itext.get(match[1], "") if match else "".join(label.itertext())
        return " ".join(words.split())


def _translation(form: Element) -> dict[str, str]:
    found = [each for each in form.iter() if local_name(each) == "translation"]
    french = [each for each in found if "fr" in each.get("lang", "").lower()]
    standard = [each for each in found if each.get("default") is not None]
    chosen = (french or standard or found)[:1]
    return {each.get("id", ""): _plain(each) for translation in chosen for each in translation}


def _plain(text: Element) -> str:
    values = [each for each in text if local_name(each) == "value" and not each.get("form")]
    return "".join(values[0].itertext()) if values else ""
