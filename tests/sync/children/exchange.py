# SPDX-License-Identifier: EUPL-1.2
"""Synchronizes the accounts of a store: `exchange.py STORE DEFAULT ID TOKEN …`; prints "go", then "done"."""

from __future__ import annotations

import sys
from pathlib import Path

from fieldkit.store import open_store
from sync.exchange import Exchange

PATH, DEFAULT, *PAIRS = sys.argv[1:]
TOKENS = dict(zip(PAIRS[::2], PAIRS[1::2], strict=True))

with open_store(Path(PATH)) as store:
    exchange = Exchange(store)
    for account in store.accounts.all():
        exchange.join(account, TOKENS[account.account_id])
    print("go", flush=True)  # noqa: T201
    exchange.sync(accounts=list(TOKENS), default=DEFAULT)
    print("done", flush=True)  # noqa: T201
    exchange.close()
