# SPDX-License-Identifier: EUPL-1.2
"""The step of the schema that made the tables of `fieldkit.store.received`; frozen like every step."""

from __future__ import annotations

from typing import Final

# The records of others that staff received from the region, and how far each form was pulled. `mark`: the server's
# time, as it writes it, up to which all is known; `etag` that of the list from there on.
_RECEIVED_FORMS = """
CREATE TABLE received_forms (
  seq INTEGER PRIMARY KEY,
  origin TEXT NOT NULL,
  form_id TEXT NOT NULL,
  title TEXT NOT NULL,
  mark TEXT NOT NULL DEFAULT '',
  etag TEXT NOT NULL DEFAULT '',
  pulled_at TEXT,
  listed INTEGER NOT NULL DEFAULT 1 CHECK (listed IN (0, 1)),
  UNIQUE (origin, form_id)
)
"""

# `root_id` names the record at the region, `instance_id` the version whose answers are here; `kept_edits` is the number
# of corrections when those came, NULL if they never did.
_RECEIVED = """
CREATE TABLE received (
  seq INTEGER PRIMARY KEY,
  form_seq INTEGER NOT NULL REFERENCES received_forms (seq) ON DELETE CASCADE,
  root_id TEXT NOT NULL,
  instance_id TEXT NOT NULL,
  form_version TEXT NOT NULL DEFAULT '',
  name TEXT NOT NULL DEFAULT '',
  commune_nis TEXT NOT NULL DEFAULT '',
  submitter TEXT NOT NULL DEFAULT '',
  submitted_at TEXT NOT NULL,
  updated_at TEXT,
  deleted_at TEXT,
  edits INTEGER NOT NULL DEFAULT 0,
  review_state TEXT NOT NULL DEFAULT '',
  encrypted INTEGER NOT NULL DEFAULT 0 CHECK (encrypted IN (0, 1)),
  kept_edits INTEGER,
  kept_at TEXT,
  size INTEGER NOT NULL DEFAULT 0,
  sha256 TEXT NOT NULL DEFAULT '',
  search_text TEXT NOT NULL DEFAULT '',
  UNIQUE (form_seq, root_id)
)
"""

_RECEIVED_XML = """
CREATE TABLE received_xml (
  received_seq INTEGER PRIMARY KEY REFERENCES received (seq) ON DELETE CASCADE,
  xml BLOB NOT NULL
)
"""

RECEIVED: Final = (
    _RECEIVED_FORMS,
    _RECEIVED,
    "CREATE INDEX received_by_root ON received (root_id)",
    "CREATE INDEX received_by_time ON received (submitted_at)",
    _RECEIVED_XML,
)
