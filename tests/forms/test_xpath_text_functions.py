# SPDX-License-Identifier: EUPL-1.2
"""Functions on text, choices, truth, digests and chance."""

from __future__ import annotations

import base64
import re
from math import inf, nan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.errors import ExpressionError
from forms.xpath import chance, digests, ed25519, selections, texts
from forms.xpath.values import NodeSet, Value

# --- text ---


def test_concat_and_join_spread_node_sets() -> None:
    assert texts.concat("a", 1.0, True, NodeSet(["x", "y"])) == "a1truexy"
    assert texts.concat() == ""
    assert texts.concat(NodeSet([])) == ""
    assert texts.join(", ", NodeSet(["a", "b"]), "c", 2.5) == "a, b, c, 2.5"
    assert texts.join("-") == ""
    assert texts.join("-", "", "") == "-"


@pytest.mark.parametrize(
    ("start", "end", "cut"),
    [
        (0.0, None, "abcde"),
        (1.0, None, "bcde"),
        (1.0, 3.0, "bc"),  # from 1 to just before 3, 0-based
        (-2.0, None, "de"),
        (0.0, -1.0, "abcd"),
        (-3.0, -1.0, "cd"),
        (3.0, 1.0, ""),
        (9.0, None, ""),
        (-9.0, 2.0, "ab"),
        (1.9, 2.9, "b"),
        (nan, 2.0, "ab"),
        (0.0, nan, ""),
        (0.0, inf, "abcde"),
        (-inf, 1.0, "a"),
    ],
)
def test_substr_counts_from_zero(start: float, end: float | None, cut: str) -> None:
    assert texts.substr("abcde", start, end) == cut


@pytest.mark.parametrize(
    ("start", "length", "cut"),
    [  # examples of XPath 1.0 §4.2
        (2.0, 3.0, "234"),
        (2.0, None, "2345"),
        (1.5, 2.6, "234"),
        (0.0, 3.0, "12"),
        (nan, 3.0, ""),
        (1.0, nan, ""),
        (-42.0, inf, "12345"),
        (-inf, inf, ""),
        (6.0, None, ""),
        (inf, None, ""),
        (-5.0, None, "12345"),
        (2.0, -1.0, ""),
    ],
)
def test_substring_counts_from_one(start: float, length: float | None, cut: str) -> None:
    assert texts.substring("12345", start, length) == cut


def test_before_and_after() -> None:
    assert texts.substring_before("1999/04/01", "/") == "1999"
    assert texts.substring_after("1999/04/01", "/") == "04/01"
    assert texts.substring_before("abc", "x") == texts.substring_after("abc", "x") == ""
    assert texts.substring_before("abc", "") == ""
    assert texts.substring_after("abc", "") == "abc"


def test_translate() -> None:
    assert texts.translate("bar", "abc", "ABC") == "BAr"
    assert texts.translate("--aaa--", "abc-", "ABC") == "AAA"
    assert texts.translate("aab", "aa", "xy") == "xxb"  # the first of two counts
    assert texts.translate("a", "a", "bcd") == "b"


def test_normalize_space_keeps_no_break_spaces() -> None:
    assert texts.normalize_space("  a \t\r\n b  ") == "a b"
    assert texts.normalize_space("12\u202f000\u00a0€ ") == "12\u202f000\u00a0€"


def test_parts_of_text() -> None:
    assert texts.string_length("été") == 3.0
    assert texts.contains("abc", "bc")
    assert texts.contains("abc", "")
    assert not texts.contains("abc", "B")
    assert texts.starts_with("abc", "ab")
    assert not texts.starts_with("abc", "b")
    assert texts.ends_with("abc", "bc")
    assert not texts.ends_with("abc", "b")


# --- choices and truth ---


@pytest.mark.parametrize(
    ("chosen", "value", "result"),
    [
        ("a b c", "b", True),
        ("a b c", " b ", True),
        ("ab c", "a", False),
        ("a", "a b", False),
        ("", "", True),
        ("a  b", "", False),
        ("", "a", False),
    ],
)
def test_selected(chosen: str, value: str, result: bool) -> None:
    assert selections.selected(chosen, value) is result


@pytest.mark.parametrize(
    ("index", "value"),
    [(0.0, "a"), (2.0, "c"), (1.9, "b"), (3.0, ""), (-1.0, ""), (nan, "a"), (inf, "")],
)
def test_selected_at_counts_from_zero(index: float, value: str) -> None:
    assert selections.selected_at("a  b c", index) == value


