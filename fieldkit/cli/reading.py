# SPDX-License-Identifier: EUPL-1.2
"""`forms`, `records` and `status`: what is in the workspace. They read only, beside a running window too."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fieldkit.cli.answer import Answer
from fieldkit.errors import TerritoryError, WorkspaceMissing
from fieldkit.instance import Instance, State
from fieldkit.paths import workspace_folder
from fieldkit.settings import AGENT_NAME, CONFIRM_DAYS, TERRITORY_ID, TERRITORY_KIND
from fieldkit.store import copied_at, copies_of
from fieldkit.territory import commune_name, place
from fieldkit.version import VERSION
from fieldkit.workspace import Workspace


def folder_of(arguments: Namespace) -> Path:
    """Return the workspace folder: --workspace, else the user's."""
    return Path(arguments.workspace).expanduser().absolute() if arguments.workspace else workspace_folder()


@contextmanager
def reading(arguments: Namespace) -> Iterator[Workspace | None]:
    """Open the workspace for reading; None where there is none yet, which is not an error for who only looks."""
    try:
        workspace = Workspace.open(folder_of(arguments), read_only=True)
    except WorkspaceMissing:
        yield None
        return
    with workspace:
        yield workspace


def forms(arguments: Namespace) -> Answer:
    """List the blank forms that can be filled."""
    with reading(arguments) as workspace:
        kept = workspace.store.blank_forms.list() if workspace else []
    data = [
        {
            "form_id": form.form_id,
            "version": form.version,
            "title": form.title,
            "hash": form.hash,
            "origin": form.origin,
            "offered_by": list(form.offers),
            "added_at": form.added_at.isoformat(),
            "attachments": list(form.attachments),
        }
        for form in kept
    ]
    rows = [(form.form_id, form.version, ", ".join(form.offers), form.title) for form in kept]
    return Answer(
        columns(
            ("form", "version", "from", "title"),
            rows,
            "No form yet: open the window once for those that ship, or get those of a region with `fieldkit pull`.",
        ),
        data,
    )


def records(arguments: Namespace) -> Answer:
    """List the records, the last changed first; with --export, write them as a table too."""
    states = [State(arguments.state)] if arguments.state else []
    with reading(arguments) as workspace:
        found: list[Instance] = []
        if workspace:
            found = workspace.store.instances.search(
                arguments.search, states, arguments.form, arguments.commune, limit=arguments.limit
            )
            if arguments.export:
                return _export(workspace, arguments, states)
    data = [_record_data(one) for one in found]
    rows = [
        (one.instance_id, str(one.state), one.form_id, f"{one.answered}/{one.asked}", one.name or "(no name)")
        for one in found
    ]
    return Answer(columns(("record", "state", "form", "answered", "name"), rows, "No record."), data)


def status(arguments: Namespace) -> Answer:
    """Say where the workspace is, what it holds and what waits to be sent."""
    folder = folder_of(arguments)
    with reading(arguments) as workspace:
        data: dict[str, Any] = {"version": VERSION, "workspace": str(folder), "exists": workspace is not None}
        if workspace is None:
            lines = (f"Field Kit {VERSION}", f"workspace: {folder} (nothing there yet)")
            return Answer(lines, data)
        data |= _status_data(workspace)
    return Answer(_status_lines(data), data)


def _status_data(workspace: Workspace) -> dict[str, Any]:
    from fieldkit.cli.accounts import accounts_data
    from fieldkit.cli.regions import default_id
    from sync.returns import unconfirmed

    store, settings = workspace.store, workspace.settings
    copies = copies_of(store.path)
    waiting = [one for one in store.instances.outbox() if one.reason]
    returned = store.instances.search(states=[State.RETURNED], limit=-1)
    days = settings.get(CONFIRM_DAYS)
    missing = [each for one in store.accounts.all() for each in unconfirmed(store, one.account_id, days)]
    return {
        "agent": settings.get(AGENT_NAME),
        "territory": _territory_name(settings.get(TERRITORY_KIND), settings.get(TERRITORY_ID)),
        "account": default_id(workspace),
        "accounts": accounts_data(workspace),
        "forms": len(store.blank_forms.list()),
        "records": {str(state): count for state, count in store.instances.counts().items()},
        "waiting": [{"instance_id": one.instance_id, "reason": one.reason, "text": one.reason_text} for one in waiting],
        "returned": [{"instance_id": one.instance_id, "text": one.reason_text} for one in returned],
        "unconfirmed": list(dict.fromkeys(missing)),
        "received": {
            "records": sum(store.received.counts().values()),
            "as_of": as_of.isoformat() if (as_of := store.received.as_of()) else None,
        },
        "last_copy_at": copied_at(copies[0]).isoformat() if copies else None,
        "settings_warning": settings.warning.cause if settings.warning else "",
    }


