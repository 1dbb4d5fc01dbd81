# SPDX-License-Identifier: EUPL-1.2
"""Cuts the sealing of a record: `sealing.py FOLDER kills|between|full SEED`; prints one line of JSON.

`kills`: forked children finalize the record and are killed with SIGKILL at random moments. `between`: one child is
killed after the last file was encrypted and before the commit. `full`: this process may not make files larger than
300 kB while it seals. Whatever happened, the record is a draft with all its answers and files, or finalized with a
whole seal.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import resource
import signal
import sys
import time
from pathlib import Path

from fieldkit.encryption import Sealing
from fieldkit.errors import StoreFull
from fieldkit.instance import State
from fieldkit.store import Store, open_store
from tests.fieldkit.store_samples import add_draft, at, finalized, save_answer
from tests.unsealing import encrypted_form, private_key, public_text

FOLDER, FAULT, SEED = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
PATH = FOLDER / "fieldkit.db"
FILES = {f"{number}.jpg": bytes([number]) * 400_000 for number in range(4)}
XML = b"<data><n>1</n></data>"


def prepare() -> str:
    with open_store(PATH) as store:
        form = encrypted_form(b"<form><model></model></form>", public_text(private_key()))
        store.blank_forms.put("scelle", "1", "Scelle", form, {}, "region")
        instance_id = add_draft(store, form_id="scelle")
        save_answer(store, instance_id, 1, xml=XML)
        for name, content in FILES.items():
            store.instances.put_attachment(instance_id, name, content)
    return instance_id


def finalize(store: Store, instance_id: str) -> None:
    store.instances.finalize(instance_id, finalized(instance_id, XML, files=tuple(FILES)), at(5))


def killed(instance_id: str, seconds: float) -> None:
    """Let a child finalize and kill it; a negative number of seconds: when all is encrypted and nothing committed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        with open_store(PATH) as store:
            if seconds < 0:
                Sealing.envelope = lambda _self: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[assignment]
            os.write(writing, b"!")
            finalize(store, instance_id)
            time.sleep(60)
    os.read(reading, 1)
    if seconds >= 0:
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(reading)
    os.close(writing)


def whole(store: Store, instance_id: str) -> bool:
    """Tell whether the record is what it must be, before the commit or after it."""
    kept = {
        one.name: store.instances.attachment(instance_id, one.name) for one in store.instances.attachments(instance_id)
    }
    state, seal = store.instances.get(instance_id).state, store.instances.seals.of(instance_id)
    as_typed = kept == FILES and store.instances.draft_xml(instance_id) == XML
    if state is State.DRAFT:
        return as_typed and seal is None and store.instances.outbox() == []
    names = [*(f"{name}.enc" for name in FILES), "submission.xml.enc"]
    return (
        as_typed
        and seal is not None
        and [one.name for one in seal.files] == names
        and all(hashlib.sha256(one.path.read_bytes()).hexdigest() == one.sha256 for one in seal.files)
    )


def files_on_disk() -> int:
    return sum(path.is_file() for path in (FOLDER / "instances").rglob("*"))


def cut_by_kills(instance_id: str) -> dict[str, object]:
    dice = random.Random(SEED)  # noqa: S311
    states, lost = {"draft": 0, "finalized": 0}, 0
    with open_store(PATH) as store:  # how long it takes here, with everything imported
        finalize(store, instance_id)
        store.instances.reopen(instance_id)
        begun = time.monotonic()
        finalize(store, instance_id)
        needed = time.monotonic() - begun
        store.instances.reopen(instance_id)
    # One before it begins and one after it is done, whatever else the machine has to do.
    moments = [0.0, needed * 20, *(dice.random() * needed * 2 for _ in range(18))]
    for moment in moments:
        killed(instance_id, moment)
        with open_store(PATH) as store:
            lost += not whole(store, instance_id)
            state = store.instances.get(instance_id).state
            states[str(state)] += 1
            if state is State.FINALIZED:
                store.instances.reopen(instance_id)
    return {"lost": lost, **states}


def cut_by_a_full_disk(instance_id: str) -> dict[str, object]:
    with open_store(PATH) as store:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))
        try:
            finalize(store, instance_id)
        except StoreFull:
            told = True
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        still = store.instances.get(instance_id).state is State.DRAFT and whole(store, instance_id)
        return {"told": told, "still a draft": still, "nothing left over": files_on_disk() == len(FILES)}


def main() -> None:
    instance_id = prepare()
    facts: dict[str, object] = {}
    if FAULT == "kills":
        facts = cut_by_kills(instance_id)
    elif FAULT == "full":
        facts = cut_by_a_full_disk(instance_id)
    else:
        killed(instance_id, -1)
        facts["left over"] = files_on_disk() - len(FILES)
        with open_store(PATH) as store:
            facts["whole"] = whole(store, instance_id) and store.instances.get(instance_id).state is State.DRAFT
    with open_store(PATH) as store:
        finalize(store, instance_id)
        facts["goes on"] = whole(store, instance_id) and store.instances.get(instance_id).state is State.FINALIZED
    facts["tidy"] = files_on_disk() == 2 * len(FILES) + 1
    print(json.dumps(facts))  # noqa: T201


main()
