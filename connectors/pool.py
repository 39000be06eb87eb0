"""The connections to one source: kept for a while, lent to one call at a time, made anew when there is none.

The client of everything that is asked for a citizen. A general client costs more than all else that a request needs
(``tests/bench`` has the figures), and most of it for what never happens here: other hosts, redirects, cookies, packed
bodies, proxies. How many calls are in flight is the line's to bound.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from connectors.carrying import Call, Stream, in_time
from connectors.connection import Connection, Gone
from connectors.errors import Garbled, TooSlow, Unavailable
from connectors.inflow import Inflow
from connectors.network import GuardedNetwork
from connectors.reply import Reply

_SILENCE = 10.0
"""Seconds after which a content is given up of which nothing more comes, where its block says no other."""


class Pool:
    """The connections to one host and port."""

    def __init__(
        self,
        network: GuardedNetwork,
        *,
        host: str,
        port: int,
        tls: ssl.SSLContext | None,
        connect: float,
        read: float | None,
        max_body: int,
        kept: float = 30.0,
    ) -> None:
        """Open nothing yet.

        Args:
            network: finds and judges the addresses of the host.
            host: as it stands in the header ``Host``.
            port: to connect to.
            tls: whom to believe; without it the connections are plain.
            connect: seconds for a connection to stand, and once more for TLS on it.
            read: seconds of silence after which an answer is given up.
            max_body: bytes of an answer that are read.
            kept: seconds for which a connection is kept that nobody uses.
        """
        self._network = network
        self._host = f"host: {host}\r\n".encode("ascii")
        self._port = port
        self._tls = tls
        self._connect = connect
        self._read = read
        self._max_body = max_body
        self._kept = kept
        self._idle: list[Connection] = []
        self._open: set[Connection] = set()
        self._sweeping: asyncio.TimerHandle | None = None

    async def carry(self, call: Call, left: float) -> Reply:
        """The answer (see ``carrying.Carrier``).

        A kept connection may be at its end without our knowing. A call that may be repeated then goes out once more
        on a new one; for any other it is looked first whether the source has hung up, and one that is lost is lost.
        """
        request = self._written(call)
        connection = self._lent(call)
        if connection is not None:
            try:
                return await connection.exchange(request, left)
            except Gone:
                if not call.repeatable:
                    raise Unavailable("RemoteProtocolError") from None
                left = connection.left()
            finally:
                self._take_back(connection)
        return await self._carried_anew(request, left)

    @asynccontextmanager
    async def stream(self, call: Call, *, most: int) -> AsyncIterator[Stream]:
        """The answer as it comes (see ``carrying.Carrier``): on no kept connection, for who reads may take long."""
        request = self._written(call)
        try:
            inflow = await self._network.connected(
                lambda: Inflow(request, most=most, read=self._read or _SILENCE),
                self._port,
                tls=self._tls,
                seconds=self._connect,
            )
        except TimeoutError:
            raise TooSlow("ConnectTimeout") from None
        except OSError:
            raise Unavailable("ConnectError") from None
        try:
            await inflow.begin()
            yield inflow
        finally:
            inflow.end()

    async def close(self) -> None:
        """Close every connection. Idempotent."""
        if self._sweeping is not None:
            self._sweeping.cancel()
            self._sweeping = None
        for connection in tuple(self._open):
            connection.end()
        self._idle.clear()

    async def _carried_anew(self, request: bytes, left: float) -> Reply:
        """The answer on a new connection."""
        loop = asyncio.get_running_loop()
        until = loop.time() + left
        connection = await in_time(self._connected(), left)
        try:
            return await connection.exchange(request, until - loop.time())
        except Gone:
            raise Unavailable("RemoteProtocolError") from None
        finally:
            self._take_back(connection)

    def _lent(self, call: Call) -> Connection | None:
        """The connection that was used last; None where none is left."""
        while self._idle:
            connection = self._idle.pop()
            if connection.is_open and (call.repeatable or not connection.is_heard()):
                return connection
            connection.end()
        return None

    def _take_back(self, connection: Connection) -> None:
        """Keep it for the next call, or end it: after half an exchange it is never open."""
        if not connection.is_open:
            connection.end()
            return
        loop = connection.loop
        connection.idle_since = loop.time()
        self._idle.append(connection)
        if self._sweeping is None:
            self._sweeping = loop.call_later(self._kept, self._sweep)

    def _sweep(self) -> None:
        """Close what nobody has used for long."""
        loop = asyncio.get_running_loop()
        self._sweeping = None
        while self._idle and self._idle[0].idle_since <= loop.time() - self._kept:
            self._idle.pop(0).end()
        if self._idle:
            self._sweeping = loop.call_at(self._idle[0].idle_since + self._kept, self._sweep)

    def _forget(self, connection: Connection) -> None:
        self._open.discard(connection)
        if connection in self._idle:
            self._idle.remove(connection)

    async def _connected(self) -> Connection:
        """A new connection.

        Raises:
            SourceError: there is none to be had.
        """
        try:
            connection = await self._network.connected(self._made, self._port, tls=self._tls, seconds=self._connect)
        except TimeoutError:
            raise TooSlow("ConnectTimeout") from None
        except OSError:  # ssl.SSLError among them
            raise Unavailable("ConnectError") from None
        self._open.add(connection)
        return connection

    def _made(self) -> Connection:
        return Connection(max_body=self._max_body, read=self._read, lost=self._forget)

    def _written(self, call: Call) -> bytes:
        """The request as it goes out."""
        target, content = call.target, call.content
        if not target.isascii() or "\n" in target or "\r" in target or " " in target:
            # What ends the line would begin a header, or a request, of somebody else's making.
            raise Garbled("LocalProtocolError")
        line = f"{call.method} {target} HTTP/1.1\r\n".encode("ascii")
        if content is None:
            return line + self._host + call.head.written + b"\r\n"
        return b"%b%b%bcontent-length: %d\r\n\r\n%b" % (line, self._host, call.head.written, len(content), content)
