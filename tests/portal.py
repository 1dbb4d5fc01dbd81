# SPDX-License-Identifier: EUPL-1.2
"""The network of a hotel: whatever is asked, it answers 200 with its own page."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

PAGE = b"<html><title>Wi-Fi</title><form>Connectez-vous</form></html>"


class _Portal(BaseHTTPRequestHandler):
    def answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        assert isinstance(self.server, CaptivePortal)
        self.server.asked.append(self.command)
        self.send_response_only(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(PAGE)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(PAGE)

    do_GET = do_POST = do_HEAD = answer  # noqa: N815 - the names that http.server calls

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


class CaptivePortal(HTTPServer):
    """`asked` holds the method of each request."""

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Portal)
        self.asked: list[str] = []


@contextmanager
def portal_at(url: str) -> Iterator[CaptivePortal]:
    """Stand at the address of a server that has stopped."""
    with CaptivePortal(int(url.rpartition(":")[2])) as portal:
        thread = threading.Thread(target=portal.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield portal
        finally:
            portal.shutdown()
            thread.join()
