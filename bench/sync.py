# SPDX-License-Identifier: EUPL-1.2
"""Sending over a slow line: the kit beside pyodk, a bare requests.Session and the line's own limit, in one run.

    python -m bench.sync [--records 500] [--photos 50] [--rate 64000] [--round-trip 0.3] [--queue 10000]
                         [--forms 60] [--only kit,session,pyodk,idle,memory,queue] [--short] [--json]

The whole takes 18 minutes; `--short` 50 records with 5 photos, which is what `make bench` runs: two minutes and a half.

Goals: records over the slow line within 1.1 times their bytes divided by the bandwidth, and 2.5 times as fast as pyodk;
under 1,100 bytes up for each record beside its own; a sync that finds nothing new of 60 forms under 25 kB the first
time of a session and under 1 kB and 313 bytes a manifest after that; memory flat with 60 MB; the first byte of 10,000
records within a second. pyodk is no dependency: without it its row is left out.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, cast
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # the room `sync` before this file, however it is started

from bench.sending.line import Line
from fieldkit.account import Account
from fieldkit.instance import Instance, State
from fieldkit.store import Store, open_store
from forms.views import Finalized
from sync.client import RegionClient
from sync.pull import pull
from sync.push import FLIGHTS, push

ROOT = Path(__file__).resolve().parents[1]
PHOTO = 200_000
XML = 2_000
FIGURES: dict[str, dict[str, float]] = {}


def say(name: str, text: str, **figures: float) -> None:
    """Print a line of the report, and keep its figures for `--json`."""
    FIGURES.setdefault(name, {}).update({key: round(value, 3) for key, value in figures.items()})
    if "--json" not in sys.argv:
        print(f"{name:>8}: {text}", flush=True)


def record(number: int, *, photo: str = "", form: str = "lieux_0") -> tuple[str, bytes]:
    """Return an id and 2 kB of XML."""
    instance_id = f"uuid:{number:08d}-0000-4000-8000-{os.getpid():012d}"
    head = f'<data id="{form}" version="1"><nom>'
    tail = f"</nom><photo>{photo}</photo><meta><instanceID>{instance_id}</instanceID></meta></data>"
    return instance_id, (head + "x" * (XML - len(head) - len(tail)) + tail).encode()


def put(store: Store, number: int, files: dict[str, bytes]) -> int:
    """Finalize one record; return its bytes."""
    instance_id, xml = record(number, photo=next(iter(files), ""))
    now = datetime.now(UTC)
    store.instances.create(Instance(instance_id, "lieux_0", "1", State.DRAFT, "Lieu", now, now), xml)
    for name, content in files.items():
        store.instances.put_attachment(instance_id, name, content)
    store.instances.finalize(instance_id, Finalized(xml, instance_id, "Lieu", tuple(files)), now)
    return len(xml) + sum(map(len, files.values()))


@contextmanager
def outbox(records: int, photos: int, size: int = PHOTO) -> Iterator[tuple[Store, int]]:
    """Yield a store with records, every so many with a photo, and all their bytes."""
    with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "fieldkit.db") as store:
        store._connection.run("PRAGMA synchronous = OFF")  # filling is not what is measured
        every = records // photos if photos else records + 1
        total = 0
        for number in range(records):
            has_photo = photos and number % every == 0
            total += put(store, number, {"photo.jpg": os.urandom(size)} if has_photo else {})
        store._connection.run("PRAGMA synchronous = FULL")
        yield store, total


@contextmanager
def region(forms: int) -> Iterator[dict[str, Any]]:
    """Run the server in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "bench.sending.server", folder, str(forms)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as server:
            output, ending = cast(IO[str], server.stdout), cast(IO[str], server.stdin)
            yield json.loads(output.readline())
            ending.close()


def stored(about: dict[str, Any]) -> tuple[int, int]:
    """Return how many records and photos the server has."""
    with sqlite3.connect(Path(about["folder"]) / "region.sqlite3") as db:
        rows = db.execute("SELECT count(*) FROM versions").fetchone()[0]
        return rows, db.execute("SELECT count(*) FROM submission_files WHERE blob IS NOT NULL").fetchone()[0]


def address(about: dict[str, Any]) -> tuple[str, int]:
    parts = urlsplit(about["url"])
    return str(parts.hostname), int(parts.port or 0)


