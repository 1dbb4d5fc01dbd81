# SPDX-License-Identifier: EUPL-1.2
"""Functions on dates and times (ODK XForms, "Date and Time Functions").

Texts with an offset are moved to the local clock before they are shown or cut; texts without one are local. Numbers
are days since 1970-01-01 on the local clock. What is no date gives "" (or NaN): an unanswered question is no error.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from functools import lru_cache
from math import floor, isfinite, nan

from forms.xpath.values import (
    EPOCH_ORDINAL,
    NodeSet,
    Value,
    fraction_of_day,
    text_to_moment,
    to_local,
    to_string,
)

_UNPADDED = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})((?:T.*)?)")
_TIME = re.compile(r"([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]+))?)?(Z|[+-][0-9]{2}(?::?[0-9]{2})?)?")
_ESCAPE = re.compile("%(.)", re.DOTALL)
_IN_PARENTHESES = re.compile(r"\(([a-z]{2,3})\b")
_DAY = timedelta(days=1)

_MONTHS = {
    "en": ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    "fr": ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."],
    "nl": ["jan.", "feb.", "mrt.", "apr.", "mei", "jun.", "jul.", "aug.", "sep.", "okt.", "nov.", "dec."],
    "de": ["Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez."],
}
_WEEKDAYS = {
    "en": ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
    "fr": ["lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim."],
    "nl": ["ma", "di", "wo", "do", "vr", "za", "zo"],
    "de": ["Mo.", "Di.", "Mi.", "Do.", "Fr.", "Sa.", "So."],
}
_NAMES = {
    "français": "fr",
    "french": "fr",
    "nederlands": "nl",
    "dutch": "nl",
    "deutsch": "de",
    "german": "de",
}


def today_text(now: datetime) -> str:
    """Return today(): the local date of `now` as yyyy-mm-dd."""
    return _local(now).date().isoformat()


def now_text(now: datetime) -> str:
    """Return now(): the dateTime with milliseconds and its offset, never moved to UTC."""
    aware = now if now.tzinfo is not None else now.astimezone()
    return aware.isoformat(timespec="milliseconds")


def date_text(value: Value) -> str:
    """Return date(): yyyy-mm-dd on the local clock from a text or a number of days; "" for what is no date."""
    moment = _moment(value)
    return "" if moment is None else moment.date().isoformat()


def date_time_text(value: Value) -> str:
    """Return date-time() (an old name): a dateTime with the local offset from a text or a number of days."""
    moment = _moment(value)
    return "" if moment is None else now_text(moment)


def decimal_date_time(value: Value) -> float:
    """Return days since 1970-01-01T00:00:00Z; a text without offset is local, so a date may have a fraction."""
    number = _as_number(value)
    if number is not None:
        return number
    moment = _moment(value)
    if moment is None:
        return nan
    try:
        return moment.timestamp() / 86400
    except (OverflowError, ValueError, OSError):
        return nan


def decimal_time(value: Value) -> float:
    """Return the fraction of the local day: 0.5 at noon. Takes a time, a dateTime or a number of days."""
    number = _as_number(value)
    if number is not None:
        return number - floor(number) if isfinite(number) else nan
    moment = _moment(value)
    return nan if moment is None else fraction_of_day(moment)


def format_date(value: Value, pattern: str, language: str = "") -> str:
    """Write a date or dateTime; `%Y %y %m %n %b %d %e %a %W %H %h %M %S %3 %%`, other escapes stay as they are.

    `language` is the session's ("fr", "French (fr)", "Français"): it chooses the names of `%b` and `%a`; English if
    unknown. A time alone is taken as of 1970-01-01.
    """
    moment = _moment(value)
    if moment is None:
        return ""
    return _ESCAPE.sub(lambda found: _escape(found[1], moment, language), pattern)


def _escape(letter: str, moment: datetime, language: str) -> str:
    match letter:
        case "Y":
            return f"{moment.year:04}"
        case "y":
            return f"{moment.year % 100:02}"
        case "m":
            return f"{moment.month:02}"
        case "d":
            return f"{moment.day:02}"
        case "b":
            return _MONTHS[language_code(language)][moment.month - 1]
        case "a":
            return _WEEKDAYS[language_code(language)][moment.weekday()]
        case _:
            return _rarer_escape(letter, moment)


def _rarer_escape(letter: str, moment: datetime) -> str:
    written = {
        "n": str(moment.month),
        "e": str(moment.day),
        "W": str(moment.isocalendar().week),
        "H": f"{moment.hour:02}",
        "h": str(moment.hour),
        "M": f"{moment.minute:02}",
        "S": f"{moment.second:02}",
        "3": f"{moment.microsecond // 1000:03}",
        "%": "%",
    }
    return written.get(letter, "%" + letter)


@lru_cache(maxsize=64)
def language_code(language: str) -> str:
    """Return "fr", "nl", "de" or "en" from a form's language name: a code, a name, or a name with its code."""
    name = language.strip().lower()
    found = _IN_PARENTHESES.search(name)
    code = found[1] if found else _NAMES.get(name, name[:2] if len(name) == 2 or name[2:3] in "-_" else "")
    return code if code in _MONTHS else "en"


