"""One request of a connection and its answer, as uvicorn handles them; what is the same every time is done once.

Beside what ASGI knows, an answer that is all there is sent as one message (``asgi.whole``), a body that is all here is
taken without waiting, and whoever works for the caller is told when the caller hangs up.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, ClassVar

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from gateway.asgi import SAFE_HEADERS, WHOLE

Fields = Sequence[tuple[bytes, bytes]]


class Exchange(RequestResponseCycle):
    """One request and its answer."""

    _act: Callable[[], None] | None = None
    _dated: ClassVar[tuple[Fields, bytes]] = ((), b"")

    def arrived(self) -> bytes | None:
        """The body, where all of it is here and nobody has taken it."""
        if self.more_body or self.disconnected or self.response_complete:
            return None
        self.flow.resume_reading()
        body, self.body = bytes(self.body), bytearray()
        return body

    def when_gone(self, act: Callable[[], None]) -> Callable[[], None]:
        """Have that done when the caller hangs up before all is answered; the call that is returned forgets it."""
        self._act = act
        if self.disconnected:
            act()
        return self._forget

    def lose(self) -> None:
        """The connection is lost."""
        if not self.response_complete:
            self.disconnected = True
            if self._act is not None:
                self._act()
        self.message_event.set()

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
            STATUS_LINE[message["status"]],
            self._always(),
            head_of(message["media_type"]),
            b"content-length: %d\r\n" % len(body),
            _lines(message["fields"]),
            b"\r\n" if self.keep_alive else b"connection: close\r\n\r\n",
        ]
        self.response_started = self.response_complete = True
        self.waiting_for_100_continue = False
        if self.scope["method"] != "HEAD":
            head.append(body)
        self.transport.write(b"".join(head))
        self.message_event.set()
        if not self.keep_alive:
            self.transport.close()
        self.on_response()

    def _always(self) -> bytes:
        """What uvicorn puts before every answer: the date, put together once in a second."""
        fields, written = Exchange._dated
        if fields is not self.default_headers:
            written = _lines(self.default_headers)
            Exchange._dated = self.default_headers, written
        return written

    def _forget(self) -> None:
        self._act = None


@lru_cache(maxsize=32)
def head_of(media_type: bytes) -> bytes:
    """The fields that stand on every answer of that type."""
    return _lines([(b"content-type", media_type), *SAFE_HEADERS])


def _lines(fields: Fields) -> bytes:
    told = b"".join([b"%b: %b\r\n" % field for field in fields])
    if told.count(b"\n") != len(fields) or told.count(b"\r") != len(fields):
        raise RuntimeError("a field of an answer breaks its line")
    return told
