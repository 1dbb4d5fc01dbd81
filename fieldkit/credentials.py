# SPDX-License-Identifier: EUPL-1.2
"""Tokens: in the system's keyring, or in the memory of this process; never in a file.

Where the machine has no safe keyring every function that needs it raises NoKeyringError. The caller then asks the
user each session and hands the token to `keep_for_session`.
"""

from __future__ import annotations

import threading
from concurrent.futures import Future
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from fieldkit.errors import NoKeyringError

if TYPE_CHECKING:
    from collections.abc import Callable

    from keyring.backend import KeyringBackend

Result = TypeVar("Result")
SERVICE = "fieldkit-wallonia"
PATIENCE = 60.0  # seconds; the user may be asked to unlock the keyring meanwhile
# Keyrings that keep nothing, or that only hand on to others.
_EMPTY_MODULES = ("keyring.backends.fail", "keyring.backends.null")

_session: dict[str, str] = {}
_session_lock = threading.Lock()


def get(account_id: str) -> str | None:
    """Return the token of an account, None if none was kept. NoKeyringError: ask the user."""
    with _session_lock:
        kept = _session.get(account_id)
    if kept is not None:
        return kept
    return _answer(lambda: _safe_keyring().get_password(SERVICE, account_id))


def set(account_id: str, token: str) -> None:
    """Keep the token in the system's keyring. NoKeyringError if there is none, or if it is locked."""
    _answer(lambda: _safe_keyring().set_password(SERVICE, account_id, token))
    with _session_lock:
        _session.pop(account_id, None)


def keep_for_session(account_id: str, token: str) -> None:
    """Keep the token in memory until this process ends; it goes before the one in the keyring."""
    with _session_lock:
        _session[account_id] = token


def is_for_session(account_id: str) -> bool:
    """Return whether the token is in the memory of this process only: the next one will have to ask."""
    with _session_lock:
        return account_id in _session


def forget(account_id: str) -> None:
    """Forget the token here and in the keyring; none kept, or no keyring at all, is not an error."""
    from keyring.errors import PasswordDeleteError

    with _session_lock:
        _session.pop(account_id, None)
    try:
        found = _answer(_safe_keyring)
    except NoKeyringError:
        return

    def delete() -> None:
        with suppress(PasswordDeleteError):
            found.delete_password(SERVICE, account_id)

    _answer(delete)


def available() -> bool:
    """Return whether this machine has a safe keyring (it may still be locked)."""
    try:
        _answer(_safe_keyring)
    except NoKeyringError:
        return False
    return True


def _answer(question: Callable[[], Result]) -> Result:
    """Return what a keyring answers; whatever goes wrong there is a NoKeyringError.

    Backends let through what they stand on: errors of D-Bus and of its sockets when the session's bus dies, those of
    Windows' own calls. A daemon that hangs answers never, and no backend has a time limit: the thread that asks it is
    left alone then.
    """
    answer: Future[Result] = Future()

    def ask() -> None:
        try:
            answer.set_result(question())
        except Exception as error:  # noqa: BLE001 - it is raised below, in the thread that asked
            answer.set_exception(error)

    threading.Thread(target=ask, name="keyring", daemon=True).start()
    try:
        return answer.result(PATIENCE)
    except NoKeyringError:
        raise
    except TimeoutError as error:
        raise NoKeyringError(f"no answer for {PATIENCE:g} seconds") from error
    except Exception as error:
        raise NoKeyringError(f"{type(error).__name__}: {error}") from error


def _safe_keyring() -> KeyringBackend:
    """Return the first keyring that keeps secrets outside plain files; NoKeyringError if there is none."""
    import keyring

    found = keyring.get_keyring()
    candidates: list[KeyringBackend] = list(getattr(found, "backends", ())) or [found]  # a chain hands on
    for candidate in candidates:
        if _is_safe(candidate):
            return candidate
    raise NoKeyringError(f"no safe keyring ({', '.join(type(one).__module__ for one in candidates)})")


def _is_safe(candidate: KeyringBackend) -> bool:
    """Backends that write a file of their own (the keyrings.alt family) all have a `file_path`."""
    module = type(candidate).__module__
    return not module.startswith(_EMPTY_MODULES) and not hasattr(candidate, "file_path")
