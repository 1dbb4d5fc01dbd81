# SPDX-License-Identifier: EUPL-1.2
"""The grammar of XPath 1.0: what is read, in which shape, and what is refused where."""

from __future__ import annotations

import sys

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from forms.errors import ExpressionError
from forms.xpath.parser import MAX_NESTING, parse
from forms.xpath.tree import (
    ANY_DESCENDANT,
    AXES,
    CURRENT,
    MAX_HEIGHT,
    PARENT,
    PRECEDENCE,
    Binary,
    Call,
    FilterExpression,
    LocationPath,
    Negate,
    Node,
    Number,
    Step,
    String,
    height,
    operands,
    unparse,
    walk,
)


def child(*names: str) -> LocationPath:
    return LocationPath(False, tuple(Step("child", name) for name in names))


def root(*names: str) -> LocationPath:
    return LocationPath(True, tuple(Step("child", name) for name in names))


A, B, C = child("a"), child("b"), child("c")


@pytest.mark.parametrize(
    ("expression", "tree"),
    [
        ("1", Number(1.0)),
        ("1.", Number(1.0)),
        (".5", Number(0.5)),
        ("007", Number(7.0)),
        ("'d\"o'", String('d"o')),
        ('"l\'o"', String("l'o")),
        ("''", String("")),
        ("/", LocationPath(True, ())),
        (".", LocationPath(False, (CURRENT,))),
        ("..", LocationPath(False, (PARENT,))),
        ("../../a", LocationPath(False, (PARENT, PARENT, Step("child", "a")))),
        ("./a", LocationPath(False, (CURRENT, Step("child", "a")))),
        ("/data/a", root("data", "a")),
        ("//a", LocationPath(True, (ANY_DESCENDANT, Step("child", "a")))),
        ("a//b", LocationPath(False, (Step("child", "a"), ANY_DESCENDANT, Step("child", "b")))),
        ("@x", LocationPath(False, (Step("attribute", "x"),))),
        ("a/@*", LocationPath(False, (Step("child", "a"), Step("attribute", "*")))),
        ("ancestor-or-self::node()", LocationPath(False, (Step("ancestor-or-self", "node()"),))),
        ("child :: text ( )", LocationPath(False, (Step("child", "text()"),))),
        ("orx:meta/orx:instanceID", child("orx:meta", "orx:instanceID")),
        ("orx:*", child("orx:*")),
        ("a.b-c_d", child("a.b-c_d")),
        ("été", child("été")),
        ("a[1][b]", LocationPath(False, (Step("child", "a", (Number(1.0), B)),))),
        (".[a]", LocationPath(False, (Step("self", "node()", (A,)),))),
        ("true()", Call("true")),
        ("jr:itext('x')", Call("jr:itext", (String("x"),))),
        ("f (a , b)", Call("f", (A, B))),
        ("(a)", A),
        ("((1))", Number(1.0)),
        ("(a)[1]", FilterExpression(A, (Number(1.0),))),
        ("(a | b)/c", FilterExpression(Binary("|", A, B), (), (Step("child", "c"),))),
        ("current()/../a", FilterExpression(Call("current"), (), (PARENT, Step("child", "a")))),
        (
            "instance('i')/root/item[name = current()/a]/label",
            FilterExpression(
                Call("instance", (String("i"),)),
                (),
                (
                    Step("child", "root"),
                    Step(
                        "child",
                        "item",
                        (Binary("=", child("name"), FilterExpression(Call("current"), (), (Step("child", "a"),))),),
                    ),
                    Step("child", "label"),
                ),
            ),
        ),
        ("processing-instruction('x')", LocationPath(False, (Step("child", "processing-instruction('x')"),))),
    ],
)
def test_reads_leaves_and_paths(expression: str, tree: Node) -> None:
    assert parse(expression) == tree


@pytest.mark.parametrize(
    ("expression", "tree"),
    [
        ("a or b and c", Binary("or", A, Binary("and", B, C))),
        ("a = b < c", Binary("=", A, Binary("<", B, C))),
        ("a - b - c", Binary("-", Binary("-", A, B), C)),
        ("a + b * c", Binary("+", A, Binary("*", B, C))),
        ("(a + b) * c", Binary("*", Binary("+", A, B), C)),
        ("a div b mod c", Binary("mod", Binary("div", A, B), C)),
        ("-a", Negate(A)),
        ("--a", Negate(Negate(A))),
        ("-a | b", Negate(Binary("|", A, B))),
        ("-a * b", Binary("*", Negate(A), B)),
        ("a + -b * c", Binary("+", A, Binary("*", Negate(B), C))),
        ("a > -1", Binary(">", A, Negate(Number(1.0)))),
        ("a|b|c", Binary("|", Binary("|", A, B), C)),
        ("a!=b", Binary("!=", A, B)),
        ("a<=b", Binary("<=", A, B)),
        ("a>=b", Binary(">=", A, B)),
    ],
)
def test_operators_bind_as_xpath_says(expression: str, tree: Node) -> None:
    assert parse(expression) == tree


