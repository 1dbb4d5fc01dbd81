# SPDX-License-Identifier: EUPL-1.2
"""The map of scores: north at the top, nothing hidden, everything told in words."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from fieldkit.charts import Circle, MapPlace, Text, score_map
from fieldkit.charts.score_map import DISC


def centres(places: list[MapPlace], width: float = 300, height: float = 270) -> list[tuple[float, float]]:
    discs = [shape for shape in score_map(places, width, height) if isinstance(shape, Circle) and shape.radius == DISC]
    return list(dict.fromkeys((disc.x, disc.y) for disc in discs))


def test_north_is_at_the_top_and_east_at_the_right() -> None:
    (north_x, north_y), (east_x, east_y) = centres([MapPlace("N", 4.8, 50.8, 10), MapPlace("E", 5.0, 50.6, 90)])
    assert north_y < east_y
    assert north_x < east_x


def test_a_place_without_score_is_shown_without_one() -> None:
    chart = score_map([MapPlace("Perwez", 4.8, 50.6, None)])
    assert "Perwez" in chart.describe()
    assert any(isinstance(shape, Text) and shape.text == "–" for shape in chart)


def test_no_place_gives_an_empty_map() -> None:
    assert score_map([]).describe() == ""


@given(
    st.lists(
        st.builds(
            MapPlace,
            st.just("X"),
            st.floats(4.5, 6.4),
            st.floats(49.5, 50.8),
            st.none() | st.floats(0, 100),
        ),
        min_size=1,
        max_size=9,
    )
)
def test_every_place_is_inside_the_map(places: list[MapPlace]) -> None:
    for x, y in centres(places):
        assert math.isfinite(x)
        assert 0 <= x <= 300
        assert 0 <= y <= 270
