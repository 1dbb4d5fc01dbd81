# SPDX-License-Identifier: EUPL-1.2
"""The answers of many records, several requests at once: a slow line waits for its turns more than for its bytes."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from typing import TYPE_CHECKING, TypeAlias

from sync.errors import SyncError

if TYPE_CHECKING:
    from fieldkit.received import ReceivedRecord
    from sync.staff.client import StaffClient

FLIGHTS = 4  # what servers bear and lines fill: the same as in sending

Found: TypeAlias = "tuple[ReceivedRecord, bytes | SyncError]"


def read_records(client: StaffClient, records: Sequence[ReceivedRecord]) -> Generator[Found, None, None]:
    """Yield each record with its XML, or with the error that it met, in the order given.

    No more than a few are asked for ahead of what was taken; who stops taking stops the asking.
    """
    idle: SimpleQueue[StaffClient] = SimpleQueue()
    twins = [client.twin() for _ in range(min(FLIGHTS, len(records)))] if len(records) > 1 else []
    for each in twins or [client]:  # for one record a new connection would cost more than the record
        idle.put(each)

    def read(record: ReceivedRecord) -> bytes:
        each = idle.get()
        try:
            return each.record(record.form_id, record.root_id)
        finally:
            idle.put(each)

    pool = ThreadPoolExecutor(FLIGHTS, thread_name_prefix="fieldkit-gather")
    ahead: deque[tuple[ReceivedRecord, Future[bytes]]] = deque()
    try:
        for record in records:
            ahead.append((record, pool.submit(read, record)))
            if len(ahead) > FLIGHTS:
                yield _found(*ahead.popleft())
        while ahead:
            yield _found(*ahead.popleft())
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        for each in twins:
            client.bytes_received += each.bytes_received
            each.close()


def _found(record: ReceivedRecord, future: Future[bytes]) -> Found:
    try:
        return record, future.result()
    except SyncError as error:
        return record, error
