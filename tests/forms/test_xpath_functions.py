# SPDX-License-Identifier: EUPL-1.2
"""The registry: every name of ODK XForms and XPath 1.0, its arity and what it needs."""

from __future__ import annotations

import inspect
import subprocess
import sys
from math import isnan
from pathlib import Path

import pytest

from forms.errors import ExpressionError, UnknownFunctionError
from forms.xpath.functions import FUNCTIONS, Function, Need, ValueKind, lookup
from forms.xpath.values import NodeSet

ROOT = Path(__file__).resolve().parents[2]
ODK_NAMES = """
string concat join substr substring-before substring-after translate string-length normalize-space contains starts-with
ends-with uuid digest pulldata if coalesce once true false boolean boolean-from-string not regex checklist
weighted-checklist number random int sum max min round pow log log10 abs sin cos tan asin acos atan atan2 sqrt exp exp10
pi count count-non-empty position instance current randomize today now format-date format-date-time date
decimal-date-time decimal-time selected selected-at count-selected jr:choice-name jr:itext indexed-repeat area distance
geofence intersects base64-decode extract-signed
"""
ODK = ODK_NAMES.split()
XPATH = ["id", "lang", "last", "local-name", "name", "namespace-uri", "substring", "ceiling", "floor"]
OLD = ["date-time", "depend", "enclosed-area", "is-selected", "property", "version"]
EXAMPLES = {
    ValueKind.STRING: "a",
    ValueKind.NUMBER: 2.0,
    ValueKind.BOOLEAN: True,
    ValueKind.NODESET: NodeSet(["1", "2"]),
    ValueKind.ANY: "2",
}
RESULTS = {
    ValueKind.STRING: str,
    ValueKind.NUMBER: float,
    ValueKind.BOOLEAN: bool,
    ValueKind.NODESET: NodeSet,
    ValueKind.ANY: object,
}


def test_all_names_are_there_and_no_others() -> None:
    assert len(ODK) == 73
    assert sorted(FUNCTIONS) == sorted([*ODK, *XPATH, *OLD])
    assert all(function.name == name for name, function in FUNCTIONS.items())


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=list(FUNCTIONS))
def test_each_function_has_an_implementation_or_says_what_it_needs(function: Function) -> None:
    computed_by_engine = function.lazy or (
        function.need is not None and function.need not in (Need.CLOCK, Need.LANGUAGE)
    )
    assert (function.implementation is None) is computed_by_engine


@pytest.mark.parametrize(
    "function",
    [f for f in FUNCTIONS.values() if f.implementation and f.need is None and f.name != "digest"],
    ids=lambda f: f.name,
)
def test_each_implementation_takes_every_arity_it_says(function: Function) -> None:
    assert function.implementation is not None
    most = function.max_arity if function.max_arity is not None else function.min_arity + 4
    for arity in range(function.min_arity, most + 1):
        if function.takes(arity) and not (arity == 0 and function.context_default):
            arguments = [EXAMPLES[function.argument_kind(index)] for index in range(arity)]
            result = function.implementation(*arguments)
            assert isinstance(result, RESULTS[function.result])
            assert type(result) is not int


@pytest.mark.parametrize(
    ("name", "takes", "refuses"),
    [
        ("substr", (2, 3), (0, 1, 4)),
        ("round", (1, 2), (0, 3)),
        ("concat", (0, 1, 50), ()),
        ("join", (1, 2, 9), (0,)),
        ("coalesce", (2, 3), (0, 1)),
        ("if", (3,), (2, 4)),
        ("checklist", (2, 3, 9), (0, 1)),
        ("weighted-checklist", (2, 4, 6), (0, 1, 3, 5)),
        ("indexed-repeat", (3, 5, 7, 9, 11), (0, 1, 2, 4, 6, 12, 13)),
        ("position", (0, 1), (2,)),
        ("max", (1, 5), (0,)),
        ("string-length", (0, 1), (2,)),
        ("true", (0,), (1,)),
        ("digest", (2, 3), (1, 4)),
        ("distance", (1, 3), (0,)),
        ("depend", (1, 4), (0,)),
        ("jr:choice-name", (2,), (1, 3)),
        ("pulldata", (4,), (3, 5)),
    ],
)
def test_arity(name: str, takes: tuple[int, ...], refuses: tuple[int, ...]) -> None:
    for arity in takes:
        assert lookup(name, arity).name == name
    for arity in refuses:
        with pytest.raises(ExpressionError, match="does not take"):
            lookup(name, arity)


@pytest.mark.parametrize("name", ["frobnicate", "Sum", "jr:count", "", "choice-name"])
def test_unknown_names(name: str) -> None:
    with pytest.raises(UnknownFunctionError) as refused:
        lookup(name, 1)
    assert refused.value.function == name


def test_kinds_of_repeated_arguments() -> None:
    string, number, nodeset, any_kind = ValueKind.STRING, ValueKind.NUMBER, ValueKind.NODESET, ValueKind.ANY
    repeat = FUNCTIONS["indexed-repeat"]
    assert [repeat.argument_kind(i) for i in range(6)] == [nodeset, nodeset, number, nodeset, number, nodeset]
    assert [FUNCTIONS["join"].argument_kind(i) for i in range(4)] == [string, any_kind, any_kind, any_kind]
    assert FUNCTIONS["round"].argument_kind(1) is number
    weighted = FUNCTIONS["weighted-checklist"]
    assert [weighted.argument_kind(i) for i in range(6)] == [number, number, *[any_kind] * 4]


def test_what_cannot_be_folded_is_volatile() -> None:
    assert {name for name, f in FUNCTIONS.items() if f.volatile} == {"random", "uuid", "today", "now"}


def test_lazy_functions() -> None:
    assert {name for name, f in FUNCTIONS.items() if f.lazy} == {"if", "coalesce", "once"}


def test_implementations_that_need_the_session_take_it_last() -> None:
    for function in FUNCTIONS.values():
        if function.need is Need.LANGUAGE:
            assert function.implementation is not None
            assert list(inspect.signature(function.implementation).parameters)[-1] == "language"
        if function.need is Need.CLOCK:
            assert function.implementation is not None
            assert list(inspect.signature(function.implementation).parameters) == ["now"]


def test_conversions_are_those_of_the_values() -> None:
    number, boolean = lookup("number", 1).implementation, lookup("boolean", 1).implementation
    assert number is not None
    assert boolean is not None
    assert isnan(number(""))
    assert boolean("false") is True


def test_importing_the_functions_is_light() -> None:
    code = (
        "import sys; import forms.xpath.functions;"
        "print([m for m in ('hashlib', 'decimal', 'uuid', 'unicodedata', 'forms.xpath.ed25519') if m in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert ran.stdout.strip() in ("[]", "['unicodedata']")
