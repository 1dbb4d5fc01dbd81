# SPDX-License-Identifier: EUPL-1.2
"""Records as tables, for a form with a repeat and numbers."""

from __future__ import annotations

import csv
import sqlite3
import zipfile
from pathlib import Path

import pytest

from fieldkit import tables
from fieldkit.errors import ExportError
from fieldkit.instance import State
from fieldkit.store import Store
from fieldkit.territory import commune
from forms.views import Progress
from tests.fieldkit.store_samples import add_draft, at, draft, finalized

FORM = b"""<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head><model>
<bind nodeset="/data/score" type="decimal"/><bind nodeset="/data/lignes/montant" type="xsd:int"/>
<bind nodeset="/data/mot" type="string"/></model></h:head><h:body>
<group ref="/data/lignes"><repeat nodeset="/data/lignes"><input ref="/data/lignes/montant"/></repeat></group>
</h:body></h:html>"""


def instance_xml(mot: str, score: str, *amounts: str) -> bytes:
    lines = "".join(f"<lignes><montant>{amount}</montant><nom>n{amount}</nom></lignes>" for amount in amounts)
    return f'<data id="f"><mot>{mot}</mot>{lines}<score>{score}</score><meta><instanceID/></meta></data>'.encode()


def put(store: Store, number: int, nis: str, xml: bytes, *, freeze: bool = True) -> str:
    instance_id = add_draft(store, number, form_id="f", commune_nis=nis)
    store.instances.save_draft(instance_id, xml, [], Progress(1, 1, 0, 0), "", f"Fiche {number}", nis)
    if freeze:
        store.instances.finalize(instance_id, finalized(instance_id, xml), at(number))
    return instance_id


@pytest.fixture
def filled(store: Store) -> Store:
    store.blank_forms.put("f", "1", "Form", FORM, {}, "a")
    put(store, 1, "25048", instance_xml("=cmd()", "40.5", "10"))
    put(store, 2, "25048", instance_xml("-5", "60", "20", "30"))
    put(store, 3, "92035", instance_xml("été ; oui", ""), freeze=False)
    put(store, 4, "", instance_xml("x", "99"))
    put(store, 5, "25005", instance_xml("y", "10"))
    return store


def test_values_are_read_by_ref() -> None:
    shape = tables.read_shape(FORM)
    assert shape == tables.FormShape(frozenset({"/data/lignes"}), frozenset({"/data/score", "/data/lignes/montant"}))
    assert tables.read_values(instance_xml("é", "1", "7"), shape.repeats) == {
        "/data/mot": "é",
        "/data/lignes[1]/montant": "7",
        "/data/lignes[1]/nom": "n7",
        "/data/score": "1",
        "/data/meta/instanceID": "",
    }
    assert tables.without_positions("/a/b[2]/c[10]/d") == "/a/b/c/d"


def test_a_frame_has_the_columns_in_the_order_of_the_form(filled: Store) -> None:
    frame = tables.records_frame(tables.read_records(filled, "f"), tables.read_shape(FORM))
    assert list(frame.columns) == [
        *tables.ROW_COLUMNS,
        "/data/mot",
        "/data/lignes[1]/montant",
        "/data/lignes[1]/nom",
        "/data/lignes[2]/montant",
        "/data/lignes[2]/nom",
        "/data/score",
        "/data/meta/instanceID",
    ]
    assert frame["/data/score"].sum() == 209.5
    assert frame["/data/lignes[2]/montant"].tolist()[1:2] == [30]
    assert sorted(frame["commune"]) == ["", "Beauvechain", "Eghezée", "Jodoigne", "Jodoigne"]
    drafts = tables.read_records(filled, "f", [State.DRAFT])
    assert [record.values["/data/mot"] for record in drafts] == ["été ; oui"]
    assert len(tables.records_frame([])) == 0


