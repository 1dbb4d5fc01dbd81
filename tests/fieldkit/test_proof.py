# SPDX-License-Identifier: EUPL-1.2
"""The proof of filing: what it holds, what a change to the file or to the record does, what it says on paper."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from fieldkit.account import Account
from fieldkit.cli.answer import ExitCode
from fieldkit.errors import NotAProof, NotFoundError, NotSent
from fieldkit.printing import proof_pdf
from fieldkit.proof import Match, Proof, ProofFile, match, proof_of, read_proof, write_proof
from fieldkit.store import Store, open_store
from fieldkit.workspace import Workspace
from tests.fieldkit.cli_runner import Terminal
from tests.fieldkit.printed_pages import PRINTED_AT, read_pages, words_of
from tests.fieldkit.store_samples import add_draft, at, finalized, freeze

XML = b"<data>la reponse</data>"
SAID = "2026-11-22T09:11:58Z 201 full submission upload was successful!"
PROJECT = "https://region.example/v1/projects/7"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "fieldkit.db") as opened:
        yield opened


def send(store: Store, receipt: str = SAID) -> str:
    """Keep a record with a file that was sent."""
    instance_id = add_draft(store)
    store.instances.put_attachment(instance_id, "plan.pdf", b"plan")
    store.instances.finalize(instance_id, finalized(instance_id, XML, files=("plan.pdf",)), at(10))
    store.instances.mark_submitted(instance_id, at(12), receipt, PROJECT)
    return instance_id


def test_it_holds_what_was_sent_and_answered_by_both_clocks(store: Store) -> None:
    instance_id = send(store)
    made = proof_of(store, instance_id)
    digest = hashlib.sha256(XML).hexdigest()
    assert (made.sha256, made.record_sha256, made.size, made.encrypted) == (digest, digest, len(XML), False)
    assert made.files == (ProofFile("plan.pdf", hashlib.sha256(b"plan").hexdigest(), 4),)
    assert (made.status, made.text, made.sent_to) == (201, "full submission upload was successful!", PROJECT)
    assert (made.server_at, made.submitted_at) == (datetime(2026, 11, 22, 9, 11, 58, tzinfo=UTC), at(12))
    assert (made.entity_id, made.confirmed_at) == ("", None)
    store.dossiers.keep(instance_id, "e-1", 1, "reçu", "", at=at(20), server_at=at(19))
    made = proof_of(store, instance_id)
    assert (made.entity_id, made.confirmed_at, made.confirmed_server_at) == ("e-1", at(20), at(19))
    store.instances.mark_returned(instance_id, "À préciser")
    assert proof_of(store, instance_id) == made  # what was filed was filed


@pytest.mark.parametrize(
    ("kept", "status", "text"),
    [("full submission received", 0, "full submission received"), ("", 0, ""), ("- 202 taken", 202, "taken")],
)
def test_what_an_earlier_version_kept_is_told_as_far_as_it_goes(
    store: Store, kept: str, status: int, text: str
) -> None:
    made = proof_of(store, send(store, kept))
    assert (made.status, made.text, made.server_at) == (status, text, None)
    assert read_proof(write_proof(made)) == (made, True)


def test_what_was_not_taken_has_no_proof(store: Store) -> None:
    instance_id = add_draft(store)
    with pytest.raises(NotSent):
        proof_of(store, instance_id)
    store.instances.finalize(instance_id, finalized(instance_id, XML), at(1))
    with pytest.raises(NotSent):
        proof_of(store, instance_id)
    with pytest.raises(NotFoundError):
        proof_of(store, "uuid:nowhere")


def test_a_written_proof_reads_back_and_a_changed_one_is_noticed(store: Store) -> None:
    made = proof_of(store, send(store))
    content = write_proof(made)
    assert (read_proof(content), write_proof(made)) == ((made, True), content)
    changed, is_whole = read_proof(content.replace(b"09:11:58", b"08:11:58"))
    assert (is_whole, changed.server_at) == (False, datetime(2026, 11, 22, 8, 11, 58, tzinfo=UTC))
    assert b"la reponse" not in content


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b"null", b"\xff", b"[" * 100_000, b" " * 1_000_001])
def test_what_is_no_proof_is_refused(content: bytes) -> None:
    with pytest.raises(NotAProof):
        read_proof(content)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("format", 2), ("sha256", "abc"), ("sha256", None), ("size", -1), ("size", True), ("files", {}), ("files", [1]),
        ("files", [{"name": "x"}]), ("submitted_at", None), ("submitted_at", "2026-11-22T09:00:00"), ("text", 3),
        ("server_at", "yesterday"), ("instance_id", None), ("instance_id", "\ud800"),
    ],
)  # fmt: skip
def test_a_proof_with_a_wrong_part_is_refused(store: Store, key: str, value: Any) -> None:
    data = json.loads(write_proof(proof_of(store, send(store))))
    with pytest.raises(NotAProof):
        read_proof(json.dumps(data | {key: value}).encode())


def test_of_an_encrypted_record_envelope_and_clear_text_are_told_apart(store: Store) -> None:
    made = replace(proof_of(store, send(store)), encrypted=True, sha256=hashlib.sha256(b"<envelope/>").hexdigest())
    assert [match(made, xml) for xml in (b"<envelope/>", XML, b"<data/>")] == [Match.SENT, Match.RECORD, Match.OTHER]


def on_paper(made: Proof) -> str:
    return " ".join(words_of(" ".join(read_pages(proof_pdf(made, printed_at=PRINTED_AT)))))


def test_the_page_says_it_all_and_what_it_does_not_show(store: Store) -> None:
    instance_id = send(store)
    made = proof_of(store, instance_id)
    pdf = proof_pdf(made, printed_at=PRINTED_AT)
    assert pdf == proof_pdf(made, printed_at=PRINTED_AT)
    assert len(read_pages(pdf)) == 1
    text = " ".join(read_pages(pdf)[0].split())
    for part in (made.sha256, instance_id, PROJECT, "09:11:58 (UTC)", "09:12:00 (UTC)", "plan.pdf", "pas encore reçu"):
        assert part in text
    assert "La région ne signe pas ses réponses" in text


# The command line


def sent(terminal: Terminal) -> str:
    with Workspace.open(terminal.home) as workspace:
        return send(workspace.store)


def test_a_proof_is_written_and_verified_without_a_network(terminal: Terminal, tmp_path: Path) -> None:
    instance_id = sent(terminal)
    page, file, record = tmp_path / "x.pdf", tmp_path / "x.json", tmp_path / "record.xml"
    assert terminal.type("proof", instance_id, "--out", page).code == 0
    assert page.read_bytes().startswith(b"%PDF")
    assert terminal.type("proof", instance_id, "--out", file).code == 0
    checked = terminal.type("verify", file, "--json")
    assert (checked.code, checked.data["record"], checked.data["compared_with"]) == (0, "sent", "workspace")
    record.write_bytes(XML)
    told = terminal.type("verify", file, "--record", record)
    assert told.code == 0
    assert "It does not show that the region has them" in told.out
    record.write_bytes(XML + b" ")
    told = terminal.type("verify", file, "--record", record)
    assert told.code == ExitCode.FAILED
    assert "this is NOT the record that was sent" in told.err


def test_a_changed_proof_a_lost_file_and_a_foreign_record_are_told(terminal: Terminal, tmp_path: Path) -> None:
    instance_id = sent(terminal)
    file = tmp_path / "x.json"
    terminal.type("proof", instance_id, "--out", file)
    with Workspace.open(terminal.home) as workspace:
        workspace.store.instances.attachments(instance_id)[0].path.write_bytes(b"other")
    assert terminal.type("verify", file, "--json").data["damaged_files"] == ["plan.pdf"]
    file.write_bytes(file.read_bytes().replace(b"201", b"202"))
    told = terminal.type("verify", file)
    assert (told.code, "its checksum does not fit" in told.err) == (ExitCode.FAILED, True)
    other = replace(read_proof(file.read_bytes())[0], instance_id="uuid:elsewhere")
    file.write_bytes(write_proof(other))
    told = terminal.type("verify", file)
    assert (told.code, "give it with --record" in told.out) == (0, True)


@pytest.mark.parametrize("how", [(), ("--json",)])
def test_a_foreign_proof_gives_no_orders_to_the_terminal(
    terminal: Terminal, tmp_path: Path, how: tuple[str, ...]
) -> None:
    instance_id = sent(terminal)
    file = tmp_path / "x.json"
    terminal.type("proof", instance_id, "--out", file)
    odd = replace(read_proof(file.read_bytes())[0], instance_id="\x1b[2J\x9b2J\u202eok")
    file.write_bytes(write_proof(odd))
    told = terminal.type("verify", file, *how)
    shown = told.out + told.err
    assert "u001b[2J" in shown
    assert not {"\x1b", "\x9b", "\u202e"} & set(shown)


def test_what_cannot_be_proved_or_verified_is_told(terminal: Terminal, tmp_path: Path) -> None:
    with Workspace.open(terminal.home) as workspace:
        waiting = add_draft(workspace.store)
    told = terminal.type("proof", waiting, "--out", tmp_path / "x.json")
    assert (told.code, "there is a proof once the region has taken it" in told.err) == (ExitCode.FAILED, True)
    assert terminal.type("proof", waiting, "--out", tmp_path / "x.txt").code == ExitCode.USAGE
    (tmp_path / "x.json").write_text("{}")
    told = terminal.type("verify", tmp_path / "x.json")
    assert (told.code, "is not a proof of filing" in told.err) == (ExitCode.FAILED, True)
    assert terminal.type("verify", tmp_path / "none.json").code == ExitCode.USAGE


def test_status_tells_what_the_region_asks_and_what_it_does_not_confirm(terminal: Terminal) -> None:
    with Workspace.open(terminal.home) as workspace:
        returned, missing = send(workspace.store), freeze(workspace.store, 2)
        workspace.store.instances.mark_submitted(missing, at(12))
        workspace.store.instances.mark_returned(returned, "Le titre.\nLe lieu.")
        connection = workspace.store._connection
        with connection.write():
            connection.run("INSERT INTO made_entities SELECT seq, 'dossiers', 'e' FROM instances WHERE seq = 2")
        workspace.store.facts.set("returns.essai.at", at(60 * 24 * 31).isoformat())
        workspace.store.accounts.put(Account("essai", "https://region.example", 1, "Essai"))
    told = terminal.type("status").out
    assert f"to be corrected: {returned} Le titre. Le lieu." in told
    assert f"sent, but not confirmed by the region: {missing}" in told
    assert terminal.type("status", "--json").data["unconfirmed"] == [missing]
