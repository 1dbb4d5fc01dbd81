# SPDX-License-Identifier: EUPL-1.2
"""Tokens: in a keyring that keeps them safely, in memory, or nowhere."""

from __future__ import annotations

# ruff: noqa: TID253 (the import time of a test is nobody's first paint)
import threading
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.chainer import ChainerBackend
from keyring.backends.fail import Keyring as FailKeyring
from keyring.backends.null import Keyring as NullKeyring
from keyring.errors import KeyringLocked, PasswordDeleteError

from fieldkit import credentials
from fieldkit.errors import NoKeyringError


class MemoryKeyring(KeyringBackend):
    """A keyring that behaves like the system's: keeps, gives back, refuses to delete what it has not, can be locked."""

    priority = 1.0  # type: ignore[assignment]  # a class property in the base

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        self._check()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._check()
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._check()
        if (service, username) not in self.kept:
            raise PasswordDeleteError("not found")
        del self.kept[service, username]

    def _check(self) -> None:
        if self.locked:
            raise KeyringLocked("locked")


class FileKeyring(MemoryKeyring):
    """Like those that write a file of their own in clear or under a weak key."""

    file_path = "/nowhere/keyring_pass.cfg"


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)
    credentials._session.clear()


@pytest.fixture
def memory() -> MemoryKeyring:
    backend = MemoryKeyring()
    keyring.set_keyring(backend)
    return backend


def test_a_token_is_kept_in_the_keyring(memory: MemoryKeyring) -> None:
    assert credentials.available()
    assert credentials.get("region") is None
    credentials.set("region", "secret")
    assert credentials.get("region") == "secret"
    assert memory.kept == {("fieldkit-wallonia", "region"): "secret"}
    credentials.forget("region")
    credentials.forget("region")
    assert credentials.get("region") is None


@pytest.mark.parametrize("backend", [FailKeyring, NullKeyring, FileKeyring])
def test_an_unsafe_keyring_is_none(backend: type[KeyringBackend]) -> None:
    keyring.set_keyring(backend())
    assert not credentials.available()
    with pytest.raises(NoKeyringError):
        credentials.set("region", "secret")
    with pytest.raises(NoKeyringError):
        credentials.get("region")
    credentials.forget("region")


def test_a_session_token_lives_in_memory_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    keyring.set_keyring(FailKeyring())
    credentials.keep_for_session("region", "secret")
    assert credentials.get("region") == "secret"
    assert list(tmp_path.rglob("*")) == []
    credentials.forget("region")
    with pytest.raises(NoKeyringError):
        credentials.get("region")


def test_a_new_token_in_the_keyring_replaces_that_of_the_session(memory: MemoryKeyring) -> None:
    credentials.keep_for_session("region", "old")
    credentials.set("region", "new")
    assert credentials.get("region") == "new"


def test_a_locked_keyring_is_told(memory: MemoryKeyring) -> None:
    memory.locked = True
    for action in (
        lambda: credentials.get("region"),
        lambda: credentials.set("region", "secret"),
        lambda: credentials.forget("region"),
    ):
        with pytest.raises(NoKeyringError) as error:
            action()
        assert "KeyringLocked" in error.value.cause
        assert "secret" not in str(error.value)


@pytest.mark.parametrize("error", [ConnectionRefusedError("111"), EOFError(), ArithmeticError("of a library below")])
def test_what_a_backend_lets_through_is_told_as_no_keyring(
    memory: MemoryKeyring, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the Secret Service does with the errors of its bus; `test_keyring_daemon` shows it where there is one."""

    def refuse() -> None:
        raise error

    monkeypatch.setattr(memory, "_check", refuse)
    for action in (
        lambda: credentials.get("region"),
        lambda: credentials.set("region", "secret"),
        lambda: credentials.forget("region"),
    ):
        with pytest.raises(NoKeyringError, match=type(error).__name__) as caught:
            action()
        assert "secret" not in str(caught.value)


def test_a_keyring_that_does_not_answer_is_left_alone(memory: MemoryKeyring, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()
    monkeypatch.setattr(memory, "_check", go_on.wait)
    monkeypatch.setattr(credentials, "PATIENCE", 0.05)
    try:
        with pytest.raises(NoKeyringError, match="no answer"):
            credentials.get("region")
    finally:
        go_on.set()


def test_a_chain_is_searched_for_its_first_safe_member() -> None:
    class Chain(ChainerBackend):
        backends = (FileKeyring(), MemoryKeyring())  # type: ignore[assignment]  # computed in the base

    keyring.set_keyring(Chain())
    credentials.set("region", "secret")
    unsafe, safe = Chain.backends
    assert unsafe.kept == {}
    assert len(safe.kept) == 1