def test_what_the_form_computes_is_a_number_if_it_looks_like_one() -> None:
    shape = tables.FormShape(frozenset(), frozenset(), frozenset({"/data/score", "/data/code", "/data/word"}))
    rows = [("61.5", "01234", "a", "1.5"), ("60", "25048", "1.5", "2.5"), ("", "", "", "")]
    refs = ("/data/score", "/data/code", "/data/word", "/data/typed")
    records = [tables.Record(draft(number), dict(zip(refs, row, strict=True))) for number, row in enumerate(rows)]
    frame = tables.records_frame(records, shape)
    assert [frame[ref].dtype.kind == "f" for ref in refs] == [True, False, False, False]
    assert frame["/data/code"].tolist() == ["01234", "25048", ""]


def test_a_csv_is_for_a_spreadsheet_in_french(filled: Store, tmp_path: Path) -> None:
    frame = tables.records_frame(tables.read_records(filled, "f"), tables.read_shape(FORM))
    path = tmp_path / "out.csv"
    tables.write_csv(frame, path)
    tables.write_csv(frame, path)
    assert path.read_bytes().startswith(b"\xef\xbb\xbfinstance_id;")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = {row["name"]: row for row in csv.DictReader(file, delimiter=";")}
    assert rows["Fiche 1"]["/data/mot"] == "'=cmd()"  # no formula
    assert rows["Fiche 2"]["/data/mot"] == "-5"  # a number keeps its sign
    assert rows["Fiche 1"]["/data/score"] == "40,5"
    assert rows["Fiche 3"]["/data/mot"] == "été ; oui"
    assert rows["Fiche 3"]["finalized"] == ""
    assert {file.name for file in tmp_path.iterdir() if file.name.startswith((".", "out"))} == {"out.csv"}


def test_a_workbook_opens(filled: Store, tmp_path: Path) -> None:
    import pandas

    frame = tables.records_frame(tables.read_records(filled, "f"), tables.read_shape(FORM))
    tables.write_xlsx(frame, tmp_path / "out.xlsx")
    assert zipfile.is_zipfile(tmp_path / "out.xlsx")
    again = pandas.read_excel(tmp_path / "out.xlsx", sheet_name="records", dtype={"commune_nis": str})
    assert again["/data/score"].sum() == 209.5
    assert again["commune_nis"].tolist()[0] == "25048"


def test_a_database_has_a_table_for_each_repeat(filled: Store, tmp_path: Path) -> None:
    path = tmp_path / "out.db"
    tables.write_database(tables.read_records(filled, "f"), path)
    db = sqlite3.connect(path)
    try:
        assert db.execute("SELECT count(*) FROM records").fetchone() == (5,)
        rows = db.execute('SELECT entry, montant FROM "/data/lignes" ORDER BY CAST(montant AS INT)').fetchall()
    finally:
        db.close()
    assert rows == [("/data/lignes[1]", "10"), ("/data/lignes[1]", "20"), ("/data/lignes[2]", "30")]


def test_what_cannot_be_written_is_told(filled: Store, tmp_path: Path) -> None:
    records = tables.read_records(filled, "f")
    for write in (
        lambda path: tables.write_csv(tables.records_frame(records), path),
        lambda path: tables.write_database(records, path),
    ):
        with pytest.raises(ExportError) as error:
            write(tmp_path / "none" / "out.file")
        assert error.value.cause


def test_a_territory_is_summed_up_by_population(filled: Store) -> None:
    frame = tables.records_frame(tables.read_records(filled, "f"), tables.read_shape(FORM))
    table = tables.summarize(frame, ["/data/score"], "gal").set_index("code")
    jodoigne, other = commune("25048").population_2026, commune("25005").population_2026
    row = table.loc["23-culturalite"]
    # Two records of Jodoigne share its weight.
    wanted = (40.5 * jodoigne / 2 + 60 * jodoigne / 2 + 10 * other) / (jodoigne + other)
    assert row["mean"] == pytest.approx(wanted)
    assert (row["count"], row["minimum"], row["maximum"], row["gap"]) == (3, 10, 60, 50)
    assert row["name"].startswith("Culturalité")
    provinces = tables.summarize(frame, ["/data/score"], "province")
    assert provinces["name"].tolist() == ["Brabant wallon"]  # the draft of Namur has no score
    assert tables.summarize(frame.iloc[:0], ["/data/score"]).empty
