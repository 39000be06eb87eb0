"""Into which words a line puts a source that does not answer, refuses, or sends elsewhere."""

from datetime import timedelta

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from connectors.errors import Denied, Garbled, Overloaded, SourceError, TooSlow, Unavailable
from connectors.options import Secret
from tests.connectors.lines import answering, failure, line_to, soon
from tests.connectors.raw import Script, raw_server, resets, says
from tests.connectors.serving import serving


async def test_f03_nobody_listens() -> None:
    async with raw_server(says()) as url:
        pass
    assert type(await failure(url)) is Unavailable


@pytest.mark.parametrize("script", [pytest.param(resets, id="reset"), pytest.param(says(), id="close")])
async def test_f03_a_connection_that_is_cut_before_an_answer(script: Script) -> None:
    async with raw_server(script) as url:
        assert type(await failure(url)) is Unavailable


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


@pytest.mark.parametrize("status", [304, 206, 204, 226])
async def test_f13_an_answer_that_builds_on_another_one_is_none(status: int) -> None:
    """We ask for nothing conditionally and for no part: whoever answers so answers somebody else's question."""
    seen: list[httpx.Headers] = []

    def answer(request: Request) -> Response:
        seen.append(httpx.Headers(dict(request.headers)))
        return Response(status_code=status, headers={"etag": '"of-somebody"'})

    async with serving(answering(answer)) as server:
        line = line_to(server.url)
        for _ in range(2):
            with pytest.raises(Garbled):
                await line.send("GET", "x", deadline=soon())
        await line.close()
    assert not {name for headers in seen for name in headers} & {"if-none-match", "if-modified-since", "range"}
