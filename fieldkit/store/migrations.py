# SPDX-License-Identifier: EUPL-1.2
"""The schema, as numbered steps. A step that was released is frozen: a change is a new step at the end.

`PRAGMA user_version` is the number of steps that the file has been through. Plain SQL only, nothing newer than
SQLite 3.31 (the oldest that a supported Python carries): no STRICT, no RETURNING.

Times are ISO 8601 in UTC with microseconds, so that text order is time order. XML and files are BLOBs, never text:
the bytes that were frozen are the bytes that are sent.
"""

from __future__ import annotations

from typing import TypeAlias

from fieldkit.store.pack_tables import PACKS
from fieldkit.store.received_tables import RECEIVED

Steps: TypeAlias = tuple[tuple[str, ...], ...]

_BLANK_FORMS = """
CREATE TABLE blank_forms (
  seq INTEGER PRIMARY KEY,
  form_id TEXT NOT NULL,
  version TEXT NOT NULL,
  title TEXT NOT NULL,
  title_folded TEXT NOT NULL,
  hash TEXT NOT NULL,
  origin TEXT NOT NULL,
  added_at TEXT NOT NULL,
  retired_at TEXT,
  xml BLOB NOT NULL,
  UNIQUE (form_id, version)
)
"""

_BLANK_FORM_FILES = """
CREATE TABLE blank_form_files (
  form_seq INTEGER NOT NULL REFERENCES blank_forms (seq) ON DELETE CASCADE ON UPDATE CASCADE,
  name TEXT NOT NULL,
  md5 TEXT NOT NULL,
  content BLOB NOT NULL,
  PRIMARY KEY (form_seq, name)
) WITHOUT ROWID
"""

_INSTANCES = """
CREATE TABLE instances (
  seq INTEGER PRIMARY KEY,
  instance_id TEXT NOT NULL UNIQUE,
  form_id TEXT NOT NULL,
  form_version TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('draft', 'finalized', 'submitted', 'returned', 'rejected')),
  name TEXT NOT NULL,
  created_at TEXT NOT NULL,
  changed_at TEXT NOT NULL,
  commune_nis TEXT NOT NULL DEFAULT '',
  answered INTEGER NOT NULL DEFAULT 0,
  asked INTEGER NOT NULL DEFAULT 0,
  invalid INTEGER NOT NULL DEFAULT 0,
  current_ref TEXT NOT NULL DEFAULT '',
  finalized_at TEXT,
  outbox_order INTEGER,
  submitted_at TEXT,
  receipt TEXT NOT NULL DEFAULT '',
  reason TEXT NOT NULL DEFAULT '',
  reason_text TEXT NOT NULL DEFAULT '',
  attempted INTEGER NOT NULL DEFAULT 0 CHECK (attempted IN (0, 1)),
  sha256 TEXT NOT NULL DEFAULT '',
  size INTEGER NOT NULL DEFAULT 0,
  deprecated_id TEXT NOT NULL DEFAULT '',
  source_id TEXT NOT NULL DEFAULT '',
  deleted_at TEXT,
  search_text TEXT NOT NULL DEFAULT '',
  CHECK (state = 'draft' OR (finalized_at IS NOT NULL AND sha256 <> ''))
)
"""

# Apart from the row: lists and searches never read the big column.
_INSTANCE_XML = """
CREATE TABLE instance_xml (
  instance_seq INTEGER PRIMARY KEY REFERENCES instances (seq) ON DELETE CASCADE,
  draft BLOB NOT NULL,
  frozen BLOB
)
"""

_ANSWER_LOG = """
CREATE TABLE answer_log (
  seq INTEGER PRIMARY KEY,
  instance_seq INTEGER NOT NULL REFERENCES instances (seq) ON DELETE CASCADE,
  ref TEXT NOT NULL,
  old TEXT NOT NULL,
  new TEXT NOT NULL,
  at TEXT NOT NULL
)
"""

_INSTANCE_FILES = """
CREATE TABLE instance_files (
  instance_seq INTEGER NOT NULL REFERENCES instances (seq) ON DELETE CASCADE,
  name TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  size INTEGER NOT NULL,
  frozen INTEGER NOT NULL DEFAULT 0 CHECK (frozen IN (0, 1)),
  PRIMARY KEY (instance_seq, name)
) WITHOUT ROWID
"""

_ATTEMPTS = """
CREATE TABLE attempts (
  seq INTEGER PRIMARY KEY,
  instance_seq INTEGER NOT NULL REFERENCES instances (seq) ON DELETE CASCADE,
  at TEXT NOT NULL,
  outcome TEXT NOT NULL,
  reason TEXT NOT NULL,
  text TEXT NOT NULL,
  bytes_sent INTEGER NOT NULL
)
"""

_ACCOUNTS = """
CREATE TABLE accounts (
  account_id TEXT PRIMARY KEY,
  url TEXT NOT NULL,
  project INTEGER NOT NULL,
  display_name TEXT NOT NULL
) WITHOUT ROWID
"""

