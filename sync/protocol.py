# SPDX-License-Identifier: EUPL-1.2
"""The regional API as the rest of the program sees it: what can be asked, and the plain values that come back.

`sync.client.RegionClient` speaks it over HTTP. All methods may raise any `sync.errors.SyncError`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from fieldkit.account import Account

__all__ = ["Account", "FormEntry", "MediaEntry", "Probe", "Receipt", "Region", "SubmissionFile"]


@dataclass(frozen=True, slots=True)
class Probe:
    """The token lives and this is the real server. `expires_at` is None for an app user, whose token does not end."""

    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class FormEntry:
    """One form of the list. `hash` is the md5 (hex) of the XML; `manifest_url` is "" if the form declares no media."""

    form_id: str
    version: str
    name: str
    hash: str
    download_url: str
    manifest_url: str = ""


@dataclass(frozen=True, slots=True)
class MediaEntry:
    """One medium of a manifest; `name` is a bare file name.

    `hash` is the md5 (hex) of the bytes, but for an entity list: there it only changes when the list does. Its
    `integrity_url` tells which entities were deleted, "" if the server does not say.
    """

    name: str
    hash: str
    download_url: str
    is_entity_list: bool = False
    integrity_url: str = ""


@dataclass(frozen=True, slots=True)
class SubmissionFile:
    """A file that goes with an instance: `name` as the XML has it, `path` where its frozen bytes are."""

    name: str
    path: Path
    size: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """The server took it. `text` is its sentence, `server_at` its clock (None if it gave none).

    `sent_to` is the address of the project, without any token.
    """

    status: int
    text: str
    server_at: datetime | None
    bytes_sent: int
    sent_to: str = ""


class Region(Protocol):
    """One project of one regional server, seen by one account."""

    @property
    def heard_at(self) -> datetime | None:
        """The server's clock in its last answer, aware UTC; None if it gave none yet."""

    @property
    def accepts(self) -> int:
        """How many bytes of one request the server takes, as it said last; 0 if it has not said."""

    def probe(self) -> Probe:
        """Ask who we are: cheap, and proof against captive portals. NotAuthorized if the token is dead."""

    def form_list(self) -> Sequence[FormEntry]:
        """Return the forms that the account may fill; empty if it has no right to any."""

    def form_xml(self, entry: FormEntry) -> bytes:
        """Return the definition; its md5 is that of the entry (BadServerData otherwise)."""

    def manifest(self, entry: FormEntry) -> Sequence[MediaEntry]:
        """Return the media that the server has for the form; one that was never uploaded is missing."""

    def media(self, file: MediaEntry) -> bytes:
        """Return one medium; its md5 is checked unless it is an entity list."""

    def deleted_entities(self, file: MediaEntry, ids: Sequence[str]) -> frozenset[str]:
        """Return those of `ids` that were deleted from an entity list; ids that it never had are not among them."""

    def submit(
        self,
        xml: bytes,
        files: Sequence[SubmissionFile] = (),
        *,
        on_bytes: Callable[[int], None] | None = None,
    ) -> Receipt:
        """Send frozen bytes; only a true 201 or 202 returns.

        `on_bytes` gets the number of bytes handed over so far; what it raises stops the sending and comes out.
        """

    def recall(self, memory: str) -> None:
        """Take over the lists that `memory` told in an earlier session: unchanged ones need not come down again."""

    def memory(self) -> str:
        """Return the lists seen, to be kept for the next session; "" if nothing may be kept."""

    def twin(self) -> Region:
        """Return another one for the same account, with connections of its own: one for each thread."""

    def revoke(self) -> None:
        """End the own token at the server: nobody can use it any more. A token that is dead already is no error."""

    def halt(self) -> None:
        """End what is under way, here and in its twins, from any thread: it raises Cancelled, and so does what follows.

        Until `resume`.
        """

    def resume(self) -> None:
        """Let what comes next go on."""

    def close(self) -> None:
        """Close the connections."""
