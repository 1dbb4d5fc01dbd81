# SPDX-License-Identifier: EUPL-1.2
"""The instance (one filled form) and its states: one table of transitions, used by everybody.

    draft -> finalized -> submitted <-> returned -> (a new draft with deprecatedID)
               |   ^          ^  (the region asks for corrections, or no longer)
               v   |          |
             rejected --------+ (the region's list proves that it did arrive)
               |   ^
               v   |
            set aside  (kept to be read, never sent; what waits for it in vain may be set aside, too)

The row of the instance is the outbox: what is `finalized` waits to be sent, whatever happened to earlier attempts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class State(StrEnum):
    """Where an instance stands; names of ODK, words for people are written by the window."""

    DRAFT = "draft"
    FINALIZED = "finalized"
    SUBMITTED = "submitted"
    RETURNED = "returned"  # the Region asks for corrections
    REJECTED = "rejected"  # the server refused it for a reason that trying again does not cure
    SET_ASIDE = "set-aside"  # … and the user chose not to send it; in the row: rejected, with this as its reason


TRANSITIONS: dict[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.FINALIZED}),
    State.FINALIZED: frozenset({State.SUBMITTED, State.REJECTED, State.DRAFT, State.SET_ASIDE}),
    State.SUBMITTED: frozenset({State.RETURNED}),
    State.RETURNED: frozenset({State.SUBMITTED, State.RETURNED}),
    State.REJECTED: frozenset({State.FINALIZED, State.DRAFT, State.SUBMITTED, State.SET_ASIDE}),
    State.SET_ASIDE: frozenset({State.REJECTED, State.FINALIZED}),
}


def read_state(state: str, reason: str) -> State:
    """Return the state of a row from its two columns: a database knows no `set-aside`. ValueError."""
    return State.SET_ASIDE if (state, reason) == (State.REJECTED, State.SET_ASIDE) else State(state)


def kept_state(state: State) -> str:
    """Return what stands in the column `state` for one."""
    return str(State.REJECTED if state is State.SET_ASIDE else state)


class TransitionError(Exception):
    """A change of state that the table does not allow: always a bug, never the user's doing."""

    def __init__(self, instance_id: str, old: State, new: State) -> None:
        self.instance_id = instance_id
        self.old = old
        self.new = new
        super().__init__(f"{instance_id}: {old} -> {new}")


def check_transition(instance_id: str, old: State, new: State) -> None:
    """Raise TransitionError unless `old -> new` is in TRANSITIONS."""
    if new not in TRANSITIONS[old]:
        raise TransitionError(instance_id, old, new)


@dataclass(frozen=True, slots=True)
class Instance:
    """The row of one filled form, without its XML.

    `name` is what people see (instanceName, else the form's title); `commune_nis` the 5-digit NIS code or "";
    `answered`/`asked`/`invalid` as in `forms.Progress`; `current_ref` where the user stopped. `reason` is the code of
    why it waits or was refused ("" if none; see sync.errors), `reason_text` the server's own sentence. `attempted` is
    true once a byte may have left: such an instance never goes back to draft, an edit becomes a new one with
    `deprecated_id`. `source_id` is the diagnostic that an application was started from. `sent_to` is the address of the
    project that took it, without any token ("" if an earlier version sent it). `account_id` is the account whose record
    it is: it goes nowhere else; "" while nobody decided, which the first attempt to send does. Times are aware UTC.
    """

    instance_id: str
    form_id: str
    form_version: str
    state: State
    name: str
    created_at: datetime
    changed_at: datetime
    commune_nis: str = ""
    answered: int = 0
    asked: int = 0
    invalid: int = 0
    current_ref: str = ""
    finalized_at: datetime | None = None
    submitted_at: datetime | None = None
    reason: str = ""
    reason_text: str = ""
    attempted: bool = False
    sha256: str = ""
    size: int = 0
    deprecated_id: str = ""
    source_id: str = ""
    sent_to: str = ""
    account_id: str = ""


@dataclass(frozen=True, slots=True)
class AnswerEntry:
    """One line of the answer log: `ref` got `new` instead of `old` at `at` (aware UTC)."""

    ref: str
    old: str
    new: str
    at: datetime
