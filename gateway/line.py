"""What all that we speak on a caller's line has in common: timers, and an end also for who never reads."""

import asyncio
import contextlib
import struct
from collections.abc import Callable
from socket import SO_LINGER, SOL_SOCKET
from typing import Any


class Line(asyncio.Protocol):
    """Stands before a protocol of uvicorn, which knows few timers and waits for ever for a reader."""

    loop: asyncio.AbstractEventLoop
    transport: asyncio.Transport

    def __init__(self, *args: Any, patience: float, **kwargs: Any) -> None:
        """Begin a line.

        Args:
            args: for the protocol behind.
            patience: seconds for the caller to do whatever is their turn.
            kwargs: for the protocol behind.
        """
        super().__init__(*args, **kwargs)
        self._patience = patience
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget every timer."""
        self._forget_timers()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """The caller does not read as fast as we write."""
        super().pause_writing()
        self._watch_reader()

    def resume_writing(self) -> None:
        """The caller has read."""
        self._no_longer("reader")
        super().resume_writing()

    def _close(self) -> None:
        """Close when everything is written; after a while, in any case."""
        self._in("abort", self._patience, self._cut)
        self.transport.close()

    def _watch_reader(self) -> None:
        left = self.transport.get_write_buffer_size()

        def judge() -> None:
            if self.transport.get_write_buffer_size() < left:
                self._watch_reader()
            else:
                self._cut()

        self._in("reader", self._patience, judge)

    def _cut(self) -> None:
        """End the connection at once, and with it what the system still keeps to be read."""
        line = self.transport.get_extra_info("socket")
        with contextlib.suppress(OSError):  # the caller's end may have closed it a moment ago
            line.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    def _in(self, name: str, seconds: float, act: Callable[[], None]) -> None:
        self._no_longer(name)

        def due() -> None:
            del self._timers[name]
            act()

        self._timers[name] = self.loop.call_later(seconds, due)

    def _no_longer(self, name: str) -> None:
        if timer := self._timers.pop(name, None):
            timer.cancel()

    def _forget_timers(self) -> None:
        for name in list(self._timers):
            self._no_longer(name)
