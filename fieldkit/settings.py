# SPDX-License-Identifier: EUPL-1.2
"""The settings of a workspace: each is declared once here, and kept in one JSON file.

A file that cannot be read is kept aside (`settings.corrupt-<time>.json`) and the defaults are used; `Settings.warning`
then says so. A single value that no longer fits is replaced by its default, the rest is kept. Keys of a later version
stay in the file.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Generic, TypeVar, overload

from fieldkit.durable import file_errors, write_whole
from fieldkit.errors import SettingError

FILE_NAME = "settings.json"
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Setting(Generic[Value]):
    """A declared setting. `choices` empty: any value of the type; `make` mints a value that is then kept."""

    key: str
    type: type[Value]
    default: Value
    meaning: str
    choices: tuple[Value, ...] = ()
    make: Callable[[], Value] | None = None

    def fault(self, value: object) -> str:
        """Return why `value` does not fit, "" if it does."""
        # bool is an int to Python, not to a person.
        if not isinstance(value, self.type) or (isinstance(value, bool) and self.type is not bool):
            return f"not {self.type.__name__}"
        if self.choices and value not in self.choices:
            return f"not one of {', '.join(map(str, self.choices))}"
        if isinstance(value, dict) and not all(isinstance(item, str) for pair in value.items() for item in pair):
            return "not texts by text"
        return ""


def _mint_device_id() -> str:
    import uuid

    return f"fieldkit:{uuid.uuid4()}"


LANGUAGE = Setting("language", str, "fr", "Language of the screens.", ("fr", "de", "en", "nl"))
THEME = Setting("theme", str, "auto", "Look; auto follows the system.", ("auto", "light", "dark", "sun"))
TEXT_SIZE = Setting("text_size", int, 100, "Size of all text, in percent.", (90, 100, 115, 130))
READABLE_FONT = Setting("readable_font", bool, False, "The very readable typeface in place of the usual one.")
REDUCE_MOTION = Setting("reduce_motion", bool, False, "No animation at all.")
TERRITORY_KIND = Setting("territory_kind", str, "", "What territory_id names.", ("", "commune", "gal"))
TERRITORY_ID = Setting("territory_id", str, "", "NIS code of the commune, or id of the GAL, where the user works.")
AGENT_NAME = Setting("agent_name", str, "", "Name of the person who fills the forms.")
AGENT_EMAIL = Setting("agent_email", str, "", "Address that forms may ask for.")
FIRST_RUN_DONE = Setting("first_run_done", bool, False, "Whether the three first steps were taken.")
ENTRY_STYLE: Setting[dict[str, str]] = Setting("entry_style", dict, {}, "By form id: page, or one (one by one).")
AUTO_SEND = Setting("auto_send", bool, True, "Whether finalized instances leave by themselves when there is a network.")
UNMETERED_ONLY = Setting("unmetered_only", bool, False, "Whether they leave by themselves on unmetered lines only.")
SYNC_BUDGET = Setting("sync_budget", int, 0, "Bytes that one sync may send, for lines that are paid by use; 0: any.")
ACCOUNT_ID = Setting("account_id", str, "", "The account that is used to pull and to send; none if empty.")
CONFIRM_DAYS = Setting("confirm_days", int, 30, "Days without the region's receipt before a sent record is told.")
RECEIVED_SCOPE = Setting(
    "received_scope", str, "territory", "Whose records staff receive: of the territory, or all.", ("territory", "all")
)
DEVICE_ID = Setting("device_id", str, "", "Names this workspace to servers; minted once.", make=_mint_device_id)
TOOLKIT: Setting[dict[str, str]] = Setting(
    "toolkit", dict, {}, "Ids of guides by shelf (favourites, booklet), and the booklet's title."
)
WINDOW = Setting("window", str, "", "Size and place of the window, as the window wrote them.")

SETTINGS: tuple[Setting[Any], ...] = (
    LANGUAGE,
    THEME,
    TEXT_SIZE,
    READABLE_FONT,
    REDUCE_MOTION,
    TERRITORY_KIND,
    TERRITORY_ID,
    AGENT_NAME,
    AGENT_EMAIL,
    FIRST_RUN_DONE,
    ENTRY_STYLE,
    AUTO_SEND,
    UNMETERED_ONLY,
    SYNC_BUDGET,
    ACCOUNT_ID,
    CONFIRM_DAYS,
    RECEIVED_SCOPE,
    DEVICE_ID,
    TOOLKIT,
    WINDOW,
)
_BY_KEY: Mapping[str, Setting[Any]] = {setting.key: setting for setting in SETTINGS}


@dataclass(frozen=True, slots=True)
class SettingsWarning:
    """What was wrong with the file: `kept_aside` is the unreadable file's new place (None if single values only).

    `keys` are the settings whose value was replaced by the default; `cause` a clause for logs.
    """

    cause: str
    kept_aside: Path | None = None
    keys: tuple[str, ...] = ()


class Settings:
    """The values of one workspace. Every `set` is on disk when it returns; usable from any thread."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        """Read `path`; a missing file means the defaults. With `read_only` nothing is ever written."""
        self.path = path
        self.read_only = read_only
        self.warning: SettingsWarning | None = None
        self._lock = threading.Lock()
        self._values = self._load()

    @overload
    def get(self, key: Setting[Value]) -> Value: ...
    @overload
    def get(self, key: str) -> Any: ...
    def get(self, key: Setting[Any] | str) -> Any:
        """Return the value of a setting (by key or declaration), its default if it was never set.

        A setting that is minted (the device id) is made and kept at the first call. SettingError: not declared.
        """
        setting = _declared(key)
        value = self._values.get(setting.key)
        if value is None and setting.make is not None:
            value = setting.make()
            if not self.read_only:
                self.set(setting, value)
            else:
                self._values[setting.key] = value
        if value is None:
            value = setting.default
        return dict(value) if isinstance(value, dict) else value

    def set(self, key: Setting[Any] | str, value: object) -> None:
        """Keep a value. SettingError if it does not fit; StoreFull, FolderNotWritable if the disk refuses."""
        setting = _declared(key)
        fault = setting.fault(value)
        if fault:
            raise SettingError(setting.key, value, fault)
        with self._lock:
            changed = {**self._values, setting.key: value}
            if not self.read_only:
                _write(self.path, changed)
            self._values = changed

    def _load(self) -> dict[str, Any]:
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            return {}
        except OSError as error:
            self.warning = SettingsWarning(error.strerror or str(error))
            return {}
        try:
            values = json.loads(content)
            if not isinstance(values, dict):
                raise TypeError("not an object")  # noqa: TRY301 (told like any other damage)
        except (ValueError, TypeError, RecursionError) as error:
            self.warning = SettingsWarning(str(error), self._keep_aside())
            return {}
        bad = tuple(key for key, value in values.items() if key in _BY_KEY and _BY_KEY[key].fault(value))
        if bad:
            self.warning = SettingsWarning("values that do not fit", None, bad)
        return {key: value for key, value in values.items() if key not in bad}

    def _keep_aside(self) -> Path | None:
        if self.read_only:
            return None
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
        aside = self.path.with_name(f"{self.path.stem}.corrupt-{stamp}{self.path.suffix}")
        with file_errors(self.path):
            self.path.replace(aside)
        return aside


def _declared(key: Setting[Any] | str) -> Setting[Any]:
    name = key if isinstance(key, str) else key.key
    if name not in _BY_KEY:
        raise SettingError(name, None, "not declared")
    return _BY_KEY[name]


def _write(path: Path, values: Mapping[str, object]) -> None:
    text = json.dumps(values, ensure_ascii=False, indent=2, sort_keys=True)
    with file_errors(path):
        write_whole(path, f"{text}\n".encode())
