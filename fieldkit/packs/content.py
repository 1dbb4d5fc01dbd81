# SPDX-License-Identifier: EUPL-1.2
"""Whether what is in a pack can be used: read by the readers of the program itself, before it counts.

toolkit     guides/<language>/<ID>.md, as those in resources/guides; no pictures: the reader shows none
call        calls/<id>.json, as those in resources/calls

Short texts hold no <: nothing that shows them may take them for markup, which could name files and other computers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from fieldkit.call import Call, read_call
from fieldkit.errors import CallError, GuideError
from fieldkit.framework import axes
from fieldkit.guides import Guide, parse_guide
from fieldkit.packs.container import Pack
from fieldkit.packs.errors import PackContentWrong
from fieldkit.packs.manifest import LANGUAGES, Kind

MAX_FILE: Final = 1024 * 1024  # a guide of 500 pages
_GUIDE: Final = re.compile(rf"guides/({'|'.join(LANGUAGES)})/([A-Z]{{1,8}}[0-9]{{1,4}})\.md")
_CALL: Final = re.compile(r"calls/([a-z0-9_]{1,64})\.json")


def check_content(pack: Pack) -> None:
    """Read every file; PackContentWrong names the first that cannot be used, and why."""
    check = _check_guide if pack.manifest.kind is Kind.TOOLKIT else _check_call
    for one in pack.manifest.files:
        if not 0 < one.size <= MAX_FILE:
            raise PackContentWrong(pack.name, f"{one.name}: {one.size} bytes")
        try:
            check(one.name, pack.read(one.name))
        except (GuideError, CallError) as error:
            raise PackContentWrong(pack.name, f"{one.name}: {error.cause}") from error
        except ValueError as error:
            raise PackContentWrong(pack.name, f"{one.name}: {error}") from error


def read_guide_file(name: str, content: bytes) -> Guide:
    """Return the guide of a file of a toolkit; GuideError, or ValueError for a name that no guide has."""
    place = _GUIDE.fullmatch(name)
    if place is None:
        raise ValueError("no guide: guides/<language>/<ID>.md")
    return parse_guide(name, place[1], content)


def read_call_file(name: str, content: bytes) -> Call:
    """Return the call of a file of a pack of calls; CallError, or ValueError for a name that no call has."""
    if not _CALL.fullmatch(name):
        raise ValueError("no call: calls/<id>.json")
    return read_call(name, content)


def _check_guide(name: str, content: bytes) -> None:
    guide = read_guide_file(name, content)
    if name != f"guides/{guide.language}/{guide.guide_id}.md":
        raise ValueError(f"the id in it is {guide.guide_id}")
    unknown = set(guide.axes) - {axis.code for axis in axes()}
    if unknown:
        raise ValueError(f"unknown axes {' '.join(sorted(unknown))}")
    _check_plain(guide.title, guide.audience, guide.duration, *guide.keywords, *guide.printables)
    if any(_pictures(guide.body)):
        raise ValueError("a picture, which this program does not show")


def _check_call(name: str, content: bytes) -> None:
    call = read_call_file(name, content)
    if name != f"calls/{call.call_id}.json":
        raise ValueError(f"the id in it is {call.call_id}")
    _check_plain(*call.titles.values(), *call.themes, *call.notes, *call.sources)


def _check_plain(*texts: str) -> None:
    marked = next((text for text in texts if "<" in text), None)
    if marked is not None:
        raise ValueError(f"a < in {marked[:40]!r}")


def _pictures(markdown: str) -> Iterator[str]:
    """Return the addresses of pictures: showing one could ask another computer for it."""
    from markdown_it import MarkdownIt

    for token in MarkdownIt("commonmark", {"html": False}).enable("table").parse(markdown):
        for child in token.children or ():
            if child.type == "image":
                yield str(child.attrGet("src"))
