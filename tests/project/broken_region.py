# SPDX-License-Identifier: EUPL-1.2
"""A tour whose Region fails in the way that the second argument names. Run by test_tour.py as a program."""

from __future__ import annotations

import sys
from pathlib import Path

from fieldkit.cli import tour
from sync.server import ReferenceServer
from sync.server.faults import Fault

REFUSAL = b'{"message": "The authenticated actor does not have rights to perform that action.", "code": 403.1}'
FAULTS = {
    "form list": Fault(path="formList", status=500, body=b"<html>broken</html>", times=-1),
    "refusal": Fault(
        path="POST .*submission", status=403, body=REFUSAL, headers={"Content-Type": "application/json"}, times=-1
    ),
}


def open_server(folder: Path) -> ReferenceServer:
    server = ReferenceServer(folder)
    server.faults.add(FAULTS[sys.argv[2]])
    return server


if __name__ == "__main__":
    sys.exit(tour.run(Path(sys.argv[1]), open_server=open_server))
