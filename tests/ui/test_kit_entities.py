# SPDX-License-Identifier: EUPL-1.2
"""A form of the window offers what a finished record of another form has just made, and no longer if it is reopened."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.fieldkit.orchard import begin
from tests.forms.entity_sheets import OTHER, TREE


def test_the_next_form_offers_what_was_just_made(kit):
    begin(kit.store)

    def offered() -> list[str]:
        session = kit.open_session(kit.new_record("visit"))
        return [choice.value for choice in session.choices("/f/tree")]

    assert offered() == [TREE, OTHER]
    made = kit.new_record("plant", answers={"/f/species": "Ash"})
    finalized = kit.open_session(made).finalize()
    kit.store.instances.finalize(made, finalized, datetime(2026, 11, 22, 9, tzinfo=UTC))
    assert offered() == [TREE, OTHER, finalized.entities[0].entity_id]
    assert kit.correct(made) == made
    assert offered() == [TREE, OTHER]
