# SPDX-License-Identifier: EUPL-1.2
r"""Reads what matches one character in a regular expression: escapes and classes, in Java's dialect for Python's.

`\d \w \s \h \v` and their contraries are ASCII as in Java; `\p{L}` is a general category (of the Basic Multilingual
Plane), `\p{Alpha}` a POSIX class.
"""

from __future__ import annotations

import re
import sys
from functools import lru_cache
from typing import Final

from forms.errors import ExpressionError

_LAST_OF_PLANE: Final = min(0xFFFF, sys.maxunicode)
_CONTROLS: Final = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "a": "\a", "e": "\x1b", "0": "\0"}
_CODE: Final = re.compile(r"x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|x\{([0-9A-Fa-f]{1,6})\}")
_PROPERTY: Final = re.compile(r"[pP](?:\{(\^?)([A-Za-z_]+)\}|([A-Z]))")

# Members of a class, without its brackets.
_SETS: Final = {
    "d": "0-9",
    "w": "a-zA-Z0-9_",
    "s": r" \t\n\x0b\f\r",
    "h": r" \t\xa0\u1680\u180e\u2000-\u200a\u202f\u205f\u3000",
    "v": r"\n\x0b\f\r\x85\u2028\u2029",
}
_POSIX: Final = {
    "alpha": "a-zA-Z",
    "digit": "0-9",
    "alnum": "a-zA-Z0-9",
    "lower": "a-z",
    "upper": "A-Z",
    "punct": r"!-/:-@\[-`{-~",
    "space": _SETS["s"],
    "blank": r" \t",
    "xdigit": "0-9A-Fa-f",
    "graph": "!-~",
    "print": " -~",
    "ascii": r"\x00-\x7f",
    "cntrl": r"\x00-\x1f\x7f",
}
_CATEGORY: Final = re.compile("L[ultmo]?|M[nce]?|N[dlo]?|P[cdseifo]?|S[mcko]?|Z[slp]?|C[cfos]?")
_LONG_NAMES: Final = {"alphabetic": "L", "letter": "L", "uppercase": "Lu", "lowercase": "Ll"}


def read_escape(pattern: str, position: int) -> tuple[str, int]:
    r"""Read the escape at `position` (a backslash) outside a class. Returns its source and where it ends."""
    members, contrary, end = _members(pattern, position)
    return f"[{'^' if contrary else ''}{members}]", end


def read_class(pattern: str, position: int) -> tuple[str, int]:
    """Read the class at `position` (an opening bracket). Returns its source and where it ends."""
    end = position + 1
    negative = pattern.startswith("^", end)
    end += negative
    members: list[str] = []
    contraries: list[str] = []
    first = True
    while first or not pattern.startswith("]", end):
        if end >= len(pattern):
            raise _refusal(pattern, position, "a class is not closed")
        if pattern.startswith("&&", end) or pattern.startswith("[", end):
            raise _refusal(pattern, end, "set operations in classes are not supported")
        read, contrary, end = _member(pattern, end)
        (contraries if contrary else members).append(read)
        first = False
    return _class(members, contraries, negative=negative), end + 1


def _class(members: list[str], contraries: list[str], *, negative: bool) -> str:
    if not contraries:
        return f"[{'^' if negative else ''}{''.join(members)}]"
    options = [f"[^{contrary}]" for contrary in contraries]
    if members:
        options.append(f"[{''.join(members)}]")
    union = f"(?:{'|'.join(options)})"
    return rf"(?:(?!{union})[\s\S])" if negative else union


def _member(pattern: str, position: int) -> tuple[str, bool, int]:
    """Read a character, a range or an escape inside a class: its source, whether its contrary is meant, its end."""
    source, contrary, end = _one(pattern, position)
    is_range = pattern.startswith("-", end) and end + 1 < len(pattern) and pattern[end + 1] != "]"
    if contrary or not is_range or _is_set(pattern, position):
        return source, contrary, end
    upper, contrary, upper_end = _one(pattern, end + 1)
    if contrary or _is_set(pattern, end + 1):
        return source + r"\-" + upper, False, upper_end
    return f"{source}-{upper}", False, upper_end


def _is_set(pattern: str, position: int) -> bool:
    return pattern[position] == "\\" and pattern[position + 1 : position + 2].lower() in {*_SETS, "p"}


def _one(pattern: str, position: int) -> tuple[str, bool, int]:
    if pattern[position] == "\\":
        return _members(pattern, position)
    return _literal(pattern[position]), False, position + 1


def _literal(character: str) -> str:
    """Write a character so that it means itself inside a class."""
    return f"\\{character}" if character in "\\]^-[&~|" else character


def _members(pattern: str, position: int) -> tuple[str, bool, int]:
    """Read an escape as members of a class: source, whether the contrary is meant, end."""
    letter = pattern[position + 1 : position + 2]
    after = position + 2
    if letter.lower() in _SETS:
        return _SETS[letter.lower()], letter.isupper(), after
    if letter in _CONTROLS:
        return _escape_code(ord(_CONTROLS[letter])), False, after
    if letter in ("p", "P"):
        return _property(pattern, position)
    code = _CODE.match(pattern, position + 1)
    if code:
        number = int(code[1] or code[2] or code[3], 16)
        if number > sys.maxunicode:
            raise _refusal(pattern, position, "no such character")
        return _escape_code(number), False, code.end()
    if not letter or letter.isalnum():
        raise _refusal(pattern, position, f"unknown escape \\{letter}")
    return _literal(letter), False, after


def _escape_code(number: int) -> str:
    return f"\\U{number:08x}"


def _property(pattern: str, position: int) -> tuple[str, bool, int]:
    match = _PROPERTY.match(pattern, position + 1)
    if match is None:
        raise _refusal(pattern, position, "a property needs a name")
    name = (match[2] or match[3]).removeprefix("Is").removeprefix("java")
    contrary = (pattern[position + 1] == "P") != bool(match[1])
    posix = _POSIX.get(name.lower())
    if posix is not None:
        return posix, contrary, match.end()
    category = _LONG_NAMES.get(name.lower(), name)
    if _CATEGORY.fullmatch(category) is None:
        raise _refusal(pattern, position, f"unknown property {name!r}")
    return _category(category), contrary, match.end()


@lru_cache(maxsize=32)
def _category(category: str) -> str:
    """Write the ranges of all characters of a general category ("L" includes "Lu")."""
    import unicodedata  # noqa: PLC0415 - a megabyte that few forms need

    ranges: list[str] = []
    start = -1
    for code in range(_LAST_OF_PLANE + 2):
        inside = code <= _LAST_OF_PLANE and unicodedata.category(chr(code)).startswith(category)
        if inside and start < 0:
            start = code
        elif not inside and start >= 0:
            ranges.append(f"{_escape_code(start)}-{_escape_code(code - 1)}")
            start = -1
    return "".join(ranges)


def _refusal(pattern: str, position: int, cause: str) -> ExpressionError:
    return ExpressionError(f"regular expression: {cause}", expression=pattern[:80], position=min(position, 79))