# Small things that go with the data and not with the user's taste: when the forms were last pulled, ETags …
_FACTS = "CREATE TABLE facts (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID"

# A draft as it was before it went to another version of its form.
_LIFTED_DRAFTS = """
CREATE TABLE lifted_drafts (
  instance_seq INTEGER PRIMARY KEY REFERENCES instances (seq) ON DELETE CASCADE,
  form_version TEXT NOT NULL,
  current_ref TEXT NOT NULL,
  lifted_at TEXT NOT NULL,
  draft BLOB NOT NULL
)
"""

# What leaves of a record whose form has a public key, in place of its frozen XML and files.
_SEALS = """
CREATE TABLE seals (
  instance_seq INTEGER PRIMARY KEY REFERENCES instances (seq) ON DELETE CASCADE,
  envelope BLOB NOT NULL,
  sha256 TEXT NOT NULL
)
"""

# `place`: the order of encryption, which decides on the initialization vector.
_SEALED_FILES = """
CREATE TABLE sealed_files (
  instance_seq INTEGER NOT NULL REFERENCES seals (instance_seq) ON DELETE CASCADE,
  place INTEGER NOT NULL,
  name TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  size INTEGER NOT NULL,
  PRIMARY KEY (instance_seq, place)
) WITHOUT ROWID
"""

# The version before sent nothing of such a form, and told to install the next one: these records now go by themselves.
_SEND_WHAT_NEEDED_ENCRYPTION = """
UPDATE instances SET state = 'finalized', reason = '', reason_text = ''
WHERE state = 'rejected' AND reason = 'needs-encryption' AND attempted = 0
"""


# The entity lists of each account, as its server gave them last; `hash` is the server's own name for that state.
# `properties`: their names as JSON; NULL for a list without ids, which is kept as it came in `content`.
_ENTITY_LISTS = """
CREATE TABLE entity_lists (
  seq INTEGER PRIMARY KEY,
  origin TEXT NOT NULL,
  name TEXT NOT NULL,
  hash TEXT NOT NULL,
  md5 TEXT NOT NULL,
  pulled_at TEXT NOT NULL,
  properties TEXT,
  content BLOB NOT NULL,
  UNIQUE (origin, name)
)
"""

# The rows of a list as forms read them, each a line of CSV; `place` counts them from 0.
_ENTITY_ROWS = """
CREATE TABLE entity_rows (
  list_seq INTEGER NOT NULL REFERENCES entity_lists (seq) ON DELETE CASCADE,
  entity_id TEXT NOT NULL,
  place INTEGER NOT NULL,
  line TEXT NOT NULL,
  PRIMARY KEY (list_seq, entity_id)
) WITHOUT ROWID
"""

# What finalized records do to them, until the server's list is as far.
_ENTITY_CHANGES = """
CREATE TABLE entity_changes (
  seq INTEGER PRIMARY KEY,
  instance_seq INTEGER NOT NULL REFERENCES instances (seq) ON DELETE CASCADE,
  origin TEXT NOT NULL,
  list TEXT NOT NULL,
  entity_id TEXT NOT NULL,
  created INTEGER NOT NULL CHECK (created IN (0, 1)),
  version INTEGER NOT NULL CHECK (version > 0),
  trunk_version TEXT NOT NULL,
  branch_id TEXT NOT NULL,
  label TEXT NOT NULL,
  properties TEXT NOT NULL
)
"""

# Which files of a form are entity lists: shared by forms, so not among the form's own files.
_BLANK_FORM_LISTS = """
CREATE TABLE blank_form_lists (
  form_seq INTEGER NOT NULL REFERENCES blank_forms (seq) ON DELETE CASCADE ON UPDATE CASCADE,
  name TEXT NOT NULL,
  PRIMARY KEY (form_seq, name)
) WITHOUT ROWID
"""

# Which entities each record makes: kept when the list is as far, so that what the region writes there finds its record.
_MADE_ENTITIES = """
CREATE TABLE made_entities (
  instance_seq INTEGER NOT NULL REFERENCES instances (seq) ON DELETE CASCADE,
  list TEXT NOT NULL,
  entity_id TEXT NOT NULL,
  PRIMARY KEY (instance_seq, list, entity_id)
) WITHOUT ROWID
"""

_KEEP_WHAT_IS_MADE = """
INSERT INTO made_entities (instance_seq, list, entity_id)
SELECT DISTINCT instance_seq, list, entity_id FROM entity_changes WHERE created = 1
"""

# What the region's list of dossiers says of a record: the receipt with both clocks, status and comment; `heeded` names
# the state of the row that has had its effect on the record.
_DOSSIERS = """
CREATE TABLE dossiers (
  instance_seq INTEGER PRIMARY KEY REFERENCES instances (seq) ON DELETE CASCADE,
  entity_id TEXT NOT NULL,
  confirmed_at TEXT NOT NULL,
  server_at TEXT,
  version INTEGER NOT NULL,
  status TEXT NOT NULL,
  comment TEXT NOT NULL,
  changed_at TEXT NOT NULL,
  heeded TEXT NOT NULL DEFAULT ''
)
"""

