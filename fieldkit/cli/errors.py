# SPDX-License-Identifier: EUPL-1.2
"""What the command line itself refuses.

CommandError
├── FileMissingError     a file named on the command line cannot be read (`path`, `cause`)
├── OutputError          a file could not be written (`path`, `cause`)
├── SourceError          an XLSForm that pyxform refuses (`path`, `cause`: its own words)
├── AnswersError         the answers are not a JSON object (`path`, `cause`)
├── UnknownLanguageError the form does not speak `language` (`languages`: those that it does)
├── WrongFormError       the record is of another form than the page needs (`form_id`, `wanted`)
├── NoAccountError       no server account yet
├── UnknownAccountError  no account has that id (`account_id`; `known`)
├── NoTokenError         the token of an account is not known, and nobody is there to type it (`account_id`)
├── NoStaffError         nobody of the region's staff has signed in yet
├── NoPasswordError      somebody is to sign in, and no password was given or could be asked (`variable`)
├── UnknownFaultError    no demonstration fault has that name, or not so many times (`text`; `names`)
├── NoSuchPackKeyError   no key of packs waits for an answer, or is trusted, under that account or fingerprint (`whom`)
├── SeveralPackKeysError more than one key waits for an answer there (`whom`, `fingerprints`)
├── KeyNotReplacedError  the account trusts another key (`account_id`, `trusted`, `offered`: fingerprints)
├── PortError            the port cannot be used (`port`, `cause`)
└── NoDisplayError       there is no display for the window
"""

from __future__ import annotations

from pathlib import Path


class CommandError(Exception):
    """Base of all."""


class FileMissingError(CommandError):
    """`path` cannot be read."""

    def __init__(self, path: Path, cause: str) -> None:
        self.path = path
        self.cause = cause
        super().__init__(f"{path}: {cause}")


class OutputError(CommandError):
    """`path` cannot be written."""

    def __init__(self, path: Path, cause: str) -> None:
        self.path = path
        self.cause = cause
        super().__init__(f"{path}: {cause}")


class SourceError(CommandError):
    """The XLSForm in `path` cannot be compiled; `cause` is what pyxform says."""

    def __init__(self, path: Path, cause: str) -> None:
        self.path = path
        self.cause = cause
        super().__init__(f"{path}: {cause}")


class AnswersError(CommandError):
    """The file of answers is not what it should be."""

    def __init__(self, path: Path, cause: str) -> None:
        self.path = path
        self.cause = cause
        super().__init__(f"{path}: {cause}")


class UnknownLanguageError(CommandError):
    """The form has no translation in `language`; `languages` are those that it has."""

    def __init__(self, language: str, languages: tuple[str, ...]) -> None:
        self.language = language
        self.languages = tuple(languages)
        super().__init__(f"{language} is not one of {', '.join(languages)}")


class WrongFormError(CommandError):
    """A record of `form_id` where one of `wanted` is needed."""

    def __init__(self, form_id: str, wanted: str) -> None:
        self.form_id = form_id
        self.wanted = wanted
        super().__init__(f"{form_id} is not {wanted}")


class NothingToResolveError(CommandError):
    """The region has nothing else in the place of `instance_id`, which is `state`."""

    def __init__(self, instance_id: str, state: str) -> None:
        self.instance_id = instance_id
        self.state = state
        super().__init__(f"{instance_id} is {state}")


class NoNewerVersionError(CommandError):
    """The region's list of dossiers names no newer version of `instance_id`."""

    def __init__(self, instance_id: str) -> None:
        self.instance_id = instance_id
        super().__init__(instance_id)


class NoAccountError(CommandError):
    """No account to pull from or push to."""


class UnknownAccountError(CommandError):
    """No account is called `account_id`; `known` are the ids that there are."""

    def __init__(self, account_id: str, known: tuple[str, ...]) -> None:
        self.account_id = account_id
        self.known = tuple(known)
        super().__init__(account_id)


class NoTokenError(CommandError):
    """No token for `account_id`; of `is_one_of_several` the variable for it is not read."""

    def __init__(self, account_id: str, *, is_one_of_several: bool = False) -> None:
        self.account_id = account_id
        self.is_one_of_several = is_one_of_several
        super().__init__(account_id)


class NoStaffError(CommandError):
    """Nobody of the region's staff has signed in yet."""


class NoPasswordError(CommandError):
    """An administrator or a member of staff without a password; `variable` is where it could have been."""

    def __init__(self, variable: str) -> None:
        self.variable = variable
        super().__init__(variable)


class UnknownFaultError(CommandError):
    """`text` is not NAME or NAME=TIMES with one of `names`."""

    def __init__(self, text: str, names: tuple[str, ...]) -> None:
        self.text = text
        self.names = tuple(names)
        super().__init__(text)


class NoSuchPackKeyError(CommandError):
    """Neither an account nor a fingerprint: nothing waits for, or has, the trust of `whom`."""

    def __init__(self, whom: str) -> None:
        self.whom = whom
        super().__init__(whom)


class SeveralPackKeysError(CommandError):
    """Several keys wait for an answer of `whom`: their fingerprints tell them apart."""

    def __init__(self, whom: str, fingerprints: tuple[str, ...]) -> None:
        self.whom = whom
        self.fingerprints = tuple(fingerprints)
        super().__init__(whom)


class KeyNotReplacedError(CommandError):
    """The account trusts the key `trusted`; `offered` would take its place."""

    def __init__(self, account_id: str, trusted: str, offered: str) -> None:
        self.account_id = account_id
        self.trusted = trusted
        self.offered = offered
        super().__init__(account_id)


class PortError(CommandError):
    """The server cannot listen on `port`."""

    def __init__(self, port: int, cause: str) -> None:
        self.port = port
        self.cause = cause
        super().__init__(f"port {port}: {cause}")


class NoDisplayError(CommandError):
    """The window was asked for where there is no display to show it."""
