# SPDX-License-Identifier: EUPL-1.2
"""Relevance in plain words: settled answers are worked out, simple conditions are said, others are not guessed."""

from __future__ import annotations

import pytest

from fieldkit.printing.conditions import ALWAYS, NEVER, OTHERWISE, Term, judge, read_terms, resolve, say_term

SCALE = {"village": "Un village", "complet": "Complète"}


def say(term: Term) -> str:
    return say_term(term, "1.2" if term.ref.endswith("maille") else "", SCALE)


@pytest.mark.parametrize(
    ("expression", "settled", "verdict"),
    [
        (" /d/version  = 'complet'", {"/d/version": "complet"}, ALWAYS),
        ("/d/version = 'complet'", {"/d/version": "express"}, NEVER),
        ("/d/version = 'complet' and /d/maille = 'village'", {"/d/version": "express"}, NEVER),
        ("/d/version = 'complet' or /d/maille = 'village'", {"/d/version": "complet"}, ALWAYS),
        ("/d/age >= 18", {"/d/age": "20"}, ALWAYS),
        ("/d/age < 18", {"/d/age": "20"}, NEVER),
        ("/d/age > 18", {"/d/age": ""}, NEVER),
        ("selected(/d/theme, 'eau')", {"/d/theme": "air eau"}, ALWAYS),
        ("/d/nom != ''", {"/d/nom": "x"}, ALWAYS),
    ],
)
def test_settled_answers_decide(expression: str, settled: dict[str, str], verdict: object) -> None:
    assert judge(expression, "/d/x", settled, say) == verdict


def test_an_open_answer_is_said_with_the_number_of_its_question() -> None:
    verdict = judge("../maille = 'village'", "/d/x", {}, say)
    assert verdict.words == "Si vous avez répondu «\u00a0Un village\u00a0» à la question 1.2"
    both = judge("/d/maille = 'village' and /d/version = 'complet'", "/d/x", {"/d/version": "complet"}, say)
    assert both.words == verdict.words
    joined = judge("/d/maille = 'village' or /d/maille != 'complet'", "/d/x", {}, say)
    assert " ou si vous n’avez pas répondu" in joined.words


@pytest.mark.parametrize(
    "expression",
    [
        "count(/d/r) > 2",
        "/d/a = 'x' and /d/b = 'y' or /d/c = 'z'",
        "not(/d/maille = 'village')",
        "/d/maille = concat('a', 'b')",
        "/d/inconnu = 'x'",
        "",
    ],
)
def test_what_is_not_simple_is_not_put_in_words(expression: str) -> None:
    verdict = judge(expression, "/d/x", {}, say)
    assert verdict.printed
    assert verdict.words == OTHERWISE


def test_terms_and_paths() -> None:
    assert read_terms('(/d/a = "x")', "/d/b") == ([Term("/d/a", "=", "x")], "and")
    assert resolve("../../a/b", "/d/g/q") == "/d/a/b"
    assert resolve("./a", "/d") == "/d/a"


def test_comparisons_of_numbers_are_said() -> None:
    assert say_term(Term("/d/n", ">=", "3"), "2.1", {}) == "la réponse à la question 2.1 est au moins 3"
    assert say_term(Term("/d/n", "!=", ""), "2.1", {}) == "vous avez répondu à la question 2.1"
    assert say_term(Term("/d/n", "=", ""), "2.1", {}) == "vous n’avez pas répondu à la question 2.1"
    assert say_term(Term("/d/n", "=", "1"), "", {}) == ""
