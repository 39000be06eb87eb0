"""One WebSocket of a caller, bounded below the messages: a frame, a message, its pieces, and a caller who never reads.

The protocol underneath is uvicorn's over the library ``websockets``. It refuses a message that says that it is too
large; here nothing else goes on for ever either. There is no compression: a small message never becomes a large one.
"""

import asyncio
from asyncio.transports import BaseTransport
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode

from gateway.line import Line
from gateway.settings import Server
from gateway.shown import CERTIFICATE, proved_certificate

_LINGER_SECONDS = 2.0


class Socket(Line, WebSocketsSansIOProtocol):
    """RFC 6455 as uvicorn speaks it, with an end to everything."""

    def __init__(self, *args: Any, server: Server, **kwargs: Any) -> None:
        super().__init__(*args, patience=server.caller_timeout, **kwargs)
        # The frames of a message in pieces take room beside it, but never several times as much.
        self._most = 4 * server.max_body
        self._received = 0
        """Bytes since the last message that came whole."""

    def connection_made(self, transport: BaseTransport) -> None:
        """Take the line over."""
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        """Take frames, within the bounds of a message."""
        self._received += len(data)
        super().data_received(data)
        if not self.handshake_initiated:
            self._close()
        elif not self._is_within_a_message():
            self._received = 0
            self._no_longer("message")
        elif self._received > self._most:
            self._cut()
        elif not self.read_paused and "message" not in self._timers:
            self._in("message", self._patience, self._cut)

    def send_receive_event_to_app(self) -> None:
        """Hand on a message that is whole."""
        self._received = 0
        self._no_longer("message")
        if self.curr_msg_data_type == "text" and not _is_utf8(self.frames):
            self.frames = []
            self.conn.fail(CloseCode.INVALID_DATA)
            self.handle_parser_exception()
            return
        super().send_receive_event_to_app()

    def handle_ping(self) -> None:
        """Answer a ping, unless the caller does not even read what is there."""
        if self.writable.is_set():
            super().handle_ping()
        else:
            self.conn.data_to_send()

    def handle_parser_exception(self) -> None:
        """Say why this ends, and read on for a moment: over unread bytes the last word would be lost."""
        closed = self.conn.close_sent
        code, reason = (closed.code, closed.reason) if closed else (CloseCode.ABNORMAL_CLOSURE, "")
        if self.disconnected:
            return
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        self.disconnected = self.close_sent = True
        self.stop_keepalive()
        self.transport.write(b"".join(self.conn.data_to_send()))
        self._forget_timers()
        self._in("linger", _LINGER_SECONDS, self._close)

    def keepalive_timeout(self) -> None:
        """End a line on which nobody answers, also when nobody takes the last word."""
        super().keepalive_timeout()
        self._in("abort", self._patience, self._cut)

    def on_task_complete(self, task: asyncio.Task[None]) -> None:
        """Nobody speaks here any more: the line ends, soon or in any case."""
        super().on_task_complete(task)
        if self in self.connections:
            self._in("abort", self._patience, self._cut)

    async def run_asgi(self) -> None:
        """Begin to answer, with the certificate that the connection proved."""
        self.scope[CERTIFICATE] = proved_certificate(self.transport)  # type: ignore[literal-required]  # ours
        await super().run_asgi()

    def _is_within_a_message(self) -> bool:
        return bool(self.frames) or bool(self.conn.reader.buffer)


def _is_utf8(pieces: list[bytes]) -> bool:
    try:
        b"".join(pieces).decode()
    except UnicodeDecodeError:
        return False
    return True
