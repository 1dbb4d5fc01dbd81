# SPDX-License-Identifier: EUPL-1.2
"""The row of an instance in SQL: columns, reading, and the WHERE of a search."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection

from fieldkit.errors import TerritoryError
from fieldkit.folding import fold, words
from fieldkit.instance import Instance, State, read_state
from fieldkit.store.connection import Value
from fieldkit.store.times import from_text, from_text_or_none

COLUMNS = (
    "instance_id, form_id, form_version, state, name, created_at, changed_at, commune_nis, answered, asked, invalid,"
    " current_ref, finalized_at, submitted_at, reason, reason_text, attempted, sha256, size, deprecated_id, source_id,"
    " sent_to, account_id"
)

# The state as `fieldkit.instance.read_state` reads it.
STATE = "CASE WHEN reason = 'set-aside' AND state = 'rejected' THEN 'set-aside' ELSE state END"


def read_instance(row: sqlite3.Row) -> Instance:
    """Return the Instance of a row selected with COLUMNS."""
    return Instance(
        instance_id=row["instance_id"],
        form_id=row["form_id"],
        form_version=row["form_version"],
        state=read_state(row["state"], row["reason"]),
        name=row["name"],
        created_at=from_text(row["created_at"]),
        changed_at=from_text(row["changed_at"]),
        commune_nis=row["commune_nis"],
        answered=row["answered"],
        asked=row["asked"],
        invalid=row["invalid"],
        current_ref=row["current_ref"],
        finalized_at=from_text_or_none(row["finalized_at"]),
        submitted_at=from_text_or_none(row["submitted_at"]),
        reason=row["reason"],
        reason_text=row["reason_text"],
        attempted=bool(row["attempted"]),
        sha256=row["sha256"],
        size=row["size"],
        deprecated_id=row["deprecated_id"],
        source_id=row["source_id"],
        sent_to=row["sent_to"],
        account_id=row["account_id"],
    )


def search_text(name: str, form_id: str, commune_nis: str) -> str:
    """Return what a search looks through: name, form id, the commune's names and postal codes, folded."""
    parts = [name, form_id]
    if commune_nis:
        from fieldkit.territory import commune  # the tables are not needed to open the store

        try:
            place = commune(commune_nis)
        except TerritoryError:
            parts.append(commune_nis)  # a code of another year: found by its number
        else:
            parts += [place.name, place.name_de, place.name_nl, *place.postal_codes, place.nis]
    return fold(" ".join(parts))


def where(
    text: str, states: Collection[State], form_id: str, commune_nis: str, *, in_bin: bool = False
) -> tuple[str, list[Value]]:
    """Return the WHERE clause and its values: every word of `text` must be found, in the row or the form's title."""
    clauses = ["deleted_at IS NOT NULL" if in_bin else "deleted_at IS NULL"]
    values: list[Value] = []
    for word in words(text):
        clauses.append(
            "(instr(search_text, ?) OR EXISTS (SELECT 1 FROM blank_forms b WHERE b.form_id = instances.form_id"
            " AND b.version = instances.form_version AND instr(b.title_folded, ?)))"
        )
        values += [word, word]
    if states:
        clauses.append(f"{STATE} IN ({', '.join('?' * len(states))})")
        values += [str(state) for state in states]
    for column, value in (("form_id", form_id), ("commune_nis", commune_nis)):
        if value:
            clauses.append(f"{column} = ?")
            values.append(value)
    return " AND ".join(clauses), values
