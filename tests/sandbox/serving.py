"""Serving one application of the city at a loop-back port that can be closed and opened again."""

import asyncio
import socket

import uvicorn
from starlette.types import ASGIApp

HOST = "127.0.0.1"


class _Announcing(uvicorn.Server):
    """A server that says when it listens, so that nobody has to poll for it."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()


class Site:
    """One place of the city: a port that is reserved at once, and what is served there.

    Args:
        port: 0 for any free one.

    Raises:
        OSError: the port is taken.
    """

    def __init__(self, port: int) -> None:
        self._bound: socket.socket | None = _bind(port)
        self.port: int = self._bound.getsockname()[1]
        self._server: _Announcing | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """Where it stands: ``http://127.0.0.1:<port>``."""
        return f"http://{HOST}:{self.port}"

    async def open(self, app: ASGIApp, config: uvicorn.Config | None = None) -> None:
        """Serve ``app``, from when this returns; nothing happens when it is open already.

        ``config`` says how, for an application that is served in its own way.
        """
        if self._task:
            return
        bound, self._bound = self._bound or _bind(self.port), None
        # The thread's own main loop never sees a signal: uvicorn leaves them alone outside the main thread.
        plain = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", ws="none")
        self._server = _Announcing(config or plain)
        self._task = asyncio.create_task(self._server.serve(sockets=[bound]))
        listening = asyncio.create_task(self._server.listening.wait())
        await asyncio.wait({self._task, listening}, return_when=asyncio.FIRST_COMPLETED)
        listening.cancel()
        if self._task.done():
            await self._task

    async def close(self) -> None:
        """Stop listening and cut every connection, as if the cable were pulled."""
        self.release()
        if self._server is None or self._task is None:
            return
        for listener in self._server.servers:
            listener.close()
        for connection in list(self._server.server_state.connections):
            if isinstance(connection.transport, asyncio.WriteTransport):
                connection.transport.abort()
        self._server.should_exit = self._server.force_exit = True
        await self._task
        self._server = self._task = None

    def release(self) -> None:
        """Give back a port that was reserved and never opened."""
        if self._bound:
            self._bound.close()
            self._bound = None


def _bind(port: int) -> socket.socket:
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((HOST, port))
        # Two sockets may share a port that neither listens at; whoever comes second must learn of it here.
        bound.listen()
    except OSError:
        bound.close()
        raise
    return bound
