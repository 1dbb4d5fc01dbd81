# SPDX-License-Identifier: EUPL-1.2
"""Sends what waits in a store: `send.py STORE URL PROJECT TOKEN FLIGHTS [full]`; prints "go", then what came of it.

`full`: once bytes of a record leave, no file of this process may grow: the receipt cannot be written.
"""

from __future__ import annotations

import resource
import signal
import sys
from pathlib import Path
from typing import Any

from fieldkit.account import Account
from fieldkit.errors import StoreFull
from fieldkit.store import open_store
from sync.client import RegionClient
from sync.push import push
from sync.transport import Patience

PATH, URL, PROJECT, TOKEN, FLIGHTS = sys.argv[1:6]
IS_FULL = "full" in sys.argv[6:]


def fill(value: Any) -> None:
    if IS_FULL and value.bytes_sent:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))


with open_store(Path(PATH)) as store:
    client = RegionClient(Account("a", URL, int(PROJECT)), TOKEN, patience=Patience(5, 5, 5))
    print("go", flush=True)  # noqa: T201
    try:
        push(store, client, progress=fill, flights=int(FLIGHTS), pause_seconds=0.2)
        print("done", flush=True)  # noqa: T201
    except StoreFull:
        print("full", flush=True)  # noqa: T201
    client.close()
