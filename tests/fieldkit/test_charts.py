# SPDX-License-Identifier: EUPL-1.2
"""Charts: their geometry is exact, stays inside the drawing, and is said in words."""

from __future__ import annotations

import json
import math
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

import resources
from fieldkit import charts
from fieldkit.charts import Arc, Axis, Chart, Circle, Line, Polygon, Polyline, Rect, Text
from fieldkit.charts.matrix import spread
from fieldkit.charts.primitives import elide, text_width, wrap
from fieldkit.charts.radar import integer_gap

ROLES = set(json.loads(resources.read_bytes("design", "tokens.json"))["themes"]["light"])
scores = st.one_of(st.none(), st.floats(0, 100))


def ends(chart: Chart) -> list[tuple[float, float]]:
    """Return every corner of every shape; of texts, both ends as estimated."""
    points: list[tuple[float, float]] = []
    for shape in chart:
        if isinstance(shape, Polygon | Polyline):
            points += shape.points
        elif isinstance(shape, Line):
            points += [(shape.x1, shape.y1), (shape.x2, shape.y2)]
        elif isinstance(shape, Circle | Arc):
            points += [
                (shape.x - shape.radius, shape.y - shape.radius),
                (shape.x + shape.radius, shape.y + shape.radius),
            ]
        elif isinstance(shape, Rect):
            points += [(shape.x, shape.y), (shape.x + shape.width, shape.y + shape.height)]
        elif not shape.angle:
            width = text_width(shape.text, shape.size, shape.weight)
            left = shape.x - {"start": 0.0, "middle": width / 2, "end": width}[shape.anchor]
            points += [(left, shape.y - shape.size * 0.75), (left + width, shape.y + shape.size * 0.25)]
    return points


def assert_inside(chart: Chart, slack: float = 1.0) -> None:
    for x, y in ends(chart):
        assert -slack <= x <= chart.width + slack, (x, y)
        assert -slack <= y <= chart.height + slack, (x, y)


def roles(chart: Chart) -> set[str]:
    found = set()
    for shape in chart:
        found |= {shape.role} if isinstance(shape, Text) else {shape.paint.fill, shape.paint.stroke}
    return found - {""}


TEN = [
    Axis("Gouvernance et stratégie", 48, 55),
    Axis("Connectivité du territoire", 62, 51),
    Axis("Services et inclusion numériques", 35, 42),
    Axis("Mobilité et démobilité", 44, 40),
    Axis("Santé et solidarités", 28, 46),
    Axis("Énergie et climat", 57, 49),
    Axis("Économie de proximité", 71, 58),
    Axis("Travail, fabrication et compétences", 33, 30),
    Axis("Culture, cadre de vie et accueil", 51, 50, reliable=False),
    Axis("Citoyenneté, communs et données", None, 44),
]
STEPS = [
    charts.Step("Préparer", date(2026, 1, 5), date(2026, 4, 30), "Commune"),
    charts.Step("Ateliers hebdomadaires", date(2026, 9, 1), date(2028, 6, 30), "GAL"),
]


def samples() -> list[Chart]:
    return [
        charts.radar(TEN, 340, 320, name="Perwez", reference_name="Moyenne"),
        charts.axis_bars(TEN, 380),
        charts.limit_bar("Personnel", 58, 50),
        charts.ring(72),
        charts.scale_bar(49, ["Amorçage", "Éveil", "Essais", "Déploiement", "Partage"]),
        charts.priority_matrix([(1, 0.2, 0.9, "a"), (2, 0.2, 0.9, "b"), (3, 1.0, 0.0, "c")]),
        charts.gantt(STEPS, [charts.Event("Ouverture", date(2026, 8, 30))]),
    ]


@pytest.mark.parametrize("chart", samples())
def test_a_chart_stays_inside_its_drawing_and_uses_known_colours(chart: Chart) -> None:
    assert_inside(chart)
    assert roles(chart) <= ROLES
    assert chart.describe()


def test_a_full_profile_is_one_shape_at_the_right_distance() -> None:
    chart = charts.radar([("a", 100, None), ("b", 50, None), ("c", 0, None), ("d", 25, None)], 300, 300)
    (profile,) = [s for s in chart if isinstance(s, Polygon) and s.paint.fill]
    centre = (150.0, 150.0)
    distances = [math.dist(centre, point) for point in profile.points]
    assert distances[1] == pytest.approx(distances[0] / 2)
    assert distances[2] == pytest.approx(0)
    assert distances[3] == pytest.approx(distances[0] / 4)
    assert profile.points[0][0] == pytest.approx(150)  # the first axis points up
    assert profile.points[1][0] > 150  # and the next is clockwise


