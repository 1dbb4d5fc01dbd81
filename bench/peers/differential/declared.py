# SPDX-License-Identifier: EUPL-1.2
"""Every known difference, as the smallest expression that shows it: what each engine answers.

The reasons, with the specification's sentence, are in forms/DAG.md ("Differences from other engines"). FAILS stands for
an error instead of an answer, SAME for the kit's own answer.
"""

from __future__ import annotations

from typing import Final, NamedTuple
from xml.sax.saxutils import quoteattr

FAILS: Final = "(fails)"
SAME: Final = "(same)"


class Declared(NamedTuple):
    """An expression, and what it is for the kit, for JavaRosa and for ODK Web Forms."""

    expression: str
    kit: str
    javarosa: str = SAME
    xforms_engine: str = SAME


DECLARED: Final = (
    # Truths
    Declared("1 = 1", "true", javarosa="1"),
    Declared("1 = 2", "false", javarosa="0"),
    Declared("string(boolean(/data/e))", "false", xforms_engine="true"),
    Declared("string(boolean-from-string('TRUE'))", "true", xforms_engine="false"),
    Declared("string(/data/x/n = 4)", "true", javarosa=FAILS),
    # Numbers
    Declared("number('1e3')", "", xforms_engine="1000"),
    Declared("number('+5')", "", xforms_engine="5"),
    Declared("round(-2.5)", "-2", xforms_engine="-3"),
    Declared("round(-8, -1)", "-10", javarosa="0"),
    Declared("max(-4, -5)", "-4", javarosa="0"),
    Declared("min(4, /data/e)", "4", xforms_engine=""),
    Declared("sum(/data/x/n)", "7", xforms_engine=""),
    Declared("sum(/data/x/n[. > 99])", "0", xforms_engine=""),
    Declared("- -4", "4", xforms_engine=FAILS),
    Declared("floor(-2.5)", "-3", javarosa=FAILS),
    Declared("decimal-time('18:00')", "0.75", javarosa=FAILS),
    # Texts
    Declared("concat(/data/x/t, 'z')", "uvz", javarosa=FAILS),
    Declared("join('-', 'a', 'b', /data/x/t)", "a-b-u-v-", javarosa=FAILS),
    Declared("substring('12345', 2, 3)", "234", javarosa=FAILS),
    Declared("string-length('😀')", "1", javarosa="2", xforms_engine="2"),
    Declared("string(regex('abc', 'b'))", "false", xforms_engine="true"),
    Declared("string(selected('a b', 'a b'))", "false", javarosa="true"),
    # Nodes
    Declared("position(/data/x[2])", "2", javarosa="0"),
    Declared("string(/data/x[2]/n)", "4", javarosa=""),
    Declared("count(/data/h)", "0", xforms_engine="1"),
    Declared("string(indexed-repeat(/data/x/t, /data/x, 9) != 'a')", "true", xforms_engine="false"),
    Declared("string(indexed-repeat(/data/x/t, /data/x, 0))", "", javarosa="u"),
    Declared("count(//n)", "3", javarosa=FAILS),
    Declared("count(/data/e | /data/d)", "2", javarosa=FAILS, xforms_engine=FAILS),
    Declared("local-name(/data/e)", "e", javarosa=FAILS),
    # Dates
    Declared("string(/data/d > '2024-02-28')", "true", javarosa="false"),
    Declared("number(/data/d)", "19782", xforms_engine="19781"),
    Declared("date('2024-02-30')", "", javarosa=FAILS, xforms_engine=FAILS),
    Declared("date(/data/dt)", "2024-02-29", "2024-02-29T00:00:00.000+01:00", "2024-02-29T13:45:30.000+01:00"),
    Declared("format-date('abc', '%Y')", "", javarosa=FAILS),
    # Places
    Declared("distance('50 4;51 4')", "111318.84502145048", xforms_engine="111318.85"),
)


def form(expression: str) -> str:
    """Write a form that shows one expression."""
    return (
        '<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" '
        'xmlns:jr="http://openrosa.org/javarosa" xmlns:orx="http://openrosa.org/xforms"><h:head><h:title>D</h:title><model>'
        '<instance><data id="declared"><e/><d>2024-02-29</d><dt>2024-02-29T13:45:30.000+01:00</dt><h><v/></h>'
        "<x><n>3</n><t>u</t></x><x><n>4</n><t>v</t></x><x><n/><t/></x><c/>"
        "<orx:meta><orx:instanceID/></orx:meta></data></instance>"
        '<bind nodeset="/data/d" type="date"/><bind nodeset="/data/dt" type="dateTime"/>'
        '<bind nodeset="/data/h" relevant="false()"/><bind nodeset="/data/x/n" type="int"/>'
        f'<bind nodeset="/data/c" type="string" calculate={quoteattr(expression)}/>'
        '<bind nodeset="/data/orx:meta/orx:instanceID" type="string" jr:preload="uid"/></model></h:head><h:body>'
        '<input ref="/data/e"><label>e</label></input>'
        '<group ref="/data/x"><label>x</label><repeat nodeset="/data/x"><input ref="/data/x/n"><label>n</label></input>'
        "</repeat></group></h:body></h:html>"
    )
