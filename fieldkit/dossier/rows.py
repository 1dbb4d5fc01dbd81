# SPDX-License-Identifier: EUPL-1.2
"""A record's row, log, attempts and files as JSON, and back: read strictly, since the file may come from anybody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from fieldkit.instance import AnswerEntry, Instance, State, kept_state, read_state
from fieldkit.store.attachments import Attachment, check_name
from fieldkit.store.attempts import Attempt
from fieldkit.store.times import from_text, to_text

_TIMES: Final = ("created_at", "changed_at", "finalized_at", "submitted_at")
_NUMBERS: Final = ("answered", "asked", "invalid", "size")
_LATER: Final = "account_id"  # what dossiers of before do not tell
_LONGEST_ID: Final = 64  # what the server takes


def instance_data(instance: Instance) -> dict[str, Any]:
    """Return a row as plain data."""
    data: dict[str, Any] = asdict(instance)
    for name in _TIMES:
        data[name] = to_text(data[name]) if data[name] is not None else None
    data["state"] = kept_state(instance.state)
    return data


def read_instance(data: Mapping[str, Any]) -> Instance:
    """Return the row. ValueError if it is none that the store could hold."""
    values = {name: data[name] for name in Instance.__dataclass_fields__ if name != _LATER}
    values[_LATER] = data.get(_LATER, "")
    for name in _TIMES:
        values[name] = _time(values[name]) if values[name] is not None else None
    values["state"] = read_state(values["state"], values["reason"])
    values["attempted"] = bool(values["attempted"])
    texts = [name for name in values if name not in {*_TIMES, *_NUMBERS, "state", "attempted"}]
    values |= {name: text_of(values[name]) for name in texts}
    values |= {name: _count(values[name]) for name in _NUMBERS}
    one = Instance(**values)
    if not 0 < len(one.instance_id) <= _LONGEST_ID or one.created_at is None or one.changed_at is None:
        raise ValueError("no instanceID or no time")
    if one.state is not State.DRAFT and (one.finalized_at is None or not one.sha256):
        raise ValueError("frozen without a time or a hash")
    return one


def log_data(entries: Iterable[AnswerEntry]) -> list[list[str]]:
    """Return an answer log as plain data."""
    return [[one.ref, one.old, one.new, to_text(one.at)] for one in entries]


def read_log(data: Any) -> tuple[AnswerEntry, ...]:
    """Return the answer log. ValueError."""
    return tuple(AnswerEntry(text_of(ref), text_of(old), text_of(new), _time(at)) for ref, old, new, at in data)


def attempts_data(attempts: Iterable[Attempt]) -> list[list[Any]]:
    """Return the attempts to send as plain data."""
    return [[to_text(one.at), one.outcome, one.reason, one.text, one.bytes_sent] for one in attempts]


def read_attempts(data: Any) -> tuple[Attempt, ...]:
    """Return the attempts. ValueError."""
    return tuple(
        Attempt(_time(at), text_of(outcome), text_of(reason), text_of(text), _count(sent))
        for at, outcome, reason, text, sent in data
    )


def files_data(files: Iterable[Attachment]) -> list[dict[str, Any]]:
    """Return the files as plain data; where they lie on this disk is nobody's business."""
    return [{"name": one.name, "sha256": one.sha256, "size": one.size, "frozen": one.frozen} for one in files]


def read_files(data: Any, part: str) -> tuple[Attachment, ...]:
    """Return the files; each one's `path` is the name of its part. ValueError, also for a name that is a path."""
    found = tuple(_file(one, Path(part, str(number))) for number, one in enumerate(data))
    if len({one.name for one in found}) < len(found):
        raise ValueError("two files of one name")
    return found


def _file(data: Mapping[str, Any], path: Path) -> Attachment:
    name = check_name(text_of(data["name"]))
    return Attachment(name, text_of(data["sha256"]), _count(data["size"]), bool(data["frozen"]), path)


def _time(text: Any) -> datetime:
    found = from_text(text_of(text))
    if found.tzinfo is None:
        raise ValueError("a time without a zone")
    return found.astimezone(UTC)  # OverflowError where the calendar ends


def text_of(value: Any) -> str:
    """Return a text that the store can hold. ValueError: one kind of error for a file that is not what it should be."""
    if not isinstance(value, str):
        raise ValueError("not a text")  # noqa: TRY004
    value.encode()  # half a character, which JSON can hold, is a ValueError too
    return value


def _count(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 2**53:
        raise ValueError("not a number")
    return value
