# SPDX-License-Identifier: EUPL-1.2
"""The results: empty at first, then one diagnostic beside the mean or another, down to a project and a PDF."""

from __future__ import annotations

from collections.abc import Callable

from pytestqt.qtbot import QtBot

from fieldkit import application
from ui.chart_view import ChartView
from ui.kit import Kit
from ui.paper import PaperWindow
from ui.screens.results import MEAN, NOTHING, ResultsScreen
from ui.widgets import EmptyState, ToolButton

Diagnosed = Callable[[str], str]


def shown(kit: Kit, qtbot: QtBot) -> ResultsScreen:
    screen = ResultsScreen(kit)
    qtbot.addWidget(screen)
    screen.resize(1154, 768)
    screen.refresh()
    screen.show()
    return screen


def told(screen: ResultsScreen) -> str:
    """Return what the charts say to those who do not see them."""
    return "\n".join(view.accessibleName() for view in screen.findChildren(ChartView))


def test_without_a_diagnostic_the_page_says_what_it_is_for(kit: Kit, qtbot: QtBot) -> None:
    screen = shown(kit, qtbot)
    assert screen.findChildren(EmptyState)
    assert not screen.report.isVisible()


def test_one_diagnostic_stands_alone(kit: Kit, qtbot: QtBot, diagnosed: Diagnosed) -> None:
    diagnosed("perwez")
    screen = shown(kit, qtbot)
    assert screen.place.count() == 1
    assert screen.compared() is None
    assert "Perwez" in told(screen)


def test_the_mean_of_the_territory_is_set_beside_it(kit: Kit, qtbot: QtBot, diagnosed: Diagnosed) -> None:
    for place in ("incourt", "jodoigne", "perwez"):
        diagnosed(place)
    screen = shown(kit, qtbot)
    assert screen.other.currentData() == MEAN
    compared = screen.compared()
    assert compared is not None
    mean = compared.scores.score
    assert mean is not None
    others = [one.diagnostic.score or 0 for one in screen._found.values()]
    assert min(others) < mean < max(others)
    assert "Moyenne du territoire" in told(screen)


def test_another_record_can_be_set_beside_it(kit: Kit, qtbot: QtBot, diagnosed: Diagnosed) -> None:
    other = diagnosed("jodoigne")
    mine = diagnosed("perwez")
    screen = shown(kit, qtbot)
    screen.show_target(mine)
    screen.other.setCurrentIndex(screen.other.findData(other))
    screen.other.activated.emit(screen.other.currentIndex())
    compared = screen.compared()
    assert compared is not None
    assert compared.name == "Jodoigne"
    screen.other.setCurrentIndex(screen.other.findData(NOTHING))
    screen.other.activated.emit(screen.other.currentIndex())
    assert screen.compared() is None


def test_a_priority_becomes_a_project(kit: Kit, qtbot: QtBot, diagnosed: Diagnosed) -> None:
    source = diagnosed("perwez")
    screen = shown(kit, qtbot)
    second = [one for one in screen.findChildren(ToolButton) if "Commencer un projet" in one.accessibleName()][1]
    with qtbot.waitSignal(kit.record_asked) as asked:
        second.click()
    project = kit.store.instances.get(asked.args[0])
    assert (project.form_id, project.source_id) == (application.FORM_ID, source)
    session = kit.open_session(project.instance_id)
    axis = screen._found[source].diagnostic.priorities[1]
    assert session.value("/data/c_besoin/besoin[1]/besoin_objet").startswith(axis.labels["fr"])
    assert session.value(application.SOURCE_REF) == source


def test_the_report_opens_as_pages(kit: Kit, qtbot: QtBot, diagnosed: Diagnosed) -> None:
    diagnosed("perwez")
    screen = shown(kit, qtbot)
    screen.report.click()
    papers = screen.findChildren(PaperWindow)
    assert len(papers) == 1
    assert len(papers[0]._pages) >= 2
    papers[0].close()


def test_the_cards_stand_in_fewer_columns_where_it_is_narrow(kit: Kit, qtbot: QtBot, diagnosed: Diagnosed) -> None:
    diagnosed("perwez")
    screen = shown(kit, qtbot)
    charts = screen.findChildren(ChartView)
    screen.resize(800, 700)
    qtbot.wait(1)
    assert all(view.mapTo(screen, view.rect().topRight()).x() <= screen.width() for view in charts)
