# SPDX-License-Identifier: EUPL-1.2
"""The journal that a user hands to whoever helps: what was tried and how it ended, without any secret.

It names records by number, form and state, never by name, and holds no answer of its own making. Tokens, addresses
with a key, passphrases and invitations are taken out of everything, also of what an error wrote into the window's log.
"""

from __future__ import annotations

import platform
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from fieldkit.version import VERSION
from sync.addresses import redact

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from fieldkit.store import Store

LOGS = ("fieldkit.log.old", "fieldkit.log")  # in the workspace, the older first
MAX_LOG = 500_000  # bytes of each: the end is what matters
MAX_RECORDS = 500
LEAST_SECRET = 6  # characters: a shorter one would take ordinary words with it

# « passphrase = … », « "token": "…" », « Authorization: Basic … »: what announces a secret, and the secret.
_ANNOUNCED = re.compile(
    r"(?i)((?:pass(?:word|phrase|wd|code)?|phrase secr[eè]te|mot de passe|token|jeton|secret|csrf|authorization|key)"
    r"[\"']?\s*[:=]\s*)(?:\"[^\"\n]*\"|'[^'\n]*'|[^\n,;}]+)"
)
# A token of ODK Central: 64 of these; so is a SHA-256, which is no secret.
_TOKEN = re.compile(r"(?<![A-Za-z0-9!$])[A-Za-z0-9!$]{64}(?![A-Za-z0-9!$])")
_HEX = re.compile(r"[0-9a-f]{64}")
# The code of an invitation: base64 of zlib (contract, section 7).
_CODE = re.compile(r"eJ[A-Za-z0-9+/_-]{30,}={0,2}")


def scrub(text: str, secrets: Collection[str] = ()) -> str:
    """Return `text` without `secrets` and without whatever looks like one; what was there is an ellipsis."""
    for secret in sorted((one for one in secrets if len(one) >= LEAST_SECRET), key=len, reverse=True):
        text = text.replace(secret, "…")
    text = _ANNOUNCED.sub(r"\1…", redact(text))
    text = _TOKEN.sub(lambda found: found[0] if _HEX.fullmatch(found[0]) else "…", text)
    return _CODE.sub("…", text)


def journal(store: Store, folder: Path, secrets: Collection[str] = ()) -> str:
    """Return the journal of a workspace; `secrets` are those that are known, such as the tokens of its accounts."""
    parts = [*_head(store), "", *_records(store)]
    for name in LOGS:
        lines = _tail(folder / name)
        if lines:
            parts += ["", f"## {name}", *lines]
    return scrub("\n".join(parts), secrets) + "\n"


def _head(store: Store) -> Iterator[str]:
    yield f"# Field Kit {VERSION}, {platform.system()} {platform.release()}, Python {platform.python_version()}"
    yield f"written {datetime.now(UTC).isoformat(timespec='seconds')}"
    for account in store.accounts.all():
        synced = store.facts.get(f"sync.{account.account_id}.at") or "never"
        seen = store.facts.get(f"returns.{account.account_id}.at") or "never"
        yield f"account {account.url} project {account.project}, last sync {synced}, list of dossiers {seen}"
    yield "records " + ", ".join(f"{count} {state}" for state, count in store.instances.counts().items())
    for form in store.blank_forms.list():
        yield f"form {form.form_id} {form.version} from {', '.join(form.offers)}"
    for pack in store.packs.all():
        state = "withdrawn" if pack.withdrawn_at else "in use" if pack.used_at else "waits for trust"
        yield f"pack {pack.pack_id} {pack.version} from {pack.origin}, {state}"


def _records(store: Store) -> Iterator[str]:
    yield "## Attempts to send"
    for one in store.instances.search(limit=MAX_RECORDS):
        attempts = store.attempts.of(one.instance_id)
        if not attempts and not one.attempted:
            continue
        where = f"{one.state} {one.reason} for {one.account_id or 'nobody yet'}"
        yield f"{one.instance_id} {one.form_id} {one.form_version} {where} sha256 {one.sha256}"
        for attempt in attempts:
            said = f"{attempt.outcome} {attempt.reason} {attempt.bytes_sent} bytes {attempt.text}"
            yield f"    {attempt.at.isoformat(timespec='seconds')} {' '.join(said.split())}"


def _tail(path: Path) -> list[str]:
    try:
        content = path.read_bytes()[-MAX_LOG:]
    except OSError:
        return []  # there is none: nothing went wrong yet
    return content.decode("utf-8", "replace").splitlines()
