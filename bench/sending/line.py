# SPDX-License-Identifier: EUPL-1.2
"""A slow line on loopback: so many bytes a second each way, shared by all connections, and a round trip of so long.

What the line does not model: loss, and the slow start of TCP; both would make every client slower.
"""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from contextlib import suppress

BLOCK = 4096
BUFFER = 16_384  # what the line itself may hold, so that a client cannot be done before its bytes have left


class Line:
    """Between a client and `upstream` (host, port); `up` and `down` count bytes. A context manager with a thread."""

    def __init__(self, upstream: tuple[str, int], *, rate: float = 0.0, round_trip: float = 0.0) -> None:
        self.up = self.down = 0
        self._upstream = upstream
        self._rate = rate
        self._half = round_trip / 2
        self._free = {"up": 0.0, "down": 0.0}
        self._loop = asyncio.new_event_loop()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Line:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Cut all connections."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(asyncio.start_server(self._accept, sock=self._listener, limit=BLOCK))
        self._loop.run_forever()
        left = asyncio.all_tasks(self._loop)
        for task in left:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        self._loop.close()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(2 * self._half)  # the handshake of TCP
        try:
            far_reader, far_writer = await asyncio.open_connection(*self._upstream, limit=BLOCK)
        except OSError:
            writer.close()
            return
        with suppress(asyncio.CancelledError):  # the end of the line: nobody waits for this task
            await asyncio.gather(self._pass("up", reader, far_writer), self._pass("down", far_reader, writer))

    async def _pass(self, way: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        arriving = asyncio.create_task(_deliver(queue, writer))
        try:
            while block := await reader.read(BLOCK):
                now = time.monotonic()
                if self._rate:
                    self._free[way] = max(now, self._free[way]) + len(block) / self._rate
                    await asyncio.sleep(self._free[way] - now)
                setattr(self, way, getattr(self, way) + len(block))
                queue.put_nowait((time.monotonic() + self._half, block))
        except OSError:
            pass
        queue.put_nowait((time.monotonic() + self._half, b""))
        await arriving


async def _deliver(queue: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter) -> None:
    while True:
        due, block = await queue.get()
        await asyncio.sleep(max(due - time.monotonic(), 0))
        if not block:
            writer.close()
            return
        try:
            writer.write(block)
            await writer.drain()
        except OSError:
            return
