"""The two listeners in one event loop, and the way they end."""

import asyncio
import contextlib
import gc
import signal
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp

from gateway.app import Gateway

_DRAIN_SECONDS = 10


class _Listener(uvicorn.Server):
    """A server that leaves the signals to us: two servers cannot both own them."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture nothing."""
        yield


async def serve(gateway: Gateway) -> None:
    """Run until SIGTERM or SIGINT; then finish what is under way, and stop."""
    await gateway.start()
    listeners = [
        _listener(gateway.public, gateway.settings.server.listen),
        _listener(gateway.admin, gateway.settings.server.admin),
    ]
    loop = asyncio.get_running_loop()

    def end() -> None:
        gateway.drain()
        for listener in listeners:
            listener.should_exit = True

    for known in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(known, end)
    # What is alive now stays alive: it need not be walked again by every collection.
    gc.collect()
    gc.freeze()
    try:
        await asyncio.gather(*(listener.serve() for listener in listeners))
    finally:
        await gateway.stop()


def _listener(app: ASGIApp, address: str) -> _Listener:
    host, _, port = address.rpartition(":")
    return _Listener(
        uvicorn.Config(
            app,
            host=host.strip("[]"),
            port=int(port),
            loop="uvloop",
            http="httptools",
            ws="none",
            lifespan="off",
            access_log=False,
            log_config=None,
            server_header=False,
            date_header=True,
            proxy_headers=False,
            timeout_keep_alive=30,
            timeout_graceful_shutdown=_DRAIN_SECONDS,
            backlog=1024,
        )
    )