def slow_line(options: argparse.Namespace, about: dict[str, Any]) -> Line:
    return Line(address(about), rate=options.rate, round_trip=options.round_trip)


def client(about: dict[str, Any], url: str) -> RegionClient:
    return RegionClient(Account("bench", url, about["project"]), about["token"])


def told(name: str, seconds: float, line: Line, total: int, options: argparse.Namespace, got: tuple[int, int]) -> None:
    limit = total / options.rate
    overhead = (line.up - total) / options.records
    say(
        name,
        f"{seconds:7.1f} s, {seconds / limit:5.2f} x bytes/bandwidth ({limit:.1f} s), "
        f"{overhead:6.0f} B up a record beside its own, {line.down / 1000:6.0f} kB down; "
        f"stored {got[0]}/{options.records} and {got[1]}/{options.photos} photos",
        seconds=seconds, times_the_line=seconds / limit, bytes_beside=overhead, stored=got[0], photos=got[1],
    )  # fmt: skip


def run_kit(options: argparse.Namespace) -> None:
    with (
        region(1) as about,
        outbox(options.records, options.photos) as (store, total),
        slow_line(options, about) as line,
    ):
        made = client(about, line.url)
        began = time.perf_counter()
        report = push(store, made, flights=FLIGHTS)
        seconds = time.perf_counter() - began
        made.close()
        if report.stopped or report.waiting:
            say("kit", f"{report.stopped}, {len(report.waiting)} wait", waiting=len(report.waiting))
        told("kit", seconds, line, total, options, stored(about))


def sendings(options: argparse.Namespace) -> Iterator[tuple[bytes, dict[str, bytes]]]:
    every = options.records // options.photos if options.photos else options.records + 1
    for number in range(options.records):
        files = {"photo.jpg": os.urandom(PHOTO)} if options.photos and number % every == 0 else {}
        yield record(number, photo=next(iter(files), ""))[1], files


def run_session(options: argparse.Namespace) -> None:
    import requests

    with region(1) as about, slow_line(options, about) as line, requests.Session() as session:
        session.trust_env = False
        url = f"{line.url}/v1/projects/{about['project']}/submission"
        headers = {"X-OpenRosa-Version": "1.0", "Authorization": f"Bearer {about['token']}"}
        total, began = 0, time.perf_counter()
        for xml, files in sendings(options):
            parts = {"xml_submission_file": ("submission.xml", xml, "text/xml")}
            parts |= {name: (name, content, "image/jpeg") for name, content in files.items()}
            session.post(url, headers=headers, files=parts, timeout=120).raise_for_status()
            total += len(xml) + sum(map(len, files.values()))
        told("session", time.perf_counter() - began, line, total, options, stored(about))


def run_pyodk(options: argparse.Namespace) -> None:
    try:
        from pyodk._utils.session import Session  # noqa: PLC0415
        from pyodk.client import Client  # noqa: PLC0415
    except ImportError:
        say("pyodk", "not installed")
        return
    with region(1) as about, slow_line(options, about) as line, tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "pyodk.toml"
        config.write_text(
            f'[central]\nbase_url = "{line.url}"\nusername = "{about["email"]}"\npassword = "{about["password"]}"\n'
        )
        session = Session(line.url, "v1", about["email"], about["password"], Path(folder) / "cache.toml")
        session.trust_env = False
        photo = Path(folder) / "photo.jpg"
        total = 0
        with Client(config, Path(folder) / "cache.toml", about["project"], session=session) as kit:
            began = time.perf_counter()
            for xml, files in sendings(options):
                for content in files.values():
                    photo.write_bytes(content)
                kit.submissions.create(xml.decode(), form_id="lieux_0", attachments=[photo] if files else None)
                total += len(xml) + sum(map(len, files.values()))
            told("pyodk", time.perf_counter() - began, line, total, options, stored(about))


