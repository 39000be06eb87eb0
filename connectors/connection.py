"""One connection to a source, as HTTP/1.1 is spoken on it: one exchange at a time, and an end to everything.

A source is a stranger. Its answer is whole or it is none; a header, a body, the framing around a body and what is said
beside an answer have their bounds; and a connection on which anything was said that nobody asked for is never used
again: else the answer about one citizen could be taken for the answer about the next.
"""

import asyncio
import contextvars
import math
import select
import threading
from collections.abc import Callable
from typing import Any

import httptools

from connectors.carrying import too_slow
from connectors.errors import Garbled, SourceError, TooSlow, Unavailable
from connectors.reply import READ, Reply

MOST_HEADER = 64 * 1024
"""Bytes of a header, and of the fields after a body."""
_MOST_FIELDS = 200
_MOST_INTERIM = 8
"""Answers such as *103 Early Hints* before the one that counts."""
_FRAMING = 4
"""How many times the bound of a body may be sent for it: chunks have a frame, and tiny ones a large one."""
_MOST_AT_ONCE = 256 * 1024
"""Bytes that are read from a socket in one go."""
_EXACT = 0.001
"""Seconds by which a timer may be early: clocks of loops are no more exact."""


class _Names(dict[bytes, str]):
    """Names of fields as ``reply.READ`` has them, empty for what nobody reads; the usual ones are remembered."""

    def __missing__(self, raw: bytes) -> str:
        name = raw.decode("latin-1").lower()
        if name not in READ:
            name = ""
        if len(self) < _MOST_NAMES and len(raw) <= _USUAL:
            self[raw] = name
        return name


_NAMES = _Names()
_MOST_NAMES, _USUAL = 500, 50


class _Room(threading.local):
    """Where sockets are read into: one place for all connections of a thread, for each reads it out before the next.

    So what is read is not copied before it is parsed, and lies in memory that is warm.
    """

    def __init__(self) -> None:
        self.buffer = memoryview(bytearray(_MOST_AT_ONCE))


_ROOM = _Room()


class Gone(Exception):
    """The connection had ended before a byte of an answer came."""


