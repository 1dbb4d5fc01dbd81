# SPDX-License-Identifier: EUPL-1.2
"""When a question is to be answered, in plain words: « Si vous avez répondu « Un village » à la question 1.2 ».

Only simple relevance is put in words: comparisons of one answer with a literal, `selected()`, joined by `and`/`or`.
Answers that are settled before printing (the version of the questionnaire) are worked out: what they exclude is not
printed, what they allow is printed without a condition.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from fieldkit.typography import quoted, words

_TERM = re.compile(
    r"^\(?\s*(?:selected\(\s*(?P<list>[^,\s]+)\s*,\s*(?P<item>'[^']*'|\"[^\"]*\")\s*\)"
    r"|(?P<ref>[./\w-]+(?:\[\d+\])?[./\w-]*)\s*(?P<sign>!=|>=|<=|=|>|<)\s*(?P<value>'[^']*'|\"[^\"]*\"|-?\d+(?:\.\d+)?)"
    r")\s*\)?$"
)
_JOINT = re.compile(r"\s+(and|or)\s+")
OTHERWISE = "Selon vos réponses"
MOST_TERMS = 3  # a longer condition is not read by anybody


@dataclass(frozen=True, slots=True)
class Term:
    """One comparison: the answer of `ref` against `value`; `sign` is selected, =, !=, <, >, <= or >=."""

    ref: str
    sign: str
    value: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of a condition before anything is written: never, always, or only if (`words` say when)."""

    printed: bool
    words: str = ""


ALWAYS, NEVER = Verdict(True), Verdict(False)


def read_terms(expression: str, node_ref: str) -> tuple[list[Term], str] | None:
    """Return the terms and what joins them ("and", "or"), or None for an expression that is not simple."""
    parts = _JOINT.split(expression.strip())
    joints = set(parts[1::2])
    if len(joints) > 1:
        return None
    terms = [_read_term(part, node_ref) for part in parts[::2]]
    if not all(terms):
        return None
    return [term for term in terms if term], (joints.pop() if joints else "and")


def _read_term(text: str, node_ref: str) -> Term | None:
    found = _TERM.match(text.strip())
    if not found:
        return None
    if found["list"]:
        return Term(resolve(found["list"], node_ref), "selected", found["item"][1:-1])
    return Term(resolve(found["ref"], node_ref), found["sign"], found["value"].strip("'\""))


def resolve(path: str, node_ref: str) -> str:
    """Return the absolute ref of a path as seen from a node."""
    if path.startswith("/"):
        return path
    steps = node_ref.split("/")
    for step in path.split("/"):
        if step == "..":
            steps.pop()
        elif step != ".":
            steps.append(step)
    return "/".join(steps)


def judge(
    expression: str,
    node_ref: str,
    settled: Mapping[str, str],
    say: Callable[[Term], str],
) -> Verdict:
    """Work a relevance out with the settled answers; `say` puts one open term in words ("" if it cannot)."""
    read = read_terms(expression, node_ref)
    if read is None:
        return Verdict(True, OTHERWISE)
    terms, joint = read
    known = {term: _holds(term, settled[term.ref]) for term in terms if term.ref in settled}
    decisive = joint == "or"
    if decisive in known.values():
        return ALWAYS if decisive else NEVER
    still_open = [term for term in terms if term not in known]
    if not still_open:
        return NEVER if decisive else ALWAYS
    said = [say(term) for term in still_open] if len(still_open) <= MOST_TERMS else [""]
    return Verdict(True, _sentence(said, "ou" if decisive else "et") if all(said) else OTHERWISE)


def _sentence(parts: Sequence[str], joint: str) -> str:
    return f"Si {words(parts, f'{joint} si')}"


def _holds(term: Term, answer: str) -> bool:
    match term.sign:
        case "selected":
            return term.value in answer.split()
        case "=":
            return answer == term.value
        case "!=":
            return answer != term.value
    try:
        left, right = float(answer), float(term.value)
    except ValueError:
        return False
    return {"<": left < right, ">": left > right, "<=": left <= right, ">=": left >= right}[term.sign]


def say_term(term: Term, number: str, choice_labels: Mapping[str, str]) -> str:
    """Put a term in words: the number of the question that decides, and the label of the answer."""
    if not number:
        return ""
    if term.value == "" and term.sign in {"=", "!="}:
        return f"vous {'avez' if term.sign == '!=' else 'n’avez pas'} répondu à la question {number}"
    answer = choice_labels.get(term.value, term.value)
    match term.sign:
        case "=" | "selected":
            return f"vous avez répondu {quoted(answer)} à la question {number}"
        case "!=":
            return f"vous n’avez pas répondu {quoted(answer)} à la question {number}"
    compared = {"<": "moins de", ">": "plus de", "<=": "au plus", ">=": "au moins"}[term.sign]
    return f"la réponse à la question {number} est {compared} {answer}"
