# SPDX-License-Identifier: EUPL-1.2
"""The one place that calls requests: a kept connection, no proxy or netrc of the environment, no redirect followed.

Contract, section 7: with `trust_env` a ~/.netrc entry replaces our Bearer by Basic, and REQUESTS_CA_BUNDLE overrides
the session's certificates; a redirected POST becomes a GET whose 200 looks like success.
"""

from __future__ import annotations

import logging
import socket
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from sync.addresses import redact
from sync.classify import MAX_ANSWER_BYTES, Answer
from sync.errors import (
    BadServerData,
    Cancelled,
    Intercepted,
    Interrupted,
    Offline,
    SyncError,
    UntrustedCertificate,
    WrongAddress,
)
from sync.halt import Halt

if TYPE_CHECKING:
    from collections.abc import Mapping

    import requests
    from requests.adapters import HTTPAdapter
    from urllib3.exceptions import HTTPError

    from sync.multipart import MultipartBody

    Trouble: TypeAlias = requests.RequestException | HTTPError | OSError

# Node closes an idle connection after 5 s; a request on one that is just being closed is lost (contract, section 4).
FRESH_SECONDS = 4.0
BLOCK = 65_536
# What the system keeps of a body on its way out (Linux doubles it). Its own choice may be megabytes: at 4 kB/s they
# take longer to drain than an answer is waited for, and progress would tell what has not left yet.
SEND_BUFFER = 32_768
TALKATIVE = ("urllib3.connection", "urllib3.connectionpool", "urllib3.util.retry")


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds. `sending` bounds each block of a body that leaves, so it stays well above a slow line's needs."""

    connecting: float = 15.0
    sending: float = 60.0
    answer: float = 90.0


class Transport:
    """Sends requests one after the other over a kept connection; `close()` when done."""

    def __init__(self, user_agent: str, *, patience: Patience, ca_bundle: str = "", proxy: str = "") -> None:
        self._user_agent = user_agent
        self._patience = patience
        self._options = (user_agent, patience, ca_bundle, proxy)
        self.halt = Halt()  # of this one and its twins
        self._verify: bool | str = ca_bundle or True
        self._proxies = {"http": proxy, "https": proxy} if proxy else {}
        self._session: requests.Session | None = None
        self._used_at = 0.0

    def twin(self) -> Transport:
        """Return another one with the same options and no connection yet."""
        user_agent, patience, ca_bundle, proxy = self._options
        made = Transport(user_agent, patience=patience, ca_bundle=ca_bundle, proxy=proxy)
        made.halt = self.halt
        return made

    def close(self) -> None:
        """Close the connections; the next request opens new ones."""
        if self._session is not None:
            self._session.close()
            self._session = None

    def get(self, url: str, headers: Mapping[str, str], *, max_bytes: int, what: str) -> Answer:
        """GET, once more if a kept connection turns out dead; BadServerData beyond `max_bytes` (`what` names it)."""
        kept = self._is_fresh()
        try:
            return self._get(url, headers, max_bytes, what)
        except Interrupted:
            if not kept:
                raise
            self.close()
            return self._get(url, headers, max_bytes, what)

    def delete(self, url: str, headers: Mapping[str, str], *, max_bytes: int, what: str) -> Answer:
        """DELETE once; otherwise as `get`."""
        self._is_fresh()
        return self._ask("DELETE", url, headers, max_bytes, what)

    def _get(self, url: str, headers: Mapping[str, str], max_bytes: int, what: str) -> Answer:
        return self._ask("GET", url, headers, max_bytes, what)

    def _ask(self, method: str, url: str, headers: Mapping[str, str], max_bytes: int, what: str) -> Answer:
        timeout = (self._patience.connecting, self._patience.answer)
        options: dict[str, Any] = {"stream": True, "allow_redirects": False, "verify": self._verify}
        try:
            with self._ready().request(method, url, headers=dict(headers), timeout=timeout, **options) as response:
                return self._read(response, max_bytes, what)
        except _troubles() as error:
            raise self._trouble(error, bytes_sent=None) from None

    def post(self, url: str, headers: Mapping[str, str], body: MultipartBody) -> Answer:
        """POST once, streamed; Offline if nothing left, Interrupted if something may have arrived."""
        self._is_fresh()
        timeout = (self._patience.sending, self._patience.answer)
        headers = {**headers, "Content-Type": body.content_type, "Content-Length": str(len(body))}
        try:
            with self._ready().post(
                url, data=body, headers=headers, timeout=timeout, stream=True, allow_redirects=False,
                verify=self._verify,
            ) as response:  # fmt: skip
                return self._read(response, MAX_ANSWER_BYTES, "answer")
        except _troubles() as error:
            raise self._trouble(error, bytes_sent=body.bytes_read) from None
        except BadServerData:
            raise Intercepted("an answer without end") from None
        except SyncError:  # the sender stopped in mid-body: this connection is of no more use
            self.close()
            raise
        finally:
            body.close()

    def send(self, method: str, url: str, headers: Mapping[str, str], content: bytes) -> Answer:
        """POST, PATCH or DELETE a small JSON body, once; Offline if nothing left, Interrupted if it may have arrived.

        Over a connection of its own: of a kept one that the server is just closing, nobody could tell.
        """
        import requests

        self.close()
        headers = {**headers, "Content-Type": "application/json"}
        timeout = (self._patience.connecting, self._patience.answer)
        try:
            with self._ready().request(
                method, url, data=content, headers=headers, timeout=timeout, stream=True, allow_redirects=False,
                verify=self._verify,
            ) as response:  # fmt: skip
                return self._read(response, MAX_ANSWER_BYTES, "answer")
        except (requests.RequestException, OSError) as error:
            raise self._trouble(error, bytes_sent=None) from None

    def _is_fresh(self) -> bool:
        """Drop a connection that was idle for too long; return whether one may be reused."""
        if self._session is not None and time.monotonic() - self._used_at > FRESH_SECONDS:
            self.close()
        return self._session is not None

    def _ready(self) -> requests.Session:
        if self.halt.is_set:
            raise Cancelled
        if self._session is None:
            for name in TALKATIVE:
                logging.getLogger(name).addFilter(_REDACTING)  # the same one again changes nothing
            session = _session()
            for scheme in ("https://", "http://"):
                session.mount(scheme, _adapter(self.halt))
            session.trust_env = False
            session.proxies.update(self._proxies)
            session.headers["User-Agent"] = self._user_agent
            self._session = session
        return self._session

    def _read(self, response: requests.Response, max_bytes: int, what: str) -> Answer:
        blocks, size = [], 0
        redirected = 300 <= response.status_code < 400 and response.status_code != 304
        for block in () if redirected else response.iter_content(BLOCK):  # what a redirect shows is read by nobody
            size += len(block)
            if size > max_bytes:
                raise BadServerData(what, f"more than {max_bytes} bytes")
            blocks.append(block)
        self._used_at = time.monotonic()
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, headers, b"".join(blocks))

    def _trouble(self, error: Trouble, *, bytes_sent: int | None) -> SyncError:
        """Sort an exception; its text may hold the address, so it is redacted and never chained.

        `bytes_sent` of the body; None for a request that has none.
        """
        import requests
        from urllib3.exceptions import LocationParseError  # noqa: PLC0415

        self.close()
        text = redact(str(error))
        if self.halt.is_set:
            return Cancelled(text)
        if isinstance(error, requests.exceptions.InvalidURL | LocationParseError):
            return WrongAddress(text)  # a host that no network can have
        if isinstance(error, requests.exceptions.SSLError) and "CERTIFICATE_VERIFY_FAILED" in text:
            return UntrustedCertificate(text)
        if bytes_sent or (bytes_sent is None and not _never_connected(error)):
            return Interrupted(text)
        return Offline(text)


