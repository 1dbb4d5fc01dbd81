# SPDX-License-Identifier: EUPL-1.2
"""The states of a record in words, icons and colours: the same in lists, panels and « Envois »."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fieldkit import typography
from fieldkit.instance import State
from fieldkit.standing import Standing, standing_of
from ui import dates
from ui.i18n import plural, translate

if TYPE_CHECKING:
    from fieldkit.instance import Instance
    from fieldkit.received import ReceivedRecord
    from fieldkit.store import Dossier

LONGEST_LINE = 160
# Of sync.errors.Reason, which the first paint does not wait for.
_CURED_ELSEWHERE = frozenset(
    {"no-right", "closed", "closed-maybe-received", "form-unknown", "version-unknown", "server-fails-on-it"}
)
# At the beginning of a line: « contact_telephone : », « ligne[2]/ligne_prix : »; « adresse : » is a word and stays.
_TECHNICAL = re.compile(r"^[ \t]*(?:\$\{\S+\}|[^\s:]*[_/\[][^\s:]*)\s*:[ \t\u00a0]+(?=\S)", re.MULTILINE)
LONGEST_STATUS = 16  # characters of a region's own word that a chip shows


@dataclass(frozen=True, slots=True)
class Badge:
    """What a chip says: `kind` is a family of colours of `ui.widgets.indicators`."""

    kind: str
    text: str
    icon: str


def badge(state: State) -> Badge:
    """Return the chip of a state."""
    return {
        State.DRAFT: Badge("draft", translate("States", "Brouillon"), "file-pen-line"),
        State.FINALIZED: Badge("ready", translate("States", "Prêt à envoyer"), "circle-check"),
        State.SUBMITTED: Badge("sent", translate("States", "Envoyé"), "check-check"),
        State.RETURNED: Badge("error", translate("States", "À corriger"), "circle-alert"),
        State.REJECTED: Badge("error", translate("States", "À corriger"), "circle-alert"),
        State.SET_ASIDE: Badge("neutral", translate("States", "Mise de côté"), "archive"),
    }[state]


def review(record: ReceivedRecord) -> Badge:
    """Return the chip of a record of others: what the region decided of it, or why nobody here can."""
    if record.deleted_at is not None:
        return Badge("neutral", translate("States", "Supprimé"), "trash-2")
    return {
        "": Badge("info", translate("States", "À relire"), "inbox"),
        "hasIssues": Badge("review", translate("States", "À corriger"), "message-square-text"),
        "edited": Badge("draft", translate("States", "Corrigé"), "file-pen-line"),
        "approved": Badge("sent", translate("States", "Approuvé"), "circle-check"),
        "rejected": Badge("error", translate("States", "Rejeté"), "circle-x"),
    }[record.review_state]


# The colour of an icon that stands for a kind of chip.
ROLES = {"sent": "ok", "review": "review", "error": "err", "neutral": "text2"}


def standing(status: str) -> Badge | None:
    """Return the chip of what the region says of a dossier, in its own word if that is not known; None if nothing yet.

    What is to be corrected has the chip of its state; a record that is sent all the same was corrected by another one.
    """
    return {
        Standing.RECEIVED: None,
        Standing.REVIEWING: Badge("review", translate("States", "En relecture"), "eye"),
        Standing.TO_CORRECT: Badge("review", translate("States", "Corrigé"), "check-check"),
        Standing.ACCEPTED: Badge("sent", translate("States", "Accepté"), "circle-check"),
        Standing.REFUSED: Badge("error", translate("States", "Refusé"), "circle-x"),
        Standing.UNKNOWN: Badge("neutral", status[:LONGEST_STATUS], "info"),
    }[standing_of(status)]


def badge_of(instance: Instance, dossier: Dossier | None = None) -> Badge:
    """Return the chip of a record: of one that was sent, what the region says of it, if it does."""
    if is_cured_elsewhere(instance):
        return Badge("error", translate("States", "À renvoyer"), "rotate-ccw")
    if instance.state is not State.SUBMITTED or dossier is None:
        return badge(instance.state)
    return standing(dossier.status) or _received()


def badge_of_row(status: str) -> Badge:
    """Return the chip of a row of the region's list whose record is not here."""
    if standing_of(status) is Standing.TO_CORRECT:
        return badge(State.RETURNED)
    return standing(status) or _received()


def _received() -> Badge:
    return Badge("received", translate("States", "Reçu"), "badge-check")


def percent(instance: Instance) -> float:
    """Return how far a record is, 0 to 100; whatever is finalized is complete."""
    if instance.state is not State.DRAFT:
        return 100.0
    return 100.0 * instance.answered / instance.asked if instance.asked else 0.0


def answered(count: int, asked: int) -> str:
    """Return « 1 réponse sur 58 »."""
    words = plural(
        count,
        translate("States", "{answered} réponse sur {asked}"),
        translate("States", "{answered} réponses sur {asked}"),
    )
    return words.format(answered=typography.integer(count), asked=typography.integer(asked))


def commune_name(nis: str) -> str:
    """Return the name of a commune, "" without a code, the code itself if no table knows it."""
    if not nis:
        return ""
    from fieldkit import territory
    from fieldkit.errors import TerritoryError

    try:
        return territory.commune(nis).name
    except TerritoryError:
        return nis


def refusal(instance: Instance) -> str:
    """Return why the region returned or refused a record: its own words, else what the code means."""
    if instance.state is State.RETURNED:
        asked = translate("States", "La région demande des corrections. Rien n’est perdu : corrigez puis renvoyez.")
        return instance.reason_text or asked
    from ui.sentences.network import row_message

    return row_message(instance.reason, instance.reason_text).line


def is_cured_elsewhere(instance: Instance) -> bool:
    """Tell whether the region, not the author, has to change something before a refused record is sent again."""
    return instance.state is State.REJECTED and instance.reason in _CURED_ELSEWHERE


def refusal_line(instance: Instance) -> str:
    """Return the same on one line, as long as a list has room for: the whole stands in the record's panel."""
    line = " ".join(without_names(refusal(instance)).split())
    return line if len(line) <= LONGEST_LINE else line[: LONGEST_LINE - 1].rstrip() + "…"


def without_names(comment: str) -> str:
    """Return a region's comment without the names of questions that only a form's author can read.

    Which question is meant stands in the panel of the record and beside the question itself.
    """
    return _TECHNICAL.sub("", comment)


def shown_name(instance: Instance) -> str:
    """Return the record's name with its days as people write them: « Incourt — 22 nov. »."""
    return typography.written_days(instance.name, dates.short_day)


def receipt_number(instance_id: str) -> str:
    """Return the short form of the number that the region knows a record by: the end of its instanceID."""
    return instance_id.rpartition(":")[2].replace("-", "")[:8].upper()