def test_count_selected() -> None:
    assert selections.count_selected("a  b ") == 2.0
    assert selections.count_selected("") == 0.0


@pytest.mark.parametrize(
    ("text", "truth"),
    [("true", True), ("TRUE", True), ("1", True), ("false", False), ("0", False), ("yes", False), ("", False),
     ("1.0", False)],
)  # fmt: skip
def test_boolean_from_string(text: str, truth: bool) -> None:
    assert selections.boolean_from_string(text) is truth


@pytest.mark.parametrize(
    ("factor", "holds"),
    [
        (True, True),
        (False, False),
        ("true", True),
        ("false", False),  # a boolean stored in the instance
        ("yes", True),
        ("", False),
        ("0", False),
        ("2", True),
        ("-1", False),
        (0.5, True),
        (nan, False),
    ],
)
def test_factors_of_checklists(factor: Value, holds: bool) -> None:
    assert selections.holds(factor) is holds


@pytest.mark.parametrize(
    ("least", "most", "result"),
    [(2.0, 3.0, True), (3.0, 3.0, False), (0.0, 1.0, False), (-1.0, 2.0, True), (2.0, -1.0, True), (-1.0, -1.0, True)],
)
def test_checklist(least: float, most: float, result: bool) -> None:
    assert selections.checklist(least, most, True, "false", NodeSet(["1", "0", ""])) is result


def test_checklist_without_factors() -> None:
    assert selections.checklist(0.0, 0.0)
    assert not selections.checklist(1.0, -1.0)


@pytest.mark.parametrize(
    ("least", "most", "result"),
    [(5.5, 5.5, True), (6.0, 10.0, False), (-1.0, 5.0, False), (-1.0, 6.0, True), (5.0, -1.0, True)],
)
def test_weighted_checklist(least: float, most: float, result: bool) -> None:
    assert selections.weighted_checklist(least, most, True, 3.0, False, 10.0, "1", "2.5") is result


def test_weighted_checklist_with_node_sets() -> None:
    factors, weights = NodeSet(["1", "0", "true"]), NodeSet(["2", "4", "8"])
    assert selections.weighted_checklist(10.0, 10.0, factors, weights)


def test_depend_answers_its_first_argument() -> None:
    assert selections.first_argument("a", 1.0, True) == "a"


# --- digests ---


