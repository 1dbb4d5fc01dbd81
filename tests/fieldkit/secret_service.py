# SPDX-License-Identifier: EUPL-1.2
"""A desktop session of its own for a test: a private D-Bus, a real gnome-keyring-daemon, and folders that are nobody's.

Nothing here touches the bus, the keyring or the home of whoever runs the tests.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from tests.fieldkit.child_process import CHILDREN, ROOT

if TYPE_CHECKING:
    from jeepney.io.blocking import DBusConnection

DAEMONS = ("dbus-daemon", "gnome-keyring-daemon")
MISSING = [name for name in DAEMONS if shutil.which(name) is None]
PASSWORD = "the password of the session"  # noqa: S105 - of a keyring that lives for a test
SECRETS = "org.freedesktop.secrets"
PATIENCE = 30.0
_BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path={path}</listen><auth>EXTERNAL</auth>
<policy context="default">
<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
</policy></busconfig>
"""


class Leash:
    """A daemon that ends with `let_go`, or with this process."""

    def __init__(self, *command: str, environment: dict[str, str], password: str = "") -> None:
        words = [sys.executable, str(CHILDREN / "leashed.py"), password, *command]
        pipe = subprocess.PIPE
        self._holder = subprocess.Popen(words, env=environment, stdin=pipe, stdout=pipe, start_new_session=True)
        assert self._holder.stdout is not None
        self.pid = int(self._holder.stdout.readline())

    def let_go(self) -> None:
        """End the daemon as kill -9 does."""
        self._holder.communicate(timeout=PATIENCE)


class Session:
    """A context manager; `environment` is what programs of this session get."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self._bus: Leash | None = None
        self._keyring: Leash | None = None
        self._socket = folder / "bus"
        self._config = folder / "bus.conf"
        runtime = folder / "run"
        for place in (self.home, runtime):
            place.mkdir(mode=0o700)
        self._config.write_text(_BUS.format(path=self._socket), "utf-8")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "DBUS_", "GNOME_"))}
        self.environment = kept | {
            "HOME": str(self.home),
            "XDG_RUNTIME_DIR": str(runtime),
            "FIELDKIT_HOME": str(self.home / "workspace"),
            "PYTHONPATH": str(ROOT),
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={self._socket}",
        }
        for name in ("FIELDKIT_TOKEN", "PYTHON_KEYRING_BACKEND", "DISPLAY", "WAYLAND_DISPLAY"):
            self.environment.pop(name, None)

    def __enter__(self) -> Self:
        """Start both daemons; where one does not come, both end."""
        self.start_bus()
        try:
            self.start_keyring()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """End both daemons."""
        try:
            self.stop_keyring()
        finally:
            self.stop_bus()

    @property
    def pids(self) -> list[int]:
        """Return the numbers of the daemons."""
        return [one.pid for one in (self._bus, self._keyring) if one is not None]

    def start_bus(self) -> None:
        """Start the bus, and wait until it listens."""
        self._socket.unlink(missing_ok=True)
        self._bus = Leash("dbus-daemon", f"--config-file={self._config}", "--nofork", environment=self.environment)
        until(self._socket.exists, "the bus does not listen")

    def stop_bus(self) -> None:
        """End the bus."""
        if self._bus is not None:
            self._bus.let_go()
            self._bus = None

    def start_keyring(self) -> None:
        """Start the keyring, unlocked as at a login, and wait until it is on the bus."""
        command = ("gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets")
        self._keyring = Leash(*command, environment=self.environment, password=PASSWORD)
        until(self._has_keyring, "the keyring does not come onto the bus")

    def pause_keyring(self, *, on: bool) -> None:
        """Let the keyring hang, or go on."""
        assert self._keyring is not None
        os.kill(self._keyring.pid, signal.SIGSTOP if on else signal.SIGCONT)

    def stop_keyring(self) -> None:
        """End the keyring; what it keeps on the disk stays."""
        if self._keyring is not None:
            self._keyring.let_go()
            self._keyring = None

    def lock(self) -> None:
        """Lock what the keyring keeps, as a desktop does that locks its screen."""
        import secretstorage  # noqa: PLC0415 - on Linux only

        with self._connection() as connection:
            secretstorage.get_default_collection(connection).lock()

    def files_with(self, text: str) -> list[Path]:
        """Return the files of this session's home that hold a text."""
        files = [path for path in self.home.rglob("*") if path.is_file()]
        assert files
        return [path for path in files if text.encode() in path.read_bytes()]

    def _connection(self) -> DBusConnection:
        from jeepney.io.blocking import open_dbus_connection  # noqa: PLC0415 - on Linux only

        return open_dbus_connection(self.environment["DBUS_SESSION_BUS_ADDRESS"])

    def _has_keyring(self) -> bool:
        from jeepney import DBusAddress, new_method_call  # noqa: PLC0415 - on Linux only

        bus = DBusAddress("/org/freedesktop/DBus", bus_name="org.freedesktop.DBus", interface="org.freedesktop.DBus")
        question = new_method_call(bus, "NameHasOwner", "s", (SECRETS,))
        with self._connection() as connection:
            return bool(connection.send_and_get_reply(question, timeout=PATIENCE).body[0])


class Tokens:
    """A process of a session that handles tokens, asked one thing after the other; a context manager."""

    def __init__(self, environment: dict[str, str], patience: float = PATIENCE) -> None:
        command, pipe = [sys.executable, str(CHILDREN / "tokens.py"), str(patience)], subprocess.PIPE
        self._process = subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, text=True)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """End the process, whatever it is at."""
        ended(self._process)

    def ask(self, name: str, *arguments: str) -> Any:
        """Return {"value": …}, or {"no_keyring": cause}; an error of another kind ends the process and the test."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([name, *arguments]) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, f"{name} ended in an error that is no NoKeyringError"
        return json.loads(answer)


def ended(process: subprocess.Popen[str]) -> tuple[str, str]:
    """Wait for a process to end by itself and return its output and errors; one that does not is killed."""
    try:
        return process.communicate(timeout=PATIENCE)
    finally:
        process.kill()


def until(condition: Callable[[], bool], what: str) -> None:
    """Wait for something outside this process; `what` is said if it does not come."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.01)


def is_running(pid: int) -> bool:
    """Tell whether a process is there that has not ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
