# SPDX-License-Identifier: EUPL-1.2
"""The state of receiving in words: up to when one knows, what is under way, what is missing. Offline is grey."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fieldkit.received import Choice
from ui import dates
from ui.i18n import plural, translate

if TYPE_CHECKING:
    from sync.staff.gather import GatherReport
    from ui.kit import Kit


@dataclass(frozen=True, slots=True)
class ReceivedStory:
    """A banner; `title` "" is none. `word` and `action` (retry, sign-in, all) are of its one button, "" for none."""

    kind: str = "neutral"
    title: str = ""
    text: str = ""
    icon: str = ""
    word: str = ""
    action: str = ""


def subtitle(kit: Kit) -> str:
    """Return how many there are, up to when one knows, and who is signed in."""
    counts = kit.store.received.counts(Choice(communes=kit.staff.communes()))
    total = sum(counts.values())
    parts = [plural(total, translate("Received", "{n} réponse"), translate("Received", "{n} réponses")).format(n=total)]
    at = kit.store.received.as_of()
    if at is not None:
        parts.append(translate("Received", "à jour {when}").format(when=dates.saved_at(at)))
    user = kit.staff.user
    if user is not None:
        parts.append(user.display_name)
    return (
        " · ".join(parts)
        if total or user is not None
        else translate("Received", "Pour les agents de la région et des GAL")
    )


def received_line(kit: Kit, form_id: str, count: int) -> str:
    """Return « 12 reçus de la région, à jour hier, 16:20 »; "" if none was received."""
    if not count:
        return ""
    one, many = translate("Received", "{n} reçu de la région"), translate("Received", "{n} reçus de la région")
    text = plural(count, one, many).format(n=count)
    at = kit.store.received.as_of(form_id)
    when = translate("Received", ", à jour {when}").format(when=dates.saved_at(at)) if at is not None else ""
    return f"{text}{when}"


def story(kit: Kit) -> ReceivedStory:
    """Return what the banner over the list says."""
    desk = kit.staff
    if desk.running:
        return _running(kit)
    if desk.user is None or not desk.may_ask:
        return _signed_out(kit)
    if desk.unsaid is not None:
        return _unsaid()
    report = desk.report
    if report is None:
        return ReceivedStory()
    if report.stopped is not None:
        return _stopped(report)
    if report.problems:
        return _problems(report)
    if report.outside:
        return _outside(report)
    return ReceivedStory()


def _running(kit: Kit) -> ReceivedStory:
    progress = kit.staff.progress
    text = translate("Received", "Vous pouvez continuer à travailler.")
    if progress is not None and progress.total:
        text = translate("Received", "{n} sur {total} · {name}").format(
            n=progress.done, total=progress.total, name=progress.name
        )
    return ReceivedStory("info", translate("Received", "Réception en cours"), text, "refresh-cw")


def _signed_out(kit: Kit) -> ReceivedStory:
    word = translate("Received", "Se connecter")
    at = kit.store.received.as_of()
    text = translate("Received", "Ce qui a été reçu reste lisible ici.")
    if at is not None:
        text = translate("Received", "Ce qui a été reçu reste lisible ici, à jour {when}.").format(
            when=dates.saved_at(at)
        )
    known = kit.staff.user is not None
    title = translate("Received", "Connexion terminée") if known else translate("Received", "Compte web non connecté")
    return ReceivedStory("neutral", title, text, "key-round", word, "sign-in")


def _unsaid() -> ReceivedStory:
    from ui.sentences.staff import unsaid

    message = unsaid()
    return ReceivedStory("neutral", message.title, message.text, "cloud-off")


def _stopped(report: GatherReport) -> ReceivedStory:
    from sync.errors import LineError
    from ui.sentences.staff import receiving

    assert report.stopped is not None  # noqa: S101 (the caller looked)
    message = receiving(report.stopped)
    is_line = isinstance(report.stopped, LineError)
    kind, icon = ("neutral", "cloud-off") if is_line else ("err", "circle-alert")
    return ReceivedStory(kind, message.title, message.text, icon, translate("Received", "Reprendre"), "retry")


def _problems(report: GatherReport) -> ReceivedStory:
    from ui.messages import sentence

    count = len({one.form_id for one in report.problems})
    title = plural(
        count,
        translate("Received", "Un questionnaire n’a pas pu être lu en entier"),
        translate("Received", "{n} questionnaires n’ont pas pu être lus en entier"),
    )
    first = report.problems[0]
    why = sentence(first.error).line if first.error is not None else ""
    text = translate("Received", "{form} : {why}").format(form=first.form_id, why=why)
    return ReceivedStory(
        "draft", title.format(n=count), text, "triangle-alert", translate("Received", "Réessayer"), "retry"
    )


def _outside(report: GatherReport) -> ReceivedStory:
    title = plural(
        report.outside,
        translate("Received", "{n} réponse d’une autre commune est restée à la région"),
        translate("Received", "{n} réponses d’autres communes sont restées à la région"),
    )
    text = translate(
        "Received", "Seules celles de votre territoire viennent ici : c’est plus court sur une ligne lente."
    )
    return ReceivedStory(
        "neutral", title.format(n=report.outside), text, "map-pin", translate("Received", "Tout recevoir"), "all"
    )