@pytest.mark.parametrize(
    ("expression", "tree"),
    [
        ("a -b", Binary("-", A, B)),
        ("a-b", child("a-b")),
        ("a - b", Binary("-", A, B)),
        ("1-b", Binary("-", Number(1.0), B)),
        ("* * *", Binary("*", child("*"), child("*"))),
        ("a*b", Binary("*", A, B)),
        ("div div div", Binary("div", child("div"), child("div"))),
        ("and and or", Binary("and", child("and"), child("or"))),
        ("a/mod", child("a", "mod")),
        ("@div", LocationPath(False, (Step("attribute", "div"),))),
        ("child::or", child("or")),
        ("f(and)", Call("f", (child("and"),))),
        ("a[or]", LocationPath(False, (Step("child", "a", (child("or"),)),))),
        ("/ *", root("*")),
        ("(/) * 2", Binary("*", LocationPath(True, ()), Number(2.0))),
        ("1and 2", Binary("and", Number(1.0), Number(2.0))),
        ("text", child("text")),
        ("node", child("node")),
    ],
)
def test_names_and_operators_are_told_apart(expression: str, tree: Node) -> None:
    assert parse(expression) == tree


def test_spaces_of_word_processors_are_spaces() -> None:
    assert parse("a\u00a0=\u202f1\n\t") == Binary("=", A, Number(1.0))


@pytest.mark.parametrize(
    ("expression", "position"),
    [
        ("", 0),
        ("   ", 3),
        ("$x", 0),
        ("1 +", 3),
        ("a b", 2),
        ("'open", 0),
        ("f(", 2),
        ("f(a,)", 4),
        ("a[", 2),
        ("a[]", 2),
        ("(a", 2),
        ("a)", 1),
        ("a/", 2),
        ("//", 2),
        ("/a//", 4),
        ("a | -b", 4),
        ("a = = b", 4),
        ("sideways::a", 0),
        ("a/f()", 3),
        ("@", 1),
        ("1 2", 2),
        ("a ! b", 2),
        ("#", 0),
        ("*('x')", 0),
        ("9" * 400, 0),
        ("${a}", 0),
    ],
)
def test_refuses_with_the_place(expression: str, position: int) -> None:
    with pytest.raises(ExpressionError) as refused:
        parse(expression)
    assert refused.value.position == position
    assert refused.value.cause


@pytest.mark.parametrize("pattern", ["({})", "f({})", "a[{}]", "-({})"])
def test_nesting_is_bounded(pattern: str) -> None:
    def nested(levels: int) -> str:
        before, after = pattern.split("{}")
        return before * levels + "1" + after * levels

    assert parse(nested(MAX_NESTING - 1))
    with pytest.raises(ExpressionError):
        parse(nested(MAX_NESTING))
    with pytest.raises(ExpressionError):
        parse(nested(20_000))


@pytest.mark.parametrize("hostile", ["1" + "+1" * 20_000, "-" * 20_000 + "1", "a" + "/a" * 150_000, "a" * 300_000])
def test_height_and_length_are_bounded(hostile: str) -> None:
    with pytest.raises(ExpressionError):
        parse(hostile)


def test_a_long_sum_is_read_and_written_without_recursion() -> None:
    expression = " + ".join(f"a{i}" for i in range(MAX_HEIGHT - 1))
    limit = sys.getrecursionlimit()
    try:
        sys.setrecursionlimit(200)
        tree = parse(expression)
        assert unparse(tree) == expression
    finally:
        sys.setrecursionlimit(limit)
    assert isinstance(tree, Binary)
    assert operands(tree) == [child(f"a{i}") for i in range(MAX_HEIGHT - 1)]
    assert height(tree) == MAX_HEIGHT - 1


def test_operands_follow_the_left_side_only() -> None:
    tree = parse("a + b + (b + c) - c")
    assert isinstance(tree, Binary)
    assert operands(tree) == [parse("a + b + (b + c)"), C]
    assert isinstance(tree.left, Binary)
    assert operands(tree.left) == [A, B, Binary("+", B, C)]


def test_walk_sees_every_expression_in_the_order_of_writing() -> None:
    tree = parse("f(a[1]/b[x], -2) + instance('i')/r[c]")
    assert [unparse(node) for node in walk(tree)] == [
        "f(a[1]/b[x], -2) + instance('i')/r[c]",
        "f(a[1]/b[x], -2)",
        "a[1]/b[x]",
        "1",
        "x",
        "-2",
        "2",
        "instance('i')/r[c]",
        "instance('i')",
        "'i'",
        "c",
    ]


