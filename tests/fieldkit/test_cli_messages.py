# SPDX-License-Identifier: EUPL-1.2
"""Every error of every room has its own sentence for the terminal, whole and with its data."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import pytest

from fieldkit import answer_files, diagnostic, errors, instance
from fieldkit.cli import errors as command
from fieldkit.cli.answer import MEANINGS, ExitCode
from fieldkit.cli.messages import exit_code, reason_words, sentences, tell
from fieldkit.packs import errors as packs
from forms import errors as engine
from forms.views import Violation, ViolationKind
from sync import errors as network

ROOTS = (
    errors.FieldkitError,
    engine.FormError,
    network.SyncError,
    command.CommandError,
    instance.TransitionError,
    diagnostic.NotADiagnosticError,
    answer_files.AnswerFileError,
    packs.PackError,
)
SAMPLES: dict[str, Any] = {
    "path": Path("/somewhere/file"),
    "folder": Path("/somewhere"),
    "copies": (Path("/somewhere/copies/one.db"),),
    "languages": ("Français (fr)",),
    "fingerprints": ("12345 67890",),
    "violations": [Violation("/data/a", ViolationKind.REQUIRED)],
    "found": 9,
    "supported": 1,
    "port": 8383,
    "pid": 4242,
    "status": 503,
    "wait_seconds": 30,
    "line": 7,
    "column": 3,
    "position": 2,
    "expression": "1 + + 2",
    "reason": network.Reason.CLOSED,
    "ref": "/data/a",
    "text": "Not now.",
    "old": instance.State.DRAFT,
    "new": instance.State.SUBMITTED,
}


def family(root: type[BaseException]) -> list[type[BaseException]]:
    found = [root]
    for child in root.__subclasses__():
        found += family(child)
    return [one for one in dict.fromkeys(found) if one.__module__.split(".")[0] in {"fieldkit", "forms", "sync"}]


ERRORS = list(dict.fromkeys(one for root in ROOTS for one in family(root)))


def sample(kind: type[BaseException]) -> BaseException:
    try:
        parameters = list(inspect.signature(kind).parameters.values())
    except ValueError:  # an exception without a constructor of its own
        return kind("some words")
    given: list[Any] = []
    named: dict[str, Any] = {}
    for parameter in parameters:
        value = SAMPLES.get(parameter.name, f"some {parameter.name}")
        if kind is engine.CycleError and parameter.name == "path":
            value = ["/data/a", "/data/b", "/data/a"]
        if parameter.kind is parameter.KEYWORD_ONLY:
            named[parameter.name] = value
        elif parameter.kind in {parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD}:
            given.append(value)
    return kind(*given, **named)


def test_the_trees_were_walked() -> None:
    assert len(ERRORS) > 55


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.__name__)
def test_every_error_has_its_own_sentence(kind: type[BaseException]) -> None:
    assert kind in sentences()
    error = sample(kind)
    text = tell(error)
    assert text[0].isupper() or text.startswith("/")
    assert text.endswith((".", "^", SAMPLES["expression"], "some cause"))
    assert "object at" not in text
    assert "None" not in text
    assert "{" not in text
    told = ("path", "folder", "cause", "account_id", "language", "function", "name", "key", "ref")
    own_words = {
        engine.CycleError,
        engine.NewerEntitiesError,
        engine.NotValidError,
        engine.UnknownFunctionError,
    }  # better than the cause
    for name in told if kind not in own_words else ():
        value = getattr(error, name, "")
        if isinstance(value, str | Path) and value:
            assert str(value) in text, name


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.__name__)
def test_every_error_has_an_exit_code_that_is_explained(kind: type[BaseException]) -> None:
    code = exit_code(sample(kind))
    assert code in MEANINGS
    assert code not in {ExitCode.OK, ExitCode.BUG}


def test_the_exit_code_says_what_kind_of_trouble() -> None:
    assert exit_code(network.Offline()) == 4
    assert exit_code(errors.StoreFull(Path("x"))) == 3
    assert exit_code(engine.StructureError("x")) == 1
    assert exit_code(command.FileMissingError(Path("x"), "y")) == 2
    assert exit_code(ZeroDivisionError()) == 5
    assert "fault of the program" in tell(ZeroDivisionError("x"))


@pytest.mark.parametrize("reason", list(network.Reason))
def test_every_reason_has_words(reason: network.Reason) -> None:
    assert reason_words(reason)
    assert reason_words(reason) != str(reason)
    assert "-" not in reason_words(reason)


def test_an_unknown_reason_is_shown_as_it_is() -> None:
    assert reason_words("from-the-future") == "from-the-future"


def test_an_older_database_asks_for_a_start_and_a_newer_one_for_an_update() -> None:
    assert "later version" in tell(errors.StoreTooNew(Path("x"), 9, 1))
    assert "earlier version" in tell(errors.StoreTooNew(Path("x"), 1, 9))
    assert "no copy" in tell(errors.StoreDamaged(Path("x"), (), "cut"))
    assert "another program" in tell(errors.WorkspaceBusy(Path("x")))


def test_the_mark_is_under_the_fault() -> None:
    error = engine.ExpressionError("an operand is missing", ref="/data/a", expression="1 + + 2", position=4)
    lines = tell(error).splitlines()
    assert lines[1][lines[2].index("^")] == "+"


def test_what_is_too_big_is_told_with_its_size_and_the_limit() -> None:
    kept = network.TooBig(name="haie.mp4", size=48, limit=20).text
    assert reason_words(network.Reason.TOO_BIG, kept) == (
        "It was not sent: the file haie.mp4 has 48 bytes, and the server takes 20 in one request: use a smaller one."
    )
    assert reason_words(network.Reason.TOO_BIG, "413") == reason_words(network.Reason.TOO_BIG)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("instance", "There is no record x. See `fieldkit records`."),
        ("blank form", "There is no form x. See `fieldkit forms`."),
        ("received record", "There is no received record x. See `fieldkit staff list`."),
        ("account", "There is no account x. See `fieldkit accounts`."),
    ],
)
def test_what_is_not_there_is_looked_for_where_it_would_be(kind: str, words: str) -> None:
    assert tell(errors.NotFoundError(kind, "x")) == words
