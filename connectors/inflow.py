"""One answer of any length on a connection of its own, taken piece by piece: who does not take holds the source up.

Beside ``connection``, whose answers are whole and bounded by memory. Here at most ``_MOST_WAITING`` bytes wait to be
taken; beyond that nothing more is read from the socket, and the source's own network makes it wait.
"""

import asyncio
from collections import deque
from typing import Any

import httptools

from connectors.connection import MOST_HEADER
from connectors.errors import Garbled, SourceError, TooSlow, Unavailable

_MOST_WAITING = 256 * 1024


class Inflow(asyncio.Protocol):
    """Sends one request, and gives its answer as it comes. Used once."""

    def __init__(self, request: bytes, *, most: int, read: float) -> None:
        """Begin without a transport; the loop brings one.

        Args:
            request: as it goes out.
            most: bytes of a body that are taken.
            read: seconds of silence after which the answer is given up.
        """
        self.status = 0
        self.headers: dict[str, str] = {}
        self._request = request
        self._most = most
        self._read = read
        self._transport: asyncio.Transport | None = None
        self._parser: Any = httptools.HttpResponseParser(self)
        self._pieces: deque[bytes] = deque()
        self._waiting = self._size = self._header = 0
        self._fault: SourceError | None = None
        self._has_header = self._has_end = self._is_complete = False
        self._news = asyncio.Event()

    async def begin(self) -> None:
        """Wait for the header.

        Raises:
            SourceError: there is none.
        """
        while not self._answered():
            await self._hear()

    async def piece(self) -> bytes:
        """The next bytes; none at the end of a whole answer.

        Raises:
            SourceError: the rest does not come.
        """
        while not self._pieces:
            if self._ended():
                return b""
            await self._hear()
        taken = self._pieces.popleft()
        self._waiting -= len(taken)
        if self._transport is not None and self._waiting < _MOST_WAITING:
            self._transport.resume_reading()
        return taken

    def end(self) -> None:
        """Close at once, whatever is under way."""
        if self._transport is not None:
            self._transport.abort()

    def _answered(self) -> bool:
        return self._has_header

    def _ended(self) -> bool:
        return self._is_complete

    async def _hear(self) -> None:
        """Wait until something is new."""
        self._require_no_fault()
        self._news.clear()
        try:
            async with asyncio.timeout(self._read):
                await self._news.wait()
        except TimeoutError:
            self._fail(TooSlow("ReadTimeout"))
        if not self._pieces:
            self._require_no_fault()

    def _require_no_fault(self) -> None:
        if self._fault is not None:
            raise self._fault

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask."""
        self._transport = transport  # type: ignore[assignment]  # the loop makes no other kind for a stream
        transport.write(self._request)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        """Read on, within the bounds."""
        if self._ended() or self._fault is not None:
            self.end()
            return
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            if not self._ended():
                self._fail(Garbled("RemoteProtocolError"))
        if self._ended():
            self.end()  # used once
        if self._transport is not None and self._waiting >= _MOST_WAITING:
            self._transport.pause_reading()
        self._news.set()

    def eof_received(self) -> bool:
        """Nothing more will come: the loop closes the connection."""
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """The end; of an answer without a length as well."""
        self._transport = None
        if not self._is_complete and self._has_header and not self._has_end and exc is None:
            self._is_complete = True
        elif not self._is_complete and self._fault is None:
            self._fault = Garbled("ended before its end") if self._has_header else Unavailable("RemoteProtocolError")
        self._news.set()

    def on_header(self, name: bytes, value: bytes) -> None:
        """One field of the header."""
        self._header += len(name) + len(value)
        if self._header > MOST_HEADER:
            self._fail(Garbled("a header larger than its bound"))
        elif not self._has_header:
            known = name.decode("latin-1").lower()
            before = self.headers.get(known)
            text = value.decode("latin-1")
            self.headers[known] = text if before is None else f"{before}, {text}"

    def on_headers_complete(self) -> None:
        """Judge what is announced."""
        self.status = self._parser.get_status_code()
        if self.status < 200:
            self.headers = {}
            return
        length, coding = self.headers.get("content-length"), self.headers.get("transfer-encoding")
        if self.headers.get("content-encoding", "identity").lower() != "identity":
            self._fail(Garbled("packed although identity was asked for"))
        elif coding is not None and (length is not None or coding.lower() != "chunked"):
            self._fail(Garbled("nobody can tell where it ends"))
        elif length is not None and (not length.isdigit() or int(length[:20]) > self._most):
            self._fail(Garbled("larger than its bound"))
        else:
            self._has_header = True
            self._has_end = length is not None or coding is not None

    def on_body(self, body: bytes) -> None:
        """A part of the body."""
        self._size += len(body)
        if self._size > self._most:
            self._fail(Garbled("larger than its bound"))
        elif self._fault is None:
            self._pieces.append(body)
            self._waiting += len(body)

    def on_message_complete(self) -> None:
        """The answer is here to its end."""
        if self.status >= 200:
            self._is_complete = self._fault is None

    def _fail(self, error: SourceError) -> None:
        self._fault = self._fault or error
        self.end()
        self._news.set()
