# SPDX-License-Identifier: EUPL-1.2
"""What forms are made of, drawn from bytes: expressions out of their grammar, XForms out of their pieces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from bench.fuzz.draw import Draw
from forms.xpath.functions import FUNCTIONS, ValueKind

_FUNCTIONS: Final = (*sorted(FUNCTIONS), "frobnicate")
_PATHS: Final = (
    *("/data/a", "/data/b", "/data/g/c", "/data/r/d", "/data/r/n/e", "/data/r", "/data/g", "/data/r/n", "/data/s"),
    *(".", "..", "../a", "../d", "../../d", "../e", "../n/e", "current()/../d", "/data/*", "//d", "/data/nothing", "*"),
    *("instance('l')/root/item", "instance('l')/root/item[k = /data/a]/name", "instance('f')/root/item/label"),
    *(
        "instance('last')/data/a",
        "/data/a/@x",
        "/",
        "following-sibling::*",
        "ancestor::r",
        "self::node()",
        "/data/r[2]/d",
    ),
)
_LITERALS: Final = (
    *(
        "1",
        "0",
        "2.5",
        "'a'",
        "''",
        "'x y'",
        "'2024-02-30'",
        "'10:20'",
        "true()",
        "99999999999999999999",
        ".5",
        "'(a+)+b'",
    ),
    *("'1.5 4.2 0 0; 1.6 4.3 0 0; 1.5 4.4 0 0'", "'%Y-%m-%d %e %b'", "'é😀'", "'NaN'", "1e9", "-1"),
)
_OPERATORS: Final = ("+", "-", "*", " div ", " mod ", "=", "!=", "<", "<=", ">", ">=", " and ", " or ", "|")
_NOISE: Final = (
    "(",
    ")",
    "[",
    "]",
    "/",
    "//",
    "::",
    "@",
    "$",
    "'",
    '"',
    ",",
    ".",
    "..",
    " ",
    "\u200b",
    "{",
    "#",
    "\n",
    ":",
)
_NAMES: Final = (
    "a",
    "b",
    "c",
    "d",
    "e",
    "g",
    "n",
    "r",
    "s",
    "t",
    "meta",
    "instanceID",
    "orx:instanceName",
    "é",
    "a.b-c",
)
_TYPES: Final = (
    *("string", "int", "decimal", "boolean", "date", "time", "dateTime", "geopoint", "geotrace", "geoshape", "binary"),
    *("barcode", "odk:rank", "xsd:int", "selectN", "", "nothing"),
)
_APPEARANCES: Final = (
    "",
    "minimal",
    "field-list",
    "search('f')",
    "likert w1",
    "columns-3",
    "table-list",
    "thousands-sep",
    "?",
)
_CONTROLS: Final = ("input", "select1", "select", "upload", "trigger", "range", "odk:rank", "secret", "group", "repeat")
_PRELOADS: Final = (
    *(("uid", ""), ("timestamp", "start"), ("timestamp", "end"), ("date", "today"), ("property", "deviceid")),
    *(("property", ""), ("nothing", "x"), ("patient", "")),
)
_EVENTS: Final = (
    "odk-instance-first-load",
    "odk-new-repeat",
    "xforms-value-changed",
    "odk-instance-load",
    "",
    "xforms-ready",
)

WORDS: Final = (
    *(f"{name}(" for name in _FUNCTIONS),
    *(*_PATHS, *_LITERALS, *_OPERATORS),
    *(
        "<bind nodeset=",
        "<instance",
        "<repeat nodeset=",
        "<itemset nodeset=",
        "<value ref=",
        "<label ref=",
        "<output value=",
    ),
    *(
        "<translation lang=",
        "<text id=",
        "<setvalue ref=",
        'event="odk-new-repeat"',
        "jr:itext('",
        "jr:count=",
        "jr:template",
    ),
    *(
        "jr:preload=",
        "jr://file-csv/f.csv",
        "jr://file/f.geojson",
        "jr://instance/last-saved",
        "calculate=",
        "constraint=",
    ),
    *(
        "relevant=",
        "required=",
        "readonly=",
        "<![CDATA[",
        "]]>",
        "<!--",
        "<?x ?>",
        "<!DOCTYPE a",
        "<!ENTITY",
        "&amp;",
        "&#0;",
    ),
    *(
        "FeatureCollection",
        '"features":[',
        '"coordinates":',
        '"geometry":{"type":"Polygon"',
        "\ufeff",
        "encoding='utf-16'",
    ),
    *("(?=", "(?<!", "(?>", "\\p{L}", "{2,}", "[^", "&&[", "\\Q", "\\E", "(?i)", "*+", "\\1", "\\b"),
)
"""The dictionary of the fuzzer."""

NAMESPACES: Final = (
    'xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" '
    'xmlns:jr="http://openrosa.org/javarosa" xmlns:orx="http://openrosa.org/xforms" '
    'xmlns:odk="http://www.opendatakit.org/xforms"'
)
ITEMS: Final = "".join(f"<item><name>{n}</name><label>L{n}</label><k>{n % 2}</k></item>" for n in range(4))
LISTS: Final = f'<instance id="l"><root>{ITEMS}</root></instance><instance id="f" src="jr://file-csv/f.csv"/>'
LAST: Final = '<instance id="last" src="jr://instance/last-saved"/>'


def expression(draw: Draw, depth: int = 0) -> str:
    """Draw an expression: mostly one that can be read."""
    kind = draw.number(9) if depth < 6 else draw.number(2)
    if kind <= 1:
        return draw.pick(_PATHS)
    if kind == 2:
        return draw.pick(_LITERALS)
    if kind <= 5:
        return _call(draw, depth)
    if kind <= 7:
        return f"{expression(draw, depth + 1)}{draw.pick(_OPERATORS)}{expression(draw, depth + 1)}"
    if kind == 8:
        bracket = draw.pick(
            ("({})", "-{}", "/data/r[{}]", "/data/r[{}]/d", "instance('l')/root/item[{}]/name", "not({})")
        )
        return bracket.format(expression(draw, depth + 1))
    if draw.odds(12):
        return "".join(draw.pick((draw.pick(_NOISE), draw.text(4), draw.pick(WORDS))) for _ in range(draw.number(6)))
    text = draw.text(8)
    return f"'{text}'" if "'" not in text else f'"{text}"'


def _call(draw: Draw, depth: int) -> str:
    """Draw a call: mostly with as many arguments as the function takes, and paths where it wants nodes."""
    name = draw.pick(_FUNCTIONS)
    function = FUNCTIONS.get(name)
    least = function.min_arity if function is not None else 0
    count = least + (draw.number(2) if draw.odds(3) else 0)
    if function is not None and not function.takes(count) and not draw.odds(8):
        count = least
    arguments = []
    for index in range(count):
        known = function is not None and function.takes(count)
        nodes = function is not None and known and function.argument_kind(index) is ValueKind.NODESET
        arguments.append(draw.pick(_PATHS) if nodes else expression(draw, depth + 1))
    return f"{name}({', '.join(arguments)})"


def _quoted(text: str) -> str:
    """Write an attribute of XML 1.0, which holds no control characters."""
    return quoteattr("".join(letter for letter in text if letter >= " " and letter not in "\ufffe\uffff"))


def xform(draw: Draw) -> bytes:
    """Draw an XForm: a tree of ten names, rules and controls on any of them, lists, texts, actions."""
    instance = _instance(draw)
    binds = "".join(_bind(draw) for _ in range(draw.number(6)))
    actions = "".join(_action(draw) for _ in range(draw.number(2)))
    body = "".join(_control(draw, 0) for _ in range(draw.number(5)))
    lists = LISTS + LAST if not draw.odds(12) else draw.pick((LISTS, "", LISTS + LISTS))
    identity = draw.pick(('<bind nodeset="/data/meta/instanceID" jr:preload="uid"/>', ""))
    xml = (
        f"<h:html {NAMESPACES}><h:head><h:title>{_text(draw)}</h:title><model>{_itext(draw)}<instance>{instance}"
        f"</instance>{lists}{binds}{identity}{actions}</model></h:head><h:body>{body}</h:body></h:html>"
    )
    return xml.encode("utf-8", "replace")


_TREE: Final = "<a/><b>1</b><g><c/></g><r><d/><n><e/></n></r><s/><t/><meta><instanceID/><orx:instanceName/></meta>"


def _instance(draw: Draw) -> str:
    inside = draw.pick(
        (_TREE, _TREE.replace("<r>", '<r jr:template="">'), _TREE + "<a>2</a>", _TREE + "<r><d>3</d></r>")
    )
    if draw.odds(24):
        inside = draw.pick(("", "text<a><a/></a>", "<r/>", "<meta/>"))
    if draw.odds(4):
        name = draw.pick(_NAMES)
        inside = f"<{name} x={_quoted(_text(draw))}>{_text(draw)}</{name}>{inside}"
    return f'<data id="f" version="1">{inside}</data>'


def instance(draw: Draw, names: Sequence[str] = _NAMES, depth: int = 0) -> str:
    """Draw the inside of a filled form: any names in any order, texts, attributes, comments."""
    found = []
    for _ in range(draw.number(7)):
        name = draw.pick(names)
        kind = draw.number(7)
        if kind == 0:
            found.append(f"<!--{draw.pick(('', 'x', '<a/>'))}--><?p x?>")
        elif kind <= 2 and depth < 4:
            found.append(f"<{name}>{instance(draw, names, depth + 1)}</{name}>")
        elif kind == 3:
            found.append(f'<{name} x={_quoted(_text(draw))} xmlns:q="urn:q" q:y="1">{_text(draw)}</{name}>')
        else:
            found.append(f"<{name}>{_text(draw)}</{name}>")
    return "".join(found)


def _text(draw: Draw) -> str:
    text = (
        draw.text(8) if draw.odds(3) else draw.pick(("", "1", "2", "x", "2024-01-01", " a  b ", "a\r\nb", "1 2", "é"))
    )
    return escape("".join(letter for letter in text if letter >= " " or letter in "\t\n\r"))


_THERE: Final = (
    *(
        "/data/a",
        "/data/b",
        "/data/g",
        "/data/g/c",
        "/data/r",
        "/data/r/d",
        "/data/r/n",
        "/data/r/n/e",
        "/data/s",
        "/data/t",
    ),
    "/data",
)


def _path(draw: Draw) -> str:
    """Draw the path of a node: nearly always one that is there, as a form with another is refused at once."""
    return draw.pick(_PATHS) if draw.odds(64) else draw.pick(_THERE)


def _bind(draw: Draw) -> str:
    found = [f"nodeset={_quoted(_path(draw))}", f"type={_quoted(draw.pick(_TYPES))}"]
    for name in ("relevant", "calculate", "constraint", "required", "readonly"):
        if draw.odds(3):
            found.append(f"{name}={_quoted(expression(draw))}")
    if draw.odds(8):
        kind, parameters = draw.pick(_PRELOADS)
        found.append(f'jr:preload="{kind}" jr:preloadParams="{parameters}"')
    if draw.odds(8):
        found.append(
            draw.pick(("jr:constraintMsg=\"jr:itext('t')\"", 'jr:requiredMsg="x"', 'jr:constraintMsg="jr:itext("'))
        )
    return f"<bind {' '.join(found)}/>"


def _action(draw: Draw) -> str:
    events = " ".join(draw.pick(_EVENTS) for _ in range(1 + draw.number(1)))
    name = draw.pick(("setvalue", "setvalue", "odk:setgeopoint", "odk:recordaudio"))
    value = f"value={_quoted(expression(draw))}" if draw.odds(2) else ""
    return f'<{name} ref={_quoted(_path(draw))} event="{events}" {value}>{_text(draw)}</{name}>'


def _itext(draw: Draw) -> str:
    if not draw.odds(3):
        return ""
    inner = draw.pick(("T", '<output value="/data/a"/>', '<output value="sum(/data/r/d)"/> é', "<output/>", "<b/>x"))
    form = draw.pick(("", ' form="long"', ' form="image"', ' form="guidance"'))
    language = draw.pick(("en", "Français (fr)", ""))
    return (
        f'<itext><translation lang="{language}" default="true()"><text id="t"><value{form}>{inner}</value>'
        f'</text></translation><translation lang="nl"><text id="{draw.pick(("t", "u", ""))}"><value>N</value></text>'
        "</translation></itext>"
    )


def _control(draw: Draw, depth: int) -> str:
    name = draw.pick(_CONTROLS)
    attribute = "nodeset" if name == "repeat" else "ref"
    attributes = f"{attribute}={_quoted('/data/r' if name == 'repeat' and not draw.odds(3) else _path(draw))}"
    attributes += f" appearance={_quoted(draw.pick(_APPEARANCES))}"
    if name == "repeat" and draw.odds(3):
        attributes += f" jr:count={_quoted(expression(draw))}"
    if name == "range":
        attributes += ' start="{}" end="{}" step="{}"'.format(
            *(draw.pick(("1", "0", "x", "1e400", "-5")) for _ in range(3))
        )
    inside = draw.pick(
        (
            "",
            "<label>L</label>",
            "<label ref=\"jr:itext('t')\"/>",
            f"<label><output value={_quoted(expression(draw))}/></label>",
        )
    )
    if name in {"select1", "select", "odk:rank"}:
        inside += _choices(draw)
    if name in {"group", "repeat"} and depth < 3:
        inside += "".join(_control(draw, depth + 1) for _ in range(draw.number(3)))
    if draw.odds(6):
        inside += _action(draw)
    return f"<{name} {attributes}>{inside}</{name}>"


def _choices(draw: Draw) -> str:
    if draw.odds(3):
        return "<item><label>A</label><value>a</value></item><item><value>b c</value></item>"
    lists = (
        "instance('l')/root/item",
        "instance('f')/root/item[name = /data/a]",
        "/data/r[d != '']",
        "randomize(/data/r)",
    )
    nodeset = draw.pick(lists) if not draw.odds(4) else expression(draw)
    value, label = (draw.pick(("name", "d", "label", "k", ".", "n/e")) for _ in range(2))
    return f'<itemset nodeset={_quoted(nodeset)}><value ref="{value}"/><label ref="{label}"/></itemset>'
