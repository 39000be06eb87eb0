"""A real HTTP server on a loopback port, in the test's own event loop: up and down within a millisecond."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

PATIENCE = 5.0
"""Seconds after which something that should have happened in no time has failed."""


class Serving:
    """One running server and what a test may want to know about it."""

    def __init__(self, app: ASGIApp) -> None:
        self.url = ""
        self.requests = 0
        self._app = app
        self._state = ServerState()
        self._asked = asyncio.Event()
        self._quiet = asyncio.Event()
        self._quiet.set()

    async def asked(self) -> None:
        """Wait until a request has arrived since the last call of this."""
        async with asyncio.timeout(PATIENCE):
            await self._asked.wait()
        self._asked.clear()

    async def quiet(self) -> None:
        """Wait until no connection is open."""
        async with asyncio.timeout(PATIENCE):
            await self._quiet.wait()

    async def idle(self) -> None:
        """Wait until no request is being answered; connections may stay open."""
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*self._state.tasks)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.requests += 1
        self._asked.set()
        await self._app(scope, receive, send)

    async def start(self, tls: ssl.SSLContext | None) -> asyncio.Server:
        """Listen on a port of the system's choice."""
        config = Config(self, log_config=None, lifespan="off", access_log=False)
        config.load()
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Watched(self, config), "127.0.0.1", 0, ssl=tls)
        port = server.sockets[0].getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{port}"
        return server

    async def hang_up(self) -> None:
        """Cut every connection; whoever comes next is served."""
        for connection in list(self._state.connections):
            connection.transport.abort()
        await self.quiet()

    async def stop(self) -> None:
        """Hang up on whoever is still there, and wait for the applications to notice."""
        for connection in list(self._state.connections):
            connection.transport.abort()
        for task in list(self._state.tasks):
            task.cancel()
        await asyncio.gather(*self._state.tasks, return_exceptions=True)


class _Watched(HttpToolsProtocol):
    """uvicorn's own protocol, which also says when the last connection has gone."""

    def __init__(self, serving: Serving, config: Config) -> None:
        super().__init__(config=config, server_state=serving._state, app_state={})
        self._none_left = serving._quiet

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._none_left.clear()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if not self.connections:
            self._none_left.set()


@asynccontextmanager
async def serving(app: ASGIApp, *, tls: ssl.SSLContext | None = None) -> AsyncIterator[Serving]:
    """Serve the application for as long as the block lasts."""
    running = Serving(app)
    server = await running.start(tls)
    try:
        yield running
    finally:
        server.close()
        await running.stop()
        await running.quiet()
        await server.wait_closed()
