# SPDX-License-Identifier: EUPL-1.2
"""Takes a dossier while the world fails: `importing.py FOLDER DOSSIER full|kill N`; prints one line of JSON.

`full`: this process may make no file larger than N bytes. `kill`: N children are killed while they take the dossier;
after each the record is here whole or not at all.
"""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import signal
import sys
import time
from pathlib import Path

from fieldkit.dossier.reading import open_dossier
from fieldkit.dossier.unpack import take
from fieldkit.errors import NoRoomForDossier
from fieldkit.store import Store, open_store

FOLDER, DOSSIER, FAULT, NUMBER = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])


def get(store: Store) -> None:
    with open_dossier(store, DOSSIER) as dossier:
        take(store, dossier)


def state(path: Path) -> str:
    """Say "none" or "whole"; anything between is a half."""
    with open_store(path) as store:
        found = store.instances.search()
        forms = store.blank_forms.versions("shared")
        if not found:
            return "none" if not forms else "a form without its records"
        read = [len(store.instances.attachment(one.instance_id, "big.bin")) for one in found]
        return "whole" if len(found) == 2 and all(read) and forms else "half"


def fill() -> dict[str, object]:
    path = FOLDER / "fieldkit.db"
    open_store(path).close()
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    refused = False
    with open_store(path) as store:
        resource.setrlimit(resource.RLIMIT_FSIZE, (NUMBER, resource.RLIM_INFINITY))
        try:
            get(store)
        except NoRoomForDossier:
            refused = True
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        left = [one.name for one in (FOLDER / "instances").rglob("*") if one.is_file()]
    before = state(path)
    with open_store(path) as store:
        get(store)
    return {"refused": refused, "before": before, "left": left, "after": state(path)}


def kill() -> dict[str, object]:
    dice, seen = random.Random(5), []  # noqa: S311
    for number in range(NUMBER):
        path = FOLDER / str(number) / "fieldkit.db"
        path.parent.mkdir()
        open_store(path).close()
        child = os.fork()
        if child == 0:
            with open_store(path) as store:
                get(store)
            os._exit(0)
        time.sleep(dice.random() / 25)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        seen.append(state(path))
        with open_store(path) as store:
            get(store)
        seen.append("again " + state(path))
        shutil.rmtree(path.parent)
    return {"seen": sorted(set(seen))}


def main() -> None:
    print(json.dumps(fill() if FAULT == "full" else kill()))  # noqa: T201


main()
