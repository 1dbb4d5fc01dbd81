# SPDX-License-Identifier: EUPL-1.2
"""Kills a process that finalizes records which make entities: `finalizing.py FOLDER KILLS`; prints one line of JSON.

The children are forked from this warm process. After each kill every record in the outbox must have its entity in the
list, and the list no entity of another.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from fieldkit.store import open_store
from tests.fieldkit.orchard import begin, draft, finish, rows


def finalize_for_ever(path: Path, report: int) -> None:
    with open_store(path) as store:
        while True:
            finish(store, draft(store, "plant", species="Ash"))
            os.write(report, b".")


def main() -> None:
    path, kills, dice = Path(sys.argv[1]) / "fieldkit.db", int(sys.argv[2]), random.Random(7)  # noqa: S311
    with open_store(path) as store:
        begin(store)
    apart = 0
    for _ in range(kills):
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            finalize_for_ever(path, writing)
        os.read(reading, 1)
        time.sleep(dice.random() / 30)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(reading)
        os.close(writing)
        with open_store(path) as store:
            finalized = len(store.instances.outbox())
            apart += len(rows(store)) != 2 + finalized
    print(json.dumps({"kills": kills, "apart": apart, "finalized": finalized}))  # noqa: T201


main()
