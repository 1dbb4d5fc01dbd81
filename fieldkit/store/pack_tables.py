# SPDX-License-Identifier: EUPL-1.2
"""The step of the schema that made the tables of `fieldkit.store.packs`; frozen like every step."""

from __future__ import annotations

from typing import Final

# What regions sent as packs (fieldkit.store.packs); `md5` is the server's own, of the whole file.
_PACKS = """
CREATE TABLE packs (
  seq INTEGER PRIMARY KEY,
  origin TEXT NOT NULL,
  name TEXT NOT NULL,
  md5 TEXT NOT NULL,
  public_key TEXT NOT NULL,
  pack_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  version INTEGER NOT NULL,
  manifest BLOB NOT NULL,
  signature BLOB NOT NULL,
  received_at TEXT NOT NULL,
  used_at TEXT,
  withdrawn_at TEXT,
  UNIQUE (origin, public_key, pack_id, version)
)
"""

_PACK_FILES = """
CREATE TABLE pack_files (
  pack_seq INTEGER NOT NULL REFERENCES packs (seq) ON DELETE CASCADE,
  name TEXT NOT NULL,
  content BLOB NOT NULL,
  PRIMARY KEY (pack_seq, name)
) WITHOUT ROWID
"""

# The one key that is trusted for each account, by the user.
_PACK_KEYS = """
CREATE TABLE pack_keys (
  origin TEXT PRIMARY KEY,
  public_key TEXT NOT NULL,
  trusted_at TEXT NOT NULL
) WITHOUT ROWID
"""

_REFUSED_PACKS = """
CREATE TABLE refused_packs (
  origin TEXT NOT NULL,
  name TEXT NOT NULL,
  md5 TEXT NOT NULL,
  code TEXT NOT NULL,
  cause TEXT NOT NULL,
  program TEXT NOT NULL,
  PRIMARY KEY (origin, name)
) WITHOUT ROWID
"""

PACKS: Final = (_PACKS, _PACK_FILES, _PACK_KEYS, _REFUSED_PACKS)
