# SPDX-License-Identifier: EUPL-1.2
"""A form with everything that is merged, kits that edit a record of it, and stores that hand dossiers to each other."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from itertools import count
from pathlib import Path

from fieldkit.dossier.answers import read_answers
from fieldkit.dossier.history import History, commit
from fieldkit.dossier.merge import Copy, Merged, compare, merge
from fieldkit.dossier.pack import export
from fieldkit.dossier.reading import open_dossier
from fieldkit.dossier.unpack import Finding, take
from fieldkit.instance import AnswerEntry, Instance, State
from fieldkit.lifting import lift_draft
from fieldkit.store import Store, open_store
from forms import FormSession, load_form
from tests.fieldkit.store_samples import at
from tests.forms.conftest import xform

QUESTIONS = ("a", "b", "c")
FORM_XML = xform(
    "<g><a/><b/></g><c/><n/><double/><photo/><r><what/><k><x/></k></r><line><text/></line>",
    '<bind nodeset="/data/n" type="int"/><bind nodeset="/data/double" calculate="/data/n * 2"/>'
    '<bind nodeset="/data/photo" type="binary"/>',
    '<group ref="/data/g"><label>G</label><input ref="/data/g/a"><label>Alpha</label></input>'
    '<input ref="/data/g/b"><label>Beta</label></input></group><input ref="/data/c"><label>Gamma</label></input>'
    '<input ref="/data/n"><label>How many</label></input>'
    '<upload ref="/data/photo" mediatype="image/*"><label>Photo</label></upload>'
    '<group ref="/data/r"><label>Things</label><repeat nodeset="/data/r"><input ref="/data/r/what"><label>What</label>'
    '</input><group ref="/data/r/k"><label/><repeat nodeset="/data/r/k"><input ref="/data/r/k/x"/></repeat></group>'
    '</repeat></group><group ref="/data/line"><label/><repeat nodeset="/data/line" jr:count="/data/n">'
    '<input ref="/data/line/text"/></repeat></group>',
    root='id="shared" version="1"',
)
FORM = load_form(FORM_XML)
REFS = {"a": "/data/g/a", "b": "/data/g/b", "c": "/data/c"}


class Hand:
    """One copy of a draft, in memory: edited, and put together with others."""

    stamps = count(1)

    def __init__(self, xml: bytes, history: History | None = None) -> None:
        self.xml = xml
        self.history = history or History()

    @classmethod
    def fresh(cls) -> Hand:
        return cls(FormSession(FORM).draft_xml())

    def fork(self) -> Hand:
        """Hand a copy over: what was answered up to now is known to both."""
        return Hand(self.xml, self.copy().history)

    @property
    def session(self) -> FormSession:
        return FormSession(FORM, instance_xml=self.xml)

    def edit(self, kind: str, place: int, value: str) -> None:
        """Do one thing: `place` chooses the question or the entry."""
        session = self.session
        entries = session.children("/data/r")
        if kind == "answer":
            session.answer(REFS[QUESTIONS[place % 3]], value)
        elif kind == "add" or not entries:
            session.answer(session.add_repeat("/data/r").added[0] + "/what", value)
        elif kind == "remove":
            session.remove_repeat(entries[place % len(entries)].ref)
        elif kind == "inner":
            added = session.add_repeat(entries[place % len(entries)].ref + "/k").added[0]
            session.answer(added + "/x", value)
        else:
            session.answer(entries[place % len(entries)].ref + "/what", value)
        self.xml = session.draft_xml()

    def copy(self) -> Copy:
        """Say what is here, as an export does."""
        answers = read_answers(FORM, self.xml, {})
        self.history = commit(self.history, answers, f"s{next(self.stamps):06d}")
        return Copy(answers, self.history)

    def meet(self, other: Copy, prefer: Collection[str] = ()) -> tuple[Merged, set[tuple[object, ...]]]:
        """Put the other's answers together with these; return what came of it, and the conflicts."""
        mine = self.copy()
        conflicts = [(one.key, one.mine, one.theirs) for one in compare(mine, other).conflicts]
        assert len(conflicts) == len({one[0] for one in conflicts})
        merged = merge(FORM, mine, other, prefer, stamp=f"s{next(self.stamps):06d}", at=at())
        self.xml, self.history = merged.xml, merged.history
        return merged, set(conflicts)

    def values(self) -> dict[str, str]:
        return {name: self.session.value(ref) for name, ref in REFS.items()}

    def things(self) -> list[str]:
        """Every text inside the repeat."""
        entries = read_answers(FORM, self.xml, {}).entries["/data/r"]
        return [text for entry in entries for _, text in entry.content if text]


class Place:
    """A workspace with one record or none, and a stick to carry dossiers on."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self.folder = folder
        self.store: Store = open_store(folder / "fieldkit.db")

    def begin(self, **answers: str) -> str:
        self.store.blank_forms.put("shared", "1", "Shared", FORM_XML, {}, "region")
        session = FormSession(FORM)
        instance = Instance(session.instance_id, "shared", "1", State.DRAFT, "Shared", at(), at())
        self.store.instances.create(instance, session.draft_xml())
        for name, value in answers.items():
            self.answer(session.instance_id, REFS[name], value)
        return session.instance_id

    def answer(self, instance_id: str, ref: str, value: str) -> None:
        session = self.session(instance_id)
        old = session.value(ref)
        session.answer(ref, value)
        log = self.store.instances.answer_log(instance_id)
        entry = AnswerEntry(ref, old, value, at(1 + len(log)) + timedelta(microseconds=sum(map(ord, self.folder.name))))
        progress = session.progress()
        self.store.instances.save_draft(instance_id, session.draft_xml(), [entry], progress, ref, "Shared", "")

    def session(self, instance_id: str) -> FormSession:
        return FormSession(FORM, instance_xml=self.store.instances.draft_xml(instance_id))

    def lift(self, instance_id: str, old: bytes, new: bytes) -> None:
        """Bring the draft to the latest version of the form, then change an answer."""
        lift_draft(self.store, instance_id)
        xml = self.store.instances.draft_xml(instance_id).replace(old, new)
        self.store.instances.save_draft(instance_id, xml, [], self.session(instance_id).progress(), "", "Shared", "")

    def value(self, instance_id: str, name: str) -> str:
        return self.session(instance_id).value(REFS.get(name, f"/data/{name}"))

    def finish(self, instance_id: str) -> bytes:
        self.store.instances.finalize(instance_id, self.session(instance_id).finalize(), at(60))
        return self.store.instances.frozen_xml(instance_id)

    def give(self, *instance_ids: str, passphrase: str = "", name: str = "x") -> Path:
        return export(self.store, instance_ids, self.folder / f"{name}.fieldkit", passphrase).path

    def get(self, path: Path, passphrase: str = "", **prefer: Collection[str]) -> Finding:
        with open_dossier(self.store, path, passphrase) as dossier:
            keys = prefer.get("prefer", ())
            chosen = {one.instance.instance_id: keys for one in dossier.records}
            return take(self.store, dossier, chosen)[0]
