# SPDX-License-Identifier: EUPL-1.2
"""The parts of a submission: by part name, the file name is ignored, the last of two equal names wins."""

from __future__ import annotations

from contextlib import ExitStack
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING

from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.formparser import MultiPartParser
from werkzeug.http import parse_options_header

from sync.server.answers import multipart_broken, multipart_field_missing

if TYPE_CHECKING:
    from werkzeug.wrappers import Request

MAX_PART_BYTES = 100 * 1024 * 1024


def read_parts(request: Request) -> dict[str, bytes]:
    """Return name to bytes; Problem if the body is no multipart (400), or is broken or compressed (400.39)."""
    kind, options = parse_options_header(request.headers.get("Content-Type"))
    if kind != "multipart/form-data":
        raise multipart_field_missing()
    boundary = options.get("boundary", "").encode("latin-1", "ignore")
    if not boundary or request.headers.get("Content-Encoding"):
        raise multipart_broken()
    with ExitStack() as opened:

        def make_file(*_args: object, **_options: object) -> IO[bytes]:
            return opened.enter_context(SpooledTemporaryFile(max_size=1_000_000))

        parser = MultiPartParser(stream_factory=make_file, max_form_memory_size=MAX_PART_BYTES)
        try:
            fields, files = parser.parse(request.stream, boundary, request.content_length)
        except RequestEntityTooLarge:
            raise
        except (ValueError, HTTPException):
            raise multipart_broken() from None
        parts = {name: value.encode() for name, value in fields.items(multi=True)}
        parts |= {name: part.read() for name, part in files.items(multi=True)}
    return parts
