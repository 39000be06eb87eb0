"""The two listeners in one event loop, and the way they end."""

import asyncio
import contextlib
import functools
import gc
import signal
import socket
import ssl
from collections.abc import Iterator
from typing import Any

import structlog
import uvicorn
from starlette.types import ASGIApp

from connectors.options import BadOptions
from gateway import telemetry
from gateway.app import Gateway
from gateway.connection import Connection
from gateway.large_pages import use_large_pages
from gateway.reloading import Reloaded
from gateway.settings import Server, Tls
from gateway.websocket import Socket

_IDLE_SECONDS = 30


class CannotListen(Exception):
    """Nothing can listen at a configured address. The text is for the operator."""


class Listener(uvicorn.Server):
    """A server that leaves the signals to us, because two servers cannot both own them, and says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    @property
    def address(self) -> str:
        """Where it listens: ``host:port``, also when the port was left to the system."""
        host, port = self.servers[0].sockets[0].getsockname()[:2]
        return f"{host}:{port}"

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture nothing."""
        yield

    async def startup(self, sockets: Any = None) -> None:
        """Listen.

        Raises:
            CannotListen: where uvicorn would end the process from within.
        """
        try:
            await super().startup(sockets)
        except SystemExit:
            place = f"{self.config.host}:{self.config.port}"
            raise CannotListen(f"{place} is taken, or no address of this machine") from None
        self.listening.set()


async def serve(gateway: Gateway) -> None:
    """Run until SIGTERM or SIGINT; then finish what is under way, and stop.

    The gateway is ready when both listen and the keys are there. In the end readiness goes first and the admin
    listener last: who watches sees "not ready" for as long as there is somebody to answer.

    Raises:
        CannotListen: an address of the settings cannot be had.
    """
    settings = gateway.settings.server
    heartbeat = gateway.settings.subscriptions.heartbeat
    public = Listener(
        listener_config(gateway.public, settings, address=settings.listen, heartbeat=heartbeat, tls=settings.tls)
    )
    admin = Listener(listener_config(gateway.admin, settings, address=settings.admin))
    _listen_to_signals(gateway, public)
    asyncio.get_running_loop().set_exception_handler(telemetry.note_loop_defect)
    # What is alive now stays alive: it need not be walked again by every collection.
    gc.collect()
    gc.freeze()
    # A request makes thousands of objects, and hardly ever a cycle: looking for one at every 700th costs a tenth.
    gc.set_threshold(50_000, 20, 50)
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(admin.serve())
            answering = group.create_task(public.serve(_shared(settings.listen) if settings.shared else None))
            await admin.listening.wait()
            await public.listening.wait()
            addresses = {"public": public.address, "admin": admin.address}
            await gateway.start()
            structlog.get_logger().info("listening", **addresses)
            await asyncio.to_thread(use_large_pages)
            await answering
            admin.should_exit = True
    except* (CannotListen, BadOptions) as failed:
        raise failed.exceptions[0] from None
    finally:
        await gateway.stop()


def _shared(address: str) -> list[socket.socket]:
    """Listen where other gateways of the same user listen as well: the system deals out the connections.

    Raises:
        CannotListen: it cannot be had.
    """
    host, _, port = address.rpartition(":")
    host = host.strip("[]")
    line = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        line.bind((host, int(port)))
    except OSError:
        line.close()
        raise CannotListen(f"{address} is taken, or no address of this machine") from None
    return [line]


def listener_config(
    app: ASGIApp,
    server: Server,
    *,
    address: str = "127.0.0.1:0",
    heartbeat: float | None = None,
    tls: Tls | None = None,
) -> uvicorn.Config:
    """How an application is served: as little as possible of the server underneath shows.

    Args:
        app: what is served.
        server: its bounds.
        address: ``host:port``; without meaning for a caller that brings its own socket.
        heartbeat: seconds between two signs of life on a WebSocket; without it none is spoken.
        tls: how it is protected on the way; not at all when None.
    """
    secured: dict[str, Any] = {}
    if tls is not None:
        secured["ssl_certfile"] = tls.identity
        if tls.client_authorities is not None:
            secured |= {"ssl_ca_certs": str(tls.client_authorities), "ssl_cert_reqs": ssl.CERT_OPTIONAL}
    host, _, port = address.rpartition(":")
    return uvicorn.Config(
        app,
        host=host.strip("[]"),
        port=int(port),
        loop="uvloop",
        interface="asgi3",
        http=functools.partial(Connection, server=server),  # type: ignore[arg-type]  # it is only ever called
        ws="none" if heartbeat is None else functools.partial(Socket, server=server),  # type: ignore[arg-type]  # as http
        ws_max_size=int(server.max_body),
        ws_ping_interval=heartbeat,
        ws_ping_timeout=server.caller_timeout,
        ws_per_message_deflate=False,
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        date_header=True,
        proxy_headers=False,
        timeout_keep_alive=_IDLE_SECONDS,
        # Long enough for a request that began just now: its body, then its answer.
        timeout_graceful_shutdown=int(server.caller_timeout + server.deadline) + 1,
        backlog=1024,
        **secured,
    )


def _listen_to_signals(gateway: Gateway, public: Listener) -> None:
    """SIGTERM and SIGINT end, SIGHUP reads the configuration again."""

    def end() -> None:
        gateway.drain()
        public.should_exit = True

    loop = asyncio.get_running_loop()
    for known in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(known, end)
    reloads: set[asyncio.Task[Reloaded]] = set()

    def reload() -> None:
        task = loop.create_task(gateway.reload())
        reloads.add(task)
        task.add_done_callback(reloads.discard)

    loop.add_signal_handler(signal.SIGHUP, reload)
