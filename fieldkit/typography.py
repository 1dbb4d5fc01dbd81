# SPDX-License-Identifier: EUPL-1.2
"""Numbers, money, dates and sentences in the French typography of Belgium: one place for the window and for paper.

Thousands and the marks ; ! ? take a narrow no-break space (U+202F); the colon, the inside of « » and a unit after its
number (€, %, Mo, a noun) take a no-break space (U+00A0). Negative numbers wear a minus sign (U+2212), not a hyphen.
Pure functions: no locale of the machine, no time zone conversion (a datetime is written as it is given).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

NBSP = "\u00a0"
NNBSP = "\u202f"
MINUS = "\u2212"
DASH = "–"

MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
SHORT_MONTHS = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")

Number = int | float | Decimal
_ISO_DAY = re.compile(r"\b(\d{4}-\d{2}-\d{2})\b")


def rounded(value: Number, places: int = 0) -> Decimal:
    """Return `value` with `places` decimals, halves away from zero as people round money, never negative zero."""
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    result = exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return abs(result) if result == 0 else result


def decimal(value: Number, places: int = 1) -> str:
    """Write a number with exactly `places` decimals: 12345.678 -> « 12 345,68 » for two places."""
    text = f"{abs(rounded(value, places)):,f}".replace(",", NNBSP).replace(".", ",")
    return MINUS + text if rounded(value, places) < 0 else text


def integer(value: Number) -> str:
    """Write a whole number: 181610 -> « 181 610 »."""
    return decimal(value, 0)


def number(value: Number, places: int = 2) -> str:
    """Write a number with at most `places` decimals and no idle zero: 2.50 -> « 2,5 », 3.0 -> « 3 »."""
    text = decimal(value, places)
    return text.rstrip("0").rstrip(",") if "," in text else text


def signed(value: Number, places: int = 0) -> str:
    """Write a difference with its sign: « +11 », « −7 », and « 0 » without one."""
    text = decimal(value, places)
    return text if text.startswith(MINUS) or rounded(value, places) == 0 else "+" + text


def money(amount: Number, *, cents: bool | None = None) -> str:
    """Write euros: « 12 345,60 € ». `cents` None shows the cents only when there are any."""
    exact = rounded(amount, 2)
    shown = exact != exact.to_integral_value() if cents is None else cents
    return decimal(exact, 2 if shown else 0) + NBSP + "€"


def percent(value: Number, places: int = 0) -> str:
    """Write a percentage that counts from 0 to 100: 58 -> « 58 % »; idle zeros are left out."""
    return number(value, places) + NBSP + "%"


def byte_size(size: int) -> str:
    """Write a size in decimal units: « 512 octets », « 40 Ko », « 1,2 Mo »."""
    if size < 1000:
        return plural(size, "octet")
    for unit, factor in (("Ko", 1000), ("Mo", 1000**2), ("Go", 1000**3)):
        amount = Decimal(size) / factor
        places = 0 if unit == "Ko" or amount >= 100 else 1
        if rounded(amount, places) < 1000 or unit == "Go":
            return number(amount, places) + NBSP + unit
    raise AssertionError(size)  # the last unit always answers


def plural(count: int, singular: str, many: str = "") -> str:
    """Write a count with its noun: « 0 réponse », « 1 réponse », « 3 réponses »; `many` only if not singular + s."""
    return integer(count) + NBSP + noun(count, singular, many)


def noun(count: int, singular: str, many: str = "") -> str:
    """Return the noun that agrees with `count`: in French the plural starts at two."""
    return singular if abs(count) < 2 else many or singular + "s"


def long_date(day: date) -> str:
    """Write « 22 novembre 2026 », « 1er mai 2026 »."""
    return f"{_day_number(day)}{NBSP}{MONTHS[day.month - 1]}{NBSP}{day.year}"


def short_date(day: date, *, year: bool = False) -> str:
    """Write « 22 nov. », with `year` « 22 nov. 2026 »."""
    text = f"{_day_number(day)}{NBSP}{SHORT_MONTHS[day.month - 1]}"
    return f"{text}{NBSP}{day.year}" if year else text


def written_days(text: str, write: Callable[[date], str] = long_date) -> str:
    """Return `text` with its ISO days as people write them: « Incourt — 22 novembre 2026 »; what is no day stays."""

    def written(found: re.Match[str]) -> str:
        try:
            return write(date.fromisoformat(found[1]))
        except ValueError:  # 2026-02-30
            return found[1]

    return _ISO_DAY.sub(written, text)


def without_day(text: str) -> str:
    """Return `text` without the ISO day at its end: « Incourt », for places that show a day of their own."""
    return re.sub(rf"\s*[—–-]?\s*{_ISO_DAY.pattern}$", "", text)


def numeric_date(day: date) -> str:
    """Write « 22/11/2026 »."""
    return f"{day.day:02d}/{day.month:02d}/{day.year}"


def month_and_year(day: date) -> str:
    """Write « novembre 2026 »."""
    return f"{MONTHS[day.month - 1]}{NBSP}{day.year}"


def clock(moment: datetime) -> str:
    """Write « 10:42 »."""
    return f"{moment.hour:02d}:{moment.minute:02d}"


def long_moment(moment: datetime) -> str:
    """Write « 22 novembre 2026 à 10:42 »."""
    return f"{long_date(moment)} à{NBSP}{clock(moment)}"


def _day_number(day: date) -> str:
    return "1er" if day.day == 1 else str(day.day)


def words(parts: Sequence[str], last: str = "et") -> str:
    """Join as in a sentence: « a », « a et b », « a, b et c »."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def quoted(text: str) -> str:
    """Put text between French quotation marks with their no-break spaces."""
    return f"«{NBSP}{text}{NBSP}»"


_ANY_SPACE = r"[ \u00a0\u202f\u2009]"
_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    # Between letters only: a lone ' may be a minute, a quotation in code or an unfinished word.
    (re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])"), "’"),
    (re.compile(rf"«{_ANY_SPACE}*(?=\S)"), "«" + NBSP),
    (re.compile(rf"(?<=[^\s«]){_ANY_SPACE}*»"), NBSP + "»"),
    (re.compile(rf"(?<=\S){_ANY_SPACE}+(?=[;!?])"), NNBSP),
    # Glued to its word: only at the end of a word, so that addresses (a?b=c) stay whole.
    (re.compile(r"(?<=[\w»)’”])(?=[!?]+(?:\s|$))|(?<=[\w»)’”])(?=;(?:\s|$))"), NNBSP),
    (re.compile(rf"(?<=\S){_ANY_SPACE}+:(?!\S)"), NBSP + ":"),
    (re.compile(rf"(?<=\d){_ANY_SPACE}(?=\d{{3}}(?!\d))"), NNBSP),
    (re.compile(rf"(?<=\d){_ANY_SPACE}+(?=[€%])"), NBSP),
    (re.compile(rf"\bn°{_ANY_SPACE}*(?=\d)"), "n°" + NBSP),
)


def french(sentence: str) -> str:
    """Return a French sentence with its spaces and apostrophes as printers set them; doing it twice changes nothing."""
    for pattern, replacement in _RULES:
        sentence = pattern.sub(replacement, sentence)
    return sentence
