# SPDX-License-Identifier: EUPL-1.2
"""The guides of the toolkit: Markdown files with a small head, read once and searched in full text.

A guide is `resources/guides/<language>/<ID>.md`. It begins with a head between two lines `---`, one `key: value` a
line: id, title, audience, duration, axes (codes, or "tous"), printables (separated by ;), keywords (separated by
commas), updated (a date). What follows is the text, in CommonMark with tables.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from pathlib import Path

import resources
from fieldkit.errors import GuideError
from fieldkit.provenance import Provenance
from fieldkit.store.text_index import MARK_END, MARK_START, TextHit, TextIndex

DEFAULT_LANGUAGE = "fr"
_REQUIRED = ("id", "title", "updated")
_ALL_AXES = "tous"


@dataclass(frozen=True, slots=True)
class Guide:
    """One guide. `axes` holds the codes of the diagnostic's axes that it serves, none meaning all of them.

    `language` is the language of the text: it differs from the one asked for where no translation exists yet.
    `received`: what brought it, None for a guide that ships.
    """

    guide_id: str
    title: str
    audience: str
    duration: str
    axes: tuple[str, ...]
    printables: tuple[str, ...]
    keywords: tuple[str, ...]
    updated: date
    body: str
    language: str
    received: Provenance | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a guide under one heading ("" before the first), without its Markdown marks."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class GuideHit:
    """A guide that a search found: the best `section` in it, and a passage as (text, found) pieces in order."""

    guide: Guide
    section: str
    passage: tuple[tuple[str, bool], ...]
    score: float


class Shelf:
    """The guides that there are, by id; searched in full text. The index is made at the first search."""

    def __init__(self, guides: Iterable[Guide]) -> None:
        self.guides = tuple(sorted(guides, key=lambda one: one.guide_id))
        self._by_id = {one.guide_id: one for one in self.guides}

    def guide(self, guide_id: str) -> Guide:
        """Return one guide; GuideError if there is none of that id."""
        if guide_id not in self._by_id:
            raise GuideError(guide_id, "no such guide")
        return self._by_id[guide_id]

    def search(self, text: str) -> tuple[GuideHit, ...]:
        """Return the guides that hold every word of `text`, or else some of them, best first.

        Accents and case do not count. Words of the title and the keywords weigh most, the text least; the passage shown
        is from the section that speaks most of them. Nothing typed finds nothing.
        """
        whole, parts = self._indexes
        found = whole.search(text) or whole.search(text, any_word=True)
        passages: dict[str, TextHit] = {}
        for hit in parts.search(text, any_word=True) if found else ():
            passages.setdefault(hit.key.split("#")[0], hit)
        return tuple(_hit(self._by_id[hit.key], hit, passages.get(hit.key)) for hit in found)

    @cached_property
    def _indexes(self) -> tuple[TextIndex, TextIndex]:
        """Index the guides as wholes, which rank, and their sections, which are shown."""
        cut = [(one, sections(one)) for one in self.guides]
        whole = [
            (one.guide_id, one.title, " ".join(one.keywords), " ".join(f"{part.heading} {part.text}" for part in parts))
            for one, parts in cut
        ]
        pieces = [
            (f"{one.guide_id}#{number}", part.heading, part.text)
            for one, parts in cut
            for number, part in enumerate(parts)
        ]
        return TextIndex((10, 6, 1), whole), TextIndex((3, 1), pieces)


@cache
def shipped(language: str = DEFAULT_LANGUAGE) -> Shelf:
    """Return the guides that ship, in `language` where there is a translation, else in French.

    Raises GuideError if a file cannot be read. What a region sent beside them: fieldkit.library.
    """
    folders = [resources.path("guides", code) for code in dict.fromkeys((DEFAULT_LANGUAGE, language))]
    found = {path.stem: path for folder in folders for path in sorted(folder.glob("*.md"))}
    return Shelf(read_guide(path) for path in found.values())


def load_guides(language: str = DEFAULT_LANGUAGE) -> tuple[Guide, ...]:
    """Return the guides that ship, by id."""
    return shipped(language).guides


def guide(guide_id: str, language: str = DEFAULT_LANGUAGE) -> Guide:
    """Return a guide that ships; GuideError if there is none of that id."""
    return shipped(language).guide(guide_id)


@cache
def catalogue() -> Mapping[str, str]:
    """Return the titles of all guides of the toolkit by id, those included that are not written yet."""
    rows = csv.DictReader(io.StringIO(resources.read_text("guides", "catalogue.csv")))
    return {row["id"]: row["title_fr"] for row in rows}


def read_guide(path: Path) -> Guide:
    """Read one file; its language is the name of its folder. GuideError says what is wrong with it."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise GuideError(path.name, str(error)) from error
    return parse_guide(path.name, path.parent.name, content)


