# SPDX-License-Identifier: EUPL-1.2
"""The answers of a received record with the words of its form: questions, sections, labels of choices.

It reads tolerantly: what it cannot find a label for is shown under its name, and a record that is cut short as text.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sync.safe_xml import child, local_name, parse_xml, text_of

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

ITEXT = re.compile(r"jr:itext\('(.*)'\)", re.DOTALL)
LIST = re.compile(r"\s*instance\(\s*['\"]([^'\"]+)['\"]\s*\)")
FILE = "jr://file-csv/"
HIDDEN = frozenset({"meta"})


@dataclass(frozen=True, slots=True)
class Shown:
    """One answer: `section` is where it stands, `asked` whether a question has this label (else it was computed).

    `ref` is its place (`/data/row[2]/name`), `name` the shortest end of it that a comment may name it by.
    """

    section: str
    label: str
    value: str
    asked: bool
    ref: str
    name: str


def answers_of(
    form_xml: bytes, instance_xml: bytes, read_list: Callable[[str], bytes] = lambda _name: b""
) -> list[Shown]:
    """Return what was answered, in the record's order; UnsafeXmlError if the record cannot be read.

    `read_list` gives the files that choices come from (`communes.csv`), b"" for one that is not there.
    """
    root = parse_xml(instance_xml)
    words = _Words(parse_xml(form_xml), read_list)
    return list(_walk(root, f"/{local_name(root)}", f"/{local_name(root)}", "", words))


def _walk(element: Element, path: str, ref: str, section: str, words: _Words) -> Iterator[Shown]:
    names = Counter(local_name(each) for each in element)
    seen: Counter[str] = Counter()
    for each in element:
        name = local_name(each)
        below, here = f"{path}/{name}", f"{ref}/{name}"
        seen[name] += 1
        if below in words.repeats:
            here += f"[{seen[name]}]"
        if name in HIDDEN:
            continue
        if len(each):
            title = words.labels.get(below, "")
            number = f" {seen[name]}" if names[name] > 1 else ""
            inner = " › ".join(filter(None, (section, f"{title or name}{number}" if title or number else "")))
            yield from _walk(each, below, here, inner, words)
        elif text := (each.text or "").strip():
            label, value = words.labels.get(below) or name, words.value(below, text)
            yield Shown(section, label, value, below in words.labels, here, words.name_of(here))


class _Words:
    """Labels by path, and labels of choices by path and value, in French where the form has it."""

    def __init__(self, form: Element, read_list: Callable[[str], bytes]) -> None:
        self._itext = _translation(form)
        self._lists = {
            each.get("id", ""): _rows(each, read_list)
            for each in form.iter()
            if local_name(each) == "instance" and each.get("id")
        }
        self.repeats = {each.get("nodeset") or "" for each in form.iter() if local_name(each) == "repeat"}
        self._ends: Counter[tuple[str, ...]] = Counter()  # of how many questions a path is the end
        for each in form.iter():
            if local_name(each) == "bind":
                steps = tuple((each.get("nodeset") or "").strip("/").split("/"))
                self._ends.update(steps[start:] for start in range(len(steps)))
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

    def name_of(self, ref: str) -> str:
        """Return the shortest end of a ref that is of one question only, with the numbers of all entries around it."""
        steps = ref.strip("/").split("/")
        plain = tuple(step.partition("[")[0] for step in steps)
        numbered = next((place for place, step in enumerate(steps) if "[" in step), len(steps) - 1)
        found = (start for start in range(numbered, -1, -1) if self._ends[plain[start:]] == 1)
        start = next(found, None)
        return ref if start is None else "/".join(steps[start:])

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
                    words = self._itext.get(entry.get("itextId", "")) or entry.get(label.get("ref") or "label", "")
                    yield entry.get(named, ""), words or entry.get(named, "")

    def _text(self, label: Element) -> str:
        match = ITEXT.fullmatch(label.get("ref", "").strip())
        words = self._itext.get(match[1], "") if match else "".join(label.itertext())
        return " ".join(words.split())


def _rows(instance: Element, read_list: Callable[[str], bytes]) -> list[Mapping[str, str]]:
    """Return the entries of a list of choices, written in the form or in a file beside it."""
    source = instance.get("src") or ""
    if source.startswith(FILE):
        content = read_list(source.removeprefix(FILE)).decode("utf-8-sig", "replace")
        try:
            head, *lines = csv.reader(io.StringIO(content, newline=""))
        except (csv.Error, ValueError):  # no list, or an empty one: the values stand for themselves
            return []
        return [dict(zip(head, line, strict=False)) for line in lines]
    items = (item for item in instance.iter() if local_name(item) == "item")
    return [{local_name(each): (each.text or "").strip() for each in item} for item in items]


def _translation(form: Element) -> dict[str, str]:
    found = [each for each in form.iter() if local_name(each) == "translation"]
    french = [each for each in found if "fr" in each.get("lang", "").lower()]
    standard = [each for each in found if each.get("default") is not None]
    chosen = (french or standard or found)[:1]
    return {each.get("id", ""): _plain(each) for translation in chosen for each in translation}


def _plain(text: Element) -> str:
    values = [each for each in text if local_name(each) == "value" and not each.get("form")]
    return "".join(values[0].itertext()) if values else ""
