# SPDX-License-Identifier: EUPL-1.2
"""The audit log of a record: its events, its columns, and the file that is sent with the record."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldkit import audit
from fieldkit.instance import AnswerEntry, Instance, State
from fieldkit.store import Store
from forms import Context, FormSession, load_form
from tests.fieldkit.store_samples import at
from tests.forms.conftest import compiled

ALL = (
    "track-changes=true identify-user=true track-changes-reasons=on-form-edit "
    "location-priority=balanced location-min-interval=60 location-max-age=120"
)
BEGUN = 1_795_338_000_000  # 2026-11-22T09:00Z in milliseconds
MINUTE = 60_000


def session_of(parameters: str = "", *, audited: bool = True) -> FormSession:
    row = f"| audit | audit | | {parameters}\n" if audited else ""
    survey = f"type | name | label | parameters\n{row}| text | town | Town |\n| integer | people | People |"
    form = load_form(compiled(survey, "", "form_id\nf"))
    return FormSession(form, context=Context(username="Ann, Lee"))


def entry(ref: str, old: str, new: str, minutes: float) -> AnswerEntry:
    return AnswerEntry(ref, old, new, at(minutes))


LOG = [
    entry("/f/town", "", "Jo", 1),
    entry("/f/town", "Jo", "Jodoigne, Brabant", 2),
    entry("/f/people", "", "12", 3),
    entry("/f/r[1]", "", "+", 4),
    entry("/f/r[1]/q", "", "+", 5),
    entry("/f/r[1]", "", "-", 6),
    entry("/f/town", "Jodoigne, Brabant", 'say "x",\ny', 7),
]


def test_answers_become_events_in_order() -> None:
    found = [(one.name, one.node, one.start, one.end) for one in audit.events(at(), LOG, at(9))]
    assert found == [
        ("form start", "", at(), None),
        ("question", "/f/town", at(1), at(2)),
        ("question", "/f/people", at(3), at(3)),
        ("add repeat", "/f/r[1]", at(4), at(4)),
        ("question", "/f/r[1]/q", at(5), at(5)),
        ("delete repeat", "/f/r[1]", at(6), at(6)),
        ("question", "/f/town", at(7), at(7)),
        ("form save", "", at(9), None),
        ("form finalize", "", at(9), None),
    ]


def test_without_parameters_there_are_four_columns() -> None:
    text = audit.write_csv(audit.events(at(), LOG[:2], at(9)), {}).decode()
    assert text == (
        "event,node,start,end\n"
        f"form start,,{BEGUN},\n"
        f"question,/f/town,{BEGUN + MINUTE},{BEGUN + 2 * MINUTE}\n"
        f"form save,,{BEGUN + 9 * MINUTE},\n"
        f"form finalize,,{BEGUN + 9 * MINUTE},\n"
    )


def test_parameters_of_the_form_add_columns() -> None:
    form = session_of(ALL).form
    options = form.nodes[audit.audit_ref(form)].bind.extra
    rows = list(
        csv.DictReader(io.StringIO(audit.write_csv(audit.events(at(), LOG, at(9)), options, "Ann, Lee").decode()))
    )
    assert list(rows[0]) == [
        *("event", "node", "start", "end", "latitude", "longitude", "accuracy"),
        *("old-value", "new-value", "user", "change-reason"),
    ]
    assert (rows[1]["old-value"], rows[1]["new-value"], rows[1]["user"]) == ("", "Jodoigne, Brabant", "Ann, Lee")
    assert rows[6]["new-value"] == 'say "x",\ny'
    assert {row["latitude"] for row in rows} == {""}


@pytest.mark.parametrize("parameters", ["track-changes=true", "identify-user=true"])
def test_each_parameter_adds_its_own_columns(parameters: str) -> None:
    form = session_of(parameters).form
    head = audit.write_csv([], form.nodes[audit.audit_ref(form)].bind.extra).decode().strip().split(",")
    assert head[4:] == {"track-changes=true": ["old-value", "new-value"], "identify-user=true": ["user"]}[parameters]


def test_quotes_are_written_as_the_specification_has_it() -> None:
    changed = audit.Event("question", at(), "/f/town", at(), 'a "quoted" word', 'a "quoted", word')
    line = audit.write_csv([changed], {"track-changes": "true"}).decode().splitlines()[1]
    assert line == f'question,/f/town,{BEGUN},{BEGUN},a "quoted" word,"a ""quoted"", word"'


@given(st.lists(st.tuples(st.sampled_from(["/f/a", "/f/b"]), st.text(max_size=5)), max_size=20))
def test_every_change_is_told_once(steps: list[tuple[str, str]]) -> None:
    values = {"/f/a": "", "/f/b": ""}
    log = []
    for ref, text in steps:
        log.append(AnswerEntry(ref, values[ref], text, at(len(log))))
        values[ref] = text
    replayed = {"/f/a": "", "/f/b": ""}
    for event in audit.events(at(), log, at(99)):
        if event.node:
            assert replayed[event.node] == event.old
            replayed[event.node] = event.new
    assert replayed == values


def keep(store: Store, session: FormSession) -> str:
    instance_id = session.instance_id
    store.instances.create(Instance(instance_id, "f", "", State.DRAFT, "F", at(), at()), session.draft_xml())
    session.answer("/f/town", "Jodoigne")
    log = [entry("/f/town", "", "Jodoigne", 1)]
    store.instances.save_draft(instance_id, session.draft_xml(), log, session.progress(), "", "F", "")
    return instance_id


def test_the_log_is_sent_with_the_record(store: Store) -> None:
    session = session_of("track-changes=true")
    instance_id = keep(store, session)
    assert audit.attach(store, session, at(2))
    finalized = session.finalize()
    assert finalized.attachments == ("audit.csv",)
    assert b"<audit>audit.csv</audit>" in finalized.xml
    store.instances.finalize(instance_id, finalized, at(2))
    (attached,) = store.instances.attachments(instance_id)
    assert (attached.name, attached.frozen) == ("audit.csv", True)
    assert b"question,/f/town" in store.instances.attachment(instance_id, "audit.csv")


def test_a_form_that_asks_for_no_log_gets_none(store: Store) -> None:
    session = session_of(audited=False)
    instance_id = keep(store, session)
    assert not audit.attach(store, session, at(2))
    assert store.instances.attachments(instance_id) == []
    assert session.finalize().attachments == ()
