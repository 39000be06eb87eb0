"""What our own server does beyond ASGI, and that an endpoint works the same on another server that knows ASGI alone."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from connectors.clock import SystemClock
from gateway.answer import CALLER_GONE, Answer
from gateway.answering import Endpoint
from gateway.asgi import EXCHANGE, CallerGone, read_body
from gateway.connection import Connection
from gateway.errors import RequestError
from gateway.exchange import Exchange
from gateway.hanging_up import UnlessGone
from gateway.settings import Server
from gateway.telemetry import Event
from gateway.watch import Watch
from tests.gateway.sink import listening
from tests.gateway.wire import PATIENCE, Wire

OURS, ANOTHER = "ours", "another"
BOTH = pytest.mark.parametrize("server", [OURS, ANOTHER])


class Repeating(Endpoint):
    """Says what it is told, after it was let go on where the path says so."""

    name = "repeating"

    def __init__(self, fields: Sequence[tuple[str, str]] = (("X-More", "1"),)) -> None:
        super().__init__(clock=SystemClock(), watch=Watch(SystemClock()))
        self.fields = fields
        self.working, self.go_on = asyncio.Event(), asyncio.Event()

    async def _answer(self, scope: Scope, receive: Receive, answer: Answer, event: Event) -> None:
        body = await read_body(scope, receive, limit=100_000, patience=PATIENCE)
        if scope["path"] == "/slow":
            self.working.set()
            with UnlessGone(scope, receive):
                await self.go_on.wait()
        if scope["path"] == "/refused":
            raise RequestError(400, "BAD_REQUEST", "No.", headers=self.fields)
        await answer.tell({"said": len(body), "path": scope["path"]})


@asynccontextmanager
async def served(app: ASGIApp, server: str) -> AsyncIterator[str]:
    """Where that application is served."""
    config = Config(app, log_config=None, lifespan="off", access_log=False)
    config.load()
    state = ServerState()

    def connection() -> HttpToolsProtocol:
        if server == OURS:
            return Connection(config=config, server_state=state, app_state={}, server=Server())
        return HttpToolsProtocol(config=config, server_state=state, app_state={})

    listener = await asyncio.get_running_loop().create_server(connection, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    finally:
        listener.close()
        for known in list(state.connections):
            known.transport.abort()
        await asyncio.gather(*state.tasks, return_exceptions=True)


@asynccontextmanager
async def talking(url: str) -> AsyncIterator[Wire]:
    reader, writer = await asyncio.open_connection(urlsplit(url).hostname, urlsplit(url).port)
    try:
        yield Wire(reader, writer)
    finally:
        writer.close()


def unconnected() -> Connection:
    """A connection that nobody is at the other end of."""
    config = Config(Repeating(), log_config=None, lifespan="off", access_log=False)
    config.load()
    return Connection(config=config, server_state=ServerState(), app_state={}, server=Server())


def exchange_of(connection: Connection) -> Exchange:
    scope: Any = {"type": "http"}
    return Exchange(scope, connection, expects=False, keep_alive=True)


async def silence() -> Message:
    """Hears of nothing."""
    raise AssertionError


def post(path: str, body: bytes = b"", *fields: bytes) -> bytes:
    head = [b"POST %b HTTP/1.1" % path.encode(), b"host: x", b"content-length: %d" % len(body), *fields]
    return b"\r\n".join([*head, b"", body])


@BOTH
async def test_an_answer_is_the_same_on_both(server: str) -> None:
    """Its status, its own fields, and those that stand on every answer; one after the other on one connection."""
    app = Repeating()
    async with served(app, server) as url, talking(url) as wire:
        await wire.say(post("/", b"x" * 10))
        whole = await wire.hear()
        await wire.say(post("/refused"))
        refused = await wire.hear()
        await wire.say(post("/a%20b?c=d", b"y" * 90_000, b"connection: close"))
        last = await wire.hear()
        assert await wire.is_closed()
    assert (whole.status, whole.json["said"], refused.status, refused.headers["x-more"]) == (200, 10, 400, "1")
    assert (last.json["said"], last.json["path"]) == (90_000, "/a b")
    for heard in (whole, refused, last):
        assert heard.headers["cache-control"] == "no-store"
        assert heard.headers["content-type"].startswith("application/")
        assert heard.headers["content-type"].endswith("; charset=utf-8")
        assert len(heard.headers["x-request-id"]) == 32
    assert "connection" not in whole.headers


@BOTH
async def test_a76_who_hangs_up_is_noticed_at_once(server: str) -> None:
    """The work ends, though nothing would ever have let it go on."""
    app = Repeating()
    with listening() as sink:
        async with served(app, server) as url:
            async with talking(url) as wire:
                await wire.say(post("/slow"))
                await app.working.wait()
                wire.hang_up()
            event = await asyncio.to_thread(sink.requests, 1)
    assert event[0]["status"] == CALLER_GONE


@pytest.mark.parametrize("also", [False, True])
async def test_whoever_else_ends_the_work_is_heard_beside_the_caller(also: bool) -> None:
    """A caller who hangs up is told from a server that ends."""
    exchange, begun = exchange_of(unconnected()), asyncio.Event()

    async def work() -> None:
        exchange.task = asyncio.current_task()
        with UnlessGone({EXCHANGE: exchange}, silence):
            begun.set()
            await asyncio.Event().wait()

    working = asyncio.ensure_future(work())
    await begun.wait()
    exchange.lose()
    if also:
        working.cancel()
    with pytest.raises(asyncio.CancelledError if also else CallerGone):
        await working
    exchange.lose()
    assert working.cancelled() == also


@BOTH
@pytest.mark.parametrize("is_wrong", [False, True])
async def test_an_application_that_does_not_answer_is_answered_for(server: str, is_wrong: bool) -> None:
    """As uvicorn does it, whether the application goes wrong or says nothing."""

    async def silent(_scope: Scope, _receive: Receive, _send: Send) -> None:
        if is_wrong:
            raise ValueError("of ours")

    async with served(silent, server) as url, talking(url) as wire:
        await wire.say(post("/"))
        assert (await wire.hear()).status == 500


@BOTH
async def test_an_answer_that_was_begun_and_not_finished_ends_its_connection(server: str) -> None:
    """The caller sees that it is not whole."""

    async def halting(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"10")]})

    async with served(halting, server) as url, talking(url) as wire:
        await wire.say(post("/"))
        assert await wire.ends_without_data()


@BOTH
async def test_who_hangs_up_after_the_answer_stops_nothing(server: str) -> None:
    """Nor does whoever asks again on the same connection."""
    app = Repeating()
    app.go_on.set()
    with listening() as sink:
        async with served(app, server) as url, talking(url) as wire:
            for _ in range(3):
                await wire.say(post("/slow"))
                assert (await wire.hear()).status == 200
            wire.hang_up()
        events = await asyncio.to_thread(sink.requests, 3)
    assert [event["status"] for event in events] == [200, 200, 200]


async def test_no_field_of_an_answer_breaks_its_line() -> None:
    """Whatever got into it: rather another answer."""
    app = Repeating([("X-More", "1\r\nset-cookie: a=b")])
    async with served(app, OURS) as url, talking(url) as wire:
        await wire.say(post("/refused"))
        heard = await wire.hear()
    assert heard.status == 500
    assert "set-cookie" not in heard.headers


async def test_a_body_in_pieces_is_waited_for_and_one_that_is_here_is_not() -> None:
    """Both are the same to the endpoint."""
    app = Repeating()
    async with served(app, OURS) as url, talking(url) as wire:
        asked = post("/", b"z" * 5000)
        await wire.say(asked)
        at_once = await wire.hear()
        for start in range(0, len(asked), 1000):
            await wire.say(asked[start : start + 1000])
        in_pieces = await wire.hear()
    assert at_once.json["said"] == in_pieces.json["said"] == 5000


async def test_an_exchange_has_all_that_uvicorn_gives_a_request() -> None:
    """It is made by us: what a later uvicorn adds is not to be missing."""
    connection = unconnected()
    exchange = exchange_of(connection)
    begun = RequestResponseCycle(
        scope=exchange.scope,
        transport=connection.transport,
        flow=connection.flow,
        logger=connection.logger,
        access_logger=connection.access_logger,
        access_log=False,
        default_headers=[],
        message_event=asyncio.Event(),
        expect_100_continue=False,
        keep_alive=True,
        on_response=connection.on_response_complete,
    )

    for name, value in vars(begun).items():
        if name not in ("access_logger", "message_event"):
            assert getattr(exchange, name) == value, name
    assert not exchange.message_event.is_set()
    exchange.wake()
    assert exchange.message_event.is_set()
