# SPDX-License-Identifier: EUPL-1.2
"""The commands that look into the workspace, those that print, and what they say when it cannot be used."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

import fieldkit.cli.reading
import resources
from fieldkit.answer_files import apply_answers
from fieldkit.instance import Instance, State
from fieldkit.shipped_forms import install_shipped_forms, read_media
from fieldkit.version import VERSION
from fieldkit.workspace import STORE_NAME, Workspace
from forms import FormSession, load_form
from tests.fieldkit.child_process import ROOT
from tests.fieldkit.cli_runner import Terminal

COMMUNES = {"perwez": "25084", "jodoigne": "25048"}


def add_record(workspace: Workspace, form_name: str, answers: str, nis: str) -> str:
    form = load_form(resources.read_bytes("forms", f"{form_name}.xml"), read_media)
    session = FormSession(form)
    apply_answers(session, json.loads(resources.read_bytes("forms", "answers", f"{answers}.json")))
    now = datetime.now(UTC)
    row = Instance(session.instance_id, form.form_id, form.version, State.DRAFT, answers, now, now)
    workspace.store.instances.create(row, session.draft_xml())
    workspace.store.instances.save_draft(
        row.instance_id, session.draft_xml(), [], session.progress(), "", row.name, nis
    )
    return row.instance_id


@pytest.fixture
def filled(terminal: Terminal) -> list[str]:
    with Workspace.open(terminal.home) as workspace:
        install_shipped_forms(workspace.store)
        workspace.settings.set("territory_kind", "gal")
        workspace.settings.set("territory_id", "23-culturalite")
        return [
            add_record(workspace, "diagnostic_territorial", f"diagnostic_express_{name}", nis)
            for name, nis in COMMUNES.items()
        ]


def test_before_the_first_start_there_is_nothing_and_nothing_is_made(terminal: Terminal) -> None:
    assert terminal.type("forms", "--json").data == []
    assert terminal.type("records", "--json").data == []
    assert terminal.type("records").out == "No record.\n"
    data = terminal.type("status", "--json").data
    assert (data["exists"], data["workspace"], data["version"]) == (False, str(terminal.home), VERSION)
    assert "nothing there yet" in terminal.type("status").out
    assert not terminal.home.exists()


def test_forms_and_records_are_listed(terminal: Terminal, filled: list[str]) -> None:
    assert {one["form_id"] for one in terminal.type("forms", "--json").data} >= {"diagnostic_territorial"}
    assert "Diagnostic territorial" in terminal.type("forms").out
    rows = terminal.type("records", "--json").data
    assert {row["instance_id"] for row in rows} == set(filled)
    assert {row["commune"] for row in rows} == {"Perwez", "Jodoigne"}
    assert all(row["answered"] > 30 for row in rows)
    (only,) = terminal.type("records", "--json", "--search", "jodo", "--state", "draft", "--limit", "5").data
    assert only["commune_nis"] == "25048"
    assert terminal.type("records", "--json", "--commune", "25005").data == []
    assert filled[0] in terminal.type("records").out
    data = terminal.type("status", "--json").data
    assert (data["records"]["draft"], data["forms"], data["waiting"]) == (2, 2, [])
    assert data["territory"].startswith("Culturalité")
    assert "2 draft" in terminal.type("status").out


def test_looking_works_beside_an_open_window(terminal: Terminal, filled: list[str]) -> None:
    with Workspace.open(terminal.home):
        assert len(terminal.type("records", "--json").data) == 2
        outcome = terminal.type("pull")
        assert outcome.code == 3
        assert "is in use by process" in outcome.err


def test_records_become_a_table(terminal: Terminal, filled: list[str], tmp_path: Path) -> None:
    out = tmp_path / "table.csv"
    assert terminal.type("records", "--export", out).code == 2
    outcome = terminal.type("records", "--form", "diagnostic_territorial", "--export", out, "--json")
    assert outcome.data == {"out": str(out), "records": 2}
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    assert {row["commune"] for row in rows} == {"Perwez", "Jodoigne"}
    assert all("," in row["/data/synthese/territoire_score"] for row in rows)


def test_pages_are_printed(terminal: Terminal, filled: list[str], tmp_path: Path) -> None:
    settle = ("--settle", "/data/identite/version=express")
    with Workspace.open(terminal.home) as workspace:
        application = add_record(workspace, "mon_smart_village", "application_perwez", "25084")
    jobs = {
        "application": ("application", application),
        "blank": ("blank", "diagnostic_territorial", *settle),
        "record": ("record", filled[0]),
        "diagnostic": ("diagnostic", filled[0]),
        "guide": ("guide", "g01"),
        "booklet": ("guide", "G01", "G02", "--title", "Pour démarrer"),
    }
    for name, words in jobs.items():
        out = tmp_path / f"{name}.pdf"
        outcome = terminal.type("print", *words, "--out", out)
        assert (outcome.code, outcome.err) == (0, ""), name
        assert out.read_bytes().startswith(b"%PDF-"), name
        assert str(out) in outcome.out


def test_a_page_of_another_kind_of_record_is_refused(terminal: Terminal, filled: list[str], tmp_path: Path) -> None:
    outcome = terminal.type("print", "application", filled[0], "--out", tmp_path / "x.pdf")
    assert outcome.code == 1
    assert "diagnostic_territorial" in outcome.err
    outcome = terminal.type("print", "record", "uuid:none", "--out", tmp_path / "x.pdf")
    assert outcome.code == 1
    assert "There is no record uuid:none. See `fieldkit records`." in outcome.err
    assert terminal.type("print", "guide", "G77", "--out", tmp_path / "x.pdf").code == 1
    assert not (tmp_path / "x.pdf").exists()


def test_a_workspace_that_cannot_be_used_is_told(terminal: Terminal, filled: list[str], tmp_path: Path) -> None:
    outcome = terminal.type("--workspace", tmp_path / "none", "print", "record", "x", "--out", tmp_path / "x.pdf")
    assert outcome.code == 3
    assert "There is no workspace" in outcome.err
    path = terminal.home / STORE_NAME
    path.write_bytes(path.read_bytes()[:9000])
    for words in (("records",), ("status",), ("pull",)):
        outcome = terminal.type(*words)
        assert outcome.code == 3
        assert "is damaged" in outcome.err
    (tmp_path / "file").write_text("x")
    outcome = terminal.type("--workspace", tmp_path / "file", "push", "--json")
    assert outcome.code == 3
    assert outcome.data["error"] == "FolderNotWritable"


@pytest.mark.parametrize(
    "words",
    [
        ("frobnicate",),
        ("check",),
        ("fill", "x.xml"),
        ("print",),
        ("print", "blank", "x"),
        ("print", "blank", "x", "--out", "y", "--settle", "z"),
        ("records", "--state", "lost"),
        ("serve",),
        ("serve", "--data", "x", "--port", "70000"),
    ],
)
def test_a_command_that_is_not_understood(terminal: Terminal, words: tuple[str, ...]) -> None:
    outcome = terminal.type(*words)
    assert outcome.code == 2
    assert "usage: fieldkit" in outcome.err


def test_the_help_is_in_plain_words(terminal: Terminal) -> None:
    outcome = terminal.type("--help")
    assert outcome.code == 0
    for name in ("check", "fill", "forms", "records", "status", "pull", "push", "print", "serve", "tour"):
        assert f"\n    {name} " in outcome.out
        assert terminal.type(name, "--help").code == 0
    for code in ("0", "1", "2", "3", "4", "5"):
        assert f"\n    {code}  " in outcome.out
    assert "FIELDKIT_HOME" in outcome.out


def test_the_version_is_that_of_the_project(terminal: Terminal) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert terminal.type("--version").out == f"Field Kit {project['version']}\n"


def test_a_bug_is_told_as_one(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_arguments: object) -> None:
        raise ZeroDivisionError("half")

    monkeypatch.setattr(fieldkit.cli.reading, "status", broken)
    outcome = terminal.type("status")
    assert outcome.code == 5
    assert "Traceback" in outcome.err
    assert "fault of the program: ZeroDivisionError: half" in outcome.err


def test_the_installed_program_runs(tmp_path: Path) -> None:
    """A real process: the console script's module, another folder, a pipe that is closed early."""
    command = [sys.executable, "-m", "fieldkit"]
    environment = {"FIELDKIT_HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [*command, "check", "diagnostic_territorial", "--json"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=True, encoding="utf-8",
    )  # fmt: skip
    assert json.loads(done.stdout)["valid"]
    assert done.stderr == ""
    with subprocess.Popen(
        [*command, "--help"], cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.close()
        assert b"Traceback" not in child.stderr.read()


def test_a_command_loads_only_what_it_needs(tmp_path: Path) -> None:
    code = (
        "import sys; from fieldkit.__main__ import main; main(['records'])\n"
        "heavy = ('PySide6', 'pyxform', 'pandas', 'reportlab', 'requests', 'keyring', 'sqlite_utils', 'werkzeug')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    environment = {"FIELDKIT_HOME": str(tmp_path / "home"), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == ["No record.", "[]"]
