"""Where the lines of the log leave the process: what happens all the time for a moment later and together.

Every line that is written by itself costs a call of the system, and wakes whoever reads it. So lines of the level
``info`` wait until some are together; whatever else is written takes with it what waits. A process that ends as it
should has written all; one that is killed in the middle lacks at most the requests of its last moment, and no warning.
"""

import asyncio
import atexit
from threading import Lock
from typing import TextIO

_MOMENT = 0.02
"""Seconds."""
_MOST = 256
"""Lines that wait."""
_AT_ONCE = 4096
"""Bytes that go into a pipe as one piece, whoever else writes into it (POSIX, ``PIPE_BUF``): no line is torn."""


class Outlet:
    """The logger under structlog's, and the stream of the library's handler: lines of ASCII, of whichever thread."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._lock = Lock()
        self._waiting: list[str] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        """In which it is to be written what waits."""
        atexit.register(self.flush)

    def info(self, line: str) -> None:
        """Write a line in a moment; at once where nobody would come back to it."""
        with self._lock:
            self._waiting.append(f"{line}\n")
            is_full = len(self._waiting) >= _MOST
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self.flush()
            return
        if is_full:
            self.flush()
        elif loop is not self._loop:
            self._loop = loop
            loop.call_later(_MOMENT, self.flush)

    debug = info

    def error(self, line: str) -> None:
        """Write a line at once, behind those that wait."""
        self.write(f"{line}\n")
        self.flush()

    warning = critical = error

    def write(self, text: str) -> None:
        """Write whole lines with the next ``flush``."""
        with self._lock:
            self._waiting.append(text)

    def flush(self) -> None:
        """Write what waits."""
        with self._lock:
            self._loop = None
            lines, self._waiting = self._waiting, []
            for piece in _pieces(lines):
                self._file.write(piece)
                self._file.flush()


def _pieces(lines: list[str]) -> list[str]:
    """As many lines in each as go out as one piece; a longer line is a piece of its own."""
    pieces: list[str] = []
    begin = size = 0
    for place, line in enumerate(lines):
        if size + len(line) > _AT_ONCE and place > begin:
            pieces.append("".join(lines[begin:place]))
            begin, size = place, 0
        size += len(line)
    if lines:
        pieces.append("".join(lines[begin:]))
    return pieces
