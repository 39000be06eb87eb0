"""How long a line waits, and how many calls it has in flight."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from connectors.activity import Activity
from connectors.calls import noted
from connectors.clock import SystemClock
from connectors.contract import Inquiry
from connectors.errors import Crowded, Garbled, TooSlow
from connectors.options import Duration, Size
from tests.connectors.lines import Holding, answering, failure, get, line_to, soon
from tests.connectors.raw import head, raw_server
from tests.connectors.serving import serving


async def test_f02_no_answer_before_the_deadline() -> None:
    """The call is given up, the connection closed, the place free for the next."""
    app = Holding()
    async with serving(app) as server:
        line = line_to(server.url, concurrency=1)
        with pytest.raises(TooSlow):
            await line.send("GET", "x", deadline=soon(0.05))
        await server.idle()
        app.open.set()
        assert (await line.send("GET", "x", deadline=soon())).body == b"ok"
        await line.close()


async def test_f02_an_answer_in_drips_is_over_at_the_deadline_too() -> None:
    """A byte now and then keeps no call alive."""
    held = asyncio.Event()

    async def drip() -> AsyncIterator[bytes]:
        yield b"{"
        await held.wait()

    async with serving(answering(lambda _: StreamingResponse(drip()))) as server:
        assert type(await failure(server.url, seconds=0.05)) is TooSlow


async def test_with_no_time_left_nobody_is_asked() -> None:
    async with serving(Holding()) as server:
        assert type(await failure(server.url, seconds=0)) is TooSlow
        assert server.requests == 0


async def test_no_more_calls_at_once_than_the_options_say() -> None:
    """The others wait their turn and then go."""
    app = Holding()
    async with serving(app) as server:
        line = line_to(server.url, concurrency=2)
        calls = [asyncio.ensure_future(line.send("GET", "x", deadline=soon())) for _ in range(6)]
        while server.requests < 2:
            await server.asked()
        app.open.set()
        assert [reply.body for reply in await asyncio.gather(*calls)] == [b"ok"] * 6
        assert app.most == 2
        await line.close()


async def test_waiting_for_a_turn_is_bounded_by_the_deadline() -> None:
    async with serving(Holding()) as server:
        line = line_to(server.url, concurrency=1)
        first = asyncio.ensure_future(line.send("GET", "x", deadline=soon()))
        await server.asked()
        with pytest.raises(Crowded):
            await line.send("GET", "y", deadline=soon(0.05))
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        assert server.requests == 1
        await line.close()


async def test_a_queue_that_is_full_is_told_at_once() -> None:
    """Whoever would only wait in vain costs nothing; a place that comes free is taken again."""
    app = Holding()
    async with serving(app) as server:
        line = line_to(server.url, concurrency=1, queue=2)
        first = asyncio.ensure_future(line.send("GET", "x", deadline=soon()))
        await server.asked()
        waiting = [asyncio.ensure_future(line.send("GET", "x", deadline=soon())) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(Crowded, match="too many"):
            await line.send("GET", "y", deadline=soon())
        waiting.pop().cancel()
        await asyncio.sleep(0)
        waiting.append(asyncio.ensure_future(line.send("GET", "x", deadline=soon())))
        app.open.set()
        assert [reply.body for reply in await asyncio.gather(first, *waiting)] == [b"ok"] * 3
        await line.close()


async def test_what_goes_on_is_counted_for_who_asks_in_a_sources_name() -> None:
    """In flight, waiting, and given up; nothing is left when all is done."""
    app, activity = Holding(), Activity()
    inquiry = Inquiry(request_id="test", deadline=soon(), clock=SystemClock())
    async with serving(app) as server:
        line = line_to(server.url, concurrency=1, queue=1)
        with noted("hospital", inquiry, activity):
            sent = [asyncio.ensure_future(line.send("GET", "x", deadline=soon())) for _ in range(3)]
        await server.asked()
        assert (activity.calls, activity.waiting, activity.crowded) == (1, 1, 1)
        app.open.set()
        await asyncio.gather(*sent, return_exceptions=True)
        assert (activity.calls, activity.waiting, activity.crowded) == (0, 0, 1)
        await line.close()


async def test_a76_a_cancelled_call_gives_its_place_and_its_connection_back() -> None:
    app = Holding()
    async with serving(app) as server:
        line = line_to(server.url, concurrency=1)
        call = asyncio.ensure_future(line.send("GET", "x", deadline=soon()))
        await server.asked()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await server.idle()
        app.open.set()
        assert (await line.send("GET", "x", deadline=soon())).body == b"ok"
        await line.close()
        await server.quiet()


@pytest.mark.parametrize("more", [{"max_body": Size(10)}, {}], ids=["too large", "packed"])
async def test_an_answer_that_is_not_read_to_its_end_blocks_nobody(more: dict[str, Any]) -> None:
    """The only connection there is comes back each time."""
    answer = PlainTextResponse("x" * 100_000, headers={} if more else {"content-encoding": "gzip"})
    async with serving(answering(lambda _: answer)) as server:
        line = line_to(server.url, concurrency=1, **more)
        for _ in range(3):
            with pytest.raises(Garbled):
                await line.send("GET", "x", deadline=soon(1))
        await line.close()
        await server.quiet()


async def test_a_connection_is_used_again() -> None:
    """One TLS handshake serves many questions."""
    peers: set[object] = set()

    def answer(request: Request) -> Response:
        peers.add(request.client)
        return PlainTextResponse("ok")

    async with serving(answering(answer)) as server:
        line = line_to(server.url)
        for _ in range(3):
            await line.send("GET", "x", deadline=soon())
        await line.close()
        await line.close()
        await server.quiet()
    assert len(peers) == 1


async def test_the_time_for_connecting_is_bounded_on_its_own() -> None:
    """A black hole costs the connect time, not the whole deadline."""

    def answer(request: httpx.Request) -> httpx.Response:
        assert request.extensions["timeout"] == {"connect": 0.25, "read": None, "write": None, "pool": None}
        return httpx.Response(200, stream=httpx.ByteStream(b""))

    await get("http://source.test", transport=httpx.MockTransport(answer), connect=Duration(0.25))


async def test_f02_a_silence_may_be_bounded_on_its_own() -> None:
    """A source that says nothing more is given up before the deadline."""

    async def begins(writer: asyncio.StreamWriter) -> None:
        writer.write(head("Content-Length: 20") + b"{")
        await asyncio.Event().wait()

    async with raw_server(begins) as url:
        assert type(await failure(url, read=Duration(0.02), seconds=60)) is TooSlow
