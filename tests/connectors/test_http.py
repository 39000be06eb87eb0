"""The line to a source: what it bounds, what it refuses, and into which words it puts what fails."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import httpx
import msgspec
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from connectors.clock import SystemClock
from connectors.contract import Deadline
from connectors.errors import Denied, Garbled, Overloaded, SourceError, TooSlow, Unavailable
from connectors.http import Line, Reply
from connectors.options import Duration, Secret, Size, SourceOptions
from connectors.records import SourceKind
from tests.connectors.raw import Endless, Script, chunks, head, raw_server, resets, says
from tests.connectors.serving import PATIENCE, serving
from tests.sandbox.eid.held_clock import HeldClock

NUMBER = "079190998901"
ANYTHING = msgspec.json.Decoder(dict[str, Any])


def line_to(url: str, *, transport: httpx.AsyncBaseTransport | None = None, **more: Any) -> Line:
    options = SourceOptions(kind="x", name="Mẫu", category=SourceKind.HOSPITAL, url=url, **more)
    return Line(options, clock=HeldClock(), transport=transport)


def soon(seconds: float = PATIENCE) -> Deadline:
    return Deadline.after(seconds, SystemClock())


async def get(url: str, path: str = "x", *, seconds: float = PATIENCE, **more: Any) -> Reply:
    """One call over a line of its own."""
    line = line_to(url, **more)
    try:
        return await line.send("GET", path, deadline=soon(seconds))
    finally:
        await line.close()


def answering(answer: Callable[[Request], Response]) -> ASGIApp:
    """An application of one function."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await answer(Request(scope, receive))(scope, receive, send)

    return app


async def failure(url: str, **more: Any) -> SourceError:
    """How the call fails; its text must tell nothing of where it went and of what came back."""
    with pytest.raises(SourceError) as caught:
        await get(url, f"Patient/{NUMBER}", **more)
    told = repr(caught.value) + str(caught.value.args)
    assert NUMBER not in told
    assert "127.0.0.1" not in told
    assert "secret answer" not in told
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return caught.value


# ------------------------------------------------------------------------------------------- what goes out


async def test_what_is_sent() -> None:
    """Path beneath the base, our name, the source's own headers, the kind's headers, the fields."""
    seen: list[Request] = []

    def answer(request: Request) -> Response:
        seen.append(request)
        return PlainTextResponse("ok")

    async with serving(answering(answer)) as server:
        line = line_to(f"{server.url}/base", headers={"x-api-key": Secret("k")})
        await line.send("GET", "a/b", deadline=soon(), params={"p": ["1", "2"]}, headers={"accept": "x/y"})
        await line.close()
    (request,) = seen
    assert (request.url.path, request.url.query) == ("/base/a/b", "p=1&p=2")
    assert (request.headers["x-api-key"], request.headers["accept"]) == ("k", "x/y")
    assert (request.headers["user-agent"], request.headers["accept-encoding"]) == ("citizen-graph", "identity")


@pytest.mark.parametrize(
    ("body", "media_type", "content"),
    [
        ({"json": {"số": 1}}, "application/json", '{"số":1}'),
        ({"form": {"a": ["1", "2"], "b": "ế"}}, "application/x-www-form-urlencoded", "a=1&a=2&b=%E1%BA%BF"),
    ],
)
async def test_bodies(body: dict[str, Any], media_type: str, content: str) -> None:
    requests: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(200, stream=httpx.ByteStream(b"{}"))

    line = line_to("http://source.test", transport=httpx.MockTransport(answer))
    await line.send("POST", "x", deadline=soon(), **body)
    assert (requests[0].headers["content-type"], requests[0].content.decode()) == (media_type, content)
    await line.close()


async def test_a_cookie_does_not_ride_along_with_the_next_question() -> None:
    seen: list[str | None] = []

    def answer(request: Request) -> Response:
        seen.append(request.headers.get("cookie"))
        return PlainTextResponse("ok", headers={"set-cookie": "session=of-somebody; Path=/"})

    async with serving(answering(answer)) as server:
        line = line_to(server.url)
        await line.send("GET", "1", deadline=soon())
        await line.send("GET", "2", deadline=soon())
        await line.close()
    assert seen == [None, None]


async def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever can set a variable must not be able to read along."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with serving(answering(lambda _: PlainTextResponse("ok"))) as server:
        assert (await get(server.url)).body == b"ok"


