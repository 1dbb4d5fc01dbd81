# SPDX-License-Identifier: EUPL-1.2
"""Compile the XLSForms (Markdown tables) of resources/forms and resources/region to the XForms that ship beside them.

Also writes resources/forms/media/appels.csv, the parameters of the calls that the application form reads, from
resources/calls/*.json. Deterministic: the same sources and the same pyxform give the same bytes. `--check` writes
nothing and exits with 1 if a shipped file differs from its source. Any warning of pyxform is an error here.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from fieldkit.call import list_of, read_call

ROOT = Path(__file__).resolve().parents[1]
FORMS = ROOT / "resources" / "forms"
REGION = ROOT / "resources" / "region"  # what only a server publishes
CALLS = ROOT / "resources" / "calls"
TRANSLATED = re.compile(r"(<value[^>]*>)(.*?)(</value>)", re.DOTALL)
TEXT_OUTSIDE_TAGS = re.compile(r"(<[^>]*>)")
APOSTROPHE = re.compile(r"(?<=\w)'(?=[\w<])")
# Elements whose parents hold no text: a line break before them changes nothing, and makes changes visible in git.
LINE_BREAK = re.compile(
    r"><(?=(?:itext|translation|text|instance|bind|setvalue|group|repeat|input|select1|select|range|rank|trigger|upload"
    r"|odk:rank|h:body|/group|/repeat|/translation|/itext|/model|/h:head|/h:body)\b)"
)


class CompileError(Exception):
    """pyxform refused or doubted a source; the message names it."""


def sources() -> list[Path]:
    """Return every XLSForm source, each folder's in order of name."""
    return [source for folder in (FORMS, REGION) for source in sorted(folder.glob("*.md"))]


def compile_form(source: Path) -> bytes:
    """Return the XForm of an XLSForm source as UTF-8 bytes; CompileError on any warning."""
    from pyxform.errors import PyXFormError
    from pyxform.xls2xform import convert

    warnings: list[str] = []
    try:
        result = convert(source.read_text("utf-8"), warnings=warnings, form_name="data", file_type=".md")
    except PyXFormError as error:
        raise CompileError(f"{source.name}: {error}") from error
    if warnings:
        raise CompileError(f"{source.name}: {'; '.join(warnings)}")
    return (LINE_BREAK.sub(">\n<", restore_apostrophes(result.xform)).rstrip() + "\n").encode()


def compile_calls() -> bytes:
    """Return appels.csv: one row a call, open ones marked by ouvert = 1."""
    return list_of(read_call(path.name, path.read_bytes()) for path in sorted(CALLS.glob("*.json")))


def products() -> dict[Path, bytes]:
    """Return every compiled file with its bytes."""
    files = {source.with_suffix(".xml"): compile_form(source) for source in sources()}
    return files | {FORMS / "media" / "appels.csv": compile_calls()}


def restore_apostrophes(xform: str) -> str:
    """Put ’ back into the translated texts: pyxform straightens every quote, expressions need it, people do not."""

    def translate(match: re.Match[str]) -> str:
        parts = TEXT_OUTSIDE_TAGS.split(match[2])
        return match[1] + "".join(p if p.startswith("<") else APOSTROPHE.sub("’", p) for p in parts) + match[3]

    return TRANSLATED.sub(translate, xform)


def main(arguments: Sequence[str] | None = None) -> int:
    """Compile (or check) every form; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a shipped XML is out of date")
    check = parser.parse_args(arguments).check
    stale = []
    for target, content in products().items():
        if check and (not target.exists() or target.read_bytes() != content):
            stale.append(target.name)
        elif not check:
            target.write_bytes(content)
        print(f"{target.name}: {len(content)} bytes")  # noqa: T201 - a command's answer
    if stale:
        print(f"out of date, run `make forms`: {', '.join(stale)}", file=sys.stderr)  # noqa: T201
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
