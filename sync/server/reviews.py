# SPDX-License-Identifier: EUPL-1.2
"""What staff say of a submission: a review state and comments; and how its sender hears of it.

An app user can read neither (contract, section 2.6). What he can read is an entity list: if the submission made an
entity in a list with the properties `statut` and `commentaire`, `tell_owner` writes both there.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from fieldkit.standing import COMMENT, STATUS, STATUS_WORDS
from sync.server import answers, entities
from sync.server.database import now_text
from sync.server.published import Form
from sync.server.received import Received

STATES = ("hasIssues", "edited", "approved", "rejected")


@dataclass(frozen=True, slots=True)
class Comment:
    """What one member of staff said."""

    body: str
    actor_id: int
    author: str
    created_at: str

    def as_json(self) -> dict[str, object]:
        """Return the comment as the REST paths show it."""
        actor = {"id": self.actor_id, "displayName": self.author}
        return {"body": self.body, "actorId": self.actor_id, "createdAt": self.created_at, "actor": actor}


def set_state(db: sqlite3.Connection, form: Form, root_id: str, state: str | None) -> None:
    """Set what the reviewer decided; None takes it back."""
    if state is not None and state not in STATES:
        raise answers.unexpected_value("reviewState", state, f"{', '.join(STATES)} or null")
    changed = db.execute(
        "UPDATE submissions SET review_state = ?, updated_at = ? WHERE form_id = ? AND instance_id = ?"
        " AND deleted_at IS NULL",
        (state, now_text(), form.id, root_id),
    ).rowcount
    if not changed:
        raise answers.not_found()


def comments_of(db: sqlite3.Connection, submission_id: int) -> list[Comment]:
    """Return the comments on a submission, the latest first as Central does."""
    rows = db.execute(
        "SELECT c.body, c.actor_id, a.display_name AS author, c.created_at FROM comments c"
        " JOIN actors a ON a.id = c.actor_id WHERE c.submission_id = ? ORDER BY c.id DESC",
        (submission_id,),
    )
    return [Comment(**dict(row)) for row in rows]


def add_comment(db: sqlite3.Connection, submission_id: int, actor_id: int, body: str) -> Comment:
    """Add a comment and return it."""
    db.execute(
        "INSERT INTO comments (submission_id, actor_id, body, created_at) VALUES (?, ?, ?, ?)",
        (submission_id, actor_id, body, now_text()),
    )
    return comments_of(db, submission_id)[0]


def tell_owner(db: sqlite3.Connection, project_id: int, row: Received, state: str, comment: str) -> int:
    """Write status and comment to the entities that a submission made; return how many could take them."""
    told = 0
    for dataset, entity in entities.made_by(db, project_id, row.submission_id):
        said = {STATUS: STATUS_WORDS[state], COMMENT: comment}
        data = {name: text for name, text in said.items() if name in dataset.properties}
        if data:
            entities.change(db, dataset, entity.uuid, "", data, None)
            told += 1
    return told
