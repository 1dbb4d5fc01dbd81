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
    (?P<space> [\s\u200b\ufeff]+ )
  | (?P<number> [0-9]+ (?: \.[0-9]* )? | \.[0-9]+ )
  | (?P<string> "[^"]*" | '[^']*' )
  | (?P<name> [^\W\d][\w.\-\u00b7]* (?: :(?!:) (?: [^\W\d][\w.\-\u00b7]* | \* ) )? )
  | (?P<symbol> // | :: | \.\. | [()\[\],/.@] )
  | (?P<operator> != | <= | >= | [=<>+\-*|] )
    """,
    re.VERBOSE,
)
_WORDS: Final = frozenset({"and", "or", "div", "mod"})
_BEFORE_A_NAME: Final = frozenset({"@", "::", "(", "[", ",", "/", "//"})


def cut(expression: str) -> list[Token]:
    """Return the tokens, the last of kind END. Raises ExpressionError at what is not XPath."""
    if len(expression) > MAX_LENGTH:
        raise ExpressionError("expression too long", expression=expression[:80])
    tokens: list[Token] = []
    position = 0
    operand_expected = True
    while position < len(expression):
        match = _TOKEN.match(expression, position)
        if match is None:
            raise ExpressionError(_complaint(expression[position]), expression=expression, position=position)
        if match.lastgroup != "space":
            token = _token(match, operand_expected)
            tokens.append(token)
            operand_expected = token.kind is Kind.OPERATOR or (
                token.kind is Kind.SYMBOL and token.text in _BEFORE_A_NAME
            )
        position = match.end()
    tokens.append(Token(Kind.END, "", len(expression)))
    return tokens


def _token(match: re.Match[str], operand_expected: bool) -> Token:
    text = match[0]
    position = match.start()
    if match.lastgroup == "string":
        return Token(Kind.STRING, text[1:-1], position)
    kind = Kind(match.lastgroup)
    if kind is Kind.NAME and not operand_expected and text in _WORDS:
        kind = Kind.OPERATOR
    elif text == "*" and operand_expected:
        kind = Kind.NAME
    return Token(kind, text, position)


def _complaint(character: str) -> str:
    if character == "$":
        return "variables do not exist in XForms"
    if character in "\"'":
        return "text without its closing quote"
    return f"unexpected character {character!r}"
