# SPDX-License-Identifier: EUPL-1.2
"""Runs a daemon as long as this process's input is open: `leashed.py PASSWORD DAEMON …`; says its number.

However a test ends, kill -9 included, the input then ends and the daemon with it. PASSWORD is what the daemon reads.
"""

from __future__ import annotations

import subprocess
import sys

password, *command = sys.argv[1:]
with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as daemon:
    try:
        assert daemon.stdin is not None
        daemon.stdin.write(password.encode())
        daemon.stdin.close()
        print(daemon.pid, flush=True)  # noqa: T201
        sys.stdin.buffer.read()
    finally:
        daemon.kill()
