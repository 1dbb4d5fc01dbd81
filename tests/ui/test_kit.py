# SPDX-License-Identifier: EUPL-1.2
"""The kit on a real store and the shipped forms: begin, go on, finish, correct, start a project."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from fieldkit import application, diagnostic, settings, standing
from fieldkit.instance import State
from forms.views import Finalized
from ui import known_forms
from ui.kit import Kit, language_of

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def finish(kit: Kit, instance_id: str) -> None:
    kit.store.instances.finalize(instance_id, kit.open_session(instance_id).finalize(), NOW)


@pytest.fixture
def finished(kit: Kit, diagnosed: Callable[[str], str]) -> str:
    instance_id = diagnosed("incourt")
    finish(kit, instance_id)
    return instance_id


def test_the_forms_that_the_window_knows_by_name_are_those_of_the_domain() -> None:
    assert known_forms.DIAGNOSTIC == diagnostic.FORM_ID
    assert known_forms.APPLICATION == application.FORM_ID
    assert known_forms.DOSSIERS == standing.FORM


def test_a_new_record_is_on_disk_with_what_is_known(kit: Kit) -> None:
    instance_id = kit.new_record(diagnostic.FORM_ID, commune_nis="25043")
    row = kit.store.instances.get(instance_id)
    assert (row.state, row.form_id, row.commune_nis) == (State.DRAFT, diagnostic.FORM_ID, "25043")
    assert row.answered >= 1
    assert kit.open_session(instance_id).value(diagnostic.COMMUNE_REF) == "25043"


def test_beginning_is_told_to_everybody(kit: Kit) -> None:
    told: list[int] = []
    kit.install_forms()
    kit.records_changed.connect(lambda: told.append(1))
    kit.new_record(diagnostic.FORM_ID)
    assert told == [1]


def test_the_recorder_goes_on_where_the_user_stopped(kit: Kit) -> None:
    instance_id = kit.new_record(diagnostic.FORM_ID, commune_nis="25043")
    recorder = kit.recorder(kit.open_session(instance_id))
    recorder.current_ref = "/data/identite/agent"
    recorder.answer("/data/identite/agent", "Agent GAL")
    again = kit.recorder(kit.open_session(instance_id))
    assert again.current_ref == "/data/identite/agent"
    assert again.session.value("/data/identite/agent") == "Agent GAL"
    assert kit.store.instances.answer_log(instance_id)[-1].new == "Agent GAL"


def test_a_form_is_loaded_once(kit: Kit) -> None:
    kit.install_forms()
    assert kit.form(diagnostic.FORM_ID) is kit.form(diagnostic.FORM_ID)


def test_a_finished_record_is_read_from_its_frozen_bytes(kit: Kit, finished: str) -> None:
    session = kit.open_session(finished)
    assert session.instance_id == finished
    assert session.value(diagnostic.COMMUNE_REF) == "25043"


def test_what_never_left_is_corrected_in_place(kit: Kit, finished: str) -> None:
    assert kit.correct(finished) == finished
    assert kit.store.instances.get(finished).state is State.DRAFT


def test_a_returned_record_is_corrected_as_a_new_version_of_it_once(kit: Kit, finished: str) -> None:
    instances = kit.store.instances
    instances.mark_attempted(finished, NOW)
    instances.mark_submitted(finished, NOW, "ok")
    instances.mark_returned(finished, "Code postal inconnu")
    assert [one.instance_id for one in kit.refused()] == [finished]
    made = kit.correct(finished)
    assert made not in {"", finished}
    row, session = instances.get(made), kit.open_session(made)
    assert (row.state, row.deprecated_id, row.commune_nis) == (State.DRAFT, finished, "25043")
    assert session.instance_id == made
    assert session.deprecated_id == finished
    assert session.value(diagnostic.COMMUNE_REF) == "25043"
    assert f"<deprecatedID>{finished}".encode() in session.draft_xml().replace(b"orx:", b"")
    assert kit.correct(finished) == made
    assert kit.refused() == []


def test_a_record_that_the_region_never_took_is_corrected_as_a_new_one(kit: Kit, finished: str) -> None:
    instances = kit.store.instances
    instances.mark_attempted(finished, NOW)
    kit.store.attempts.add(finished, NOW, "rejected", "version-unknown")
    instances.mark_rejected(finished, "version-unknown", "does not exist")
    made = kit.correct(finished)
    row = instances.get(made)
    assert made != finished
    assert row.deprecated_id == ""
    assert finished.encode() not in kit.open_session(made).draft_xml()
    assert kit.refused() == []


def test_a_correction_that_was_binned_comes_back(kit: Kit, finished: str) -> None:
    instances = kit.store.instances
    instances.mark_attempted(finished, NOW)
    instances.mark_submitted(finished, NOW, "ok")
    instances.mark_returned(finished, "x")
    made = kit.correct(finished)
    instances.delete(made)
    assert [one.instance_id for one in kit.refused()] == [finished]
    assert kit.correct(finished) == made
    assert instances.bin() == []


def test_a_correction_takes_the_files_along(kit: Kit) -> None:
    instance_id = kit.new_record(application.FORM_ID)
    instances = kit.store.instances
    instances.put_attachment(instance_id, "plan.pdf", b"%PDF-1.7 plan")
    session = kit.open_session(instance_id)
    frozen = session.draft_xml()
    instances.finalize(instance_id, Finalized(frozen, instance_id, "Relais", ("plan.pdf",)), NOW)
    instances.mark_attempted(instance_id, NOW)
    instances.mark_submitted(instance_id, NOW, "ok")
    instances.mark_returned(instance_id, "x")
    made = kit.correct(instance_id)
    assert instances.attachment(made, "plan.pdf") == b"%PDF-1.7 plan"


def test_a_project_starts_from_a_diagnostic(kit: Kit, finished: str) -> None:
    opened: list[str] = []
    kit.record_asked.connect(opened.append)
    kit.begin_project(finished)
    row = kit.store.instances.get(opened[0])
    assert (row.form_id, row.source_id, row.commune_nis) == (application.FORM_ID, finished, "25043")
    session = kit.open_session(opened[0])
    assert session.value(application.SOURCE_REF) == finished
    assert session.value("/data/c_besoin/besoin[1]/besoin_objet")


def test_a_project_can_start_from_nothing(kit: Kit) -> None:
    opened: list[str] = []
    kit.record_asked.connect(opened.append)
    kit.begin_project()
    assert kit.store.instances.get(opened[0]).source_id == ""


def test_the_territory_is_that_of_the_settings(kit: Kit) -> None:
    place = kit.territory()
    assert place is not None
    assert place.name.startswith("Culturalité")
    assert [one.name for one in kit.communes()][:2] == ["Beauvechain", "Hélécine"]
    kit.settings.set(settings.TERRITORY_ID, "gone")
    assert kit.territory() is None
    assert kit.communes() == ()


@pytest.mark.parametrize(
    ("names", "code", "found"),
    [(("Français (fr)", "Deutsch (de)"), "de", "Deutsch (de)"), (("fr", "en"), "en", "en"), (("fr",), "nl", None)],
)
def test_the_form_speaks_the_language_of_the_settings(names: tuple[str, ...], code: str, found: str | None) -> None:
    assert language_of(names, code) == found


def test_a_setting_is_kept_and_told(kit: Kit) -> None:
    told: list[str] = []
    kit.settings_changed.connect(told.append)
    kit.set(settings.AGENT_NAME, "Ana")
    assert told == ["agent_name"]
    assert kit.settings.get(settings.AGENT_NAME) == "Ana"
