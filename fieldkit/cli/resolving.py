# SPDX-License-Identifier: EUPL-1.2
"""`resolve`: a refused record that the region has otherwise, or for which others wait."""

from __future__ import annotations

from argparse import Namespace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from fieldkit import resolving
from fieldkit.cli.answer import Answer
from fieldkit.cli.dossiers import held
from fieldkit.cli.errors import NoNewerVersionError, NothingToResolveError
from fieldkit.cli.messages import reason_words
from fieldkit.cli.reading import folder_of
from fieldkit.form_cache import load_stored
from fieldkit.instance import Instance
from fieldkit.settings import AGENT_EMAIL, AGENT_NAME, DEVICE_ID
from fieldkit.workspace import Workspace

if TYPE_CHECKING:
    from fieldkit.dossier.merge import Conflict
    from fieldkit.resolving import Opened
    from forms import FormDef, FormSession


def resolve(arguments: Namespace) -> Answer:
    """Do one way on, or tell what differs and which ways there are."""
    with Workspace.open(folder_of(arguments)) as workspace:
        store = workspace.store
        instance = store.instances.get(arguments.record)
        form = load_stored(store, instance.form_id, instance.form_version, instance.account_id)
        if arguments.way == "take-up":
            resolving.take_up(store, instance.instance_id, form)
            return _done(instance, "stands where it stood before it was set aside")
        if arguments.way == "retry":
            waiting = len(store.parked.followers(instance.instance_id))
            store.instances.retry(instance.instance_id)
            more = f", then {waiting} that wait for it" if waiting else ""
            return _done(instance, f"goes again as it is with the next `push`{more}")
        if not resolving.is_conflict(instance):
            raise NothingToResolveError(instance.instance_id, str(instance.state))
        newer = resolving.named_newer(store, instance.instance_id)
        if arguments.way == "on-newer" and not newer:
            raise NoNewerVersionError(instance.instance_id)
        if arguments.way:
            return _WAYS[arguments.way](workspace, instance, form, newer)
        return _show(workspace, instance, form, newer)


def _keep_region(workspace: Workspace, instance: Instance, _form: FormDef, _newer: str) -> Answer:
    aside = resolving.keep_region(workspace.store, instance.instance_id)
    more = f", and {len(aside) - 1} that edited it" if len(aside) > 1 else ""
    return _done(instance, f"is set aside{more}: kept to be read, never sent; --take-up brings it back")


def _as_new(workspace: Workspace, instance: Instance, form: FormDef, _newer: str) -> Answer:
    made = resolving.send_copy(workspace.store, instance.instance_id, "", form, _opener(workspace), datetime.now(UTC))
    return _done(instance, f"goes with the next `push` as a new record: {made}", made)


def _on_newer(workspace: Workspace, instance: Instance, form: FormDef, newer: str) -> Answer:
    made = resolving.send_copy(
        workspace.store, instance.instance_id, newer, form, _opener(workspace), datetime.now(UTC)
    )
    return _done(instance, f"goes with the next `push` in the place of {newer}: {made}", made)


def _draft(workspace: Workspace, instance: Instance, form: FormDef, newer: str) -> Answer:
    store = workspace.store
    base = newer if instance.reason == resolving.OUT_OF_DATE else instance.deprecated_id
    last = resolving.tip_of(store, instance.instance_id)
    made = resolving.begin_copy(store, last, base, form, _opener(workspace))
    store.parked.begin_anew(instance.instance_id, made)
    return _done(instance, f"goes on as the draft {made}, in the window", made)


def _done(instance: Instance, what: str, made: str = "") -> Answer:
    return Answer((f"{instance.instance_id} {what}",), {"record": instance.instance_id, "made": made})


_WAYS = {"keep-region": _keep_region, "as-new": _as_new, "on-newer": _on_newer, "draft": _draft}


def _opener(workspace: Workspace) -> Opened:
    from forms import FormSession
    from forms.views import Context

    settings = workspace.settings
    context = Context(
        device_id=settings.get(DEVICE_ID), username=settings.get(AGENT_NAME), email=settings.get(AGENT_EMAIL)
    )

    def opened(form: FormDef, xml: bytes, base: str) -> FormSession:
        return FormSession(form, instance_xml=xml, deprecated_id=base, context=context)

    return opened


def _show(workspace: Workspace, instance: Instance, form: FormDef, newer: str) -> Answer:
    store = workspace.store
    last = resolving.last_delivered(store, instance.instance_id)
    mine = resolving.tip_of(store, instance.instance_id)
    found = resolving.differences(store, mine, last, form) if last else ()
    waiting = [one.instance_id for one in store.parked.followers(instance.instance_id)]
    data: dict[str, Any] = {
        "record": instance.instance_id,
        "reason": instance.reason,
        "last_delivered": last,
        "newer": newer,
        "waiting": waiting,
        "differences": [{"ref": one.ref, "mine": dict(one.mine), "sent": dict(one.theirs)} for one in found],
    }
    lines = [
        f"{instance.instance_id} was refused: {reason_words(instance.reason)}",
        "The region's version cannot be read with this access.",
    ]
    lines.append(
        f"Changed since {last} was sent from here:" if last else "Nothing was sent from here under this number."
    )
    lines += [f"  {_line(one)}" for one in found]
    lines += [f"waits for it: {one}" for one in waiting]
    lines += ["--keep-region sets yours aside, --as-new sends it under a new number, --draft opens it again"]
    lines += [f"--on-newer sends it in the place of {newer}, which the region's list names"] if newer else []
    return Answer(tuple(lines), data)


def _line(one: Conflict) -> str:
    mine = held(one.mine) if one.mine != one.theirs else "another file of the same name"
    return f"{one.ref}: sent {held(one.theirs)}, now {mine}"
