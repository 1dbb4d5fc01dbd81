# SPDX-License-Identifier: EUPL-1.2
"""Faults of meaning, of content, of what comes down and of the machine, by their numbers; the others are elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fieldkit.errors import StoreFull
from fieldkit.instance import Instance, State
from fieldkit.store import Store
from forms.views import Finalized
from sync.errors import Reason, Refused
from sync.multipart import MultipartBody
from sync.protocol import SubmissionFile
from sync.pull import pull
from sync.push import push
from sync.server import Fault, When

SUBMISSION = "POST .*submission"
Finalize = Callable[..., bytes]


def refusal(words: str) -> bytes:
    return (
        '<OpenRosaResponse xmlns="http://openrosa.org/http/response" items="0">'
        f'<message nature="error">{words}</message></OpenRosaResponse>'
    ).encode()


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("This submission has been deleted. You may not resubmit it.", Reason.DELETED),
        ("A resource already exists with instanceID value(s) of uuid:1.", Reason.ID_REUSED),
    ],
)
def test_f22_f23_a_false_refusal_is_asked_again_once_and_then_believed(
    store: Store, finalize: Finalize, site: Any, words: str, reason: Reason
) -> None:
    headers = {"X-OpenRosa-Version": "1.0", "Content-Type": "text/xml"}
    sent = {"uuid:1": finalize("uuid:1")}
    site.server.faults.add(Fault(SUBMISSION, When.AFTER, 409, refusal(words), headers))
    assert push(store, site.client(), pause_seconds=0.01).delivered == ["uuid:1"]
    assert site.stored() == sent
    finalize("uuid:2")
    site.server.faults.add(Fault(SUBMISSION, When.BEFORE, 409, refusal(words), headers, times=2))
    assert push(store, site.client(), pause_seconds=0.01).rejected == {"uuid:2": reason}
    assert store.instances.get("uuid:2").reason_text == words


def test_f34_a_conflict_keeps_both_versions(store: Store, finalize: Finalize, site: Any, samples: Any) -> None:
    first = finalize("uuid:1")
    push(store, site.client())
    theirs = samples.instance("uuid:office", "du bureau", deprecated="uuid:1")
    site.client().submit(theirs)
    ours = finalize("uuid:2", "de moi", deprecated="uuid:1")
    assert push(store, site.client()).rejected == {"uuid:2": Reason.OUT_OF_DATE}
    assert site.stored(every_version=True) == {"uuid:1": first, "uuid:office": theirs}
    assert store.instances.frozen_xml("uuid:2") == ours
    assert store.instances.get("uuid:2").state is State.REJECTED


@pytest.mark.parametrize("name", ['a"b.jpg', "a\\b.jpg", "a\nb.jpg", "a/b.jpg", ""])
def test_f40_a_name_that_would_be_lost_never_leaves(name: str, tmp_path: Any) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x")
    with pytest.raises(Refused) as caught:
        MultipartBody(b"<data/>", [SubmissionFile(name, path, 1)])
    assert caught.value.reason is Reason.BAD_FILE_NAME


def test_f40_such_a_record_was_never_tried(store: Store, site: Any, finalize: Callable[..., bytes]) -> None:
    finalize("uuid:1", files={'a "b".jpg': b"x"})
    assert push(store, site.client()).rejected == {"uuid:1": Reason.BAD_FILE_NAME}
    assert not store.instances.get("uuid:1").attempted
    assert (store.attempts.of("uuid:1"), site.stored()) == ([], {})


def test_f49_a_disk_that_is_full_while_forms_come_down(store: Store, site: Any, samples: Any) -> None:
    pull(store, site.client())
    before = store.blank_forms.get("lieux")
    site.server.publish_form(site.project, samples.form("2", title="x" * 90_000), {"carte.png": b"p" * 300_000})
    pages = store._connection.number("PRAGMA page_count")
    store._connection.run(f"PRAGMA max_page_count = {pages + 4}")
    with pytest.raises(StoreFull):
        pull(store, site.client())
    assert store.blank_forms.get("lieux") == before
    store._connection.run("PRAGMA max_page_count = 1000000")
    assert pull(store, site.client()).updated == ["lieux"]


@pytest.mark.parametrize("days", [-2, 2])
def test_f50_a_clock_that_is_days_off_changes_no_order(store: Store, site: Any, samples: Any, days: int) -> None:
    """The first record is finalized at a wrong time, the second after the clock was set right."""
    now = datetime.now(UTC)
    sent = {}
    for number, at in enumerate((now + timedelta(days=days), now)):
        instance_id, base = f"uuid:{number}", f"uuid:{number - 1}" if number else ""
        sent[instance_id] = samples.instance(instance_id, deprecated=base)
        row = Instance(instance_id, "lieux", "1", State.DRAFT, "", at, at, deprecated_id=base)
        store.instances.create(row, sent[instance_id])
        store.instances.finalize(instance_id, Finalized(sent[instance_id], instance_id, "", ()), at)
    assert push(store, site.client()).delivered == ["uuid:0", "uuid:1"]
    assert site.stored(every_version=True) == sent
    said = datetime.fromisoformat(store.instances.receipt("uuid:0").split()[0])
    assert abs((said - now).total_seconds()) < 60  # the server's clock, whatever this computer thinks
