# SPDX-License-Identifier: EUPL-1.2
"""`dossier export` and `dossier import` at the terminal, from one workspace to another."""

from __future__ import annotations

from pathlib import Path

import pytest

from fieldkit.instance import AnswerEntry
from fieldkit.workspace import Workspace
from forms import FormSession
from tests.fieldkit.cli_runner import Outcome, Terminal
from tests.fieldkit.dossier_kits import FORM, REFS, Place
from tests.fieldkit.store_samples import at


@pytest.fixture
def record(terminal: Terminal) -> str:
    maker = Place(terminal.home)
    made = maker.begin(a="oak")
    maker.store.close()
    return made


class There:
    """The other kit: the same terminal on another workspace."""

    def __init__(self, terminal: Terminal, folder: Path) -> None:
        self._terminal = terminal
        self.folder = folder

    def type(self, *words: object) -> Outcome:
        return self._terminal.type("--workspace", self.folder, *words)


@pytest.fixture
def there(terminal: Terminal, tmp_path: Path) -> There:
    return There(terminal, tmp_path / "there")


def answer(folder: Path, record: str, ref: str, value: str) -> None:
    with Workspace.open(folder) as workspace:
        instances = workspace.store.instances
        session = FormSession(FORM, instance_xml=instances.draft_xml(record))
        session.answer(ref, value)
        entry = AnswerEntry(ref, "", value, at(9))
        instances.save_draft(record, session.draft_xml(), [entry], session.progress(), "", "Shared", "")


def test_a_record_goes_there_and_back(terminal: Terminal, there: There, record: str, tmp_path: Path) -> None:
    path = tmp_path / "stick" / "x.fieldkit"
    path.parent.mkdir()
    made = terminal.type("dossier", "export", record, "--out", path)
    assert (made.code, "1 record, " in made.out, "readable to everybody" in made.out) == (0, True, True)
    seen = there.type("dossier", "import", path, "--preview")
    assert (seen.code, "is new here" in seen.out, "Nothing was written" in seen.out) == (0, True, True)
    assert there.type("records", "--json").data == []
    taken = there.type("dossier", "import", path, "--json").data
    assert [(one["instance_id"], one["outcome"]) for one in taken["records"]] == [(record, "new")]
    for folder, tree, more in ((terminal.home, "beech", "b"), (there.folder, "lime", "c")):
        answer(folder, record, REFS["a"], tree)
        answer(folder, record, REFS[more], "yew")
    there.type("dossier", "export", record, "--out", path)
    told = terminal.type("dossier", "import", path, "--preview", "--json").data["records"][0]
    assert told["taken"] == [REFS["c"]]
    assert told["conflicts"] == [
        {"key": REFS["a"], "ref": REFS["a"], "here": {"": "beech"}, "dossier": {"": "lime"}, "kept": "here"}
    ]
    merged = terminal.type("dossier", "import", path, "--take", REFS["a"])
    assert merged.code == 0
    assert f"both changed {REFS['a']}: here 'beech', in the dossier 'lime'; the dossier's is taken" in merged.out
    with Workspace.open(terminal.home, read_only=True) as workspace:
        session = FormSession(FORM, instance_xml=workspace.store.instances.draft_xml(record))
    assert [session.value(REFS[name]) for name in "abc"] == ["lime", "yew", "yew"]


def test_a_passphrase_comes_from_a_file(terminal: Terminal, there: There, record: str, tmp_path: Path) -> None:
    path, word = tmp_path / "x.fieldkit", tmp_path / "word"
    word.write_text("trois mots secrets\nand notes", "utf-8")
    made = terminal.type("dossier", "export", record, "--out", path, "--passphrase-file", word)
    assert "encrypted with the passphrase" in made.out
    assert "is encrypted. Give its passphrase" in there.type("dossier", "import", path).err
    word.write_text("another", "utf-8")
    wrong = there.type("dossier", "import", path, "--passphrase-file", word)
    assert (wrong.code, "was encrypted with another passphrase" in wrong.err) == (1, True)
    word.write_text("", "utf-8")
    assert there.type("dossier", "import", path, "--passphrase-file", word).code == 2
    word.write_text("trois mots secrets\r\n", "utf-8")
    assert there.type("dossier", "import", path, "--passphrase-file", word).code == 0


def test_what_cannot_be_taken_is_told(terminal: Terminal, there: There, record: str, tmp_path: Path) -> None:
    path = tmp_path / "x.fieldkit"
    assert there.type("dossier", "import", path).code == 2
    terminal.type("dossier", "export", record, "--out", path)
    there.type("dossier", "import", path)
    for folder, tree in ((terminal.home, "beech"), (there.folder, "lime")):
        answer(folder, record, REFS["a"], tree)
        with Workspace.open(folder) as workspace:
            session = FormSession(FORM, instance_xml=workspace.store.instances.draft_xml(record))
            workspace.store.instances.finalize(record, session.finalize(), at(10))
    terminal.type("dossier", "export", record, "--out", path)
    refused = there.type("dossier", "import", path)
    assert (refused.code, "both copies were finished apart" in refused.err) == (1, True)
    path.write_bytes(path.read_bytes()[:-40])
    cut = there.type("dossier", "import", path)
    assert (cut.code, "was cut or changed on the way" in cut.err) == (1, True)
    path.write_bytes(b"PDF")
    assert "is not a dossier of this program" in there.type("dossier", "import", path).err
    assert "could not be written" in terminal.type("dossier", "export", record, "--out", tmp_path / "no" / "x").err
