"""One connection of a caller, bounded before there is a request to judge.

The server underneath waits for ever for a header, takes one of any size, reads on for ever after it has answered, and
keeps an answer for ever for a reader who never reads. Here each of these has its bound. What is refused at this point
gets an answer and an event like every other request.
"""

import asyncio
from typing import Any, cast

import httptools
import structlog
from uvicorn._types import ASGI3Application, HTTPScope
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from gateway.asgi import EXCHANGE, FIELDS, METHODS, gathered
from gateway.errors import RequestError
from gateway.exchange import Exchange
from gateway.handshake import unfit, written
from gateway.heads import is_host, parts, refusal
from gateway.ids import new_id
from gateway.line import Line
from gateway.settings import Server
from gateway.shown import CERTIFICATE, proved_certificate
from gateway.telemetry import Event

MAX_TARGET = 16 * 1024
"""Bytes of a path with its query string: a query by GET is not longer."""
MAX_HEADER = 32 * 1024
"""Bytes of all header fields together. A token is the largest of them."""
MAX_FIELDS = 100
_LINGER_SECONDS = 2.0
_LINGER_BYTES = 1024 * 1024


class _Stop(Exception):
    """Ends the parser's work from within one of its callbacks; what to answer is already known."""


class Connection(Line, HttpToolsProtocol):
    """HTTP/1.1 as uvicorn speaks it, with an end to everything."""

    cycle: Exchange
    """The last request that came, whether it is being answered or waits for its turn."""

    def __init__(self, *args: Any, server: Server, **kwargs: Any) -> None:
        super().__init__(*args, patience=server.caller_timeout, **kwargs)
        # The framing of chunks takes room beside the body, but never several times as much of it.
        self._max_request = MAX_TARGET + MAX_HEADER + 4 * server.max_body
        self._in_header = False
        self._in_request = False
        self._refusal: RequestError | None = None
        self._received = 0
        self._fields = 0
        self._lingering = False
        self._offers_other = False
        self._certificate: bytes | None = None
        self._addressed: list[bytes] | None = None
        """The header ``Host`` that was found good last."""
        self._answering: Exchange | None = None
        """That which is being answered; none while nothing is."""
        self._idle_since = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn does
        """Wait for a request, but not for ever."""
        super().connection_made(transport)
        self._certificate = proved_certificate(transport)
        self._in("header", self._patience, self._too_slow)

    def connection_lost(self, exc: Exception | None) -> None:
        """Whoever is at work for the caller is told."""
        self._unset_keepalive_if_required()
        if self._answering is not None:
            self._answering.lose()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Feed the parser, within the bounds of a request."""
        self._received += len(data)
        if self._lingering:
            if self._received > _LINGER_BYTES:
                self._close()
            return
        try:
            try:
                self.parser.feed_data(data)
            except httptools.HttpParserUpgrade as offer:
                self._consider(data[offer.args[0] :])
        except httptools.HttpParserInvalidMethodError:
            self._refuse(RequestError(405, "BAD_REQUEST", "Only GET and POST are taken.", headers=[("Allow", METHODS)]))
        except httptools.HttpParserError:
            self._refuse(self._refusal or RequestError(400, "BAD_REQUEST", "This is not HTTP as it is spoken here."))
        else:
            if self._in_request or self._answering is None:
                self._judge_progress()

    def on_message_begin(self) -> None:
        """A request begins with its first byte."""
        self.url = b""
        self.headers = []
        self.expect_100_continue = False
        self._in_header = self._in_request = True
        self._received = self._fields = 0
        if self._timers:
            self._no_longer("header")

    def on_url(self, url: bytes) -> None:
        """Bound the target of the request."""
        self.url += url
        if not self.url.startswith(b"/"):
            self._stop(400, "The address must be a path: this is no proxy.")
        if len(self.url) > MAX_TARGET:
            self._stop(414, f"The address is longer than {MAX_TARGET} bytes.")

    def on_header(self, name: bytes, value: bytes) -> None:
        """Bound the header. Fields after the body are not part of it (RFC 9110, section 6.5.1)."""
        if not self._in_header:
            return
        headers = self.headers
        headers.append((name.lower(), value))
        self._fields += len(name) + len(value)
        if len(headers) > MAX_FIELDS or self._fields > MAX_HEADER:
            self._stop(431, f"The header is larger than {MAX_HEADER} bytes or {MAX_FIELDS} fields.")

    def on_headers_complete(self) -> None:
        """Begin to answer, if it is clear who is addressed and where the request ends."""
        self._in_header = False
        if self._timers:
            self._no_longer("header")
        version = self.parser.get_http_version()
        if version not in ("1.0", "1.1"):
            self._stop(400, "Only HTTP/1.1 is spoken here.")
        fields = gathered(self.headers)
        hosts = fields.get(b"host")
        if (hosts is None or hosts != self._addressed) and not self._names_host(hosts, version):
            self._stop(400, "The Host header must name one host (RFC 9112, section 3.2).")
        if b"transfer-encoding" in fields and self._values(b"transfer-encoding") != [b"chunked"]:
            self._stop(400, "Of transfer encodings only 'chunked' is known.")
        self._offers_other = self.parser.should_upgrade()
        if not self._offers_other:
            self._begin(version, fields)

    def on_body(self, body: bytes) -> None:
        """Keep what came of the body, up to a bound; who takes it lets more come."""
        exchange = self.cycle
        if self._offers_other or exchange.response_complete:
            return
        exchange.body += body
        if len(exchange.body) > HIGH_WATER_LIMIT:
            self.flow.pause_reading()
        exchange.wake()

    def on_message_complete(self) -> None:
        """The request is here to its end."""
        if self._offers_other:
            return
        if not self.cycle.response_complete:
            self.cycle.more_body = False
            self.cycle.wake()
        self._in_request = False
        if self._timers:
            self._no_longer("linger")

    def on_response_complete(self) -> None:
        """Answer the next request, or wait for it; take no more than a little of a body that nobody wanted to read."""
        self.server_state.total_requests += 1
        answered, self._answering = self._answering, None
        if answered is not None:
            # It holds its scope as well: if both went on, only a collection could free the request.
            answered.scope.pop(EXCHANGE, None)  # type: ignore[misc]  # an entry of our own
        if self.transport.is_closing():
            self._close()
            return
        if self.flow.read_paused:
            self.flow.resume_reading()
        if self.pipeline:
            following, app = self.pipeline.pop()
            self._start_asgi_task(following, app)
        elif self.timeout_keep_alive_task is None:
            self._rest(self.timeout_keep_alive)
        self._idle_since = self.loop.time()
        if self.cycle.response_complete and self._in_request and not self._in_header:
            self._received = 0
            self._in("linger", _LINGER_SECONDS, self._close)

    def timeout_keep_alive_handler(self) -> None:
        """End an idle connection, also one whose last answer nobody took.

        The timer is one for many requests: it is not set anew with each, but looks how long nothing was asked.
        """
        self.timeout_keep_alive_task = None
        if self._in_request or "header" in self._timers or self._answering is not None:
            return
        left = self._idle_since + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self._rest(left)
        else:
            self._close()

    def _rest(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(seconds, self.timeout_keep_alive_handler)

    def _begin(self, version: str, fields: dict[bytes, list[bytes]]) -> None:
        """Have the request answered, after those of the same connection that are not answered yet."""
        path, raw_path, query = parts(self.url)
        scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": self.asgi_version, "spec_version": "2.3"},
            "http_version": version,
            "method": self.parser.get_method().decode("ascii"),
            "server": self.server,
            "client": self.client,
            "scheme": self.scheme,
            "root_path": "",
            "path": path,
            "raw_path": raw_path,
            "query_string": query,
            "headers": self.headers,
            "state": self.app_state.copy(),
            CERTIFICATE: self._certificate,
            FIELDS: fields,
        }
        exchange = scope[EXCHANGE] = Exchange(
            cast("HTTPScope", scope),
            self,
            expects=b"expect" in fields and b"100-continue" in self._values(b"expect"),
            keep_alive=version != "1.0" and self.parser.should_keep_alive(),
        )
        self.cycle = exchange
        if self._answering is None:
            self._start_asgi_task(exchange, self.app)
        else:
            self.flow.pause_reading()
            self.pipeline.appendleft((exchange, self.app))

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        exchange = self._answering = cast("Exchange", cycle)  # nothing else is begun here
        # Nobody calls it by its name, and to number them costs a tenth of a task.
        exchange.task = asyncio.Task(exchange.run_asgi(app), loop=self.loop, name="request")
        self.tasks.add(exchange.task)

    def _consider(self, rest: bytes) -> None:
        """Take the offer to speak something else, if it is a WebSocket.

        A server may ignore any other offer (RFC 9110, section 7.8). The parser does not: it would take the body for the
        next request. It is told the same without the offer.
        """
        if self.ws_protocol_class is not None and self._values(b"upgrade") == [b"websocket"]:
            self._hand_over(rest)
            return
        told = written(
            self.parser.get_method(),
            self.url,
            [field for field in self.headers if field[0] not in (b"connection", b"upgrade")],
        )
        self.parser = httptools.HttpRequestParser(self)
        self.parser.feed_data(told + rest)

    def _hand_over(self, rest: bytes) -> None:
        """Let a WebSocket have the line, if this is the right beginning of one (RFC 6455, section 4.2.1)."""
        wrong = unfit(self.parser.get_method(), self.url, self.headers)
        if wrong is not None or self._answering is not None:
            self._refuse(wrong or RequestError(400, "BAD_REQUEST", "Ask for a WebSocket on a connection of its own."))
            return
        self._forget_timers()
        self.connections.discard(self)
        socket = self.ws_protocol_class(  # type: ignore[call-arg, misc]  # as uvicorn does
            config=self.config, server_state=self.server_state, app_state=self.app_state
        )
        socket.connection_made(self.transport)
        self.transport.set_protocol(socket)
        socket.data_received(written(self.parser.get_method(), self.url, self.headers) + rest)

    def _names_host(self, hosts: list[bytes] | None, version: str) -> bool:
        """Whether one host is addressed, as every request of HTTP/1.1 must."""
        if hosts is None:
            return version == "1.0"
        if len(hosts) > 1 or not is_host(hosts[0]):
            return False
        self._addressed = hosts
        return True

    def _values(self, name: bytes) -> list[bytes]:
        return [value.strip().lower() for known, value in self.headers if known == name]

    def _judge_progress(self) -> None:
        if self._in_header:
            if self._received > MAX_TARGET + MAX_HEADER:
                self._refuse(RequestError(431, "BAD_REQUEST", f"The header is larger than {MAX_HEADER} bytes."))
            elif "header" not in self._timers:
                self._in("header", self._patience, self._too_slow)
        elif self._in_request:
            if self._received > (_LINGER_BYTES if "linger" in self._timers else self._max_request):
                self._close()
        elif "header" not in self._timers:
            # Empty lines between two requests are allowed, but they do not keep a connection.
            self._in("header", self._patience, self._too_slow)

    def _stop(self, status: int, message: str) -> None:
        self._refusal = RequestError(status, "BAD_REQUEST", message)
        raise _Stop

    def _too_slow(self) -> None:
        if self._in_header:
            self._refuse(RequestError(408, "BAD_REQUEST", "The header did not arrive in time."))
        else:
            self._close()

    def _refuse(self, error: RequestError) -> None:
        """Answer what never became a request, unless an earlier request of this connection is still to be answered."""
        self._no_longer("header")
        event = Event(new_id(), structlog.get_logger())
        event.add(errors=[error.code])
        event.write(error.status, 0)
        if self._answering is not None:
            self._close()
            return
        self.transport.write(refusal(error, event.request_id))
        self._linger()

    def _linger(self) -> None:
        """Read on for a moment: a connection that is closed over unread bytes takes its last answer with it."""
        self._lingering = True
        self._received = 0
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._in("linger", _LINGER_SECONDS, self._close)