def _status_lines(data: dict[str, Any]) -> tuple[str, ...]:
    counts = ", ".join(f"{count} {state}" for state, count in data["records"].items() if count) or "none"
    return (
        f"Field Kit {data['version']}",
        f"workspace: {data['workspace']}",
        f"agent: {data['agent'] or 'not told'}; territory: {data['territory'] or 'not chosen'}",
        *(_account_line(one) for one in data["accounts"]),
        *([] if data["accounts"] else ["account: none, everything stays on this computer"]),
        f"forms: {data['forms']}",
        f"records: {counts}",
        *(f"waiting: {one['instance_id']} ({one['reason']}) {one['text']}".rstrip() for one in data["waiting"]),
        *(f"to be corrected: {one['instance_id']} {' '.join(one['text'].split())}" for one in data["returned"]),
        *(f"sent, but not confirmed by the region: {one}" for one in data["unconfirmed"]),
        *(
            [f"received from the region: {data['received']['records']} records, as of {data['received']['as_of']}"]
            if data["received"]["as_of"]
            else []
        ),
        f"last copy of the database: {data['last_copy_at'] or 'none yet'}",
        *([f"settings: defaults are used ({data['settings_warning']})"] if data["settings_warning"] else []),
    )


def _account_line(one: dict[str, Any]) -> str:
    name = f"{one['name']}, default" if one["default"] else one["name"]
    last = one["last_sync_at"] or "never"
    return f"account: {one['account']} ({name}), {one['waiting']} waiting, last exchange {last}"


def _territory_name(kind: str, code: str) -> str:
    try:
        return place(kind, code).name if kind else ""
    except TerritoryError:
        return code


def _record_data(one: Instance) -> dict[str, Any]:
    return {
        "instance_id": one.instance_id,
        "form_id": one.form_id,
        "form_version": one.form_version,
        "state": str(one.state),
        "account": one.account_id,
        "name": one.name,
        "commune_nis": one.commune_nis,
        "commune": commune_name(one.commune_nis),
        "asked": one.asked,
        "answered": one.answered,
        "invalid": one.invalid,
        "created_at": one.created_at.isoformat(),
        "changed_at": one.changed_at.isoformat(),
        "finalized_at": one.finalized_at.isoformat() if one.finalized_at else None,
        "submitted_at": one.submitted_at.isoformat() if one.submitted_at else None,
        "reason": one.reason,
        "reason_text": one.reason_text,
        "sha256": one.sha256,
    }


def _export(workspace: Workspace, arguments: Namespace, states: list[State]) -> Answer:
    from fieldkit import tables

    path = Path(arguments.export)
    kept = tables.read_records(workspace.store, arguments.form, states, received=arguments.received)
    if path.suffix == ".db":
        tables.write_database(kept, path)
    else:
        frame = tables.records_frame(kept, tables.read_shape(workspace.store.blank_forms.xml(arguments.form)))
        write = tables.write_xlsx if path.suffix == ".xlsx" else tables.write_csv
        write(frame, path)
    return Answer((f"{path}: {len(kept)} records",), {"out": str(path), "records": len(kept)})


def columns(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]], nothing: str) -> tuple[str, ...]:
    """Return rows as aligned lines under their heads; `nothing` if there is none."""
    if not rows:
        return (nothing,)
    widths = [max(len(row[index]) for row in [heads, *rows]) for index in range(len(heads))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in [heads, *rows]]
    return tuple(line.rstrip() for line in lines)
