# SPDX-License-Identifier: EUPL-1.2
"""Cuts an expression into tokens (XPath 1.0 §3.7)."""

from __future__ import annotations

import re
from enum import Enum
from typing import Final, NamedTuple

from forms.errors import ExpressionError

MAX_LENGTH: Final = 200_000
"""Characters that an expression may have."""


class Kind(Enum):
    """What a token is."""

    NUMBER = "number"
    STRING = "string"  # `text` without its quotes
    NAME = "name"  # name, prefix:name, prefix:* or *
    OPERATOR = "operator"  # a key of tree.PRECEDENCE
    SYMBOL = "symbol"  # ( ) [ ] , / // . .. @ ::
    END = "end"


class Token(NamedTuple):
    """A piece of the expression; `position` is its 0-based offset."""

    kind: Kind
    text: str
    position: int


# Spaces that word processors and spreadsheets slip into an expression count as spaces.
_TOKEN: Final = re.compile(
    r"""
    [\s\u200b\ufeff]*
    (?: (?P<name> [^\W\d][\w.\-\u00b7]* (?: :(?!:) (?: [^\W\d][\w.\-\u00b7]* | \* ) )? )
      | (?P<number> [0-9]+ (?: \.[0-9]* )? | \.[0-9]+ )
      | (?P<symbol> // | :: | \.\. | [()\[\],/.@] )
      | (?P<string> "[^"]*" | '[^']*' )
      | (?P<operator> != | <= | >= | [=<>+\-*|] )
      | (?P<end> \Z )
    )
    """,
    re.VERBOSE,
)
_SPACES: Final = re.compile(r"[\s\u200b\ufeff]*")
_KINDS: Final = {kind.value: kind for kind in Kind}
_WORDS: Final = frozenset({"and", "or", "div", "mod"})
_BEFORE_A_NAME: Final = frozenset({"@", "::", "(", "[", ",", "/", "//"})


def cut(expression: str) -> list[Token]:
    """Return the tokens, the last of kind END. Raises ExpressionError at what is not XPath."""
    if len(expression) > MAX_LENGTH:
        raise ExpressionError("expression too long", expression=expression[:80])
    tokens: list[Token] = []
    position = 0
    operand_expected = True
    kind = Kind.OPERATOR
    while kind is not Kind.END:
        match = _TOKEN.match(expression, position)
        if match is None:
            raise _refusal(expression, position)
        group = match.lastgroup or ""
        text = match[group]
        kind = _KINDS[group]
        if kind is Kind.NAME:
            if not operand_expected and text in _WORDS:
                kind = Kind.OPERATOR
        elif operand_expected and text == "*":
            kind = Kind.NAME
        elif kind is Kind.STRING:
            text = text[1:-1]
        tokens.append(Token(kind, text, match.start(group)))
        operand_expected = kind is Kind.OPERATOR or (kind is Kind.SYMBOL and text in _BEFORE_A_NAME)
        position = match.end()
    return tokens


def _refusal(expression: str, position: int) -> ExpressionError:
    spaces = _SPACES.match(expression, position)
    place = spaces.end() if spaces else position
    return ExpressionError(_complaint(expression[place]), expression=expression, position=place)


def _complaint(character: str) -> str:
    if character == "$":
        return "variables do not exist in XForms"
    if character in "\"'":
        return "text without its closing quote"
    return f"unexpected character {character!r}"
