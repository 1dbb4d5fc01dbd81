# SPDX-License-Identifier: EUPL-1.2
"""A tour whose Region fails in the way that the second argument names. Run by test_tour.py as a program."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

from fieldkit import application
from fieldkit.answer_files import fill
from fieldkit.cli import tour, tour_acts
from fieldkit.cli.tour_return import ask_correction
from fieldkit.cli.tour_stage import Stage, Through, shipped_answers
from sync.server import ReferenceServer
from sync.server.faults import Fault
from ui import hand

Acts: TypeAlias = tuple[tuple[str, Callable[[Stage], str]], ...]

REFUSAL = b'{"message": "The authenticated actor does not have rights to perform that action.", "code": 403.1}'
FAULTS = {
    "form list": Fault(path="formList", status=500, body=b"<html>broken</html>", times=-1),
    "refusal": Fault(
        path="POST .*submission", status=403, body=REFUSAL, headers={"Content-Type": "application/json"}, times=-1
    ),
    "review": Fault(
        path="PATCH .*submissions/", status=403, body=REFUSAL, headers={"Content-Type": "application/json"}, times=-1
    ),
    "silence": Fault(path="PATCH .*entities/", status=200, body=b"{}", times=-1),
}
BACK = {"review", "silence"}  # what fails on the way back: the way there is cut short


def open_server(folder: Path) -> ReferenceServer:
    server = ReferenceServer(folder)
    server.faults.add(FAULTS[sys.argv[2]])
    return server


def send_application(stage: Stage) -> str:
    """Send an application without a look at it on the way."""
    stage.ids["application"] = instance_id = stage.kit.new_record(application.FORM_ID, commune_nis="25084")
    recorder = stage.kit.recorder(stage.kit.open_session(instance_id))
    with recorder.together():
        fill(Through(recorder), shipped_answers("application_perwez"))
    hand.wait_until(lambda: not stage.kit.connection.running, "the pull does not end")
    stage.kit.store.instances.finalize(instance_id, recorder.session.finalize(), datetime.now(UTC))
    stage.kit.connection.send()
    hand.wait_until(lambda: not stage.kit.connection.running, "sending does not end")
    return instance_id


def short_way(fault: str) -> Acts:
    there = tour_acts.ACTS[:2]
    back = next(act for act in tour_acts.ACTS if act[1] is ask_correction)
    return (*there, ("Send an application", send_application), back) if fault in BACK else tour_acts.ACTS


if __name__ == "__main__":
    tour_acts.ACTS = short_way(sys.argv[2])
    sys.exit(tour.run(Path(sys.argv[1]), open_server=open_server))
