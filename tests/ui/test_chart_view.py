# SPDX-License-Identifier: EUPL-1.2
"""The widget of charts: paints what the geometry says, in the theme on screen."""

from __future__ import annotations

from datetime import date

from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fieldkit import charts
from fieldkit.charts import Chart, Paint, Rect
from ui import theme
from ui.chart_view import ChartView

AXES = [("Énergie", 57.0, 49.0), ("Mobilité", 44.0, 40.0), ("Santé", None, 46.0)]


def block(width: float, height: float) -> Chart:
    return Chart(width, height, (Rect(0, 0, width, height, Paint("primary")),), "Un bloc.")


def near(one: QColor, other: QColor) -> bool:
    return all(abs(a - b) <= 2 for a, b in zip(one.getRgb(), other.getRgb(), strict=True))  # type: ignore[call-overload]  # getRgb is typed object


def picture(view: ChartView) -> QImage:
    return view.grab().toImage()


def test_a_shape_takes_the_colour_of_its_role_in_each_theme(qtbot: QtBot, qapp: QApplication) -> None:
    view = ChartView(block, tall=True)
    qtbot.addWidget(view)
    view.resize(300, 200)
    for name in ("light", "dark", "sun"):
        theme.apply(qapp, name)
        assert near(picture(view).pixelColor(150, 100), theme.color("primary"))
    theme.apply(qapp, "light")


def test_the_words_of_the_chart_are_its_accessible_name(qtbot: QtBot) -> None:
    view = ChartView(lambda width, height: charts.radar(AXES, width, height), tall=True)
    qtbot.addWidget(view)
    assert "Énergie\u00a0: 57, référence 49, écart +8." in view.accessibleName()
    view.set_builder(None)
    assert view.accessibleName() == ""


def test_the_height_of_bars_follows_from_their_rows_and_the_text_size(qtbot: QtBot, qapp: QApplication) -> None:
    view = ChartView(lambda width, height: charts.axis_bars(AXES, width))
    qtbot.addWidget(view)
    assert view.heightForWidth(400) == 3 * 39
    try:
        theme.set_text_scale(qapp, 130)
        assert view.heightForWidth(400) == round(3 * 39 * 1.3)
        assert view.sizeHint().height() == round(3 * 39 * 1.3)
    finally:
        theme.set_text_scale(qapp, 100)


def test_a_chart_is_laid_out_for_the_size_of_the_widget(qtbot: QtBot) -> None:
    view = ChartView(block, tall=True)
    qtbot.addWidget(view)
    view.resize(420, 333)
    view.show()
    qtbot.waitExposed(view)
    assert (view.chart().width, view.chart().height) == (420, 333)


def test_every_kind_of_chart_can_be_painted(qtbot: QtBot) -> None:
    steps = [charts.Step("Préparer", date(2026, 1, 5), date(2026, 4, 30), "GAL")]
    drawings: list[Chart] = [
        charts.radar(AXES, name="Perwez", reference_name="Moyenne"),
        charts.axis_bars([charts.Axis("Culture", 51, 50, reliable=False)]),
        charts.priority_matrix([(1, 0.5, 0.5, "")]),
        charts.ring(72),
        charts.gantt(steps, [charts.Event("Ouverture", date(2026, 3, 1))]),
    ]
    for drawing in drawings:
        view = ChartView(lambda width, height, drawing=drawing: drawing, tall=True)  # type: ignore[misc]  # a default argument
        qtbot.addWidget(view)
        view.resize(500, 400)
        image = picture(view)
        colours = {image.pixelColor(x, y).name() for x in range(0, 500, 3) for y in range(0, 400, 3)}
        assert len(colours) > 2
