# SPDX-License-Identifier: EUPL-1.2
"""Fills the room of a store: `full_disk.py FOLDER limit|disk`; prints one line of JSON.

`limit`: this process may not make files larger than 600 kB (RLIMIT_FSIZE; the write itself fails, as on a full disk
or a reached quota). `disk`: FOLDER is on a small file system that really fills up.
"""

from __future__ import annotations

import json
import resource
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from fieldkit.errors import StoreFull
from fieldkit.instance import AnswerEntry, Instance, State
from fieldkit.settings import Settings
from fieldkit.store import Store, open_store
from forms.views import Progress

ID = "uuid:00000001-0000-4000-8000-000000000000"
FOLDER, FAULT = Path(sys.argv[1]), sys.argv[2]


def save(store: Store, number: int) -> None:
    entry = AnswerEntry("/data/n", str(number - 1), str(number), datetime.now(UTC))
    xml = b"<data>%d</data>" % number + b"x" * 20_000 * number
    store.instances.save_draft(ID, xml, [entry], Progress(1, 1, 0, 0), "/data/n", "Fiche", "")


def save_until_full(store: Store) -> int:
    for number in range(1, 1000):
        try:
            save(store, number)
        except StoreFull:
            return number - 1
    raise SystemExit("the disk never filled")


def refuses(action: object) -> bool:
    try:
        action()  # type: ignore[operator]  # a lambda
    except StoreFull:
        return True
    return False


def main() -> None:
    now = datetime.now(UTC)
    with open_store(FOLDER / "fieldkit.db") as store:
        store.instances.create(Instance(ID, "f", "1", State.DRAFT, "Fiche", now, now), b"<data>0</data>")
        ballast = FOLDER / "ballast"
        ballast.write_bytes(b"x" * 400_000)
        if FAULT == "limit":
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, resource.RLIM_INFINITY))
        saved = save_until_full(store)
        file_refused = refuses(lambda: store.instances.put_attachment(ID, "p.jpg", b"x" * 5_000_000))
        settings = Settings(FOLDER / "settings.json")
        while FAULT == "disk":  # the last blocks too
            try:
                with (FOLDER / "more").open("ab", buffering=0) as more:
                    more.write(b"x" * 4096)
            except OSError:
                break
        settings_refused = refuses(lambda: settings.set("agent_name", "x" * 700_000))
        log = [entry.new for entry in store.instances.answer_log(ID)]
        # Room again: the same open store goes on.
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        ballast.unlink()
        (FOLDER / "more").unlink(missing_ok=True)
        store.instances.save_draft(
            ID, b"<data>end</data>", [AnswerEntry("/data/n", "", "end", now)], Progress(1, 1, 0, 0), "", "F", ""
        )
    with open_store(FOLDER / "fieldkit.db") as store:
        after = [entry.new for entry in store.instances.answer_log(ID)]
    facts = {
        "saved": saved,
        "kept": log == [str(number) for number in range(1, saved + 1)],
        "file_refused": file_refused,
        "settings_refused": settings_refused and Settings(FOLDER / "settings.json").warning is None,
        "goes_on": after == [*log, "end"],
    }
    print(json.dumps(facts))  # noqa: T201


main()
