# SPDX-License-Identifier: EUPL-1.2
"""Expressions in which other clients answered otherwise, and were right."""

from __future__ import annotations

import pytest

_REPEAT = "<r><x>3</x></r><r><x>4</x></r>"
_BODY = (
    '<group ref="/data/r"><label>r</label><repeat nodeset="/data/r">'
    '<input ref="/data/r/x"><label>x</label></input></repeat></group>'
)


def value_of(fill_xform, expression: str) -> str:
    bind = f'<bind nodeset="/data/out" calculate="{expression}"/>'
    return fill_xform(f"<out/><e/><m>a b</m>{_REPEAT}", bind, _BODY)["out"]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("selected('', '')", "true"),
        ("selected(/data/e, '')", "true"),
        ("selected(/data/e, ' ')", "true"),
        ("selected(/data/e, 'a')", "false"),
        ("selected(/data/m, '')", "false"),
        ("selected(/data/m, /data/e)", "false"),
    ],
)
def test_only_nothing_is_selected_where_nothing_is_chosen(fill_xform, expression, expected):
    # Forms ask so whether a question is answered; "Select Functions": an item of a space-separated list.
    assert value_of(fill_xform, expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("'a' != indexed-repeat(/data/r/x, /data/r, 9)", "true"),
        ("'' = indexed-repeat(/data/r/x, /data/r, 9)", "true"),
        ("indexed-repeat(/data/r/x, /data/r, 9) = ''", "true"),
        ("indexed-repeat(/data/r/x, /data/r, 2) = 4", "true"),
        ("indexed-repeat(/data/r/x, /data/r, 2) + 1", "5"),
        ("indexed-repeat(/data/r/x, /data/r, 2) &gt; indexed-repeat(/data/r/x, /data/r, 1)", "true"),
    ],
)
def test_indexed_repeat_is_a_text_also_where_there_is_no_such_instance(fill_xform, expression, expected):
    # "Repeat Functions": it returns a string, so an empty node-set cannot make a comparison false.
    assert value_of(fill_xform, expression) == expected


def test_the_position_of_a_group_in_an_instance_is_its_own(fill_xform):
    # "Node-set Functions": the position amongst siblings with the same name; the instance is one level up.
    instance = "<r><g><a/><b/></g></r><r><g><a/><b/></g></r>"
    binds = '<bind nodeset="/data/r/g/a" calculate="position(..)"/>'
    binds += '<bind nodeset="/data/r/g/b" calculate="position(../..)"/>'
    form = fill_xform(instance, binds, '<group ref="/data/r"><label>r</label><repeat nodeset="/data/r"/></group>')
    assert [form[f"r[{i}]/g/{name}"] for i in (1, 2) for name in ("a", "b")] == ["1", "1", "1", "2"]
