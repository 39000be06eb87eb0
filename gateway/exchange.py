"""One request of a connection and its answer, as uvicorn handles them; what is the same every time is done once.

Beside what ASGI knows, an answer that is all there is sent as one message (``asgi.whole``), a body that is all here is
taken without waiting, and whoever works for the caller is told when the caller hangs up.
"""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, ClassVar

from uvicorn._types import ASGI3Application, HTTPScope
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from gateway.asgi import SAFE_HEADERS, WHOLE

Fields = Sequence[tuple[bytes, bytes]]


class Exchange(RequestResponseCycle):
    """One request and its answer."""

    # How each begins: what has not happened to a request yet need not be written into it.
    access_log = False
    chunked_encoding: bool | None = None
    disconnected = False
    expected_content_length = 0
    more_body = True
    response_complete = False
    response_started = False
    task: asyncio.Task[None] | None = None
    """In which it is answered."""
    _act: Callable[[], None] | None = None
    _event: asyncio.Event | None = None
    _dated: ClassVar[tuple[Fields, dict[tuple[int, bytes], bytes]]] = ((), {})

    def __init__(self, scope: HTTPScope, connection: HttpToolsProtocol, *, expects: bool, keep_alive: bool) -> None:
        """Begin, in place of uvicorn's own beginning, which is told everything by name and writes all of the above.

        Args:
            scope: of the request.
            connection: on which it came.
            expects: whether the caller waits to be told that the body is wanted.
            keep_alive: whether the connection is for another request as well.
        """
        self.scope = scope
        self.transport = connection.transport
        self.flow = connection.flow
        self.logger = connection.logger
        self.default_headers = connection.server_state.default_headers
        self.on_response = connection.on_response_complete
        self._under_way = connection.tasks
        self.waiting_for_100_continue = expects
        self.keep_alive = keep_alive
        self.body = bytearray()

    async def run_asgi(self, app: ASGI3Application) -> None:
        """Have it answered. Whoever ends the server waits for all that is under way: for this one no longer."""
        try:
            await app(self.scope, self.receive, self.send)
            if not self.response_complete and not self.disconnected:
                await super().run_asgi(_unanswered)
        except BaseException as error:  # noqa: BLE001 - uvicorn has a last answer, whatever it is
            await super().run_asgi(partial(_failed, error))
        finally:
            # The connection holds its last request: if both went on, only a collection could free them.
            self.on_response = _nothing
            if self.task is not None:
                self._under_way.discard(self.task)

    @property
    def message_event(self) -> asyncio.Event:  # type: ignore[override]  # only ever read
        """Set when there is something new for who waits. Hardly anybody does: mostly all of a body is here at once."""
        if self._event is None:
            self._event = asyncio.Event()
            if self.body or not self.more_body or self.disconnected or self.response_complete:
                self._event.set()
        return self._event

    def wake(self) -> None:
        """There is something new."""
        if self._event is not None:
            self._event.set()

    def arrived(self) -> bytes | None:
        """The body, where all of it is here and nobody has taken it."""
        if self.more_body or self.disconnected or self.response_complete:
            return None
        if self.flow.read_paused:
            self.flow.resume_reading()
        body, self.body = bytes(self.body), bytearray()
        return body

    def when_gone(self, act: Callable[[], None] | None) -> None:
        """Have that done, and nothing else any more, when the caller hangs up before all is answered."""
        self._act = act
        if act is not None and self.disconnected:
            act()

    def lose(self) -> None:
        """The connection is lost."""
        if not self.response_complete:
            self.disconnected = True
            if self._act is not None:
                self._act()
        self.wake()

    async def send(self, message: Any) -> None:
        """Send a message of ASGI, or a whole answer."""
        if message["type"] != WHOLE:
            await super().send(message)
            return
        if self.flow.write_paused and not self.disconnected:
            await self.flow.drain()
        if self.disconnected:
            return
        if self.response_started:
            raise RuntimeError("this request is answered already")
        body: bytes = message["body"]
        head = [
            self._opening(message["status"], message["media_type"]),
            b"content-length: %d\r\n" % len(body),
            _lines(message["fields"]),
            b"\r\n" if self.keep_alive else b"connection: close\r\n\r\n",
        ]
        self.response_started = self.response_complete = True
        self.waiting_for_100_continue = False
        if self.scope["method"] != "HEAD":
            head.append(body)
        self.transport.write(b"".join(head))
        self.wake()
        if not self.keep_alive:
            self.transport.close()
        self.on_response()

    def _opening(self, status: int, media_type: bytes) -> bytes:
        """What is the same of all such answers within a second, the date among it: put together once."""
        fields, openings = Exchange._dated
        if fields is not self.default_headers:
            fields, openings = Exchange._dated = self.default_headers, {}
        opening = openings.get((status, media_type))
        if opening is None:
            lines = _lines([*fields, (b"content-type", media_type), *SAFE_HEADERS])
            opening = openings[status, media_type] = STATUS_LINE[status] + lines
        return opening


async def _failed(error: BaseException, *_: Any) -> None:
    """An application that goes wrong."""
    raise error


async def _unanswered(*_: Any) -> None:
    """One that has returned, and did not answer to the end."""


def _nothing() -> None:
    """There is nothing to tell."""


def _lines(fields: Fields) -> bytes:
    told = b"".join([b"%b: %b\r\n" % field for field in fields])
    if told.count(b"\n") != len(fields) or told.count(b"\r") != len(fields):
        raise RuntimeError("a field of an answer breaks its line")
    return told
