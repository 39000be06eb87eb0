"""Serving an application on a loop-back socket, in a thread of its own, for as long as a ``with`` block lasts."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

STARTED_WITHIN = 10
"""Seconds; a start takes milliseconds, so only a broken machine comes near it."""


def free_socket() -> socket.socket:
    """Give a socket bound to a free port of the loop-back address, so that its address is known before it serves."""
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind(("127.0.0.1", 0))
    return bound


def address(bound: socket.socket) -> str:
    """Give ``http://127.0.0.1:<port>`` of a bound socket."""
    return f"http://127.0.0.1:{bound.getsockname()[1]}"


class _Announcing(uvicorn.Server):
    """A server that says when it listens, so that nobody has to poll for it."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()


@contextmanager
def serving(app: ASGIApp, bound: socket.socket) -> Iterator[str]:
    """Serve ``app`` at the bound socket and give its address."""
    config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=1)
    server = _Announcing(config)
    where = address(bound)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[bound])), daemon=True)
    thread.start()
    try:
        if not server.listening.wait(STARTED_WITHIN):
            raise RuntimeError("the server did not start")
        yield where
    finally:
        server.should_exit = True
        server.force_exit = True
        thread.join(STARTED_WITHIN)
