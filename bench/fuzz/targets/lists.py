# SPDX-License-Identifier: EUPL-1.2
"""Lists in files: CSV, GeoJSON, XML, as chosen by the first byte; read, indexed, packed, offered as choices."""

from __future__ import annotations

import marshal
from collections.abc import Iterator
from typing import Final

from bench.fuzz.draw import Draw
from bench.fuzz.grammar import NAMESPACES
from bench.fuzz.oracle import hold, new_session
from forms import AttachmentError, load_compiled, load_form, to_bytes
from forms.document import read_document
from forms.list_files import ListFile, read_csv, read_geojson
from forms.secondary import Table, table_of_elements, table_of_file, table_of_plain

NAMES: Final = ("l.csv", "l.geojson", "l.xml")
_FORM: Final = f"""<h:html {NAMESPACES}><h:head><model><instance><data id="f"><a/><s/><t/><u/>
<meta><instanceID/></meta></data></instance><instance id="l" src="jr://file/{{}}"/>
<bind nodeset="/data/t" calculate="count(instance('l')/root/item[name = /data/a])"/>
<bind nodeset="/data/u" calculate="pulldata('l', 'label', 'name', /data/a)"/></model></h:head><h:body>
<input ref="/data/a"/><select1 ref="/data/s"><itemset nodeset="instance('l')/root/item[name != /data/a]">
<value ref="name"/><label ref="label"/></itemset></select1></h:body></h:html>"""


def run(data: bytes) -> None:
    """Try one file."""
    draw = Draw(data)
    name = NAMES[draw.number(255) % 3]
    content = draw.rest()
    try:
        form = load_form(_FORM.format(name).encode(), lambda _: content)
    except AttachmentError as error:
        hold((error.name, error.form) == (name, "f") and error.cause, "an error tells file, form and cause")
        return
    sessions = [new_session(one) for one in (form, load_compiled(to_bytes(form)))]
    seen = []
    for session in sessions:
        for answer in ("", "1", "é"):
            session.answer("/data/a", answer)
            seen.append((session.choices("/data/s"), session.value("/data/t"), session.value("/data/u")))
    hold(seen[:3] == seen[3:], "a kept list offers the same")
    _packed_is_alike(name, content)


def _packed_is_alike(name: str, content: bytes) -> None:
    path = ("root", "item")
    if name == "l.xml":
        plain, packed = (table_of_elements(read_document(content).root, path) for _ in range(2))
    else:
        file: ListFile = (read_csv if name == "l.csv" else read_geojson)(content, name)
        plain, packed = table_of_file(file, path), table_of_file(file, path)
    names = ("name", "label", ".")
    rows = len(plain.all)
    packed.settle(names, every=True)
    packed.index(("name",))
    again: Table = table_of_plain(marshal.loads(marshal.dumps(packed.to_plain())))  # noqa: S302  (just written)
    for column in names:
        hold([*plain.column(column)] == [*again.column(column)], "a packed column holds the same")
    for row in range(min(rows, 50)):
        value = plain.column("name")[row]
        if value is not None:
            wanted = [one for one in range(rows) if plain.column("name")[one] == value]
            hold(
                [*plain.where(("name",), (value,))] == wanted == [*again.where(("name",), (value,))],
                "an index finds all",
            )


def seeds() -> Iterator[bytes]:
    """Yield small files, well made and less so."""
    csvs = (
        "name,label\n1,One\n2,Two\n",
        "name;label\n1;One\n",
        '\ufeffname,label,name\n"a ""b""\n",x\n1\n',
        "name\n\n",
        "",
    )
    for text in csvs:
        yield b"\x00" + text.encode()
    point = '{"type":"Feature","id":1,"properties":{"name":"1","label":null,"n":[1]},'
    point += '"geometry":{"type":"Point","coordinates":[5,50]}}'
    line = point.replace("Point", "LineString").replace("[5,50]", "[[5,50],[6,51]]")
    area = point.replace("Point", "Polygon").replace("[5,50]", "[[[5,50],[6,51],[5,50]]]")
    for features in ("", point, f"{point},{line},{area}", "1", '{"geometry":{}}'):
        yield b"\x01" + f'{{"type":"FeatureCollection","features":[{features}]}}'.encode()
    for rows in ("", "<item><name>1</name><label>One</label></item>", "<item/><item><name>1<b/></name></item><!-- -->"):
        yield b"\x02" + f"<root>{rows}</root>".encode()
