# SPDX-License-Identifier: EUPL-1.2
"""`dossier export` and `dossier import`: records carried from kit to kit in a file."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fieldkit.cli.answer import Answer, ExitCode
from fieldkit.cli.errors import FileMissingError
from fieldkit.cli.files import read
from fieldkit.cli.reading import folder_of
from fieldkit.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fieldkit.dossier.unpack import Finding

_OUTCOMES = {
    "new": "is new here",
    "same": "is here already",
    "merged": "is put together with the copy of here",
    "replaced": "goes on from the copy of here, which it replaces",
    "restored": "is here already and comes back from the bin",
    "heard": "is here already; that it left the other kit is noted",
    "refused": "is refused",
}
_REFUSALS = {
    "other-bytes": "both copies were finished apart, and the server takes one: both were kept where they are",
    "finished-here": "it is finished here, and the draft in the dossier has other answers: both were kept",
    "changed-here": "it is finished in the dossier, and the draft here has other answers: both were kept",
    "other-version": "the two drafts are of two versions of the form: bring both to the same one, `fieldkit lift`",
    "other-form": "the form here has the same version and another content: ask the region which one is right",
}


def give(arguments: Namespace) -> Answer:
    """Write records into a dossier."""
    from fieldkit.dossier.pack import export

    passphrase = _passphrase(arguments)
    with Workspace.open(folder_of(arguments)) as workspace:
        made = export(workspace.store, arguments.records, Path(arguments.out), passphrase)
    data = {"out": str(made.path), "records": list(made.records), "size": made.size, "encrypted": made.encrypted}
    kind = "encrypted with the passphrase" if made.encrypted else "readable to everybody who has it"
    count = f"{len(made.records)} record{'s' if len(made.records) > 1 else ''}"
    return Answer((f"{made.path}: {count}, {made.size} bytes, {kind}",), data)


def get(arguments: Namespace) -> Answer:
    """Take the records of a dossier, or tell what that would do."""
    from fieldkit.dossier.reading import open_dossier
    from fieldkit.dossier.unpack import plan, take

    path, passphrase = Path(arguments.dossier), _passphrase(arguments)
    if not path.is_file():
        raise FileMissingError(path, "there is no such file")
    with Workspace.open(folder_of(arguments)) as workspace, open_dossier(workspace.store, path, passphrase) as dossier:
        seen = plan(workspace.store, dossier).findings
        wanted = {one.instance_id: _wanted(one, arguments.take) for one in seen}
        findings = seen if arguments.preview else take(workspace.store, dossier, wanted)
    data = {"taken": not arguments.preview, "records": [_data(one, wanted[one.instance_id]) for one in findings]}
    lines = [line for one in findings for line in _lines(one, wanted[one.instance_id])]
    if arguments.preview:
        lines.append("Nothing was written: this was a preview.")
    refused = [f"{one.instance_id}: {_REFUSALS[str(one.refusal)]}" for one in findings if str(one.outcome) == "refused"]
    return Answer(tuple(lines), data, ExitCode.FAILED if refused else ExitCode.OK, tuple(refused))


def _passphrase(arguments: Namespace) -> str:
    """Return the first line of the file, "" if none is named; never an argument, which others could see."""
    if not arguments.passphrase_file:
        return ""
    path = Path(arguments.passphrase_file)
    lines = read(path).decode("utf-8-sig", "replace").splitlines()
    if not lines or not lines[0]:
        raise FileMissingError(path, "its first line is empty")
    return lines[0]


def _wanted(finding: Finding, keys: Sequence[str]) -> set[str]:
    return {one.key for one in finding.conflicts if one.key in keys or "all" in keys}


def _data(finding: Finding, wanted: set[str]) -> dict[str, Any]:
    return {
        "instance_id": finding.instance_id,
        "form_id": finding.form_id,
        "name": finding.name,
        "state": str(finding.state),
        "outcome": str(finding.outcome),
        "refusal": str(finding.refusal),
        "taken": list(finding.taken),
        "conflicts": [
            {
                "key": one.key,
                "ref": one.ref,
                "here": dict(one.mine),
                "dossier": dict(one.theirs),
                "kept": "dossier" if one.key in wanted else "here",
            }
            for one in finding.conflicts
        ],
        "unplaced": [{"ref": ref, "value": value} for ref, value in finding.unplaced],
    }


def _lines(finding: Finding, wanted: set[str]) -> Iterable[str]:
    what = f"{finding.name or finding.form_id}, {finding.state}"
    yield f"{finding.instance_id} ({what}) {_OUTCOMES[str(finding.outcome)]}"
    if finding.taken:
        yield f"  taken from the dossier: {', '.join(finding.taken)}"
    for one in finding.conflicts:
        kept = "the dossier's is taken" if one.key in wanted else f"that of here is kept; --take '{one.key}' takes it"
        yield f"  both changed {one.ref}: here {held(one.mine)}, in the dossier {held(one.theirs)}; {kept}"
    for ref, value in finding.unplaced:
        yield f"  without a place: {ref}: {value!r}; it stands in the answer log"


def held(answers: Sequence[tuple[str, str]]) -> str:
    """Return an answer, or those of an entry, by path, for a line."""
    if not answers:
        return "(nothing)"
    return ", ".join(f"{path.strip('/')}: {text!r}" if path else repr(text) for path, text in answers)
