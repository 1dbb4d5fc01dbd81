# SPDX-License-Identifier: EUPL-1.2
"""What there is to do today, from what the store holds: verb first, cause second, most urgent first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fieldkit.instance import State
from ui import dates, states
from ui.i18n import plural, translate
from ui.known_forms import DIAGNOSTIC
from ui.states import commune_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fieldkit.instance import Instance
    from fieldkit.territory import Commune

NEARLY = 0.8  # of the questions answered: a draft worth finishing first


@dataclass(frozen=True, slots=True)
class Todo:
    """One line: `action` is "open", "correct", "see", "send" or "begin"; `target` an instance_id or a NIS code."""

    action: str
    target: str
    icon: str
    kind: str
    title: str
    text: str
    chip_kind: str = ""
    chip: str = ""


def build(
    instances: Sequence[Instance], refused: Iterable[Instance], communes: Iterable[Commune], skip: str = ""
) -> list[Todo]:
    """Return everything to do, most urgent first; the record `skip` is on screen already.

    `refused` are the records that the region returned or refused and that nobody corrects yet.
    """
    corrections = [_correction(one) for one in refused]
    drafts = [one for one in instances if one.state is State.DRAFT and one.instance_id != skip]
    wrong = [_wrong(one) for one in drafts if one.invalid]
    rest = sorted((one for one in drafts if not one.invalid), key=_share, reverse=True)
    return [*corrections, *_sending(instances), *wrong, *map(_draft, rest), *_begin(instances, communes)]


def place_of(instance: Instance) -> str:
    """Return what people call a record: a diagnostic by its place, others by their name with the commune."""
    commune = commune_name(instance.commune_nis)
    if instance.form_id == DIAGNOSTIC:
        # The form names it « place — date »: the day stands elsewhere on every screen.
        place = instance.name.partition(" — ")[0] if " — " in instance.name else commune
        title = translate("Todo", "Diagnostic territorial")
        return f"{title} — {place}" if place else title
    if commune and commune.casefold() not in instance.name.casefold():
        return f"{instance.name}, {commune}"
    return instance.name


def _share(instance: Instance) -> float:
    return instance.answered / instance.asked if instance.asked else 0.0


def _correction(instance: Instance) -> Todo:
    text, badge = states.refusal_line(instance), states.badge_of(instance)
    if states.is_cured_elsewhere(instance):  # the region has to act first: read why, in place of changing answers
        action, title = "see", translate("Todo", "Renvoyer « {name} »")
    else:
        action, title = "correct", translate("Todo", "Corriger « {name} »")
    title = title.format(name=place_of(instance))
    return Todo(action, instance.instance_id, badge.icon, "err", title, text, badge.kind, badge.text)


def _wrong(instance: Instance) -> Todo:
    title = translate("Todo", "Corriger « {name} »").format(name=place_of(instance))
    count = instance.invalid
    text = plural(
        count,
        translate("Todo", "{n} réponse à corriger avant de terminer"),
        translate("Todo", "{n} réponses à corriger avant de terminer"),
    ).format(n=count)
    chip = translate("Todo", "À corriger")
    return Todo("open", instance.instance_id, "pencil", "draft", title, text, "draft", chip)


def _sending(instances: Sequence[Instance]) -> list[Todo]:
    waiting = [one for one in instances if one.state is State.FINALIZED]
    if not waiting:
        return []
    count = len(waiting)
    title = plural(
        count,
        translate("Todo", "Envoyer {n} réponse terminée"),
        translate("Todo", "Envoyer {n} réponses terminées"),
    ).format(n=count)
    text = translate("Todo", "Terminé et gardé sur cet ordinateur, à envoyer quand vous avez du réseau")
    chip = translate("Todo", "Prêt à envoyer")
    return [Todo("send", "", "send", "info", title, text, "ready", chip)]


def _draft(instance: Instance) -> Todo:
    nearly = _share(instance) >= NEARLY
    verb = translate("Todo", "Terminer « {name} »") if nearly else translate("Todo", "Continuer « {name} »")
    text = translate("Todo", "{answered} · modifié {day}").format(
        answered=states.answered(instance.answered, instance.asked), day=dates.relative_day(instance.changed_at)
    )
    icon = "folder-kanban" if instance.source_id else "file-pen-line"
    chip = translate("Todo", "Presque complet") if nearly else ""
    kind = "review" if instance.source_id else "draft"
    return Todo("open", instance.instance_id, icon, kind, verb.format(name=place_of(instance)), text, kind, chip)


def _begin(instances: Sequence[Instance], communes: Iterable[Commune]) -> list[Todo]:
    begun = {one.commune_nis for one in instances if one.form_id == DIAGNOSTIC}
    text = translate("Todo", "Questionnaire déjà sur cet ordinateur, utilisable sans connexion")
    title = translate("Todo", "Commencer le diagnostic de {name}")
    return [
        Todo("begin", one.nis, "clipboard-list", "neutral", title.format(name=one.name), text)
        for one in communes
        if one.nis not in begun
    ]
