# SPDX-License-Identifier: EUPL-1.2
"""The body of a submission, read in blocks while it is sent: memory stays flat, its length is known, progress is seen.

Contract, fact 4: with a body given whole, requests lets the connect timeout bound the sending of all of it; in blocks,
of each block. Fact 5: only the name of a part counts, and a quotation mark in one is lost on its way.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import BinaryIO

from sync.errors import Reason, Refused
from sync.protocol import SubmissionFile

BLOCK = 16_384
XML_PART = "xml_submission_file"


class MultipartBody:
    """A readable body of `len(body)` bytes: the XML first, then the files; to be read once, and closed."""

    def __init__(
        self, xml: bytes, files: Sequence[SubmissionFile] = (), on_bytes: Callable[[int], None] | None = None
    ) -> None:
        """Refused(BAD_FILE_NAME) if a part's name could not be written."""
        check_names(files)
        self.boundary = secrets.token_hex(12)  # it is sent three times and more
        self.bytes_read = 0
        self._on_bytes = on_bytes
        heads = [self._head(XML_PART, "submission.xml", "text/xml")]
        heads += [self._head(file.name, file.name, "application/octet-stream") for file in files]
        self._tail = f"--{self.boundary}--\r\n".encode()
        sizes = [len(xml), *(file.size for file in files)]
        self._length = sum(len(head) + size + 2 for head, size in zip(heads, sizes, strict=True)) + len(self._tail)
        self._blocks = self._read_parts(heads, xml, files)
        self._rest = b""

    @property
    def content_type(self) -> str:
        """The header's value."""
        return f"multipart/form-data; boundary={self.boundary}"

    def __len__(self) -> int:
        """Return the number of bytes of the whole body."""
        return self._length

    def __iter__(self) -> Iterator[bytes]:
        """Yield the body in blocks."""
        while block := self.read(BLOCK):
            yield block

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, at most `size`; b"" at the end."""
        while len(self._rest) < size or size < 0:
            block = next(self._blocks, b"")
            if not block:
                break
            self._rest += block
        cut = len(self._rest) if size < 0 else size
        result, self._rest = self._rest[:cut], self._rest[cut:]
        self.bytes_read += len(result)
        if self._on_bytes is not None and result:
            self._on_bytes(self.bytes_read)
        return result

    def close(self) -> None:
        """Close the file that is being read, if any."""
        self._blocks.close()

    def _head(self, name: str, filename: str, kind: str) -> bytes:
        return (
            f'--{self.boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n'
            f"Content-Type: {kind}\r\n\r\n"
        ).encode()

    def _read_parts(
        self, heads: list[bytes], xml: bytes, files: Sequence[SubmissionFile]
    ) -> Generator[bytes, None, None]:
        yield heads[0]
        for start in range(0, len(xml), BLOCK):  # whole, each block read would copy what is left of it
            yield xml[start : start + BLOCK]
        yield b"\r\n"
        for head, file in zip(heads[1:], files, strict=True):
            yield head
            with file.path.open("rb") as stream:
                yield from _blocks_of(stream, file)
            yield b"\r\n"
        yield self._tail


def check_names(files: Sequence[SubmissionFile]) -> None:
    """Raise Refused(BAD_FILE_NAME) if the name of a file would be lost on its way, or break out of its line."""
    for file in files:
        if not file.name or any(char in '"\\/' or ord(char) < 32 for char in file.name):
            raise Refused(Reason.BAD_FILE_NAME, file.name)


def _blocks_of(stream: BinaryIO, file: SubmissionFile) -> Iterator[bytes]:
    """Yield exactly `file.size` bytes, or raise: a file that changed must not go out under a wrong length."""
    left = file.size
    while left:
        block = stream.read(min(BLOCK, left))
        if not block:
            raise Refused(Reason.DAMAGED, file.name)
        left -= len(block)
        yield block