async def test_a89_no_log_tells_what_was_asked(caplog: pytest.LogCaptureFixture) -> None:
    """Not even at the most talkative level, and not the token that a protocol puts into its address."""
    caplog.set_level(logging.DEBUG)
    async with serving(answering(lambda _: PlainTextResponse(NUMBER))) as server:
        line = line_to(server.url)
        await line.send("GET", f"Patient/{NUMBER}", deadline=soon(), params={"token": "t-very-secret"})
        await line.close()
    ours = "\n".join(str(vars(record)) for record in caplog.records if not record.name.startswith("uvicorn"))
    assert NUMBER not in ours
    assert "t-very-secret" not in ours


# ------------------------------------------------------------------------------------------- what fails


async def test_f03_nobody_listens() -> None:
    async with raw_server(says()) as url:
        pass
    assert type(await failure(url)) is Unavailable


@pytest.mark.parametrize("script", [pytest.param(resets, id="reset"), pytest.param(says(), id="close")])
async def test_f03_a_connection_that_is_cut_before_an_answer(script: Script) -> None:
    async with raw_server(script) as url:
        assert type(await failure(url)) is Unavailable


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(says(head("Content-Length: 20"), b'{"a": "secret'), id="half"),
        pytest.param(says(head("Transfer-Encoding: chunked"), chunks([b'{"a": 1'])), id="chunkcut"),
        pytest.param(says(head("Transfer-Encoding: chunked"), b"zz\r\nsecret answer"), id="no chunk"),
    ],
)
async def test_f04_half_an_answer_is_none(script: Script) -> None:
    async with raw_server(script) as url:
        assert type(await failure(url)) is Garbled


async def test_f04_more_than_was_promised_is_cut_and_no_json() -> None:
    async with raw_server(says(head("Content-Type: application/json", "Content-Length: 5"), b'{"a": 1}')) as url:
        reply = await get(url)
    with pytest.raises(Garbled):
        reply.decode(ANYTHING)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_f05_a_fault_of_the_source(status: int) -> None:
    async with serving(answering(lambda _: PlainTextResponse("secret answer", status))) as server:
        assert type(await failure(server.url)) is Unavailable


@pytest.mark.parametrize(
    ("status", "after", "seconds"),
    [
        (429, "7", 7),
        (503, "120", 120),
        (429, "Mon, 23 Nov 2026 05:01:30 GMT", 90),  # the held clock stands at 05:00
        (503, "Mon, 23 Nov 2026 04:00:00 GMT", 0),
        (429, "soon", 30),
        (429, None, 30),
        (429, "-5", 30),
        (429, "1" * 40, 30),
        (429, "٣", 30),
        (429, "Mon, 23 Nov 2026 05:01:30", 30),
    ],
)
async def test_f06_a_source_that_asks_for_patience(status: int, after: str | None, seconds: int) -> None:
    headers = {"retry-after": after.encode().decode("latin-1")} if after else {}
    async with serving(answering(lambda _: PlainTextResponse("", status, headers))) as server:
        error = await failure(server.url)
    assert isinstance(error, Overloaded)
    assert error.retry_after == timedelta(seconds=seconds)


@pytest.mark.parametrize("status", [401, 403])
async def test_f07_a_refusal(status: int) -> None:
    async with serving(answering(lambda _: PlainTextResponse("secret answer", status))) as server:
        assert type(await failure(server.url)) is Denied


async def test_f08_a_kind_says_which_statuses_it_reads() -> None:
    async with serving(answering(lambda _: PlainTextResponse("", 404))) as server:
        assert type(await failure(server.url)) is Garbled
        line = line_to(server.url)
        assert (await line.send("GET", "x", deadline=soon(), accept=frozenset({200, 404}))).status == 404
        await line.close()