# The files of a record that a server has, while others of it are still to be sent.
_SENT_PARTS = """
CREATE TABLE sent_parts (
  instance_seq INTEGER NOT NULL REFERENCES instances (seq) ON DELETE CASCADE,
  origin TEXT NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (instance_seq, origin, name)
) WITHOUT ROWID
"""

# Who has seen which answer of a record that was carried to another workspace (fieldkit.dossier.history), as JSON.
_HISTORIES = """
CREATE TABLE histories (
  instance_seq INTEGER PRIMARY KEY REFERENCES instances (seq) ON DELETE CASCADE,
  history TEXT NOT NULL
)
"""

# Which version of a form an account offers (one at a time), or ships with the program ("shipped"). A form can be begun
# as long as somebody offers it; `blank_forms.retired_at`, which said so before, is read no more.
_FORM_OFFERS = """
CREATE TABLE form_offers (
  origin TEXT NOT NULL,
  form_id TEXT NOT NULL,
  version TEXT NOT NULL,
  offered_at TEXT NOT NULL,
  retired_at TEXT,
  PRIMARY KEY (origin, form_id)
) WITHOUT ROWID
"""

# Until now a form had one origin, and the latest version of it counted. Those of a dossier were never offered.
_KEEP_WHAT_IS_OFFERED = """
INSERT INTO form_offers (origin, form_id, version, offered_at, retired_at)
SELECT origin, form_id, version, added_at, retired_at FROM blank_forms
WHERE seq IN (SELECT max(seq) FROM blank_forms GROUP BY form_id) AND origin <> 'dossier'
"""

# Whose a record is, from what is certain first: the project that took it, the account that has files of it, the account
# whose form it is; and of what was tried, the only account that there is.
_KEEP_WHOSE_IT_IS = """
UPDATE instances SET account_id = coalesce(
  (SELECT a.account_id FROM accounts a WHERE a.url || '/v1/projects/' || a.project = instances.sent_to),
  (SELECT a.account_id FROM accounts a JOIN sent_parts p ON p.origin = a.account_id
   WHERE p.instance_seq = instances.seq AND instances.sent_to = '' LIMIT 1),
  (SELECT a.account_id FROM accounts a JOIN blank_forms b ON b.origin = a.account_id
   WHERE b.form_id = instances.form_id AND b.version = instances.form_version AND instances.sent_to = ''),
  (SELECT a.account_id FROM accounts a
   WHERE instances.attempted = 1 AND instances.sent_to = '' AND (SELECT count(*) FROM accounts) = 1),
  '')
"""

MIGRATIONS: Steps = (
    (
        _BLANK_FORMS,
        _BLANK_FORM_FILES,
        _INSTANCES,
        "CREATE INDEX instances_by_change ON instances (changed_at)",
        "CREATE INDEX instances_by_state ON instances (state, outbox_order)",
        _INSTANCE_XML,
        _ANSWER_LOG,
        "CREATE INDEX answer_log_of ON answer_log (instance_seq)",
        _INSTANCE_FILES,
        _ATTEMPTS,
        "CREATE INDEX attempts_of ON attempts (instance_seq)",
        _ACCOUNTS,
        _FACTS,
    ),
    (_LIFTED_DRAFTS,),
    (_SEALS, _SEALED_FILES, _SEND_WHAT_NEEDED_ENCRYPTION),
    (
        _ENTITY_LISTS,
        _ENTITY_ROWS,
        _ENTITY_CHANGES,
        "CREATE INDEX entity_changes_of_list ON entity_changes (origin, list)",
        "CREATE INDEX entity_changes_of ON entity_changes (instance_seq)",
        _BLANK_FORM_LISTS,
        "DELETE FROM facts WHERE key LIKE 'entity-list.%'",  # until now the hashes of lists were there
    ),
    (
        _MADE_ENTITIES,
        "CREATE INDEX made_entities_by_id ON made_entities (list, entity_id)",
        _KEEP_WHAT_IS_MADE,
        _DOSSIERS,
        "ALTER TABLE instances ADD COLUMN sent_to TEXT NOT NULL DEFAULT ''",
    ),
    (_SENT_PARTS,),
    (_HISTORIES,),
    (
        # Each record that changes an entity asks for what others do to the same one: not to all of its list.
        "DROP INDEX entity_changes_of_list",
        "CREATE INDEX entity_changes_of_entity ON entity_changes (origin, list, entity_id)",
    ),
    (
        "ALTER TABLE instances ADD COLUMN account_id TEXT NOT NULL DEFAULT ''",
        _FORM_OFFERS,
        _KEEP_WHAT_IS_OFFERED,
        _KEEP_WHOSE_IT_IS,
        "DELETE FROM facts WHERE key LIKE 'shipped.%'",  # what ships is looked at once more, and offered as well
    ),
    RECEIVED,
    PACKS,
)