class _Redacting(logging.Filter):
    """Takes the tokens out of the addresses that urllib3 logs; a garbled answer is enough for a warning with one."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = redact(record.getMessage()), ()
        return True


_REDACTING = _Redacting()


def _troubles() -> tuple[type[Trouble], ...]:
    """Return what requests raises; some errors of urllib3 (a host that is none) come through it as they are."""
    import requests
    from urllib3.exceptions import HTTPError  # noqa: PLC0415

    return requests.RequestException, HTTPError, OSError


def _session() -> requests.Session:
    """Return a session that looks at no redirect.

    requests prepares the next request even where none is followed: for that it reads the whole body, however long, and
    the address, which may be none.
    """
    import requests

    class Blind(requests.Session):
        def get_redirect_target(self, resp: requests.Response) -> None:
            return None

    return Blind()


def _adapter(halt: Halt) -> HTTPAdapter:
    """Return the adapter of requests, its sockets with a send buffer of known size and known to `halt`."""
    from requests.adapters import HTTPAdapter
    from urllib3.connection import HTTPConnection, HTTPSConnection  # noqa: PLC0415
    from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool  # noqa: PLC0415

    class Held(HTTPConnection):
        def connect(self) -> None:
            super().connect()
            halt.hold(self.sock)

    class HeldSafely(HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            halt.hold(self.sock)

    class Pool(HTTPConnectionPool):
        ConnectionCls = Held

    class SafePool(HTTPSConnectionPool):
        ConnectionCls = HeldSafely

    class Narrow(HTTPAdapter):
        def init_poolmanager(self, *args: Any, **options: Any) -> None:
            buffer = (socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
            options["socket_options"] = [*HTTPConnection.default_socket_options, buffer]
            super().init_poolmanager(*args, **options)
            self.poolmanager.pool_classes_by_scheme = {"http": Pool, "https": SafePool}

    return Narrow()


def _never_connected(error: Trouble) -> bool:
    """Tell whether the connection itself failed: no such host, refused, no answer in time."""
    import requests
    from urllib3.exceptions import NewConnectionError, ProxyError  # noqa: PLC0415

    cause = getattr(error.args[0] if error.args else None, "reason", None)
    return isinstance(error, requests.exceptions.ConnectTimeout) or isinstance(cause, NewConnectionError | ProxyError)
