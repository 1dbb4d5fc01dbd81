# SPDX-License-Identifier: EUPL-1.2
"""Makes the golden database of the present schema: `make_golden.py FILE.db.gz`, once, when a schema is released.

The file is then never made again: it stands for the workspaces that people have. Every section holds something, and
there is an instance in each state.
"""

from __future__ import annotations

import gzip
import sqlite3
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from fieldkit.instance import AnswerEntry
from fieldkit.received import Answers, Listed, ReceivedForm
from fieldkit.store import Account, Store, open_store
from fieldkit.store.packs import RefusedPack, StoredPack
from forms.views import EntityChange, Finalized, Progress
from tests.fieldkit.store_samples import add_draft, at, freeze
from tests.unsealing import encrypted_form, private_key, public_text

HISTORY = '{"entries": {}, "marks": {"/data/a": ["0123", "one"]}, "seen": ["one"]}'
TREE = "0f9c9b3e-3b0c-4b57-9d0c-5f3c8d9f4b10"


def fill(store: Store) -> None:
    store.blank_forms.put("diagnostic", "1", "Diagnostic d’été", b"<old/>", {}, "shipped")
    store.blank_forms.put("diagnostic", "2", "Diagnostic d’été", b"<new/>", {"communes.csv": b"nis\n25048\n"}, "region")
    draft = add_draft(store, 1, form_version="0", commune_nis="25048", source_id="uuid:source")
    store.instances.save_draft(draft, b"<data>old</data>", [], Progress(9, 3, 1, 2), "/data/old", "Jodoigne", "25048")
    store.lifts.lift(draft, "1", b"<data/>", [], Progress(9, 3, 1, 2), at(0))
    entries = [AnswerEntry("/data/a", "", "é", at(1)), AnswerEntry("/data/a", "é", "", at(2))]
    store.instances.save_draft(
        draft, b"<data>\xc3\xa9</data>", entries, Progress(9, 3, 1, 2), "/data/a", "Jodoigne", "25048"
    )
    store.instances.put_attachment(draft, "photo é.jpg", b"photo")
    store.sharing.keep_history(draft, HISTORY)
    store.instances.delete(add_draft(store, 2))
    store.entities.put_list(
        "region", "arbres", b"name,label,__version\n" + TREE.encode() + b",Ch\xc3\xaane,2\n", "md5:1"
    )
    store.blank_forms.put("visite", "1", "Visite", b"<visite/>", {}, "region", lists=["arbres.csv"])
    visit = add_draft(store, 3, form_id="visite", account_id="region")
    change = EntityChange("arbres", TREE, create=False, update=True, label="", properties={"santé": "bonne"})
    store.instances.finalize(visit, Finalized(b"<data>3</data>", visit, "", (), (change,)), at(10))
    store.blank_forms.retire("visite")
    sealed = encrypted_form(b"<form><model></model></form>", public_text(private_key()))
    store.blank_forms.put("arbres", "1", "Arbres", b"<arbres/>", {}, "region")
    store.blank_forms.offer("other", "arbres", "1")
    store.blank_forms.withdraw("region", "arbres")
    store.blank_forms.put("scelle", "1[encrypted:AaIE+/8=]", "Scellé", sealed, {}, "region")
    store.blank_forms.retire("scelle")
    submitted = freeze(store, 4, form_id="scelle", form_version="1[encrypted:AaIE+/8=]")
    store.instances.mark_attempted(submitted, at(11))
    store.attempts.add(submitted, at(11), "delivered", "", "full submission received", 2048)
    store.instances.mark_submitted(
        submitted, at(12), "full submission received", "https://region.example/v1/projects/7"
    )
    store.dossiers.keep(submitted, TREE, 2, "accepté", "Très bien", at=at(3), server_at=at(2))
    store.dossiers.heed(submitted, "2")
    store.parts.add(visit, "region", ["video.mp4"])
    returned = freeze(store, 5)
    store.instances.mark_submitted(returned, at(13), "")
    store.instances.mark_returned(returned, "À préciser")
    store.instances.mark_rejected(freeze(store, 6), "closed", "not currently accepting submissions")
    store.accounts.put(Account("region", "https://region.example", 7, "GAL"))
    pack = StoredPack(0, "region", "appels.zip", "0" * 32, bytes(32), "appels", "call", 2, b"{}", at(4), None, None)
    store.packs.trust("region", bytes(32), at(3))
    store.packs.put(pack, bytes(64), [("calls/a.json", lambda: b"{}")], kept=True)
    store.packs.refuse("region", RefusedPack("guides.zip", "1" * 32, "PackDamaged", "cut", "0.1.0"))
    store.facts.set("pull.at", "2026-11-22T09:00:00+00:00")
    receive(store)


def receive(store: Store) -> None:
    """Receive a record with its answers, and one without, as staff do."""
    form = ReceivedForm("https://region.example/v1/projects/7", "visite", "Visite", "", "", at(20), listed=True)
    store.received.note_form(form)
    told = [
        Listed("uuid:r1", "1", at(14), at(15), None, "Agente", 1, "hasIssues", commune_nis="25048"),
        Listed("uuid:r2", "1", at(16), encrypted=True),
    ]
    store.received.heard(form.origin, form.form_id, told)
    (missing,) = store.received.missing(form.origin, form.form_id)
    store.received.keep(missing, Answers(b"<visite/>", "uuid:r1b", "1", "Verger", "25048", 1), at(21))
    store.received.note_form(replace(form, mark="2026-11-22T09:00:00.000Z", etag='W/"1"'))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fieldkit.db"
        with open_store(path) as store:
            fill(store)
        with sqlite3.connect(path) as db:  # a sealed record makes no entity that this kit can read
            db.execute(
                "INSERT INTO made_entities (instance_seq, list, entity_id)"
                " SELECT seq, 'dossiers', ? FROM instances WHERE state = 'submitted'",
                (TREE,),
            )
        db.close()
        Path(sys.argv[1]).write_bytes(gzip.compress(path.read_bytes(), mtime=0))


main()