class Connection(asyncio.BufferedProtocol):
    """Speaks with one source. Made by ``pool.Pool``, which lends it to one call at a time."""

    _fields: list[tuple[str, bytes]]
    """Of the header, those that anybody reads."""
    _headers: dict[str, str] | None
    """Of the answer, once they are complete."""
    _body: list[bytes]
    _fault: SourceError | None
    """Why the answer cannot be used, found out while it is read."""
    _status: int
    _received: int
    """Bytes, of whatever."""
    _room: int
    """Fields that may still come."""
    _header: int
    """Bytes of its fields, of an answer that is long enough for too many of them."""
    _size: int
    """Bytes of the body."""
    _interim: int
    _has_end: bool
    """Whether the answer says where it ends; otherwise it ends with the connection."""
    _is_complete: bool
    _is_reusable: bool

    def __init__(self, *, max_body: int, read: float | None, lost: Callable[["Connection"], None]) -> None:
        """Begin without a transport; the loop brings one.

        Args:
            max_body: bytes of an answer that are read.
            read: seconds of silence after which an answer is given up; without, only the caller's deadline ends it.
            lost: told when the connection has ended.
        """
        self._max_body = max_body
        self._read = math.inf if read is None else read
        self._lost = lost
        self.loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._parser: Any = httptools.HttpResponseParser(self)
        self._buffer = _ROOM.buffer
        self._waiter: asyncio.Future[Reply] | None = None
        self._timer: asyncio.TimerHandle | None = None
        # Its timer outlives the call that set it: nothing of that call is to be kept with it.
        self._context = contextvars.Context()
        self._wakes = math.inf
        """By the loop's clock, when the timer wakes us."""
        self._until = self._heard = 0.0
        """By that clock, when the answer must be here, and when something was heard last."""
        self.is_open = False
        """Whether it can be lent: alive, and nothing is under way or left over on it."""
        self.idle_since = 0.0
        """By the loop's clock; the pool's to write."""

    def exchange(self, request: bytes, left: float) -> "asyncio.Future[Reply]":
        """Send a request; its answer is awaited. Whoever stops waiting for it has to end the connection.

        Args:
            request: as it goes out.
            left: seconds until the answer must be here.

        Raises:
            Gone: the connection had ended before anything was answered.
            SourceError: there is no whole answer within the bounds.
        """
        if self._transport is None or not self.is_open:
            raise Gone
        # Of the exchange before nothing is left.
        self._fields, self._headers, self._body, self._fault = [], None, [], None
        self._status = self._received = self._header = self._size = self._interim = 0
        self._room = _MOST_FIELDS
        self._has_end = self._is_complete = self._is_reusable = self.is_open = False
        waiter: asyncio.Future[Reply] = self.loop.create_future()
        self._waiter = waiter
        self._transport.write(request)
        self._heard = now = self.loop.time()
        self._until = now + left
        if now + left < self._wakes or now + self._read < self._wakes:
            self._set_timer(now)
        return waiter

    def left(self) -> float:
        """Seconds until the answer must be here."""
        return self._until - self.loop.time()

    def is_heard(self) -> bool:
        """Whether something waits to be read on an idle connection, its end above all: then nothing is sent on it."""
        return self._transport is None or _is_readable(self._transport.get_extra_info("socket"))

    def end(self) -> None:
        """Close at once, whatever is under way."""
        self.is_open = False
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ready."""
        self._transport = transport  # type: ignore[assignment]  # the loop makes no other kind for a stream
        self.is_open = True

    def get_buffer(self, _sizehint: int) -> memoryview:
        """Where to read into."""
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Read on, within the bounds."""
        if self._waiter is None or self._waiter.done():
            self.end()
            return
        self._received += nbytes
        try:
            self._parser.feed_data(self._buffer[:nbytes])
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            if not self._is_complete:
                self._fail(self._broken())
                return
            self._is_reusable = False
        if self._is_complete:
            self._succeed()
        elif self._fault is not None:
            self._fail(self._fault)
        elif self._received > MOST_HEADER + (_FRAMING * self._max_body if self._headers is not None else 0):
            self._fail(Garbled("larger than its bound"))
        else:
            self._heard = self.loop.time()

    def eof_received(self) -> bool:
        """Nothing more will come: the loop closes the connection."""
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """The end; of an answer without a length as well."""
        self.is_open, self._transport = False, None
        if self._timer is not None:
            self._timer.cancel()
            self._timer, self._wakes = None, math.inf
        if self._waiter is not None and not self._waiter.done():
            if self._headers is not None and not self._has_end and exc is None and self._fault is None:
                self._is_reusable = False
                self._succeed()
            elif self._received:
                self._fail(Unavailable("ReadError") if exc is not None else self._broken())
            else:
                self._fail(Gone())
        self._lost(self)

    def on_message_begin(self) -> None:
        """An answer, of which there may be one."""
        if self._is_complete:
            self._is_reusable = False
        else:
            self._fields = []

    def on_header(self, name: bytes, value: bytes) -> None:
        """One field of the header, or one behind the body, which says nothing here."""
        self._room -= 1
        if self._received > MOST_HEADER:
            self._header += len(name) + len(value)
        if self._room < 0 or self._header > MOST_HEADER:
            self._fault = self._fault or Garbled("a header larger than its bound")
        elif known := _NAMES[name]:
            self._fields.append((known, value))

    def on_headers_complete(self) -> None:
        """Judge what is announced."""
        if self._is_complete:
            return
        self._status = status = self._parser.get_status_code()
        if status < 200:
            if status == 101:
                self._fault = self._fault or Garbled("another protocol than asked for")
            return
        headers: dict[str, str] = {}
        for name, value in self._fields:
            text = value.decode("latin-1")
            headers[name] = f"{headers[name]}, {text}" if name in headers else text
        self._headers = headers
        length, coding = headers.get("content-length"), headers.get("transfer-encoding")
        self._has_end = length is not None or coding is not None
        if "content-encoding" in headers and headers["content-encoding"].lower() != "identity":
            self._fault = self._fault or Garbled("packed although identity was asked for")
        elif coding is not None and (length is not None or coding.lower() != "chunked"):
            self._fault = self._fault or Garbled("nobody can tell where it ends")
        elif length is not None and length.isdigit() and int(length[:20]) > self._max_body:
            self._fault = self._fault or Garbled("larger than its bound")

    def on_body(self, body: bytes) -> None:
        """A part of the body."""
        if self._is_complete or self._fault is not None:
            return
        self._size += len(body)
        if self._size > self._max_body:
            self._fault = Garbled("larger than its bound")
            self._body.clear()
        else:
            self._body.append(body)

    def on_message_complete(self) -> None:
        """The answer is here to its end; or one that only said that it is coming."""
        if self._is_complete:
            return
        if self._status < 200:
            self._interim += 1
            if self._interim > _MOST_INTERIM:
                self._fault = self._fault or Garbled("answers without end")
            return
        if self._fault is None:
            self._is_complete = True
            self._is_reusable = self._parser.should_keep_alive()

    def _broken(self) -> SourceError:
        """Before its header nothing was answered that could be garbled."""
        name = "RemoteProtocolError"
        return self._fault or (Unavailable(name) if self._headers is None else Garbled(name))

    def _succeed(self) -> None:
        body = self._body[0] if len(self._body) == 1 else b"".join(self._body)
        reply = Reply(self._status, self._headers or {}, body)
        self._body = []
        self.is_open = self._is_reusable and self._transport is not None
        if self._waiter is not None:
            self._waiter.set_result(reply)
            self._waiter = None

    def _fail(self, error: Exception) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(error)
        self._waiter = None
        self.end()

    def _set_timer(self, now: float) -> None:
        """Be woken when the answer must be here, or when the source has been silent for too long.

        A timer is not cancelled when its answer comes: it serves the next exchange, which as a rule may take longer,
        and only then looks at how long that is. So nearly no exchange sets one.
        """
        if self._timer is not None:
            self._timer.cancel()
        self._wakes = min(self._until, self._heard + self._read)
        self._timer = self.loop.call_later(self._wakes - now, self._wake, context=self._context)

    def _wake(self) -> None:
        self._timer, self._wakes = None, math.inf
        if self._waiter is None:
            return
        now = self.loop.time()
        if self._until - now <= _EXACT:
            self._fail(too_slow())
        elif self._heard + self._read - now <= _EXACT:
            self._fail(TooSlow("ReadTimeout"))
        else:
            self._set_timer(now)


def _is_readable(line: Any) -> bool:
    poll = select.poll()
    poll.register(line.fileno(), select.POLLIN)
    return bool(poll.poll(0))
