# SPDX-License-Identifier: EUPL-1.2
"""File contents, kept once each under their SHA-256."""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Blob:
    """A stored content; `md5` is what ETags and manifests carry."""

    sha256: str
    md5: str
    content: bytes


def md5_of(content: bytes) -> str:
    """Return the md5 as OpenRosa writes it: it names contents, it protects nothing."""
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def keep(db: sqlite3.Connection, content: bytes) -> str:
    """Store `content` unless it is there; return its SHA-256."""
    digest = hashlib.sha256(content).hexdigest()
    db.execute("INSERT OR IGNORE INTO blobs VALUES (?, ?, ?)", (digest, md5_of(content), content))
    return digest


def load(db: sqlite3.Connection, sha256: str) -> Blob:
    """Return a stored content; KeyError if nothing has that hash."""
    row = db.execute("SELECT * FROM blobs WHERE sha256 = ?", (sha256,)).fetchone()
    if row is None:
        raise KeyError(sha256)
    return Blob(row["sha256"], row["md5"], row["content"])
