# SPDX-License-Identifier: EUPL-1.2
"""Each function of ODK XForms in a calculation of a real form: the rows "XPath" of the feature matrix."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from forms import FormSession, load_form
from tests.forms.conftest import lookup

SQUARE = "50 4 0 0;50 4.01 0 0;50.01 4.01 0 0;50.01 4 0 0;50 4 0 0"
INSTANCE = """
<out/><n>4</n><t>abc</t><e/><stamp>2026-11-22T10:30:00.000+01:00</stamp><clock>06:00:00.000+01:00</clock>
<many>a c</many><one>b</one><flag>1</flag>
<r><x>1</x></r><r><x>2</x></r><r><x>5</x></r>
"""
BINDS = '<bind nodeset="/data/many" type="string"/>'
HEAD = """
<instance id="l"><root><item><name>a</name><label>Ah</label><v>7</v></item>
<item><name>b</name><label>Bee</label><v>8</v></item><item><name>c</name><label>See</label><v>9</v></item></root></instance>
<itext><translation lang="default" default="true()"><text id="hi"><value>Hello</value></text></translation></itext>
"""
BODY = """
<select1 ref="/data/one"><label/>
<itemset nodeset="instance('l')/root/item"><value ref="name"/><label ref="label"/></itemset>
</select1>
<group ref="/data/r"><label/><repeat nodeset="/data/r"><input ref="/data/r/x"><label/></input></repeat></group>
"""

FUNCTIONS = {
    "operators": ("(2 + 3 * 4 - 6 div 2) mod 4 = 3 and not(1 > 2) or 'a' != 'a'", "true"),
    "predicates": ("/data/r[x > 1][2]/x", "5"),
    "axes": ("count(/data/r/x/parent::r) + count(/data/r[1]/x/self::x) + ../n + count(/data/r/child::*)", "11"),
    "string": ("string(/data/n) = '4'", "true"),
    "concat": ("concat(/data/r/x, '-', /data/t)", "125-abc"),
    "join": ("join(', ', /data/r/x)", "1, 2, 5"),
    "substr": ("substr(/data/t, 0, 2)", "ab"),
    "substring-before": ("substring-before('2026-11', '-')", "2026"),
    "substring-after": ("substring-after('2026-11', '-')", "11"),
    "translate": ("translate(/data/t, 'ab', 'AB')", "ABc"),
    "string-length": ("string-length(/data/t)", "3"),
    "normalize-space": ("normalize-space('  a   b ')", "a b"),
    "contains": ("contains(/data/t, 'bc')", "true"),
    "starts-with": ("starts-with(/data/t, 'ab')", "true"),
    "ends-with": ("ends-with(/data/t, 'bc')", "true"),
    "uuid": ("string-length(uuid()) = 36 and string-length(uuid(8)) = 8", "true"),
    "digest": ("digest('some text', 'MD5', 'hex')", "552e21cd4cd9918678e3c1a0df491bc3"),
    "pulldata": ("pulldata('places', 'mayor', 'name', 'Namur')", "Ann"),
    "if": ("if(/data/n > 3, 'big', 'small')", "big"),
    "coalesce": ("coalesce(/data/e, /data/t)", "abc"),
    "once": ("once(concat('x', 'y'))", "xy"),
    "true": ("true()", "true"),
    "false": ("false()", "false"),
    "boolean": ("boolean(/data/t)", "true"),
    "boolean-from-string": ("boolean-from-string(/data/flag)", "true"),
    "not": ("not(/data/n = 5)", "true"),
    "regex": ("regex(/data/t, '[a-c]{3}')", "true"),
    "checklist": ("checklist(1, 2, /data/n, /data/t)", "true"),
    "weighted-checklist": ("weighted-checklist(3, 5, /data/flag, 4, false(), 9)", "true"),
    "number": ("number('4.50') + 1", "5.5"),
    "random": ("random() >= 0 and random() < 1", "true"),
    "int": ("int(4.9) + int(-4.9)", "0"),
    "sum": ("sum(/data/r/x)", "8"),
    "max": ("max(/data/r/x)", "5"),
    "min": ("min(/data/r/x)", "1"),
    "round": ("round(1234.567, 1) + round(1250, -2)", "2534.6"),
    "pow": ("pow(2, 10)", "1024"),
    "log": ("round(log(10), 4)", "2.3026"),
    "log10": ("log10(1000)", "3"),
    "abs": ("abs(-3)", "3"),
    "sin": ("round(sin(1), 4)", "0.8415"),
    "cos": ("round(cos(1), 4)", "0.5403"),
    "tan": ("round(tan(1), 4)", "1.5574"),
    "asin": ("round(asin(1), 4)", "1.5708"),
    "acos": ("round(acos(0), 4)", "1.5708"),
    "atan": ("round(atan(1), 4)", "0.7854"),
    "atan2": ("round(atan2(1, -1), 4)", "2.3562"),
    "sqrt": ("sqrt(49)", "7"),
    "exp": ("round(exp(1), 4)", "2.7183"),
    "exp10": ("exp10(3)", "1000"),
    "pi": ("round(pi(), 5)", "3.14159"),
    "count": ("count(/data/r)", "3"),
    "count-non-empty": ("count-non-empty(/data/r/x)", "3"),
    "position": ("position(/data/r[2])", "2"),
    "instance": ("instance('l')/root/item[name = 'b']/v", "8"),
    "current": ("instance('l')/root/item[name = current()/../one]/v", "8"),
    "randomize": ("string-length(join('', randomize(instance('l')/root/item/name, 42)))", "3"),
    "today": ("today()", "2026-11-22"),
    "now": ("substr(now(), 0, 10)", "2026-11-22"),
    "format-date": ("format-date(/data/stamp, '%d/%m/%y %e %n')", "22/11/26 22 11"),
    "format-date-time": ("format-date-time('2026-11-22T08:05:09.123', '%H:%M:%S.%3')", "08:05:09.123"),
    "date": ("date('2026-11-22') + 1", "20780"),
    "decimal-date-time": ("int(decimal-date-time('2026-11-22T12:00:00.000Z'))", "20779"),
    "decimal-time": ("decimal-time('12:00:00.000+00:00')", "0.5"),
    "selected": ("selected(/data/many, 'c')", "true"),
    "selected-at": ("selected-at(/data/many, 1)", "c"),
    "count-selected": ("count-selected(/data/many)", "2"),
    "jr:choice-name": ("jr:choice-name(/data/one, '/data/one')", "Bee"),
    "jr:itext": ("jr:itext('hi')", "Hello"),
    "indexed-repeat": ("indexed-repeat(/data/r/x, /data/r, 3)", "5"),
    "area": (f"round(area('{SQUARE}') div 1000, 0)", "796"),
    "distance": (f"round(distance('{SQUARE}'), -1)", "3660"),
    "geofence": (f"geofence('50.005 4.005 0 0', '{SQUARE}') and not(geofence('51 4 0 0', '{SQUARE}'))", "true"),
    "base64-decode": ("base64-decode('SGVsbG8=')", "Hello"),
    "intersects": ("intersects('0 0 0 0;1 1 0 0;1 0 0 0;0 1 0 0')", "true"),
    # Beyond the matrix: JavaRosa's old names, and the rest of XPath 1.0.
    "date-time": (
        "decimal-date-time(date-time('2026-11-22T00:00:00.000Z')) = decimal-date-time('2026-11-22T00:00:00.000Z')",
        "true",
    ),
    "depend": ("depend(/data/n, /data/t)", "4"),
    "enclosed-area": (f"enclosed-area('{SQUARE}') = area('{SQUARE}')", "true"),
    "is-selected": ("is-selected(/data/many, 'a')", "true"),
    "property": ("property('deviceid')", ""),
    "version": ("version()", "7"),
    "last": ("/data/r[last()]/x", "5"),
    "local-name": ("local-name(/data/n)", "n"),
    "name": ("name(/data/n)", "n"),
    "substring": ("substring(/data/t, 2, 1)", "b"),
    "ceiling": ("ceiling(1.2)", "2"),
    "floor": ("floor(1.8)", "1"),
    "extract-signed": ("extract-signed('not signed', 'no key')", ""),
}
PLACES = b"name,mayor\nJodoigne,Jo\nNamur,Ann\n"


@pytest.mark.parametrize("name", list(FUNCTIONS))
def test_function(write_xform, name):
    expression, expected = FUNCTIONS[name]
    written = expression.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    form = load(write_xform, f'{BINDS}<bind nodeset="/data/out" calculate="{written}"/>')
    assert form.value("/data/out") == expected


def load(write_xform, binds: str) -> FormSession:
    places = '<instance id="places" src="jr://file-csv/places.csv"/>'
    xml = write_xform(INSTANCE, binds, BODY, places + HEAD, root='id="x" version="7"')
    form = load_form(xml, lookup({"places.csv": PLACES}))
    return FormSession(form, now=lambda: datetime(2026, 11, 22, 10, 30, tzinfo=UTC))