@pytest.mark.parametrize(
    ("expression", "written"),
    [
        ("child::a / parent::node() / self::node()", "a/../."),
        ("attribute::x", "@x"),
        ("/descendant-or-self::node()/child::a", "//a"),
        ("descendant-or-self::node()/a", "descendant-or-self::node()/a"),
        ("a/descendant-or-self::node()", "a/descendant-or-self::node()"),
        ("(a+b)*c", "(a + b) * c"),
        ("a+(b*c)", "a + b * c"),
        ("a - (b - c)", "a - (b - c)"),
        ("-(a + b)", "-(a + b)"),
        ("-(a|b)", "-a | b"),
        ("(/)=1", "(/) = 1"),
        ("0.0000001", "0.0000001"),
        ("100000000000000000000000", "99999999999999991611392"),
        ("(f())[1]", "f()[1]"),
        ("(f()[1])[2]", "(f()[1])[2]"),
        ("''/a", "''/a"),
    ],
)
def test_unparse_is_canonical(expression: str, written: str) -> None:
    assert unparse(parse(expression)) == written
    assert parse(written) == parse(expression)


def test_a_string_with_both_quotes_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="both kinds"):
        unparse(String("'\""))


# --- properties ---

names = st.sampled_from(["a", "b-c", "d.e", "_f", "jr:g", "div", "or", "text", "été", "x1"])
tests = st.one_of(names, st.sampled_from(["*", "p:*", "node()", "text()", "comment()", "processing-instruction('x')"]))
function_names = st.sampled_from(["f", "count", "jr:itext", "selected-at", "if", "and"])
strings = st.text(st.characters(exclude_categories=["Cs"]), max_size=8).filter(lambda s: not ("'" in s and '"' in s))
numbers = st.floats(0, allow_nan=False, allow_infinity=False).filter(lambda n: n == 0 or n > 1e-12)


def _whole(number: float) -> float:
    return float(unparse(Number(number)))


leaves = st.one_of(st.builds(Number, numbers.map(_whole)), st.builds(String, strings))


@st.composite
def steps(draw: st.DrawFn, levels: int, least: int) -> tuple[Step, ...]:
    found: list[Step] = []
    for _ in range(draw(st.integers(least, 3))):
        if draw(st.booleans()):
            found.append(draw(st.sampled_from([CURRENT, PARENT, ANY_DESCENDANT])))
        else:
            predicates = tuple(draw(trees(levels - 1)) for _ in range(draw(st.integers(0, 2)) if levels else 0))
            found.append(Step(draw(st.sampled_from(sorted(AXES))), draw(tests), predicates))
    return tuple(found)


@st.composite
def trees(draw: st.DrawFn, levels: int = 4) -> Node:
    shape = draw(st.integers(0, 6)) if levels else 0
    below = trees(levels - 1) if levels else leaves
    match shape:
        case 1:
            return Negate(draw(below))
        case 2:
            return Binary(draw(st.sampled_from(sorted(PRECEDENCE))), draw(below), draw(below))
        case 3:
            return Call(draw(function_names), tuple(draw(below) for _ in range(draw(st.integers(0, 3)))))
        case 4:
            return LocationPath(True, draw(steps(levels, 0)))
        case 5:
            return LocationPath(False, draw(steps(levels, 1)))
        case 6:
            predicates = tuple(draw(below) for _ in range(draw(st.integers(0, 2))))
            return FilterExpression(draw(below), predicates, draw(steps(levels, 0 if predicates else 1)))
    return draw(leaves)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(trees())
@example(Binary("*", LocationPath(True, ()), Number(2.0)))
@example(Binary("|", Negate(A), Negate(B)))
@example(LocationPath(True, (ANY_DESCENDANT,)))
@example(LocationPath(False, (ANY_DESCENDANT, ANY_DESCENDANT, CURRENT)))
@example(LocationPath(True, (ANY_DESCENDANT, ANY_DESCENDANT, CURRENT)))
def test_what_is_written_is_read_again(tree: Node) -> None:
    assert parse(unparse(tree)) == tree


SCRAPS = (
    "a b-c 1 .5 'x' \" ' ( ) [ ] / // . .. @ :: , | + - * = != < >= and or div mod child $ # : ! \u00e9 f( node() \\"
)
pieces = st.sampled_from([*SCRAPS.split(), " ", "\n", "\x00"])


@settings(deadline=None)
@given(st.one_of(st.text(max_size=40), st.lists(pieces, max_size=25).map("".join), st.lists(pieces).map(" ".join)))
def test_garbage_raises_nothing_but_expression_error(garbage: str) -> None:
    try:
        tree = parse(garbage)
    except ExpressionError as refused:
        assert 0 <= refused.position <= len(garbage)  # noqa: PT017 - both outcomes are allowed
    else:
        assert parse(unparse(tree)) == tree
