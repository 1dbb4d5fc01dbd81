# SPDX-License-Identifier: EUPL-1.2
"""Sentences for what regions send as packs: why one was not taken, and what stays in use."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from fieldkit import errors as domain
from fieldkit.packs import errors
from ui import dates
from ui.i18n import translate
from ui.messages import Entry, Message, sentence

if TYPE_CHECKING:
    from sync.pull import FormProblem


def catalogue_problem(problem: FormProblem) -> Message:
    """Return what was wrong with the catalogue, or with one of its packs: no questionnaire is concerned."""
    if problem.error is not None:
        return sentence(problem.error)
    return Message(
        translate("Packs", "La région annonce des guides ou des appels qu’elle n’a pas fournis"),
        translate("Packs", "Prévenez-la : {names}. Ce que vous aviez reste en service.").format(
            names=", ".join(problem.missing_media)
        ),
    )


def _kept() -> str:
    return translate("Packs", "Rien n’en a été repris ; ce que vous aviez reste en service.")


def _refused(error: errors.PackError) -> Message:
    title = translate("Packs", "Le paquet « {name} » n’a pas pu être repris").format(name=error.name)
    return Message(title, translate("Packs", "{kept} Signalez-le à la région.").format(kept=_kept()))


def _no_pack(error: errors.NotAPack) -> Message:
    title = translate("Packs", "« {name} » n’est pas un paquet de guides ou d’appels").format(name=error.name)
    return Message(title, translate("Packs", "{kept} Signalez-le à la région.").format(kept=_kept()))


def _damaged(error: errors.PackDamaged) -> Message:
    title = translate("Packs", "Le paquet « {name} » est abîmé ou a été modifié").format(name=error.name)
    text = translate("Packs", "{kept} Relancez l’échange ; si cela se répète, signalez-le à la région.")
    return Message(title, text.format(kept=_kept()))


def _unsafe(error: errors.PackUnsafe) -> Message:
    title = translate("Packs", "Le paquet « {name} » est construit de façon suspecte").format(name=error.name)
    return Message(title, translate("Packs", "Il n’a pas été ouvert. Signalez-le à la région."))


def _too_new(error: errors.PackTooNew) -> Message:
    title = translate("Packs", "Le paquet « {name} » demande une version plus récente de Field Kit")
    text = translate("Packs", "{kept} Installez la dernière version de Field Kit, puis relancez l’échange.")
    return Message(title.format(name=error.name), text.format(kept=_kept()))


def _unsigned(error: errors.PackUnsigned) -> Message:
    title = translate("Packs", "La signature du paquet « {name} » n’est pas bonne").format(name=error.name)
    return Message(title, translate("Packs", "{kept} Signalez-le à la région.").format(kept=_kept()))


def _content(error: errors.PackContentWrong) -> Message:
    title = translate("Packs", "Un fichier du paquet « {name} » n’est pas utilisable").format(name=error.name)
    text = translate("Packs", "{kept} Signalez à la région le fichier {file}.")
    return Message(title, text.format(kept=_kept(), file=error.cause.partition(":")[0]))


def _expired(error: errors.PackExpired) -> Message:
    title = translate("Packs", "Le paquet « {name} » n’est plus valable depuis le {day}")
    text = translate("Packs", "{kept} Vérifiez la date de l’ordinateur, ou demandez un paquet récent à la région.")
    day = dates.short_day(date.fromisoformat(error.cause))
    return Message(title.format(name=error.name, day=day), text.format(kept=_kept()))


def _tomorrow(error: errors.PackFromTomorrow) -> Message:
    title = translate("Packs", "Le paquet « {name} » porte une date à venir, le {day}")
    text = translate("Packs", "{kept} Vérifiez la date de l’ordinateur, puis relancez l’échange.")
    day = dates.short_day(datetime.fromisoformat(error.cause).astimezone().date())
    return Message(title.format(name=error.name, day=day), text.format(kept=_kept()))


def _older(error: errors.PackOlder) -> Message:
    title = translate("Packs", "Le paquet « {name} » n’est pas plus récent que le vôtre").format(name=error.name)
    return Message(title, translate("Packs", "{kept} Signalez-le à la région.").format(kept=_kept()))


def _unwritten(error: errors.PackNotWritten) -> Message:
    title = translate("Packs", "Le fichier « {name} » n’a pas pu être écrit").format(name=error.name)
    return Message(title, translate("Packs", "Choisissez un autre nom ou un autre dossier."))


def _no_key(error: errors.UnusablePackKey) -> Message:
    title = translate("Packs", "« {name} » n’est pas une clé qui signe des paquets").format(name=error.name)
    return Message(title, translate("Packs", "Choisissez le fichier de clé de la région."))


def _call(error: domain.CallError) -> Message:
    title = translate("Packs", "Les règles de l’appel « {name} » ne sont pas lisibles").format(name=error.name)
    return Message(title, translate("Packs", "Réinstallez Field Kit. Les autres appels restent utilisables."))


ENTRIES: dict[type[BaseException], Entry] = {
    errors.PackError: _refused,
    errors.NotAPack: _no_pack,
    errors.PackDamaged: _damaged,
    errors.PackUnsafe: _unsafe,
    errors.PackTooNew: _too_new,
    errors.PackUnsigned: _unsigned,
    errors.PackContentWrong: _content,
    errors.PackExpired: _expired,
    errors.PackFromTomorrow: _tomorrow,
    errors.PackOlder: _older,
    errors.PackNotWritten: _unwritten,
    errors.UnusablePackKey: _no_key,
    domain.CallError: _call,
}