@pytest.mark.parametrize(
    ("algorithm", "encoding", "result"),
    [  # RFC 1321 and FIPS 180: digests of "abc"
        ("MD5", "hex", "900150983cd24fb0d6963f7d28e17f72"),
        ("SHA-1", "hex", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        ("SHA-256", "hex", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ("SHA-1", "base64", "qZk+NkcGgWq6PiVxeFDCbJzQ2J0="),
        ("MD5", "base64", "kAFQmDzST7DWlj99KOF/cg=="),
    ],
)
def test_digest(algorithm: str, encoding: str, result: str) -> None:
    assert digests.digest("abc", algorithm, encoding) == result


def test_digest_is_base64_by_default_and_of_utf_8() -> None:
    assert digests.digest("abc", "MD5") == "kAFQmDzST7DWlj99KOF/cg=="
    assert len(base64.b64decode(digests.digest("été", "SHA-512"))) == 64
    assert len(base64.b64decode(digests.digest("été", "SHA-384"))) == 48
    assert digests.digest("\ud800", "MD5")  # a lone surrogate is no reason to fail


@pytest.mark.parametrize(("algorithm", "encoding"), [("SHA-3", "hex"), ("MD5", "octal"), ("", "hex")])
def test_digest_refuses_what_it_does_not_know(algorithm: str, encoding: str) -> None:
    with pytest.raises(ExpressionError):
        digests.digest("abc", algorithm, encoding)


@pytest.mark.parametrize(
    ("text", "decoded"),
    [("SGVsbG8=", "Hello"), ("SGVsbG8", "Hello"), ("w6l0w6k=", "été"), (" SGVs\nbG8= ", "Hello"), ("", ""), ("a", ""),
     ("//8=", "\ufffd\ufffd"), ("__8", "\ufffd\ufffd")],
)  # fmt: skip
def test_base64_decode(text: str, decoded: str) -> None:
    assert digests.base64_decode(text) == decoded


@settings(deadline=None)
@given(st.text())
def test_base64_decode_never_fails(text: str) -> None:
    assert isinstance(digests.base64_decode(text), str)


SIGNED = [  # RFC 8032 §7.1: public key, message, signature
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
            "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        (
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
            "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        ),
    ),
]


@pytest.mark.parametrize(("key", "message", "signature"), SIGNED)
def test_ed25519_of_the_standard(key: str, message: str, signature: str) -> None:
    octets = bytes.fromhex(key), bytes.fromhex(signature), bytes.fromhex(message)
    assert ed25519.verify(*octets)
    assert not ed25519.verify(octets[0], octets[1], octets[2] + b"x")
    for place in (0, 31, 32, 62):
        changed = bytearray(octets[1])
        changed[place] ^= 1
        assert not ed25519.verify(octets[0], bytes(changed), octets[2])


def test_ed25519_refuses_what_is_no_key_and_no_signature() -> None:
    key, signature = bytes.fromhex(SIGNED[0][0]), bytes.fromhex(SIGNED[0][2])
    assert not ed25519.verify(b"", signature, b"")
    assert not ed25519.verify(key, b"", b"")
    assert not ed25519.verify(b"\xff" * 32, signature, b"")
    malleable = int.from_bytes(signature[32:], "little") + ed25519.ORDER
    assert not ed25519.verify(key, signature[:32] + malleable.to_bytes(32, "little"), b"")


def test_extract_signed() -> None:
    key, message, signature = SIGNED[1]
    contents = base64.b64encode(bytes.fromhex(signature) + bytes.fromhex(message)).decode()
    public_key = base64.b64encode(bytes.fromhex(key)).decode()
    assert digests.extract_signed(contents, public_key) == "r"
    assert digests.extract_signed(contents[:-4], public_key) == ""
    assert digests.extract_signed("", public_key) == ""
    assert digests.extract_signed(contents, "") == ""


# --- chance ---


@pytest.mark.parametrize(
    ("seed", "order"),
    [  # as JavaRosa and other clients shuffle six nodes
        (42.0, "AFCBDE"),
        ("42", "AFCBDE"),
        (-42.0, "EDAFBC"),
        (1.0, "BFEACD"),
        (1.1, "BFEACD"),
        (11111111.0, "ACDBFE"),
        (0.0, "CBEAFD"),
        (nan, "CBEAFD"),
        ("", "CBEAFD"),
        (NodeSet([]), "CBEAFD"),
        (NodeSet(["1", "2"]), "BFEACD"),
        (True, "BFEACD"),
    ],
)
def test_randomize_with_a_seed(seed: Value, order: str) -> None:
    assert "".join(chance.randomize(NodeSet(list("ABCDEF")), seed).values()) == order


def test_randomize_keeps_handles_and_texts_together() -> None:
    shuffled = chance.randomize(NodeSet([1, 2, 3, 4], lambda node: f"n{node}"), 7.0)
    assert sorted(shuffled.nodes) == [1, 2, 3, 4]
    assert shuffled.values() == [f"n{node}" for node in shuffled.nodes]
    assert chance.randomize(NodeSet([])).values() == []


def test_randomize_without_a_seed_differs() -> None:
    nodes = NodeSet([str(n) for n in range(50)])
    orders = {tuple(chance.randomize(nodes).values()) for _ in range(3)}
    assert len(orders) > 1


def test_text_as_seed_is_hashed() -> None:
    # sha256("abc") begins with ba7816bf 8f01cfea
    assert chance.seed_number("abc") == 0xBA7816BF8F01CFEA - 2**64
    assert chance.seed_number("12.9") == 12
    assert chance.seed_number(inf) == 2**63
    assert chance.seed_number(-inf) == -(2**63)


@settings(deadline=None)
@given(st.integers(-(2**63), 2**63), st.integers(0, 40))
def test_any_seed_shuffles(seed: int, count: int) -> None:
    draw = chance.park_miller(seed)
    assert sorted(chance.shuffled_places(count, draw)) == list(range(count))
    assert all(0 <= draw() < 1 for _ in range(10))


def test_uuid() -> None:
    assert re.fullmatch("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", chance.uuid())
    assert chance.uuid() != chance.uuid()
    assert re.fullmatch("[0-9A-Z]{12}", chance.uuid(12.0))
    assert chance.uuid(0.0) == chance.uuid(-3.0) == chance.uuid(nan) == chance.uuid(inf) == ""
    assert len(chance.uuid(1e9)) == chance.MAX_UUID_LENGTH


def test_random_number() -> None:
    assert all(0 <= chance.random_number() < 1 for _ in range(100))
