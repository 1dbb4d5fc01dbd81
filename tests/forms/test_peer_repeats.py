# SPDX-License-Identifier: EUPL-1.2
"""Repeats in which other clients behaved otherwise, and were right."""

from __future__ import annotations

SURVEY = """
| type         | name   | label  | repeat_count |
| integer      | n      | Number |              |
| begin repeat | person | Person | ${n}         |
| text         | name   | Name   |              |
| end repeat   |        |        |              |
"""


def test_instances_stay_while_the_count_is_being_typed_again(fill):
    # A count without an answer is no number; a draft saved in that moment must not lose anything.
    form = fill(SURVEY)
    form.set("n", 2)
    form.set("person[2]/name", "Ida")
    form.set("n", "")
    assert form["person[2]/name"] == "Ida"
    assert form.again()["person[2]/name"] == "Ida"
    form.set("n", 0)
    assert form.node("person").count == 0


def test_without_a_count_there_is_no_instance(fill):
    assert fill(SURVEY).node("person").count == 0
