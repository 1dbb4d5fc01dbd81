# SPDX-License-Identifier: EUPL-1.2
"""What the reference server writes into a dossier is what the program understands."""

from __future__ import annotations

import pytest

from fieldkit.standing import COMMENT, STATUS, Standing, standing_of
from sync.server import reviews


@pytest.mark.parametrize(
    ("state", "standing"),
    [
        ("", Standing.RECEIVED),
        ("hasIssues", Standing.TO_CORRECT),
        ("edited", Standing.REVIEWING),
        ("approved", Standing.ACCEPTED),
        ("rejected", Standing.REFUSED),
    ],
)
def test_every_review_is_understood_by_its_word(state: str, standing: Standing) -> None:
    assert standing_of(reviews.STATUS_WORDS[state]) is standing
    assert standing_of(state) is standing


def test_both_sides_use_the_same_properties() -> None:
    assert (reviews.STATUS, reviews.COMMENT) == (STATUS, COMMENT)
