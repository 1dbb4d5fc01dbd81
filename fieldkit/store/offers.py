# SPDX-License-Identifier: EUPL-1.2
"""Who offers which form: each account one version of it at a time, and what ships with the program.

An account is the authority on its forms: what ships is offered as long as no account offers that form. A form that
nobody offers any more is retired; its definition stays, for the drafts that were begun with it.
"""

from __future__ import annotations

from typing import Final

from fieldkit.store.connection import Connection
from fieldkit.store.times import now, to_text

SHIPPED: Final = "shipped"  # the origin of what comes with the program

# Of a blank form `b`: somebody offers this very version.
IS_OFFERED: Final = """EXISTS (SELECT 1 FROM form_offers o
  WHERE o.form_id = b.form_id AND o.version = b.version AND o.retired_at IS NULL AND (o.origin <> 'shipped'
    OR NOT EXISTS (SELECT 1 FROM form_offers a
      WHERE a.form_id = b.form_id AND a.origin <> 'shipped' AND a.retired_at IS NULL)))"""


class Offers:
    """Offers by origin (the id of an account, or SHIPPED) and form. Writes go in a transaction of the caller."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def of(self, form_id: str, version: str) -> tuple[str, ...]:
        """Return who offers this version, the first one first; what ships only if no account offers the form."""
        rows = self._db.rows(
            "SELECT origin FROM form_offers WHERE form_id = ? AND version = ? AND retired_at IS NULL"
            " ORDER BY offered_at, origin",
            (form_id, version),
        )
        found = tuple(row["origin"] for row in rows)
        accounts = tuple(origin for origin in found if origin != SHIPPED)
        return accounts if accounts or self._is_an_accounts(form_id) else found

    def by(self, origin: str) -> dict[str, str]:
        """Return the version of each form that `origin` offers."""
        sql = "SELECT form_id, version FROM form_offers WHERE origin = ? AND retired_at IS NULL"
        return {row["form_id"]: row["version"] for row in self._db.rows(sql, (origin,))}

    def is_retired(self, form_id: str) -> bool:
        """Tell whether nobody offers any version of the form."""
        sql = f"SELECT count(*) FROM blank_forms b WHERE form_id = ? AND {IS_OFFERED}"  # noqa: S608 (constants)
        return not self._db.number(sql, (form_id,))

    def add(self, origin: str, form_id: str, version: str) -> None:
        """Note that `origin` offers this version, in place of any other; again changes nothing."""
        self._db.run(
            "INSERT INTO form_offers (origin, form_id, version, offered_at) VALUES (?1, ?2, ?3, ?4)"
            " ON CONFLICT (origin, form_id) DO UPDATE SET version = ?3, retired_at = NULL,"
            " offered_at = CASE WHEN version = ?3 THEN offered_at ELSE ?4 END",
            (origin, form_id, version, to_text(now())),
        )
        self._settle()

    def retire(self, form_id: str, origin: str = "") -> None:
        """Note that `origin` offers the form no longer, "" for everybody."""
        self._db.run(
            "UPDATE form_offers SET retired_at = ?1 WHERE form_id = ?2 AND retired_at IS NULL AND ?3 IN ('', origin)",
            (to_text(now()), form_id, origin),
        )
        self._settle()

    def replaced(self, form_id: str, version: str) -> None:
        """Note that a version has other bytes now: they are not those that ship."""
        self._db.run(
            "DELETE FROM form_offers WHERE origin = 'shipped' AND form_id = ? AND version = ?", (form_id, version)
        )

    def holders(self, form_id: str, version: str, besides: str) -> tuple[str, ...]:
        """Return the other accounts that count on these very bytes: they offer them, or have records of them here."""
        rows = self._db.rows(
            "SELECT origin FROM form_offers WHERE form_id = ?1 AND version = ?2 AND retired_at IS NULL"
            " AND origin NOT IN (?3, 'shipped')"
            " UNION SELECT account_id FROM instances WHERE form_id = ?1 AND form_version = ?2"
            " AND account_id NOT IN (?3, '') ORDER BY 1",
            (form_id, version, besides),
        )
        return tuple(row[0] for row in rows)

    def forget(self, origin: str) -> None:
        """Forget everything that an account offers; what ships is offered again."""
        self._db.run("DELETE FROM form_offers WHERE origin = ?", (origin,))
        self._settle()

    def _settle(self) -> None:
        """Let the origin of a form be somebody who offers it: records that are nobody's yet see that one's lists."""
        offered = (
            "FROM form_offers o WHERE o.form_id = blank_forms.form_id AND o.version = blank_forms.version"
            " AND o.retired_at IS NULL"
        )
        self._db.run(
            f"UPDATE blank_forms SET origin = (SELECT o.origin {offered} ORDER BY o.origin = 'shipped', o.offered_at"  # noqa: S608 (constants)
            f"  LIMIT 1) WHERE EXISTS (SELECT 1 {offered})"
            f" AND NOT EXISTS (SELECT 1 {offered} AND o.origin = blank_forms.origin)"
        )

    def _is_an_accounts(self, form_id: str) -> bool:
        sql = "SELECT count(*) FROM form_offers WHERE form_id = ? AND origin <> 'shipped' AND retired_at IS NULL"
        return bool(self._db.number(sql, (form_id,)))
