# SPDX-License-Identifier: EUPL-1.2
"""What the tour leaves to judge it by: printed pages, and each submission as sent and as received."""

from __future__ import annotations

import hashlib
from functools import partial
from typing import TYPE_CHECKING

from fieldkit import application, diagnostic
from fieldkit.cli.tour_journal import TourError
from fieldkit.collected import DiagnosticShelf, mean_beside
from fieldkit.guides import guide

if TYPE_CHECKING:
    from collections.abc import Callable

    from fieldkit.cli.tour_stage import Stage

GUIDE = "G01"
EXPRESS = {"/data/identite/version": "express"}


def print_pages(stage: Stage) -> str:
    """Print through the window's own preview: blank form, filled record, report, application, guide."""
    from fieldkit import printing
    from ui.paper import show_document

    kit = stage.kit
    mine, project = stage.ids["diagnostic"], stage.ids["application"]
    instances = kit.store.instances
    found = DiagnosticShelf(kit.store)
    shown = found.one(mine).diagnostic
    makers: dict[str, Callable[[], bytes]] = {
        "diagnostic-blank": partial(printing.blank_form_pdf, kit.form(diagnostic.FORM_ID), answers=EXPRESS),
        "diagnostic-record": partial(printing.record_pdf, kit.open_session(mine), instances.get(mine)),
        "diagnostic-report": partial(printing.diagnostic_pdf, shown, mean_beside(shown, found.all())),
        "application": partial(printing.application_pdf, kit.open_session(project), instances.get(project)),
        "guide": partial(printing.guide_pdf, guide(GUIDE)),
    }
    for name, make in makers.items():
        keep_pages(stage, name, partial(show_document, kit, make, name, stage.window))
    return f"{len(makers)} documents"


def keep_pages(stage: Stage, name: str, show: Callable[[], None]) -> None:
    """Let `show` open the preview of a document, and save it from there as pages/NAME.pdf."""
    from ui import hand
    from ui.paper import PaperWindow

    stage.show_theme("light")
    path = stage.out / "pages" / f"{name}.pdf"
    show()
    hand.wait_until(lambda: stage.troubles or stage.window.findChildren(PaperWindow), f"{name} is not printed")
    stage.check()
    preview = stage.window.findChildren(PaperWindow)[0]
    if name == "diagnostic-report":
        hand.picture(preview, stage.out / "pictures" / "paper-light.png")
    preview.save_to(path)
    hand.wait_until(lambda: not stage.window.findChildren(PaperWindow), f"the preview of {name} does not close")
    if not path.read_bytes().startswith(b"%PDF-"):
        raise TourError(f"{path.name} is no PDF")


def compare(stage: Stage) -> str:
    """Read what the server holds and compare it with the frozen bytes; keep both, and one line of proof each."""
    store, total = stage.kit.store, 0
    for form_id in (diagnostic.FORM_ID, application.FORM_ID):
        held = stage.server.submissions(stage.project, form_id, every_version=True)
        received = {one.instance_id: one.xml for one in held}
        mine = [one for one in store.instances.search(form_id=form_id) if one.submitted_at is not None]
        if {one.instance_id for one in mine} != set(received):
            raise TourError(f"{form_id}: {len(mine)} sent, {len(received)} received")
        for one in mine:
            role = next((role for role, known in stage.ids.items() if known == one.instance_id), one.instance_id)
            _prove(stage, role.lower(), store.instances.frozen_xml(one.instance_id), received[one.instance_id])
            total += 1
    different = [proof["role"] for proof in stage.evidence if not proof["equal"]]
    if different:
        raise TourError(f"not the same bytes: {different}")
    return f"{total} submissions, each equal byte for byte"


def _prove(stage: Stage, role: str, sent: bytes, received: bytes) -> None:
    (stage.out / "xml" / f"{role}-sent.xml").write_bytes(sent)
    (stage.out / "xml" / f"{role}-received.xml").write_bytes(received)
    stage.evidence.append(
        {
            "role": role,
            "bytes": len(sent),
            "sha256_sent": hashlib.sha256(sent).hexdigest(),
            "sha256_received": hashlib.sha256(received).hexdigest(),
            "equal": sent == received,
        }
    )