# --- reading ---


def _as_number(value: Value) -> float | None:
    return None if isinstance(value, str | bool | NodeSet) else value


def _moment(value: Value) -> datetime | None:
    """Read any value as a datetime of the local clock: naive, or aware with the local offset."""
    if isinstance(value, bool):
        return None
    number = _as_number(value)
    if number is not None:
        return _days_to_moment(number)
    text = to_string(value).strip()
    moment = text_to_moment(text)
    if moment is None:
        unpadded = _UNPADDED.fullmatch(text)
        if unpadded is None:
            return _time_to_moment(text)
        year, month, day, rest = unpadded.groups()
        moment = text_to_moment(f"{year}-{month:0>2}-{day:0>2}{rest}")
    if isinstance(moment, datetime):
        return _local(moment)
    return None if moment is None else datetime(moment.year, moment.month, moment.day)  # noqa: DTZ001 - local clock


def _local(moment: datetime) -> datetime:
    return moment if moment.tzinfo is None else to_local(moment)


def _days_to_moment(days: float) -> datetime | None:
    if not isfinite(days):
        return None
    whole = floor(days)
    try:
        day = date.fromordinal(EPOCH_ORDINAL + whole)
        # Rounded to the millisecond, so that 10:30 read as 0.4375 and back does not become 10:29:59.999999.
        milliseconds = timedelta(milliseconds=round((days - whole) * 86_400_000))
        return datetime(day.year, day.month, day.day) + milliseconds  # noqa: DTZ001 - local clock
    except (ValueError, OverflowError):
        return None


def _time_to_moment(text: str) -> datetime | None:
    """Read a time of the `time` type on 1970-01-01."""
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    hour, minute, second, fraction, offset = match.groups()
    microsecond = int((fraction or "0").ljust(6, "0")[:6])
    try:
        moment = datetime(1970, 1, 1, int(hour), int(minute), int(second or 0), microsecond)  # noqa: DTZ001 - local
    except ValueError:
        return None
    return moment if offset is None else _shifted(moment, offset)


def _shifted(moment: datetime, offset: str) -> datetime:
    """Move a time to the local clock.

    A time has no day, so summer or winter is unknown: an offset that the local clock has at any time of the year is
    the local one, and noon answered in June is still noon in December. Other offsets are moved to today's.
    """
    written = timedelta(0)
    if offset != "Z":
        digits = offset[1:].replace(":", "").ljust(4, "0")
        written = timedelta(hours=int(digits[:2]), minutes=int(digits[2:])) * (-1 if offset[0] == "-" else 1)
    here = datetime.now().astimezone()
    offsets = {datetime(here.year, month, 1).astimezone().utcoffset() for month in (1, 7)}
    if written in offsets:
        return moment
    shifted = moment - written + (here.utcoffset() or timedelta(0))
    return shifted.replace(year=1970, month=1, day=1)