@pytest.mark.parametrize("media_type", ["text/html", "", "application/jsonx", "text/plain; application/json"])
async def test_f09_another_media_type(media_type: str) -> None:
    headers = httpx.Headers({"content-type": media_type} if media_type else {})
    with pytest.raises(Garbled):
        Reply(200, headers, b"{}").decode(ANYTHING)


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b'{"a":', b'{"a": NaN}', b"\xff\xfe{\x00}\x00", b'{"a": "\x80"}', b'{"a": 1} secret answer'],
)
def test_f10_what_is_no_json_of_that_shape(body: bytes) -> None:
    reply = Reply(200, httpx.Headers({"content-type": "Application/JSON; charset=utf-8"}), body)
    with pytest.raises(Garbled) as caught:
        reply.decode(ANYTHING)
    assert "secret answer" not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.mark.parametrize(
    "body", [b"[" * 1_000_000, b'{"a":' * 1_000_000, b'{"a":' + b"[" * 200_000 + b"]" * 200_000 + b"}"]
)
def test_f11_json_that_is_too_deep(body: bytes) -> None:
    """It ends in an error, not in the end of the process."""
    with pytest.raises(Garbled):
        Reply(200, httpx.Headers({"content-type": "application/json"}), body).decode(ANYTHING)


async def test_f11_a_body_without_end_is_read_to_its_bound() -> None:
    """The server finds that nobody listens any more after what fits into the buffers between."""
    script = Endless()
    async with raw_server(script) as url:
        assert type(await failure(url, max_body=Size(200_000))) is Garbled
    assert script.written < 50_000_000


async def test_f11_a_body_at_its_bound_is_read() -> None:
    async with serving(answering(lambda _: PlainTextResponse("x" * 1000))) as server:
        assert len((await get(server.url, max_body=Size(1000))).body) == 1000
        assert type(await failure(server.url, max_body=Size(999))) is Garbled


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "identity, gzip"])
async def test_f11_a_packed_body_is_not_unpacked(encoding: str) -> None:
    answer = PlainTextResponse(b"\x1f\x8b", headers={"content-encoding": encoding})
    async with serving(answering(lambda _: answer)) as server:
        assert type(await failure(server.url)) is Garbled


async def test_f11_a_header_without_end() -> None:
    async with raw_server(says(b"HTTP/1.1 200 OK\r\nX-A: " + b"a" * 2_000_000)) as url:
        assert isinstance(await failure(url), Unavailable | Garbled)


async def test_what_is_no_http_at_all() -> None:
    async with raw_server(says(b"220 secret answer ready\r\n")) as url:
        assert type(await failure(url)) is Unavailable


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_f14_a_redirect_is_not_followed(status: int) -> None:
    """Nobody else is asked, with or without our credentials."""
    async with serving(answering(lambda _: PlainTextResponse("caught"))) as other:
        answer = RedirectResponse(f"{other.url}/secret answer", status)
        async with serving(answering(lambda _: answer)) as server:
            assert type(await failure(server.url, headers={"x-api-key": Secret("k")})) is Garbled
        assert other.requests == 0


@pytest.mark.parametrize(
    ("thrown", "error"),
    [
        (httpx.ConnectError, Unavailable),
        (httpx.ReadError, Unavailable),
        (httpx.WriteError, Unavailable),
        (httpx.ProxyError, Unavailable),
        (httpx.UnsupportedProtocol, Unavailable),
        (httpx.RemoteProtocolError, Unavailable),
        (httpx.ConnectTimeout, TooSlow),
        (httpx.ReadTimeout, TooSlow),
        (httpx.PoolTimeout, TooSlow),
        (httpx.DecodingError, Garbled),
    ],
)
async def test_every_error_of_the_client_gets_our_word(thrown: type[httpx.HTTPError], error: type[SourceError]) -> None:
    """F16 among them: a name that cannot be found is a ConnectError. The library's text is not passed on."""

    def answer(request: httpx.Request) -> httpx.Response:
        raise thrown(f"secret answer at {request.url}")

    found = await failure("http://source.test", transport=httpx.MockTransport(answer))
    assert type(found) is error


# ------------------------------------------------------------------------------------------- time and places


class Holding:
    """An application that answers nobody until it is told to, and counts who waits."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.most = self.now = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await self._until_told(receive)
        finally:
            self.now -= 1
        if self.open.is_set():
            await PlainTextResponse("ok")(scope, receive, send)

    async def _until_told(self, receive: Receive) -> None:
        async def gone() -> None:
            while (await receive())["type"] != "http.disconnect":
                pass

        waiting = [asyncio.ensure_future(gone()), asyncio.ensure_future(self.open.wait())]
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()


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
        with pytest.raises(TooSlow):
            await line.send("GET", "y", deadline=soon(0.05))
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        assert server.requests == 1
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