def parse_guide(name: str, language: str, content: bytes) -> Guide:
    """Read the bytes of a guide in `language`; GuideError says what is wrong with it."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise GuideError(name, str(error)) from error
    parts = re.match(r"---\n(.*?)\n---\n(.*)", text.replace("\r\n", "\n"), re.DOTALL)
    if parts is None:
        raise GuideError(name, "no head between two lines ---")
    head = _read_head(name, parts[1])
    try:
        updated = date.fromisoformat(head["updated"])
    except ValueError as error:
        raise GuideError(name, str(error)) from error
    return Guide(
        guide_id=head["id"],
        title=head["title"],
        audience=head.get("audience", ""),
        duration=head.get("duration", ""),
        axes=() if head.get("axes", _ALL_AXES) == _ALL_AXES else tuple(head["axes"].split()),
        printables=_split(head.get("printables", ""), ";"),
        keywords=_split(head.get("keywords", ""), ","),
        updated=updated,
        body=parts[2].strip() + "\n",
        language=language,
    )


def sections(one: Guide) -> tuple[Section, ...]:
    """Return the text of a guide cut at its headings, as plain text for searching."""
    found: list[Section] = []
    heading, lines = "", list[str]()
    for line in [*one.body.splitlines(), "# "]:
        if re.match(r"#{1,6} ", line):
            text = " ".join(" ".join(_plain(part) for part in lines).split())
            if text:  # a heading right above another one has nothing to show
                found.append(Section(heading, text))
            heading, lines = " ".join(_plain(line.lstrip("#").strip()).split()), []
        else:
            lines.append(line)
    return tuple(found)


def _hit(one: Guide, hit: TextHit, passage: TextHit | None) -> GuideHit:
    """Say where in the guide: nowhere in particular when only its title or keywords were found."""
    if passage is None:
        return GuideHit(one, "", (), hit.score)
    section = sections(one)[int(passage.key.split("#")[1])]
    return GuideHit(one, section.heading, _passage(passage.snippet), hit.score)


def _read_head(name: str, text: str) -> dict[str, str]:
    head: dict[str, str] = {}
    for line in text.splitlines():
        key, colon, value = line.partition(":")
        if not colon or not key.strip():
            raise GuideError(name, f"not a line of a head: {line!r}")
        head[key.strip()] = value.strip()
    missing = [key for key in _REQUIRED if not head.get(key)]
    if missing:
        raise GuideError(name, f"no {', '.join(missing)} in the head")
    return head


def _split(text: str, separator: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(separator) if part.strip())


def _plain(line: str) -> str:
    """Take the marks of Markdown from a line; a rule of a table is nothing."""
    if re.fullmatch(r"[\s|:\-]*", line):
        return ""
    bare = re.sub(r"^\s*(?:>\s*|[-*+]\s+|\d+[.)]\s+)+(?:\[[ x]\]\s*)?", "", line)
    bare = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", bare)
    return re.sub(r"[*_`|□…]+", " ", bare).strip()  # boxes and dots to write on are no text


def _passage(snippet: str) -> tuple[tuple[str, bool], ...]:
    pieces = re.split(f"({MARK_START}[^{MARK_END}]*{MARK_END})", snippet)
    return tuple((piece.strip(MARK_START + MARK_END), piece.startswith(MARK_START)) for piece in pieces if piece)
