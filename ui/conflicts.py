# SPDX-License-Identifier: EUPL-1.2
"""Refused records in the window: what the user is asked before one is corrected, what waits for it, what became of it.

Most are corrected at once. Two kinds are asked about first: those that the region has otherwise (`is_conflict`), and
those that finished records wait for.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from fieldkit.errors import FieldkitError, NotFoundError
from fieldkit.instance import State
from ui import dates, states, todo
from ui.i18n import plural, translate

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from fieldkit.instance import Instance
    from ui.kit import Kit

    Step = tuple[str, str, str, str]  # of ui.screens.record_panel: icon, role, title, text

WAITS = "waits-for-earlier"  # of sync.errors.Reason, which the first paint does not wait for


def correct(kit: Kit, instance_id: str, parent: QWidget) -> None:
    """Open what a refused or returned record is corrected in, after asking what there is to ask."""
    from fieldkit import resolving
    from ui.corrections import is_under_way

    instance = kit.store.instances.get(instance_id)
    binned = {one.instance_id for one in kit.store.instances.bin()}
    if is_under_way(kit.store, instance, binned) or instance.state is not State.REJECTED:
        kit.record_asked.emit(kit.correct(instance_id))
    elif resolving.is_conflict(instance):
        _choose(kit, instance, parent)
    elif kit.store.parked.followers(instance_id):
        _ask_about_followers(kit, instance, parent)
    else:
        kit.record_asked.emit(kit.correct(instance_id))


def resend(kit: Kit, instance_id: str) -> None:
    """Send a refused record again as it is; what waits for it goes after it in the same sync."""
    kit.store.instances.retry(instance_id)
    kit.records_changed.emit()
    kit.connection.send()


@contextmanager
def _told(kit: Kit) -> Iterator[None]:
    """Tell what goes wrong inside, and have everybody look at the store again either way."""
    from forms.errors import FormError

    try:
        yield
    except (FieldkitError, FormError) as error:
        kit.trouble_met.emit(error)
    finally:
        kit.records_changed.emit()


def take_up(kit: Kit, *instance_ids: str) -> None:
    """Bring back what was set aside."""
    from fieldkit import resolving

    with _told(kit):
        for one in instance_ids:
            instance = kit.store.instances.get(one)
            resolving.take_up(kit.store, one, kit.form(instance.form_id, instance.form_version, instance.account_id))


def _choose(kit: Kit, instance: Instance, parent: QWidget) -> None:
    from ui.screens.conflict_dialog import ConflictDialog

    dialog = ConflictDialog(kit, instance, parent)
    dialog.exec()
    dialog.deleteLater()
    act(kit, instance, dialog.answer, parent, newer=dialog.newer)


def act(kit: Kit, instance: Instance, way: str, parent: QWidget, *, newer: str = "") -> None:
    """Do what was chosen: "region", "new", "newer" (the version that the list names), "draft", "export", or nothing."""
    if way == "region":
        _set_aside(kit, instance)
    elif way in {"new", "newer"}:
        _send_mine(kit, instance, newer if way == "newer" else "")
    elif way == "draft":
        with _told(kit):
            kit.record_asked.emit(correct_last(kit, instance))
    elif way == "export":
        from ui.dossiers import export_records

        export_records(kit, [instance], parent)


def _set_aside(kit: Kit, instance: Instance) -> None:
    from fieldkit import resolving

    with _told(kit):
        aside = resolving.keep_region(kit.store, instance.instance_id)
        undo = (translate("Conflict", "Annuler"), lambda: take_up(kit, *reversed(aside)))
        kit.toast(translate("Conflict", "Mise de côté : elle reste lisible et ne part pas"), undo)


def _send_mine(kit: Kit, instance: Instance, base: str) -> None:
    from fieldkit import resolving
    from ui.corrections import opener

    with _told(kit):
        form = kit.form(instance.form_id, instance.form_version, instance.account_id)
        resolving.send_copy(kit.store, instance.instance_id, base, form, opener(kit), datetime.now(UTC))
        new = translate("Conflict", "Votre version part comme nouvelle réponse")
        kit.toast(translate("Conflict", "Votre version part à la place de l’autre") if base else new)
    kit.connection.send_by_itself()


def correct_last(kit: Kit, instance: Instance) -> str:
    """Return a correction of the last version of a refused record; the finished edits between are set aside."""
    from fieldkit import resolving
    from sync.corrections import base_of
    from ui.corrections import opener

    store = kit.store
    edits = resolving.edits_of(store, instance.instance_id)
    if not edits:
        return kit.correct(instance.instance_id)
    form = kit.form(instance.form_id, instance.form_version, instance.account_id)
    made = resolving.begin_copy(store, edits[-1], base_of(store, instance.instance_id), form, opener(kit))
    for one in reversed(edits):
        store.parked.set_aside(one)
        store.parked.begin_anew(one, made)
    store.parked.begin_anew(instance.instance_id, made)
    return made


def _ask_about_followers(kit: Kit, instance: Instance, parent: QWidget) -> None:
    from ui.screens.conflict_dialog import FollowersDialog

    dialog = FollowersDialog(kit, instance, parent)
    dialog.exec()
    dialog.deleteLater()
    if dialog.answer == "resend":
        resend(kit, instance.instance_id)
    elif dialog.answer == "correct":
        with _told(kit):
            kit.record_asked.emit(correct_last(kit, instance))


# In words


def word_for(instance: Instance) -> tuple[str, str]:
    """Return word and icon of the button that leads to a correction."""
    from fieldkit import resolving

    if resolving.is_conflict(instance):
        return translate("Conflict", "Choisir…"), "copy"
    return translate("Conflict", "Corriger"), "pencil"


def waiting_cause(kit: Kit, instance: Instance) -> str:
    """Return what a finished record waits for, by its name, "" if that goes by itself."""
    if instance.reason != WAITS:
        return ""
    from sync.flight import waits_for

    try:
        base = kit.store.instances.get(waits_for(kit.store, instance))
    except NotFoundError:
        return ""
    pattern = {
        State.REJECTED: translate("Conflict", "Attend « {name} », que la région a refusée"),
        State.DRAFT: translate("Conflict", "Attend « {name} », encore un brouillon"),
        State.SET_ASIDE: translate("Conflict", "Attend « {name} », mise de côté : reprenez-la pour envoyer"),
    }.get(base.state, "")
    return pattern.format(name=todo.place_of(base))


def followers_line(kit: Kit, instance: Instance) -> list[QWidget]:
    """Return a line that says how many finished records wait for a refused one, nothing if none does."""
    from ui.widgets.text import Label

    count = len(kit.store.parked.followers(instance.instance_id)) if instance.state is State.REJECTED else 0
    if not count:
        return []
    words = plural(
        count,
        translate("Conflict", "{n} réponse terminée attend celle-ci pour partir."),
        translate("Conflict", "{n} réponses terminées attendent celle-ci pour partir."),
    )
    return [Label(words.format(n=count), "small", "text2", True)]


def begun_from(kit: Kit, instance: Instance) -> list[Step]:
    """Return the step of a record's trail that tells what it was begun from."""
    source = kit.store.parked.begun_from(instance.instance_id)
    if not source or source == instance.deprecated_id:
        return []
    title = translate("Conflict", "Reprise de la réponse {number}").format(number=states.receipt_number(source))
    return [("copy", "text2", title, translate("Conflict", "Refusée par la région, gardée sur cet ordinateur"))]


def what_became(kit: Kit, instance: Instance) -> list[Step]:
    """Return the steps of a trail that tell where a refused record went."""
    steps: list[Step] = []
    carried = kit.store.parked.carried_at(instance.instance_id)
    if carried is not None:
        steps.append(("usb", "text2", translate("Conflict", "Emportée dans un dossier"), dates.moment(carried)))
    if instance.state is not State.SET_ASIDE:
        return steps
    title = translate("Conflict", "Mise de côté")
    steps.append(("archive", "text2", title, dates.moment(instance.changed_at)))
    made = kit.store.parked.corrected_by(instance.instance_id)
    if made:
        title = translate("Conflict", "Reprise dans la réponse {number}").format(number=states.receipt_number(made))
        steps.append(("arrow-right", "text2", title, ""))
    return steps
