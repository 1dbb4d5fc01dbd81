# SPDX-License-Identifier: EUPL-1.2
"""The settings: declared, typed, never lost to a corrupt file."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from fieldkit.errors import SettingError, StoreUnreadable
from fieldkit.settings import DEVICE_ID, ENTRY_STYLE, SETTINGS, TEXT_SIZE, THEME, Settings


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings.json"


def test_each_setting_is_declared_once_with_a_default_that_fits() -> None:
    keys = [setting.key for setting in SETTINGS]
    assert len(keys) == len(set(keys))
    assert all(setting.meaning.endswith(".") for setting in SETTINGS)
    assert [setting.key for setting in SETTINGS if setting.fault(setting.default)] == []
    needed = "language theme text_size territory_kind territory_id agent_name first_run_done readable_font"
    assert set(needed.split()) | {"entry_style", "auto_send", "device_id"} <= set(keys)


def test_defaults_then_values_then_values_read_again(path: Path) -> None:
    settings = Settings(path)
    assert (settings.get(THEME), settings.get("text_size"), settings.get(ENTRY_STYLE)) == ("auto", 100, {})
    settings.set(THEME, "sun")
    settings.set("text_size", 130)
    settings.set(ENTRY_STYLE, {"diagnostic": "one"})
    again = Settings(path)
    assert (again.get("theme"), again.get(TEXT_SIZE)) == ("sun", 130)
    assert again.get("entry_style") == {"diagnostic": "one"}
    assert again.warning is None
    assert [file.name for file in path.parent.iterdir()] == ["settings.json"]


@pytest.mark.parametrize(
    ("key", "value"),
    [("theme", "pink"), ("text_size", 101), ("text_size", True), ("first_run_done", 1), ("entry_style", {"a": 1})],
)
def test_a_value_that_does_not_fit_is_refused(path: Path, key: str, value: object) -> None:
    settings = Settings(path)
    with pytest.raises(SettingError):
        settings.set(key, value)
    assert not path.exists()


def test_an_undeclared_key_is_refused(path: Path) -> None:
    with pytest.raises(SettingError):
        Settings(path).get("colour")
    with pytest.raises(SettingError):
        Settings(path).set("colour", "red")


def test_the_device_id_is_minted_once(path: Path) -> None:
    first = Settings(path).get(DEVICE_ID)
    assert first.startswith("fieldkit:")
    assert Settings(path).get("device_id") == first
    reading = Settings(path.with_name("other.json"), read_only=True)
    assert reading.get(DEVICE_ID) == reading.get(DEVICE_ID)
    assert not reading.path.exists()


@pytest.mark.parametrize("content", [b"{", b"", b"[1]", b"\xff\xfe\x00", b"null", b"[" * 100_000])
def test_a_corrupt_file_is_kept_aside(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    settings = Settings(path)
    assert settings.get(THEME) == "auto"
    assert settings.warning is not None
    aside = settings.warning.kept_aside
    assert aside is not None
    assert aside.name.startswith("settings.corrupt-")
    assert aside.read_bytes() == content
    settings.set(THEME, "dark")
    assert Settings(path).get(THEME) == "dark"
    assert aside.read_bytes() == content


def test_one_bad_value_costs_only_itself_and_later_keys_stay(path: Path) -> None:
    path.write_text(json.dumps({"theme": "pink", "agent_name": "Ana", "from_the_future": [1]}))
    settings = Settings(path)
    assert (settings.get("theme"), settings.get("agent_name")) == ("auto", "Ana")
    assert settings.warning is not None
    assert (settings.warning.keys, settings.warning.kept_aside) == (("theme",), None)
    settings.set("language", "de")
    assert json.loads(path.read_text()) == {"agent_name": "Ana", "from_the_future": [1], "language": "de"}


def test_what_is_returned_cannot_change_what_is_kept(path: Path) -> None:
    settings = Settings(path)
    settings.set(ENTRY_STYLE, {"a": "one"})
    settings.get(ENTRY_STYLE)["a"] = "page"
    assert settings.get(ENTRY_STYLE) == {"a": "one"}


def test_a_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    settings = Settings(tmp_path / "file" / "settings.json")
    assert settings.warning is not None
    assert settings.get(THEME) == "auto"
    with pytest.raises(StoreUnreadable):
        settings.set(THEME, "dark")
    assert settings.get(THEME) == "auto"


def test_threads_do_not_lose_each_others_values(path: Path) -> None:
    settings = Settings(path)
    keys = ["agent_name", "agent_email", "account_id", "window"]

    def write(key: str) -> None:
        for number in range(25):
            settings.set(key, str(number))

    threads = [threading.Thread(target=write, args=(key,)) for key in keys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [Settings(path).get(key) for key in keys] == ["24"] * 4
