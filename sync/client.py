# SPDX-License-Identifier: EUPL-1.2
"""The client of the regional API: one account at one project, over HTTP.

The token goes as a Bearer header, so that no address holds it; a server that only knows it in the path is spoken to
that way once the probe has found out (contract, fact 7). It never goes to another host.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from copy import copy
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import quote, urljoin, urlsplit

from sync.addresses import check_origin, own_address
from sync.catalogue import MAX_LIST_BYTES, read_form_list, read_integrity, read_manifest
from sync.classify import (
    MAX_ANSWER_BYTES,
    Action,
    Answer,
    check_reading,
    classify_submission,
    json_of,
    redirect_host,
    server_time,
)
from sync.errors import BadServerData, Intercepted, Interrupted, NotAuthorized, Reason, Refused, SyncError, WrongAddress
from sync.multipart import MultipartBody
from sync.protocol import Account, FormEntry, MediaEntry, Probe, Receipt, SubmissionFile
from sync.safe_xml import MAX_XML_BYTES, UnsafeXmlError, parse_xml
from sync.transport import Patience, Transport

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MAX_MEDIUM_BYTES = 200_000_000
MAX_HOPS = 3
IDS_AT_ONCE = 50  # of 36 characters each: an address of 2,000 characters passes every proxy
OPENROSA = {"X-OpenRosa-Version": "1.0"}


class RegionClient:
    """A `sync.protocol.Region`. Lists and manifests are asked with their ETag: an unchanged one costs 300 bytes."""

    def __init__(
        self,
        account: Account,
        token: str,
        *,
        patience: Patience | None = None,
        user_agent: str = "FieldKit",
        device_id: str = "",
        ca_bundle: str = "",
        proxy: str = "",
    ) -> None:
        """InsecureAddress unless the account's address is https or this computer; nothing is sent yet."""
        self._origin = check_origin(account.url)
        self._project = account.project
        self._token = token
        self._by_path = False
        self._device = f"?deviceID={device_id}" if device_id.isascii() and device_id.replace("-", "").isalnum() else ""
        self._seen: dict[str, Answer] = {}
        self._heard_at: datetime | None = None
        self._accepts = 0
        self._recalled: dict[str, Answer] = {}
        self._transport = Transport(user_agent, patience=patience or Patience(), ca_bundle=ca_bundle, proxy=proxy)

    def close(self) -> None:
        """Close the connections; the object can still be used."""
        self._transport.close()

    def halt(self) -> None:
        """End what is under way, here and in the twins, from any thread."""
        self._transport.halt.set()

    def resume(self) -> None:
        """Let what comes next go on."""
        self._transport.halt.clear()

    @property
    def heard_at(self) -> datetime | None:
        """The server's clock in its last answer."""
        return self._heard_at

    @property
    def accepts(self) -> int:
        """The `X-OpenRosa-Accept-Content-Length` of its last answer that had one: none is asked for it."""
        return self._accepts

    def twin(self) -> RegionClient:
        """Return another client of the same account, for another thread; to be closed like this one."""
        made = copy(self)
        made._seen, made._recalled, made._transport = {}, {}, self._transport.twin()
        return made

    def probe(self) -> Probe:
        """Ask `sessions/restore`; if Bearer is refused, once more with the token in the path."""
        try:
            return self._probe()
        except NotAuthorized:
            self._by_path = not self._by_path
            try:
                return self._probe()
            except SyncError:
                self._by_path = not self._by_path
            raise

    def _probe(self) -> Probe:
        try:
            answer = self._get(self._address("/sessions/restore"), "probe", max_bytes=MAX_ANSWER_BYTES)
        except BadServerData:  # longer than any answer to this: a portal's page
            raise Intercepted from None
        value = json_of(answer)
        try:
            ends = datetime.fromisoformat(value["expiresAt"])
            datetime.fromisoformat(value["createdAt"])
        except (ValueError, KeyError, TypeError):
            raise Intercepted(status=answer.status) from None
        return Probe(None if ends.year >= 9999 else ends)

    def form_list(self) -> tuple[FormEntry, ...]:
        """Return the forms that the account may fill."""
        return read_form_list(self._get_openrosa(self._address(f"/projects/{self._project}/formList"), "form list"))

    def form_xml(self, entry: FormEntry) -> bytes:
        """Return the definition, its md5 and its harmlessness checked."""
        answer = self._get(self._own(entry.download_url, entry.form_id), entry.form_id, max_bytes=MAX_XML_BYTES)
        check_md5(answer, entry.hash, entry.form_id)
        try:
            parse_xml(answer.body)
        except UnsafeXmlError as error:
            raise BadServerData(entry.form_id, error.cause) from None
        return answer.body

    def manifest(self, entry: FormEntry) -> tuple[MediaEntry, ...]:
        """Return the media that the server has for the form."""
        if not entry.manifest_url:
            return ()
        what = f"manifest of {entry.form_id}"
        return read_manifest(self._get_openrosa(self._own(entry.manifest_url, what), what), entry.form_id)

    def media(self, file: MediaEntry) -> bytes:
        """Return one medium; a server that keeps its files elsewhere redirects to them, without our token."""
        url, with_token = self._own(file.download_url, file.name), True
        for _ in range(MAX_HOPS):
            answer = self._send_get(url, file.name, max_bytes=MAX_MEDIUM_BYTES, with_token=with_token)
            if answer.status not in {302, 307} or not answer.headers.get("location"):
                break
            url, with_token = self._redirected(url, answer), False
        check_reading(answer, openrosa=False)
        if not file.is_entity_list:
            check_md5(answer, file.hash, file.name)
        elif is_endless(answer):
            raise Interrupted("a list that may be cut")
        return answer.body

    def deleted_entities(self, file: MediaEntry, ids: Sequence[str]) -> frozenset[str]:
        """Ask the list's `integrityUrl`, some ids at a time."""
        found: set[str] = set()
        address = self._own(file.integrity_url, file.name)
        for start in range(0, len(ids), IDS_AT_ONCE):
            asked = quote(",".join(ids[start : start + IDS_AT_ONCE]), safe=",")
            answer = self._get(
                f"{address}{'&' if '?' in address else '?'}id={asked}", file.name, max_bytes=MAX_LIST_BYTES
            )
            found |= read_integrity(answer.body, f"integrity of {file.name}")
        return frozenset(found & set(ids))

    def revoke(self) -> None:
        """DELETE `sessions/current`, which names no token; at a server that does not take that word, by the token."""
        headers = self._headers(with_token=True)
        for name in ("current", quote(self._token, safe="")):
            url = self._address(f"/sessions/{name}")
            answer = self._transport.delete(url, headers, max_bytes=MAX_ANSWER_BYTES, what="session")
            if answer.status not in {403, 404}:
                break
        try:
            check_reading(answer, openrosa=False)
            found = json_of(answer)
        except NotAuthorized as error:
            self._check_dead(error)
            return
        if not isinstance(found, dict) or found.get("success") is not True:
            raise Intercepted(status=answer.status)

    def _check_dead(self, error: NotAuthorized) -> None:
        """Return if the token is of no use to anybody; Refused if it lives, and its holder may not end it."""
        try:
            self.probe()
        except NotAuthorized:
            return
        raise Refused(Reason.NO_RIGHT, error.text)

    def _redirected(self, url: str, answer: Answer) -> str:
        try:
            target = urljoin(url, answer.headers["location"])
            if urlsplit(target).scheme == "http" and url.startswith("https:"):
                raise Intercepted(status=answer.status, host=redirect_host(answer))
            check_origin(target)
        except (ValueError, WrongAddress):
            raise Intercepted(status=answer.status) from None
        return target

    def submit(
        self,
        xml: bytes,
        files: Sequence[SubmissionFile] = (),
        *,
        on_bytes: Callable[[int], None] | None = None,
    ) -> Receipt:
        """POST the frozen bytes; returns only if the server says in OpenRosa's words that it has them."""
        body = MultipartBody(xml, files, on_bytes)
        url = self._address(f"/projects/{self._project}/submission{self._device}")
        answer = self._transport.post(url, self._headers(with_token=True), body)
        self._accepts = accepted_bytes(answer) or self._accepts
        outcome = classify_submission(answer)
        if outcome.action is Action.PAUSE and is_cut(answer):
            raise Interrupted("an answer that ends in its headers")
        if error := outcome.error():
            raise error
        self._heard_at = server_time(answer)
        sent_to = f"{self._origin}/v1/projects/{self._project}"
        return Receipt(answer.status, outcome.text, self._heard_at, body.bytes_read, sent_to)

    def recall(self, memory: str) -> None:
        """Take over what `memory` returned in an earlier session; a text that cannot be read is no memory."""
        try:
            self._recalled = {
                url: Answer(200, {"etag": etag}, body.encode()) for url, (etag, body) in json.loads(memory).items()
            }
        except (ValueError, TypeError, AttributeError):
            self._recalled = {}

    def memory(self) -> str:
        """Return the lists of this session with their ETags; "" if the token is in their addresses: it is not kept."""
        kept = {}
        for url, seen in self._seen.items():
            with suppress(UnicodeDecodeError):  # XML in another encoding: it comes down again
                kept[url] = (seen.headers.get("etag", ""), seen.body.decode())
        text = json.dumps(kept, ensure_ascii=False)
        return "" if not kept or self._by_path or self._token in text or "/key/" in text else text

    def _address(self, path: str) -> str:
        key = f"/key/{self._token}" if self._by_path else ""
        return f"{self._origin}/v1{key}{path}"

    def _own(self, url: str, what: str) -> str:
        return own_address(self._origin, url, what)

    def _headers(self, *, with_token: bool) -> dict[str, str]:
        bearer = {"Authorization": f"Bearer {self._token}"} if with_token and not self._by_path else {}
        return OPENROSA | bearer

    def _get(self, url: str, what: str, *, max_bytes: int) -> Answer:
        answer = self._send_get(url, what, max_bytes=max_bytes, with_token=True)
        check_reading(answer, openrosa=False)
        return answer

    def _send_get(self, url: str, what: str, *, max_bytes: int, with_token: bool, etag: str = "") -> Answer:
        headers = self._headers(with_token=with_token) if with_token else {}
        if etag:
            headers["If-None-Match"] = etag
        answer = self._transport.get(url, headers, max_bytes=max_bytes, what=what)
        if with_token:  # another host keeps files: its clock is not the server's
            self._heard_at = server_time(answer) or self._heard_at
            self._accepts = accepted_bytes(answer) or self._accepts
        return answer

    def _get_openrosa(self, url: str, what: str) -> bytes:
        """Return a list's XML, from the last answer if the server says that it is unchanged."""
        seen = self._seen.get(url) or self._recalled.get(url)
        etag = seen.headers.get("etag", "") if seen else ""
        answer = self._send_get(url, what, max_bytes=MAX_LIST_BYTES, with_token=True, etag=etag)
        check_reading(answer, openrosa=True)
        if answer.status == 304 and seen is not None:
            answer = seen
        self._seen[url] = answer
        return answer.body


def is_cut(answer: Answer) -> bool:
    """Tell whether the line broke in the headers of a success: what is left of it does not even say how long it is."""
    return answer.status in {201, 202} and is_endless(answer)


def is_endless(answer: Answer) -> bool:
    """Tell whether an answer does not say where it ends: then it looks the same when the line breaks in its middle."""
    return not {"content-length", "transfer-encoding"} & answer.headers.keys()


def check_md5(answer: Answer, expected: str, what: str) -> None:
    """Raise BadServerData unless the bytes are those that were announced."""
    if hashlib.md5(answer.body, usedforsecurity=False).hexdigest() != expected:
        raise BadServerData(what, "other bytes than announced (md5)")


def accepted_bytes(answer: Answer) -> int:
    """Return the size of a request that the server takes, 0 if the answer does not say (OpenRosa, Form Submission)."""
    text = answer.headers.get("x-openrosa-accept-content-length", "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0