def run_limit(options: argparse.Namespace) -> None:
    """Push a megabyte through the line into a sink: what it really passes."""
    sink = socket.create_server(("127.0.0.1", 0))
    size = min(1_000_000, int(options.rate * 20))

    def swallow() -> None:
        taken, _ = sink.accept()
        with taken:
            while taken.recv(65_536):
                pass
            taken.sendall(b"!")

    threading.Thread(target=swallow, daemon=True).start()
    with Line(sink.getsockname(), rate=options.rate, round_trip=options.round_trip) as line:
        parts = urlsplit(line.url)
        with socket.create_connection((parts.hostname, parts.port)) as one:
            began = time.perf_counter()
            one.sendall(b"x" * size)
            while line.up < size:
                time.sleep(0.005)
            rate = size / (time.perf_counter() - began - options.round_trip)
    text = f"{rate / 1000:.1f} kB/s measured, {options.rate / 1000:.1f} asked, {options.round_trip} s round trip"
    say("line", text, bytes_a_second=rate)


def run_idle(options: argparse.Namespace) -> None:
    """Sync with nothing new: the first of a session, then the next."""
    with region(options.forms) as about, outbox(0, 0) as (store, _), Line(address(about)) as line:
        first = client(about, line.url)
        pull(store, first)
        first.close()
        made = client(about, line.url)
        for name in ("first of a session", "the next"):
            before = line.up, line.down
            report = pull(store, made)
            up, down = line.up - before[0], line.down - before[1]
            text = f"{name}: {len(report.unchanged)} forms unchanged, {up:,} B up, {down:,} B down"
            key = "next" if name == "the next" else "first"
            say("idle", text, **{f"{key}_up": up, f"{key}_down": down})
        made.close()


def run_memory(_options: argparse.Namespace) -> None:
    """Send one record with 60 MB: how much the peak grows."""
    with region(1) as about, outbox(1, 1, 1000) as (store, _):
        warm = client(about, about["url"])
        push(store, warm, flights=FLIGHTS)
        files = {f"f{number}.jpg": os.urandom(20_000_000) for number in range(3)}
        put(store, 1, files)
        del files
        child = Path(store.path)
        command = [sys.executable, "-m", "bench.sync", "--send", str(child), json.dumps(about)]
        found = json.loads(subprocess.run(command, check=True, cwd=ROOT, capture_output=True, text=True).stdout)
        sent, before, after = found["sent"] / 1e6, found["before"] / 1024, found["after"] / 1024
        say("memory", f"{sent:.1f} MB sent, peak {before:.1f} -> {after:.1f} MB", sent=sent, before=before, after=after)
        warm.close()


def peak() -> int:
    """Return the most memory that this process ever had, in kB; Linux."""
    text = Path("/proc/self/status").read_text(encoding="ascii")
    return int(text.partition("VmHWM:")[2].split()[0])


def send(path: str, about: dict[str, Any]) -> None:
    """Send what waits in a store, in this process; print as JSON the bytes, and the memory (kB) before and after."""
    with open_store(Path(path)) as store:
        put(store, 2, {})
        made = client(about, about["url"])
        made.probe()
        before = peak()
        report = push(store, made, flights=FLIGHTS)
        after = peak()
        made.close()
    print(json.dumps({"sent": report.bytes_sent, "before": before, "after": after}))


def run_queue(options: argparse.Namespace) -> None:
    """Queue many: how long until the first byte of a record leaves."""
    with region(1) as about, outbox(options.queue, 0) as (store, _):
        made, cancel, first = client(about, about["url"]), threading.Event(), []
        began = time.perf_counter()

        def look(value: Any) -> None:
            if value.bytes_sent and not first:
                first.append(time.perf_counter() - began)
                cancel.set()

        push(store, made, cancel, look, flights=FLIGHTS)
        made.close()
        say("queue", f"{options.queue} records, the first byte leaves after {first[0]:.2f} s", first_byte=first[0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=500)
    parser.add_argument("--photos", type=int, default=50)
    parser.add_argument("--rate", type=float, default=64_000.0)
    parser.add_argument("--round-trip", type=float, default=0.3)
    parser.add_argument("--queue", type=int, default=10_000)
    parser.add_argument("--forms", type=int, default=60)
    parser.add_argument("--only", default="limit,queue,idle,memory,kit,session,pyodk")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--send", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.short:
        options.records, options.photos = 50, 5
    if options.send:
        send(options.send[0], json.loads(options.send[1]))
        return
    runs = {"limit": run_limit, "queue": run_queue, "idle": run_idle, "memory": run_memory, "kit": run_kit,
            "session": run_session, "pyodk": run_pyodk}  # fmt: skip
    for name in options.only.split(","):
        runs[name](options)
    if options.json:
        print(json.dumps(FIGURES))


if __name__ == "__main__":
    main()
