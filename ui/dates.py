# SPDX-License-Identifier: EUPL-1.2
"""Times as people say them: « 10:42 » today, « hier, 16:20 », « 18 nov. » before; always in the machine's time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from PySide6.QtCore import QDate

from fieldkit import typography
from ui import i18n
from ui.i18n import translate


def today() -> date:
    """Return the day on this machine's calendar."""
    return datetime.now(UTC).astimezone().date()


def short_moment(at: datetime) -> str:
    """Write when something happened, as short as it stays clear."""
    local = at.astimezone()
    days = (today() - local.date()).days
    if days == 0:
        return typography.clock(local)
    if days == 1:
        return translate("Dates", "hier, {time}").format(time=typography.clock(local))
    return short_day(local.date())


def moment(at: datetime) -> str:
    """Write the day and the hour: « 21 nov. à 16:12 »."""
    local = at.astimezone()
    return translate("Dates", "{day} à {time}").format(day=short_day(local.date()), time=typography.clock(local))


def relative_day(at: datetime) -> str:
    """Write only the day: « aujourd’hui », « hier », « lundi », « 18 nov. »."""
    day = at.astimezone().date()
    days = (today() - day).days
    if days == 0:
        return translate("Dates", "aujourd’hui")
    if days == 1:
        return translate("Dates", "hier")
    if timedelta(0) < today() - day < timedelta(days=7):
        return i18n.locale().dayName(day.isoweekday())
    return short_day(day)


def short_day(day: date) -> str:
    """Write « 18 nov. », with the year if it is not this one."""
    if i18n.current() == i18n.SOURCE:
        return typography.short_date(day, year=day.year != today().year)
    pattern = "d MMM" if day.year == today().year else "d MMM yyyy"
    return i18n.locale().toString(_qdate(day), pattern)


def weekday_and_day(day: date) -> str:
    """Write « Dimanche 22 novembre »."""
    text = i18n.locale().toString(_qdate(day), "dddd d MMMM")
    return text[:1].upper() + text[1:]


def _qdate(day: date) -> QDate:
    return QDate(day.year, day.month, day.day)


def saved_at(at: datetime) -> str:
    """Write « à 10:42 » today, « hier, 16:20 » or « le 18 nov. » before."""
    days = (today() - at.astimezone().date()).days
    if days == 0:
        return translate("Dates", "à {time}").format(time=short_moment(at))
    return short_moment(at) if days == 1 else translate("Dates", "le {day}").format(day=short_moment(at))


def ago(at: datetime) -> str:
    """Write « à l’instant », « il y a 4 min », « il y a 2 h », then the day."""
    minutes = int((datetime.now(UTC) - at).total_seconds() // 60)
    if minutes < 1:
        return translate("Dates", "à l’instant")
    if minutes < 60:
        return translate("Dates", "il y a {n} min").format(n=minutes)
    if minutes < 60 * 12:
        return translate("Dates", "il y a {n} h").format(n=minutes // 60)
    return relative_day(at)
