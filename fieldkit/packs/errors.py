# SPDX-License-Identifier: EUPL-1.2
"""Why a pack is refused, or cannot be made: `name` is the file, `cause` a short clause.

PackError
├── NotAPack            another kind of file
├── PackDamaged         cut, or not the bytes that were made
├── PackUnsafe          names places outside itself, is too large, packed without measure: none that this program makes
├── PackTooNew          of a format or a kind of a later version of the program
├── PackUnsigned        the signature is not that of the key that it names
├── PackContentWrong    a guide or a call in it cannot be used (`file`)
├── PackExpired         past its last day (`cause`: that day)
├── PackFromTomorrow    issued in the future, or the clock here is wrong (`cause`: when it says that it was issued)
├── PackOlder           not newer than the one that is here (`cause`: both versions)
├── PackNotWritten      the file could not be written
└── UnusablePackKey     the file holds no private key that can sign a pack

Each refusal can be kept as (`code`, `cause`) and told again by `refusal`: the file need not come down anew for it.
"""

from __future__ import annotations

from fieldkit.errors import FieldkitError

# The names say a state of the world (PackExpired), like those of fieldkit.errors: the suffix would add nothing.
# ruff: noqa: N818


class PackError(FieldkitError):
    """The pack `name` cannot be used; nothing of it was taken."""

    def __init__(self, name: str, cause: str) -> None:
        self.name = name
        self.cause = cause
        super().__init__(f"{name}: {cause}")

    @property
    def code(self) -> str:
        """Return what names this kind of refusal in the store."""
        return type(self).__name__


class NotAPack(PackError):
    """Another kind of file."""


class PackDamaged(PackError):
    """Cut, or not the bytes that were made."""


class PackUnsafe(PackError):
    """Names places outside itself, is too large, or packed without measure."""


class PackTooNew(PackError):
    """Of a format or a kind that a later version of the program knows."""


class PackUnsigned(PackError):
    """The signature is not that of the key that it names."""


class PackContentWrong(PackError):
    """A guide or a call in it cannot be used; `cause` begins with its name in the pack."""


class PackExpired(PackError):
    """Past its last day, which is `cause`."""


class PackFromTomorrow(PackError):
    """Issued in the future, at `cause`, by the clock here."""


class PackOlder(PackError):
    """Not newer than the one that is here."""


class PackNotWritten(PackError):
    """The file could not be written."""


class UnusablePackKey(PackError):
    """The file holds no private key that can sign a pack."""


def refusal(code: str, name: str, cause: str) -> PackError:
    """Return the error that was kept under `code`."""
    return next((kind for kind in PackError.__subclasses__() if kind.__name__ == code), PackError)(name, cause)
