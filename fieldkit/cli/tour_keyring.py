# SPDX-License-Identifier: EUPL-1.2
"""A keyring in memory: the tour's tokens live as long as the tour, and touch neither the user's keyring nor a file."""

from __future__ import annotations


def use_memory() -> None:
    """Make this process keep its tokens in memory from now on."""
    import keyring
    from keyring.backend import KeyringBackend

    class MemoryKeyring(KeyringBackend):
        """What a system keyring does, for one process."""

        priority = 1.0

        def __init__(self) -> None:
            super().__init__()  # type: ignore[no-untyped-call]  # keyring does not type its constructor
            self._kept: dict[tuple[str, str], str] = {}

        def get_password(self, service: str, username: str) -> str | None:
            return self._kept.get((service, username))

        def set_password(self, service: str, username: str, password: str) -> None:
            self._kept[service, username] = password

        def delete_password(self, service: str, username: str) -> None:
            from keyring.errors import PasswordDeleteError

            if self._kept.pop((service, username), None) is None:
                raise PasswordDeleteError(username)

    keyring.set_keyring(MemoryKeyring())
