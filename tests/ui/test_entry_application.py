# SPDX-License-Identifier: EUPL-1.2
"""An application in the questionnaire: limits, receivability, calendar; and a finished record to read."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

import resources
from fieldkit import answer_files
from fieldkit.application import CheckState
from fieldkit.budget import Rule
from ui.entry.page import EntryPage
from ui.entry.panel import ApplicationPanel
from ui.entry.panel_words import check_detail, check_title
from ui.entry.work_plan import SECTION, WorkPlan
from ui.kit import Kit

FORM = "mon_smart_village"
GRANT = "/data/h_budget/subvention"
LINE = "/data/h_budget/ligne[1]"


@pytest.fixture
def application(kit: Kit, qtbot: QtBot) -> EntryPage:
    """Open the shipped demonstration application as a draft."""
    instance_id = kit.new_record(FORM)
    session = kit.open_session(instance_id)
    answer_files.fill(session, json.loads(resources.read_text("forms", "answers", "application_perwez.json")))
    kit.store.instances.save_draft(instance_id, session.draft_xml(), [], session.progress(), "", "", "25084")
    page = EntryPage(kit, instance_id)
    qtbot.addWidget(page)
    page.resize(1306, 720)
    page.show()
    return page


def panel_of(page: EntryPage) -> ApplicationPanel:
    assert page.panel is not None
    return page.panel


def test_a_limit_that_is_broken_is_told_everywhere_at_once(application: EntryPage) -> None:
    panel = panel_of(application)
    bar = panel._bars[Rule.GRANT_RATE]
    assert bar.accessibleName().endswith("respecté")
    application.desk.answer(GRANT, "49000")
    assert bar.accessibleName().endswith("Dépasse le plafond de 3\u202f959,36\u00a0€")
    assert panel._rows["taux"].check is not None
    assert panel._rows["taux"].check.state is CheckState.BROKEN
    assert "49\u202f000\u00a0€" in panel._rows["taux"].accessibleDescription()
    budget = next(row for row in application.outline.rows() if row.state.key == "/data/h_budget")
    assert budget.subtitle()
    application.desk.answer(GRANT, "45000")
    assert bar.accessibleName().endswith("respecté")


def test_progress_as_in_the_lists_and_deadline_stand_in_the_outline(application: EntryPage) -> None:
    assert panel_of(application).deadline() is not None
    assert "31\u00a0mars" in application.outline._deadline.text()
    before = application.desk.session.progress()
    assert application.outline._percent.text() == f"{round(100 * before.answered / before.asked)}\u00a0%"
    application.desk.answer("/data/a_identification/titre", "")
    after = application.desk.session.progress()
    assert after.answered == before.answered - 1
    assert application.outline._percent.text() == f"{round(100 * after.answered / after.asked)}\u00a0%"


def test_a_line_of_the_budget_changes_the_total_and_the_limits(application: EntryPage) -> None:
    application.walk.go_to("/data/h_budget/ligne")
    shown = application.walk.pages.page()
    assert shown is not None
    frame = shown.frame_of("/data/h_budget/ligne")
    assert frame is not None
    total = frame._total.text()  # type: ignore[attr-defined]  # a RepeatFrame
    application.desk.answer(f"{LINE}/ligne_prix", "2000")
    assert frame._total.text() != total  # type: ignore[attr-defined]  # a RepeatFrame
    balance = panel_of(application)._rows["equilibre"].check
    assert balance is not None
    assert balance.state is CheckState.BROKEN
    assert check_detail(balance).startswith("Il manque")


def test_a_rule_leads_to_where_it_is_answered(application: EntryPage) -> None:
    row = panel_of(application)._rows["duree"]
    row.click()
    assert application.walk.here == "/data/g_calendrier/fin"


def test_every_rule_has_words(application: EntryPage) -> None:
    for code, row in panel_of(application)._rows.items():
        assert check_title(code) != code
        assert row.accessibleName()


def test_the_calendar_follows_the_milestones(application: EntryPage) -> None:
    application.walk.show_section(SECTION)
    shown = application.walk.pages.page()
    assert shown is not None
    plan = shown.tails[0]
    assert isinstance(plan, WorkPlan)
    count = len(plan._steps)
    assert count == application.desk.node(f"{SECTION}/etape").count
    application.desk.answer(f"{SECTION}/etape[1]/etape_nom", "Tout autre chose")
    assert plan._steps[0].label == "Tout autre chose"
    application.desk.answer(f"{SECTION}/etape[1]/etape_fin", "")
    assert len(plan._steps) == count - 1


def test_the_panel_is_left_out_where_there_is_no_room(application: EntryPage) -> None:
    panel = panel_of(application)
    assert panel.isVisible()
    application.resize(1100, 700)
    assert not panel.isVisible()
    application.toggle_panel()
    assert panel.isVisible()


def test_a_finished_record_is_read_not_changed(open_types: Callable[..., EntryPage], kit: Kit, qtbot: QtBot) -> None:
    page = open_types(
        {
            "/data/textes/nom": "Glimes",
            "/data/textes/foyers": "40",
            "/data/choix/avis": "oui",
            "/data/listes/ligne[1]/libelle": "papier",
        }
    )
    kit.store.instances.finalize(page.instance_id, page.desk.session.finalize(), datetime.now(UTC))
    page.close()
    again = EntryPage(kit, page.instance_id)
    qtbot.addWidget(again)
    again.show()
    assert again.frozen
    assert again.middle.currentWidget() is again.review
    assert not again.feet.isVisible()
    words = [button.text() for button in again.review.findChildren(QPushButton)]
    assert "Modifier" not in words
    again.outline.rows()[2].click()
    assert again.middle.currentWidget() is again.review
