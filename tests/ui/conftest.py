# SPDX-License-Identifier: EUPL-1.2
"""A kit on a workspace of its own, with work done at once, and records made from the shipped demonstration answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

import resources
from fieldkit import answer_files, settings
from fieldkit.workspace import Workspace
from ui import theme
from ui.kit import Kit
from ui.tasks import InlineTasks

DIAGNOSTIC = "diagnostic_territorial"


@pytest.fixture
def kit(tmp_path: Path, qtbot: QtBot, qapp: object) -> Iterator[Kit]:
    """Open a kit in the territory of the GAL Culturalité, in the light theme at 100 %."""
    theme.start(qapp, "light", 100, readable=False)  # type: ignore[arg-type]  # pytest-qt's application
    workspace = Workspace.open(tmp_path / "workspace")
    workspace.settings.set(settings.TERRITORY_KIND.key, "gal")
    workspace.settings.set(settings.TERRITORY_ID.key, "23-culturalite")
    workspace.settings.set(settings.FIRST_RUN_DONE.key, True)
    tasks = InlineTasks()
    made = Kit(workspace, tasks)
    yield made
    tasks.close()
    workspace.close()


@pytest.fixture
def diagnosed(kit: Kit) -> Callable[[str], str]:
    """Make a draft diagnostic of a commune (incourt, jodoigne, perwez, ramillies); return its instance_id."""

    def make(place: str) -> str:
        answers = json.loads(resources.read_text("forms", "answers", f"diagnostic_express_{place}.json"))
        instance_id = kit.new_record(DIAGNOSTIC)
        session = kit.open_session(instance_id)
        answer_files.fill(session, answers)
        name, nis = session.instance_name, session.value("/data/identite/commune")
        instances = kit.store.instances
        instances.save_draft(instance_id, session.draft_xml(), [], session.progress(), "", name, nis)
        return instance_id

    return make
