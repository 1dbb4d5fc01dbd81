# SPDX-License-Identifier: EUPL-1.2
"""A finished record that two kits hold, by a dossier, is with the server once, whoever sends it and however often."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fieldkit.dossier.pack import export
from fieldkit.dossier.reading import open_dossier
from fieldkit.dossier.unpack import Outcome, take
from fieldkit.instance import State
from fieldkit.store import Store, open_store
from sync.push import push
from tests.sync.conftest import form_xml

Finalize = Callable[..., bytes]


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Store]:
    (tmp_path / "other").mkdir()
    with open_store(tmp_path / "other" / "fieldkit.db") as opened:
        yield opened


def carry(source: Store, target: Store, path: Path) -> Outcome:
    export(source, [one.instance_id for one in source.instances.search()], path)
    with open_dossier(target, path) as dossier:
        return take(target, dossier)[0].outcome


def test_both_kits_send_and_the_server_has_it_once(
    store: Store, other: Store, finalize: Finalize, site: Any, line: Any, tmp_path: Path
) -> None:
    store.blank_forms.put("lieux", "1", "Lieux", form_xml(), {}, "region")
    sent = finalize("uuid:1", files={"photo.jpg": b"picture"})
    line.lose_answers = 9
    push(store, site.client(line.url), pause_seconds=0)  # it arrived, and nobody here knows
    assert carry(store, other, tmp_path / "x.fieldkit") is Outcome.NEW
    assert other.instances.get("uuid:1").attempted
    assert push(other, site.client()).delivered == ["uuid:1"]
    assert site.stored() == {"uuid:1": sent}
    carry(other, store, tmp_path / "y.fieldkit")
    assert store.instances.get("uuid:1").state is State.SUBMITTED
    assert push(store, site.client()).delivered == []
    (row,) = site.server.submissions(site.project, "lieux")
    assert site.server.submitted_file(row.files["photo.jpg"]) == b"picture"
