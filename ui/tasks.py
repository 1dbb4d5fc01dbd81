# SPDX-License-Identifier: EUPL-1.2
"""The seam between the window and its workers: plain functions go out, their results come back in the window's thread.

One long-lived bridge object over standard executors: results travel as closures through one queued signal, in order.
Work is plain Python; it may take `cancel` (a `threading.Event`) and `progress` (a callable). Progress is looked at
every 150 ms by a timer, never pushed: a fast worker cannot flood the window.
"""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from ui.sweeping import Sweeper

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

Result = TypeVar("Result")
POLL_MS = 150


class Job:
    """One piece of work under way: ask it to stop with `cancel()`, read how far it is in `progress`."""

    def __init__(
        self,
        on_success: Callable[[Any], None] | None = None,
        on_error: Callable[[Exception], None] | None = None,
        on_progress: Callable[[Any], None] | None = None,
    ) -> None:
        self.stop = threading.Event()
        self.done = False
        self.progress: Any = None
        self.on_success = on_success
        self.on_error = on_error
        self._shown: Any = None
        self._on_progress = on_progress

    def forget(self) -> None:
        """Let go of the callbacks in the window's thread: what they hold must not end in the worker's hands."""
        self.on_success = self.on_error = self._on_progress = None

    def cancel(self) -> None:
        """Ask the work to stop at its next safe point; its result still arrives."""
        self.stop.set()

    def report(self, value: Any) -> None:
        """Note how far the work is; called from the worker."""
        self.progress = value

    def show_progress(self) -> None:
        """Tell the listener what changed since the last look; called in the window's thread."""
        value = self.progress
        if self._on_progress is not None and value is not self._shown:
            self._shown = value
            self._on_progress(value)


class Tasks(QObject):
    """Runs work beside the window. `failed` carries the errors that nobody asked for with `on_error`."""

    failed = Signal(object)
    _delivered = Signal(object)

    def __init__(self, parent: QObject | None = None, *, workers: int = 2) -> None:
        super().__init__(parent)
        self._workers = workers
        self._pools: dict[str, ThreadPoolExecutor] = {}
        self._jobs: list[Job] = []
        self._delivered.connect(self._on_delivered, Qt.ConnectionType.QueuedConnection)
        self._sweeper = Sweeper(self)
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._on_poll)

    def run(
        self,
        work: Callable[..., Result],
        on_success: Callable[[Result], None] | None = None,
        on_error: Callable[[Exception], None] | None = None,
        *,
        on_progress: Callable[[Any], None] | None = None,
        lane: str = "",
    ) -> Job:
        """Run `work()` in a worker, then one of the callbacks in this thread.

        `lane` names a queue of its own with one worker ("sync"): its pieces of work never overlap. `work` gets
        `cancel` and `progress` if its parameters have those names.
        """
        job = Job(on_success, on_error, on_progress)
        self._jobs.append(job)
        if on_progress is not None:
            self._timer.start()
        self._submit(lambda: self._perform(job, work), lane)
        return job

    def close(self) -> None:
        """Ask everything to stop and wait for it; results that arrive later are dropped."""
        for job in self._jobs:
            job.cancel()
        self._timer.stop()
        for pool in self._pools.values():
            pool.shutdown(wait=True, cancel_futures=True)
        self._pools.clear()
        self._sweeper.stop()
        self._jobs.clear()

    def collect_here(self) -> None:
        """Collect garbage in the window's thread from now on (done anyway with the first worker)."""
        self._sweeper.start()

    @property
    def busy(self) -> bool:
        """Whether anything is under way."""
        return bool(self._jobs)

    def _submit(self, call: Callable[[], None], lane: str) -> None:
        from concurrent.futures import ThreadPoolExecutor

        self._sweeper.start()
        if lane not in self._pools:
            workers = 1 if lane else self._workers
            self._pools[lane] = ThreadPoolExecutor(workers, thread_name_prefix=f"fieldkit-{lane or 'work'}")
        self._pools[lane].submit(call)

    def _perform(self, job: Job, work: Callable[..., Any]) -> None:
        try:
            result = work(**_wanted(work, job))
        except Exception as error:  # noqa: BLE001 - handed to the window, which tells expected errors from bugs
            caught = error
            self._deliver(lambda: self._fail(job, caught))
        else:
            self._deliver(lambda: self._succeed(job, result))

    def _deliver(self, call: Callable[[], None]) -> None:
        self._delivered.emit(call)

    @Slot(object)
    def _on_delivered(self, call: Callable[[], None]) -> None:
        call()

    def _succeed(self, job: Job, result: Any) -> None:
        if self._end(job) and job.on_success is not None:
            job.on_success(result)
        job.forget()

    def _fail(self, job: Job, error: Exception) -> None:
        if self._end(job):
            if job.on_error is not None:
                job.on_error(error)
            else:
                self.failed.emit(error)
        job.forget()

    def _end(self, job: Job) -> bool:
        """Take the job off the list; False if the program is closing and nobody listens any more."""
        if job not in self._jobs:
            return False
        job.show_progress()
        job.done = True
        self._jobs.remove(job)
        if not self._jobs:
            self._timer.stop()
        return True

    def _on_poll(self) -> None:
        for job in tuple(self._jobs):
            job.show_progress()


class InlineTasks(Tasks):
    """The same in the caller's thread, at once: for tests and for the tour."""

    def _submit(self, call: Callable[[], None], lane: str) -> None:
        del lane
        call()

    def _deliver(self, call: Callable[[], None]) -> None:
        call()


def _wanted(work: Callable[..., Any], job: Job) -> dict[str, Any]:
    offered = {"cancel": job.stop, "progress": job.report}
    try:
        names = set(inspect.signature(work).parameters)
    except (ValueError, TypeError):  # a function of C that does not tell
        names = set()
    return {name: value for name, value in offered.items() if name in names}
