# SPDX-License-Identifier: EUPL-1.2
"""Time, pages and size of every PDF that the program prints, from the shipped forms, answers and guides.

    python bench/printing.py [--rounds 5] [--json]

`first` is in a process that has printed nothing yet: it includes the import of reportlab and the reading of the fonts.
`again` is the median of the following rounds. The target is the blank diagnostic under 2 s, the first time included.
"""

from __future__ import annotations

import argparse
import io
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import resources
from fieldkit import printing
from fieldkit.answer_files import fill
from fieldkit.comparison import territory_scores
from fieldkit.diagnostic import read_scores
from fieldkit.guides import load_guides
from fieldkit.shipped_forms import read_media
from forms import FormSession, load_form

PRINTED_AT = datetime(2026, 11, 22, 19, 45, tzinfo=UTC)
VERSION_REF = "/data/identite/version"
MAX_BLANK_SECONDS = 2.0

Printer = Callable[[], bytes]


@dataclass(frozen=True)
class Measure:
    """One document: times in milliseconds, size in kilobytes (1000 bytes)."""

    document: str
    first_ms: float
    again_ms: float
    pages: int
    kilobytes: float


def printers() -> dict[str, Printer]:
    """Return what to print by name; forms and sessions are made here, outside of the time."""
    forms = {
        name: load_form(resources.read_bytes("forms", f"{name}.xml"), read_media)
        for name in ("diagnostic_territorial", "mon_smart_village")
    }

    def filled(form: str, answers: str) -> FormSession:
        session = FormSession(forms[form], now=lambda: PRINTED_AT)
        fill(session, json.loads(resources.read_text("forms", "answers", f"{answers}.json")))
        return session

    blank = forms["diagnostic_territorial"]
    record = filled("diagnostic_territorial", "diagnostic_express_perwez")
    application = filled("mon_smart_village", "application_perwez")
    mine = read_scores(record)
    communes = ("jodoigne", "incourt", "ramillies")
    others = [read_scores(filled("diagnostic_territorial", f"diagnostic_express_{name}")) for name in communes]
    territory = territory_scores([mine, *others])
    guides = load_guides()

    def print_blank(version: str) -> Printer:
        answers = {VERSION_REF: version} if version else {}
        return lambda: printing.blank_form_pdf(blank, answers=answers, printed_at=PRINTED_AT)

    return {
        "blank diagnostic, complete": print_blank("complet"),
        "blank diagnostic, express": print_blank("express"),
        "blank diagnostic, version open": print_blank(""),
        "blank application": lambda: printing.blank_form_pdf(forms["mon_smart_village"], printed_at=PRINTED_AT),
        "record, express diagnostic": lambda: printing.record_pdf(record, printed_at=PRINTED_AT),
        "record, application": lambda: printing.record_pdf(application, printed_at=PRINTED_AT),
        "report of a diagnostic": lambda: printing.diagnostic_pdf(mine, territory, printed_at=PRINTED_AT),
        "application dossier": lambda: printing.application_pdf(application, printed_at=PRINTED_AT),
        "one guide": lambda: printing.guide_pdf(guides[0], printed_at=PRINTED_AT),
        "booklet of all guides": lambda: printing.booklet_pdf(guides, "Livret", printed_at=PRINTED_AT),
    }


def timed(printer: Printer) -> tuple[float, bytes]:
    begin = time.perf_counter()
    pdf = printer()
    return (time.perf_counter() - begin) * 1000, pdf


def count_pages(pdf: bytes) -> int:
    import pypdfium2

    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    try:
        return len(document)
    finally:
        document.close()


def measure(document: str, rounds: int) -> Measure:
    """Measure one document in this process, which must not have printed before."""
    printer = printers()[document]
    first, pdf = timed(printer)
    again = statistics.median(timed(printer)[0] for _ in range(rounds))
    return Measure(document, round(first, 1), round(again, 1), count_pages(pdf), round(len(pdf) / 1000, 1))


def measure_apart(document: str, rounds: int) -> Measure:
    """Measure one document in a process of its own."""
    command = [sys.executable, __file__, "--only", document, "--rounds", str(rounds)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    return Measure(**json.loads(run.stdout))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="how often each document is printed again")
    parser.add_argument("--json", action="store_true", help="one line of JSON instead of the table")
    parser.add_argument("--only", metavar="DOCUMENT", help="measure one document in this very process, as JSON")
    arguments = parser.parse_args()
    if arguments.only:
        print(json.dumps(asdict(measure(arguments.only, arguments.rounds))))
        return 0
    measures = [measure_apart(document, arguments.rounds) for document in printers()]
    kept = measures[0].first_ms < MAX_BLANK_SECONDS * 1000
    if arguments.json:
        print(json.dumps({"bench": "printing", "ok": kept, "documents": [asdict(each) for each in measures]}))
    else:
        print(f"{'document':34}{'first':>9}{'again':>9}{'pages':>7}{'size':>10}")
        for each in measures:
            size = f"{each.kilobytes:.0f} kB"
            print(f"{each.document:34}{each.first_ms:6.0f} ms{each.again_ms:6.0f} ms{each.pages:7}{size:>10}")
        print(f"blank diagnostic under {MAX_BLANK_SECONDS:g} s, the first time included: {'yes' if kept else 'NO'}")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
