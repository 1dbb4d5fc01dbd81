# SPDX-License-Identifier: EUPL-1.2
"""`proof` and `verify`: the proof that a record was filed, and its check without a network."""

from __future__ import annotations

import hashlib
from argparse import Namespace
from pathlib import Path

from fieldkit import proof as proofs
from fieldkit.cli import files
from fieldkit.cli.answer import Answer, ExitCode
from fieldkit.cli.reading import folder_of, reading
from fieldkit.errors import NotFoundError
from fieldkit.proof import Match, Proof

SHOWS = (
    "It shows that bytes with this SHA-256 are, to the last one, those that were sent.",
    (
        "It does not show that the region has them: its answers are not signed, and whoever writes a file can write"
        " another. The region can tell: its copy under the same number has the same SHA-256."
    ),
)
MATCHES = {
    Match.SENT: "the record is the one that was sent: SHA-256 {sha256}",
    Match.RECORD: "the record is the one whose encrypted form was sent: SHA-256 {sha256}",
    Match.OTHER: "this is NOT the record that was sent: its SHA-256 is {sha256}",
}


def prove(arguments: Namespace) -> Answer:
    """Write the proof of one record, as a page or as JSON by the name of the file."""
    from fieldkit import printing
    from fieldkit.workspace import Workspace

    path = Path(arguments.out)
    with Workspace.open(folder_of(arguments), read_only=True) as workspace:
        made = proofs.proof_of(workspace.store, arguments.record)
    content = printing.proof_pdf(made) if path.suffix.lower() == ".pdf" else proofs.write_proof(made)
    files.write(path, content)
    return Answer((f"{path}: proof of {made.instance_id}",), {"out": str(path), "sha256": made.sha256})


def verify(arguments: Namespace) -> Answer:
    """Check a proof: its own checksum, then the record, given or from the workspace."""
    made, is_whole = proofs.read_proof(files.read(Path(arguments.file)))
    xml, where, damaged = _record(arguments, made)
    found = proofs.match(made, xml) if xml is not None else None
    lines = [
        f"record {made.instance_id}, form {made.form_id} {made.form_version}",
        f"the server answered {made.status or '(not kept)'} {made.text} at {_at(made)}",
        f"this computer noted it at {made.submitted_at.isoformat()}",
    ]
    trouble = [] if is_whole else ["The file was changed after it was written: its checksum does not fit."]
    if xml is None or found is None:
        lines.append("no record to compare with: give it with --record")
    else:
        line = MATCHES[found].format(sha256=hashlib.sha256(xml).hexdigest())
        (trouble if found is Match.OTHER else lines).append(f"{where}: {line}")
    trouble += [f"The attachment {name} is gone or is not the one that was sent." for name in damaged]
    data = {
        "instance_id": made.instance_id,
        "whole": is_whole,
        "record": str(found) if found else None,
        "compared_with": where,
        "damaged_files": damaged,
        "sha256": made.sha256,
        "shows": list(SHOWS),
    }
    return Answer((*lines, *SHOWS), data, ExitCode.FAILED if trouble else ExitCode.OK, tuple(trouble))


def _at(made: Proof) -> str:
    return f"{made.server_at.isoformat()} by its clock" if made.server_at else "a time that it did not tell"


def _record(arguments: Namespace, made: Proof) -> tuple[bytes | None, str, list[str]]:
    """Return the XML to compare with (None if there is none), where it is from, and the files that do not fit."""
    if arguments.record:
        return files.read(Path(arguments.record)), arguments.record, []
    with reading(arguments) as workspace:
        if workspace is None:
            return None, "", []
        try:
            held = proofs.kept(workspace.store, made)
        except NotFoundError:
            return None, "", []
    return held.xml, "workspace", list(held.damaged)
