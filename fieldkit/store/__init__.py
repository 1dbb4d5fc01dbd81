# SPDX-License-Identifier: EUPL-1.2
"""The store: one SQLite file that holds the blank forms, the instances, their answers and what was sent.

`open_store` is the way in. Every action of a section is one transaction, on disk when the call returns: what was
saved survives a kill or a power cut. One `Store` belongs to one thread; another thread takes its own by `.reopen()`.
Errors: `fieldkit.errors` (StoreError and RecordError families).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldkit.account import Account
from fieldkit.store.attachments import Attachment
from fieldkit.store.attempts import Attempt
from fieldkit.store.blank_forms import BlankForm
from fieldkit.store.copies import copied_at, copies_of, restore_copy
from fieldkit.store.opening import open_store
from fieldkit.store.seals import Seal
from fieldkit.store.sections import Store

if TYPE_CHECKING:  # read when they are asked for (Store.dossiers, Store.lifts)
    from fieldkit.store.dossiers import Dossier
    from fieldkit.store.lifts import LiftedDraft

__all__ = [
    "Account",
    "Attachment",
    "Attempt",
    "BlankForm",
    "Dossier",
    "LiftedDraft",
    "Seal",
    "Store",
    "copied_at",
    "copies_of",
    "open_store",
    "restore_copy",
]
