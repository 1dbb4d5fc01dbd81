# SPDX-License-Identifier: EUPL-1.2
"""What staff and the reference server write into a dossier is what the program understands."""

from __future__ import annotations

import pytest

from fieldkit.standing import STATUS_WORDS, Standing, standing_of


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
    assert standing_of(STATUS_WORDS[state]) is standing
    assert standing_of(state) is standing