def test_an_unknown_axis_interrupts_the_profile_and_is_not_drawn_as_zero() -> None:
    chart = charts.radar(TEN, 400, 400)
    lines = [s for s in chart if isinstance(s, Polyline) and s.paint.stroke == "primary"]
    assert [len(line.points) for line in lines] == [9]
    assert len([s for s in chart if isinstance(s, Circle)]) == 9
    assert "Citoyenneté, communs et données\u00a0: inconnu, référence 44." in chart.describe()


def test_a_run_of_known_axes_goes_around_the_start() -> None:
    axes = [("a", 10, None), ("b", None, None), ("c", 30, None), ("d", 40, None)]
    (line,) = [s for s in charts.radar(axes, 300, 300) if isinstance(s, Polyline)]
    assert len(line.points) == 3


def test_a_value_of_little_trust_is_hollow_hatched_and_said() -> None:
    hollow = [s for s in charts.radar(TEN) if isinstance(s, Circle) and s.paint.fill == "surface"]
    hatched = [s for s in charts.axis_bars(TEN) if isinstance(s, Rect) and s.paint.hatch]
    assert (len(hollow), len(hatched)) == (1, 1)
    assert charts.axis_bars(TEN).describe().count("fiabilité insuffisante") == 1


def test_gaps_add_up_with_the_numbers_shown() -> None:
    assert integer_gap(48.5, 55.4) == 49 - 55
    texts = [s.text for s in charts.axis_bars([("a", 48, 55), ("b", 62, 51), ("c", 5, 5)]) if isinstance(s, Text)]
    assert texts == ["a", "48", "\u22127", "b", "62", "+11", "c", "5", "0"]


def test_a_limit_bar_turns_red_beyond_the_limit_only() -> None:
    over, under = charts.limit_bar("Personnel", 58, 50), charts.limit_bar("Frais", 14, 14)
    assert "err" in roles(over)
    assert "err" not in roles(under)
    assert over.describe() == "Personnel\u00a0: 58\u00a0% (max. 50\u00a0%), au-delà du plafond."


def test_a_minimum_is_broken_from_below() -> None:
    assert "err" in roles(charts.limit_bar("Quote-part", 10, 20, least=True))
    kept = charts.limit_bar("Quote-part", 20, 20, least=True)
    assert "err" not in roles(kept)
    assert kept.describe() == "Quote-part\u00a0: 20\u00a0% (min. 20\u00a0%), minimum atteint."


def test_a_ring_covers_its_share() -> None:
    arcs = [s for s in charts.ring(25) if isinstance(s, Arc)]
    assert [arc.sweep for arc in arcs] == [360, 90]
    assert len([s for s in charts.ring(None) if isinstance(s, Arc)]) == 1


def test_points_of_the_matrix_are_pushed_apart() -> None:
    moved = spread([(50, 50)] * 6, 24, (11, 11, 200, 200))
    assert all(math.dist(a, b) > 20 for i, a in enumerate(moved) for b in moved[:i])


def test_the_calendar_spans_whole_quarters() -> None:
    chart = charts.gantt(STEPS)
    years = [s.text for s in chart if isinstance(s, Text) and s.text.isdigit()]
    assert years == ["2026", "2027", "2028"]
    bars = [s for s in chart if isinstance(s, Rect)]
    assert bars[1].width > 5 * bars[0].width
    assert charts.gantt([]).describe() == "Aucune étape datée."


@given(st.lists(st.tuples(st.text("aé l", max_size=30), scores, scores), max_size=12), st.floats(240, 900))
def test_any_axes_can_be_drawn(axes: list[tuple[str, float | None, float | None]], width: float) -> None:
    assert_inside(charts.axis_bars(axes, width))
    chart = charts.radar(axes, width, 300)
    assert len([s for s in chart if isinstance(s, Circle)]) == sum(value is not None for _, value, _ in axes)


@given(st.lists(st.tuples(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(0, 2000)), min_size=1, max_size=12))
def test_any_calendar_stays_inside(spans: list[tuple[date, int]]) -> None:
    steps = [charts.Step("Étape", start, start + timedelta(days=days), "GAL") for start, days in spans]
    assert_inside(charts.gantt(steps, [charts.Event("Fin", steps[-1].end)], 700))


@given(st.text("abcdefM ", max_size=80), st.floats(20, 200))
def test_wrapping_keeps_the_words_and_eliding_fits(text: str, width: float) -> None:
    assert " ".join(wrap(text, width)) == text
    assert text_width(elide(text, width)) <= max(width, text_width("…"))
