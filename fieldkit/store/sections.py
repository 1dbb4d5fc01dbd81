# SPDX-License-Identifier: EUPL-1.2
"""The store as its callers see it: one object with a section for each kind of thing."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from fieldkit.store.accounts import Accounts
from fieldkit.store.attempts import Attempts
from fieldkit.store.blank_forms import BlankForms
from fieldkit.store.connection import Connection
from fieldkit.store.copies import copy_if_due, copy_now
from fieldkit.store.entities import Entities
from fieldkit.store.facts import Facts
from fieldkit.store.instances import Instances

if TYPE_CHECKING:
    from fieldkit.store.dossiers import Dossiers
    from fieldkit.store.lifts import Lifts
    from fieldkit.store.owners import Owners
    from fieldkit.store.packs import Packs
    from fieldkit.store.parked import Parked
    from fieldkit.store.parts import Parts
    from fieldkit.store.received import Received
    from fieldkit.store.sharing import Sharing


class Store:
    """An open store; a context manager. Use it only in the thread that opened it."""

    def __init__(self, connection: Connection) -> None:
        """Take over an open, checked connection (see `open_store`)."""
        self._connection = connection
        self.instances = Instances(connection)
        self.blank_forms = BlankForms(connection)
        self.attempts = Attempts(connection)
        self.accounts = Accounts(connection)
        self.facts = Facts(connection)
        self.entities = Entities(connection)

    # What the first screen does not ask for is read when it is asked for: the start waits for nothing.

    @cached_property
    def lifts(self) -> Lifts:
        """Drafts as they were before they went to another version of their form."""
        from fieldkit.store.lifts import Lifts

        return Lifts(self._connection)

    @cached_property
    def dossiers(self) -> Dossiers:
        """What the region's list of dossiers says of records."""
        from fieldkit.store.dossiers import Dossiers

        return Dossiers(self._connection)

    @cached_property
    def owners(self) -> Owners:
        """Which account each record goes to."""
        from fieldkit.store.owners import Owners

        return Owners(self._connection, self.instances, self.blank_forms)

    @cached_property
    def packs(self) -> Packs:
        """What regions sent as packs, and whose keys the user trusts."""
        from fieldkit.store.packs import Packs

        return Packs(self._connection)

    @cached_property
    def parts(self) -> Parts:
        """The files of a record that a server has already."""
        from fieldkit.store.parts import Parts

        return Parts(self._connection)

    @cached_property
    def parked(self) -> Parked:
        """What becomes of refused records."""
        from fieldkit.store.parked import Parked

        return Parked(self._connection)

    @cached_property
    def received(self) -> Received:
        """Records of others that staff received from the region."""
        from fieldkit.store.received import Received

        return Received(self._connection)

    @cached_property
    def sharing(self) -> Sharing:
        """What goes from workspace to workspace by dossier."""
        from fieldkit.store.sharing import Sharing

        return Sharing(self._connection, self.instances)

    @property
    def path(self) -> Path:
        """The database file; attachments and copies are in folders beside it."""
        return self._connection.path

    @property
    def read_only(self) -> bool:
        """Whether every write raises StoreReadOnly."""
        return self._connection.read_only

    def reopen(self) -> Store:
        """Return a second store on the same file, for the calling thread; close it there."""
        return Store(Connection(self.path, read_only=self.read_only))

    def copy_now(self) -> Path:
        """Make a dated copy of the database now; return its file."""
        return copy_now(self._connection, "day")

    def copy_if_due(self, *, now: datetime | None = None) -> bool:
        """Make the day's copy unless there is one less than a day old; return whether one was made."""
        return copy_if_due(self._connection, now=now)

    def close(self) -> None:
        """Close the connection; a second call does nothing."""
        self._connection.close()

    def __enter__(self) -> Store:
        """Return the store itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()
