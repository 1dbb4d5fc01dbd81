# SPDX-License-Identifier: EUPL-1.2
"""The seam to the workers, with real threads: everything arrives, once, in this thread; and the inline twin."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from ui.tasks import InlineTasks, Tasks

MANY = 2000


@pytest.fixture
def tasks(qtbot: QtBot) -> Iterator[Tasks]:
    made = Tasks()
    yield made
    made.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("fieldkit-")]


def test_every_result_arrives_in_order_and_in_this_thread(tasks: Tasks, qtbot: QtBot) -> None:
    arrived: list[int] = []
    threads: set[int] = set()

    def take(value: int) -> None:
        arrived.append(value)
        threads.add(threading.get_ident())

    for number in range(MANY):
        tasks.run(lambda number=number: number, take, lane="one")
    qtbot.waitUntil(lambda: len(arrived) == MANY, timeout=20_000)
    assert arrived == list(range(MANY))
    assert threads == {threading.get_ident()}
    assert not tasks.busy


def test_work_is_done_elsewhere(tasks: Tasks, qtbot: QtBot) -> None:
    found: list[int] = []
    tasks.run(threading.get_ident, found.append)
    qtbot.waitUntil(lambda: bool(found))
    assert found != [threading.get_ident()]


def test_an_error_reaches_who_asked_for_it(tasks: Tasks, qtbot: QtBot) -> None:
    errors: list[Exception] = []
    tasks.run(lambda: [1].index(2), on_error=errors.append)
    qtbot.waitUntil(lambda: bool(errors))
    assert isinstance(errors[0], ValueError)


def test_an_error_that_nobody_asked_for_is_told_to_all(tasks: Tasks, qtbot: QtBot) -> None:
    with qtbot.waitSignal(tasks.failed, timeout=5000) as told:
        tasks.run(lambda: {}["x"])
    assert isinstance(told.args[0], KeyError)


def test_work_that_is_cancelled_knows_it(tasks: Tasks, qtbot: QtBot) -> None:
    stopped: list[bool] = []

    def work(cancel: threading.Event) -> bool:
        return cancel.wait(10)

    job = tasks.run(work, stopped.append)
    job.cancel()
    qtbot.waitUntil(lambda: bool(stopped), timeout=5000)
    assert stopped == [True]
    assert job.done


def test_progress_is_looked_at_and_the_last_value_is_never_lost(tasks: Tasks, qtbot: QtBot) -> None:
    seen: list[int] = []
    ended: list[None] = []

    def work(progress: Callable[[int], None]) -> None:
        for number in range(1, 40):
            progress(number)
            time.sleep(0.01)

    tasks.run(work, ended.append, on_progress=seen.append)
    qtbot.waitUntil(lambda: bool(ended), timeout=10_000)
    assert seen[-1] == 39
    assert seen == sorted(set(seen))
    assert len(seen) < 39


def test_a_lane_does_one_thing_at_a_time(tasks: Tasks, qtbot: QtBot) -> None:
    inside, most, ended = 0, 0, []
    guard = threading.Lock()

    def work() -> None:
        nonlocal inside, most
        with guard:
            inside += 1
            most = max(most, inside)
        time.sleep(0.02)
        with guard:
            inside -= 1

    for _ in range(8):
        tasks.run(work, ended.append, lane="sync")
    qtbot.waitUntil(lambda: len(ended) == 8, timeout=10_000)
    assert most == 1


def test_results_that_come_after_closing_are_dropped(qtbot: QtBot) -> None:
    tasks = Tasks()
    arrived: list[bool] = []
    started = threading.Event()

    def work(cancel: threading.Event) -> bool:
        started.set()
        return cancel.wait(10)

    tasks.run(work, arrived.append)
    started.wait(5)
    tasks.close()
    qtbot.wait(50)
    assert arrived == []


def test_the_inline_twin_does_the_same_at_once(qapp: object) -> None:
    tasks = InlineTasks()
    arrived: list[object] = []
    job = tasks.run(lambda progress: progress(3) or "done", arrived.append, on_progress=arrived.append)
    assert arrived == [3, "done"]
    assert job.done
    tasks.run(lambda: 1 / 0, on_error=arrived.append)
    assert isinstance(arrived[-1], ZeroDivisionError)
    tasks.close()


def test_garbage_of_the_window_never_ends_in_a_worker(tasks: Tasks, qtbot: QtBot) -> None:
    """Cycles that hold Qt objects are let go while a worker makes thousands of cycles of its own."""
    ended: list[str] = []

    class Held(QObject):
        def __del__(self) -> None:
            ended.append(threading.current_thread().name)

    def drop_a_cycle() -> None:
        held = Held()
        held.me = held  # type: ignore[attr-defined]  # what makes it a cycle

    def make_garbage() -> int:
        for _ in range(200_000):
            cycle: list[object] = []
            cycle.append(cycle)
        return 1

    finished: list[int] = []
    for _ in range(50):
        drop_a_cycle()
    for _ in range(3):
        tasks.run(make_garbage, finished.append)
    qtbot.waitUntil(lambda: len(finished) == 3, timeout=20_000)
    qtbot.waitUntil(lambda: len(ended) == 50, timeout=20_000)
    assert set(ended) == {threading.main_thread().name}


def test_collecting_is_given_back_at_the_end(qtbot: QtBot) -> None:
    gc.enable()
    made = Tasks()
    made.collect_here()
    assert not gc.isenabled()
    made.close()
    assert gc.isenabled()
    gc.disable()  # as the tests around have it
