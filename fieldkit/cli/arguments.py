# SPDX-License-Identifier: EUPL-1.2
"""The arguments of the command line, with their help in plain words."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from fieldkit.cli.answer import MEANINGS
from fieldkit.cli.arguments_exchange import add_exchange
from fieldkit.cli.command import add
from fieldkit.instance import State
from fieldkit.version import VERSION

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from fieldkit.cli.command import Commands

_DESCRIPTION = """\
Fills, understands, prints and sends forms without a network.
Without a command, the window opens."""

_EPILOG = """\
exit codes:
{codes}

The workspace is the folder FIELDKIT_HOME, else the data folder of the user.
Each command explains itself: fieldkit fill --help"""


def build_parser() -> ArgumentParser:
    """Return the parser of everything; each command sets `run` to the name of its function."""
    codes = "\n".join(f"  {int(code):3}  {meaning}" for code, meaning in MEANINGS.items())
    parser = argparse.ArgumentParser(
        prog="fieldkit",
        description=_DESCRIPTION,
        epilog=_EPILOG.format(codes=codes),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"Field Kit {VERSION}")
    parser.add_argument("--workspace", metavar="DIR", default="", help="the workspace folder, in place of the user's")
    commands = parser.add_subparsers(title="commands", dest="command", metavar="COMMAND")
    _add_authoring(commands)
    _add_reading(commands)
    add_exchange(commands)
    _add_printing(commands)
    _add_proving(commands)
    _add_packs(commands)
    _add_showing(commands)
    return parser


def _add_authoring(commands: Commands) -> None:
    check = add(
        commands,
        "check",
        "authoring.check",
        "Read a form and say what is wrong with it, and where. XForms (.xml) are read as they are, XLSForms (.md,"
        " .xlsx, .xls, .csv) are compiled first.",
    )
    check.add_argument("form", metavar="FORM", help="a file, or the name of a shipped form")
    fill = add(
        commands,
        "fill",
        "authoring.fill",
        "Put answers into a form and write the instance, for authors who test a form. If an answer finds no place or"
        " a rule is broken, all of them are told and nothing is written.",
    )
    fill.add_argument("form", metavar="FORM", help="a file, or the name of a shipped form")
    fill.add_argument(
        "--answers",
        metavar="FILE",
        required=True,
        help="JSON: groups as objects, repeats as lists of objects, answers as texts; keys are names, paths or refs",
    )
    fill.add_argument("--out", metavar="INSTANCE.xml", required=True, help="where to write the instance")
    fill.add_argument("--draft", action="store_true", help="write a draft: no rule is checked, nothing is left out")
    fill.add_argument("--language", metavar="NAME", default="", help="the language of the messages, such as de")


def _add_reading(commands: Commands) -> None:
    add(commands, "forms", "reading.forms", "List the blank forms that can be filled.")
    records = add(commands, "records", "reading.records", "List the records, the last changed first.")
    records.add_argument("--search", metavar="WORDS", default="", help="only those with these words in name or commune")
    records.add_argument("--state", choices=[str(state) for state in State], help="only those in this state")
    records.add_argument("--form", metavar="ID", default="", help="only those of this form")
    records.add_argument("--commune", metavar="NIS", default="", help="only those of this commune")
    records.add_argument("--limit", metavar="N", type=int, default=200, help="at most so many (default: 200)")
    records.add_argument(
        "--export",
        metavar="FILE",
        help="write the answers of all records of --form as a table: .csv, .xlsx, or .db for SQLite",
    )
    records.add_argument(
        "--received", action="store_true", help="with --export: also records of others that `staff pull` brought"
    )
    add(commands, "status", "reading.status", "Say where the workspace is, what it holds and what waits to be sent.")

    lift = add(
        commands,
        "lift",
        "lifting.lift",
        "Bring a draft to another version of its form. What no longer fits or has no place any more is told; the draft"
        " of before is kept for --undo.",
    )
    lift.add_argument("instance_id", metavar="RECORD", help="the record, as `fieldkit records` lists it")
    lift.add_argument("--to", metavar="VERSION", default="", help="the version (default: the latest)")
    lift.add_argument("--dry-run", action="store_true", help="only tell what would happen")
    lift.add_argument(
        "--undo", action="store_true", help="bring back the draft of before, with what was answered since"
    )


def _add_printing(commands: Commands) -> None:
    printing = commands.add_parser("print", help="make PDF pages", description="Make PDF pages, ready for the printer.")
    pages = printing.add_subparsers(title="what to print", dest="page", metavar="PAGE", required=True)
    blank = add(pages, "blank", "pages.blank", "Print a form to fill by hand.")
    blank.add_argument("form", metavar="FORM", help="a form of the workspace, a file, or a shipped form")
    blank.add_argument(
        "--settle", metavar="REF=VALUE", action="append", default=[], type=_settling,
        help="answer this one before printing: what it rules out is left out",
    )  # fmt: skip
    for name, run, text in (
        ("record", "pages.record", "Print the answers of one record."),
        ("diagnostic", "pages.report", "Print the report of a territorial diagnostic."),
        ("application", "pages.dossier", "Print a project application as it is handed in."),
    ):
        add(pages, name, run, text).add_argument("record", metavar="RECORD", help="the id that `records` shows")
    guide = add(pages, "guide", "pages.guide", "Print a guide of the toolkit, or several as a booklet.")
    guide.add_argument("guide", metavar="GUIDE", nargs="+", help="such as G01")
    guide.add_argument("--title", metavar="TITLE", default="Boîte à outils", help="the title of a booklet")
    guide.add_argument(
        "--language", metavar="CODE", default="fr", help="fr, de, en or nl, where there is a translation"
    )
    for page in pages.choices.values():
        page.add_argument("--out", metavar="FILE.pdf", required=True, help="where to write the pages")


def _add_proving(commands: Commands) -> None:
    proof = add(
        commands,
        "proof",
        "proving.prove",
        "Write the proof that a record was filed: what was sent, what the region answered, by both clocks.",
    )
    proof.add_argument("record", metavar="RECORD", help="the id that `records` shows")
    proof.add_argument("--out", metavar="FILE", required=True, type=_proof_file, help="X.pdf, or X.json for `verify`")
    verify = add(
        commands,
        "verify",
        "proving.verify",
        "Check a proof of filing without a network. Says what it shows and what it does not.",
    )
    verify.add_argument("file", metavar="FILE.json", help="what `proof` wrote")
    verify.add_argument("--record", metavar="XML", default="", help="the record (default: the workspace's)")


def _add_packs(commands: Commands) -> None:
    text = "Guides and calls that a region signs and sends as media of its catalogue form."
    pack = commands.add_parser("pack", help="guides and calls that a region signs", description=text)
    acts = pack.add_subparsers(title="what to do", dest="act", metavar="ACT", required=True)
    key = add(acts, "key", "packs.key", "Make the key that signs a region's packs, and tell its fingerprint.")
    key.add_argument("--out", metavar="FILE", required=True, help="where to write it; never over another file")
    make = add(
        acts,
        "make",
        "packs.make",
        "Make the signed pack of a folder: pack.json says what it is, guides/ or calls/ what is in it. What cannot be"
        " used is told, and nothing is written.",
    )
    make.add_argument("folder", metavar="DIR", help="the folder")
    make.add_argument("--key", metavar="FILE", required=True, help="what `pack key` wrote")
    make.add_argument("--out", metavar="X.zip", required=True, help="where to write the pack")
    check = add(acts, "check", "packs.check", "Read a pack as a workspace would, and say what is in it and who signed.")
    check.add_argument("pack", metavar="X.zip", help="the pack")
    add(acts, "list", "packs.list_packs", "List the packs received, and the keys that wait for an answer.")
    trust = add(
        acts,
        "trust",
        "packs.trust",
        "Use what a key signed, for the account that it came through. Compare its fingerprint with the region first.",
    )
    trust.add_argument("whom", metavar="ACCOUNT|FINGERPRINT", help="as `pack list` tells them")
    trust.add_argument("--replace", action="store_true", help="in place of the key that is trusted now")
    trust.add_argument("--withdraw", action="store_true", help="take the trust back")


def _add_showing(commands: Commands) -> None:
    serve = add(
        commands,
        "serve",
        "serving.serve",
        "Run the reference regional server, for training and demonstrations. The first time it gets the shipped forms"
        " and a user, whose invitation is printed. It speaks plain HTTP.",
        json=False,
    )
    serve.add_argument("--data", metavar="DIR", type=Path, required=True, help="where it keeps what it receives")
    serve.add_argument("--port", metavar="N", type=_port, default=8383, help="the port (default: 8383; 0: a free one)")
    serve.add_argument(
        "--host", metavar="ADDRESS", default="127.0.0.1", help="the address (default: this computer only)"
    )
    serve.add_argument("--user", metavar="NAME", action="append", help="make this user too and print the invitation")
    serve.add_argument(
        "--admin",
        metavar="EMAIL",
        help="who may look at what arrived, in a browser; the password: FIELDKIT_ADMIN_PASSWORD, or it is asked",
    )
    serve.add_argument(
        "--fault",
        metavar="NAME[=TIMES]",
        action="append",
        help="for demonstrations: go wrong so many times (default: 1; all: always). answer-lost, cut, false-deleted,"
        " bad-gateway, portal, too-large, busy, broken, slow",
    )
    serve.add_argument(
        "--entity-delay",
        metavar="SECONDS",
        type=_seconds,
        default=0.0,
        help="make entities so much later, as Central does",
    )
    serve.add_argument(
        "--domain",
        metavar="URL",
        default="",
        help="the address that answers name, as a server behind another name does (default: the one it listens at)",
    )
    tour = add(
        commands,
        "tour",
        "serving.tour",
        "Walk the whole way once, without a display: a diagnostic, its results, an application, its sending.",
        json=False,
    )
    tour.add_argument("--out", metavar="DIR", required=True, help="where to leave the pictures, pages and the report")


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 <= seconds <= 86_400:
        raise argparse.ArgumentTypeError("write seconds, from 0 to 86400")
    return seconds


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return port


def _proof_file(text: str) -> str:
    if not text.lower().endswith((".pdf", ".json")):
        raise argparse.ArgumentTypeError("name it .pdf or .json")
    return text


def _settling(text: str) -> str:
    if "=" not in text or not text.startswith("/"):
        raise argparse.ArgumentTypeError("write it as /data/group/question=value")
    return text
