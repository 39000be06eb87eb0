"""What a hostile or broken server can say on one connection, over real sockets: an answer is whole or it is none."""

import asyncio
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.errors import Garbled, SourceError, Unavailable
from connectors.options import Size
from tests.connectors.lines import failure, get, line_to, soon
from tests.connectors.raw import chunks, head, raw_server, says
from tests.connectors.talking import Told, talking

LAST = b"0\r\n\r\n"


async def test_f04_what_comes_before_the_answer_is_passed_over() -> None:
    """*Continue* and *Early Hints* are no answers; their fields are not the answer's."""
    hints = head("Content-Type: text/hint", "X-Hint: 1", status="103 Early Hints")
    answer = head("Content-Length: 2"), b"ok"
    async with raw_server(says(head(status="100 Continue"), hints, *answer)) as url:
        reply = await get(url)
    assert (reply.status, reply.body, reply.media_type) == (200, b"ok", "")
    assert "x-hint" not in reply.headers


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param([head(status="102 Processing")] * 100 + [head("Content-Length: 2"), b"ok"], id="without end"),
        pytest.param([head("Upgrade: h2c", "Connection: upgrade", status="101 Switching Protocols")], id="upgrade"),
        pytest.param([head(status="100 Continue")], id="and nothing"),
    ],
)
async def test_f04_what_comes_before_an_answer_does_not_replace_it(parts: list[bytes]) -> None:
    async with raw_server(says(*parts)) as url:
        assert isinstance(await failure(url), Garbled | Unavailable)


@pytest.mark.parametrize(
    "lines",
    [
        ["Content-Length: 2", "Content-Length: 3"],
        ["Content-Length: 2", "Transfer-Encoding: chunked"],
        ["Transfer-Encoding: chunked", "Content-Length: 2"],
        ["Transfer-Encoding: gzip, chunked"],
        ["Transfer-Encoding: identity"],
        ["Transfer-Encoding: gzip", "TRANSFER-ENCODING: chunked"],
        ["Transfer-Encoding: chunked", "transfer-encoding: chunked"],
        ["Content-Length: -1"],
        ["Content-Length: +2"],
        ["Content-Length: 2 2"],
        ["Content-Length: 99999999999999999999999999"],
    ],
)
async def test_f04_nobody_guesses_where_an_answer_ends(lines: list[str]) -> None:
    """Two who read it differently would take a part of one answer for the next."""
    async with raw_server(says(head(*lines), b"2\r\nok\r\n", LAST)) as url:
        assert isinstance(await failure(url), Garbled | Unavailable)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"5\r\nab", id="cut"),
        pytest.param(b"1\r\nab\r\n" + LAST, id="longer than told"),
        pytest.param(b"-1\r\nab\r\n" + LAST, id="negative"),
        pytest.param(b"fffffffffffffffff\r\nab\r\n", id="overflow"),
        pytest.param(b"2;" + b"x" * 1_000_000, id="extension without end"),
        pytest.param(b"2\r\nab\r\n0\r\n" + b"X: y\r\n" * 30_000 + b"\r\n", id="trailer without end"),
        pytest.param(b"2\nab\n0\n\n", id="bare line feeds"),
    ],
)
async def test_f04_f11_broken_chunks(body: bytes) -> None:
    async with raw_server(says(head("Transfer-Encoding: chunked"), body)) as url:
        assert isinstance(await failure(url, max_body=Size(10_000)), Garbled)


async def test_f11_the_frame_of_a_body_is_bounded_as_the_body_is() -> None:
    """A byte in a frame of thousands is not worth reading."""
    frame = b"1;" + b"x" * 5_000 + b"\r\na\r\n"
    async with raw_server(says(head("Transfer-Encoding: chunked"), frame * 500, LAST)) as url:
        assert type(await failure(url, max_body=Size(10_000))) is Garbled


async def test_chunks_with_all_that_is_allowed_beside_them() -> None:
    """Extensions and fields behind the body say nothing; the body is put together."""
    said = head("Transfer-Encoding: chunked"), b"2;a=b\r\nab\r\n1\r\nc\r\n0\r\nX-After: 1\r\n\r\n"
    async with raw_server(says(*said)) as url:
        reply = await get(url)
    assert reply.body == b"abc"
    assert "x-after" not in reply.headers


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 300 + b"\r\n", id="fields"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000 + b"\r\n\r\n", id="one long field"),
        pytest.param(b"HTTP/1.1 200 OK\r\n" + (b"X: " + b"y" * 500 + b"\r\n") * 150 + b"\r\n", id="many long fields"),
        pytest.param(b"HTTP/1.1 200 " + b"y" * 1_000_000, id="reason without end"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX" + b"y" * 1_000_000, id="name without end"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX: a\x00b\r\n\r\n", id="zero byte"),
        pytest.param(b"HTTP/1.1 200 OK\r\n: b\r\n\r\n", id="no name"),
        pytest.param(b"HTTP/1.1 20 OK\r\n\r\n", id="status"),
        pytest.param(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", id="another version"),
        pytest.param(b"\x00" * 1000, id="zeros"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", id="a request"),
    ],
)
async def test_f11_f10_a_header_that_is_none(said: bytes) -> None:
    async with raw_server(says(said)) as url:
        assert isinstance(await failure(url), Garbled | Unavailable)


async def test_f11_a_body_that_is_announced_too_large_is_not_waited_for() -> None:
    async def announce(told: Told) -> None:
        await told.request()
        await told.say(head("Content-Length: 100000000"))
        await told.end()

    async with talking(announce) as server:
        assert type(await failure(server.url, seconds=60)) is Garbled
        await server.quiet()


async def test_an_answer_without_a_length_ends_with_the_connection() -> None:
    """HTTP/1.0 servers and some old ones; a connection that breaks instead gives nothing."""
    async with raw_server(says(b"HTTP/1.0 200 OK\r\n\r\n", b"to the end")) as url:
        assert (await get(url)).body == b"to the end"

    async def resets(told: Told) -> None:
        await told.request()
        await told.say(head(), b"secret answer")
        told.reset()

    async with talking(resets) as server:
        assert isinstance(await failure(server.url), Unavailable)


async def test_f12_the_second_of_two_answers_is_nobodys() -> None:
    """Whether it comes along or a moment later: it never answers the question about the next citizen."""

    async def twice(told: Told) -> None:
        while True:
            request = (await told.request()).split(b" ", 2)[1]
            answer = head("Content-Length: 2") + request[-2:]
            await told.say(answer + head("Content-Length: 5") + b"WRONG" if told.number == 1 else answer)

    async def late(told: Told) -> None:
        await told.request()
        await told.say(head("Content-Length: 2") + b"/a", head("Content-Length: 5") + b"WRONG")
        await told.end()

    for talk in (twice, late):
        async with talking(talk) as server:
            line = line_to(server.url)
            assert (await line.send("GET", "a", deadline=soon())).body == b"/a"
            if talk is late:
                await server.quiet()
                server.connections.clear()
            else:
                assert (await line.send("GET", "b", deadline=soon())).body == b"/b"
                assert len(server.connections) == 2
            await line.close()


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified"])
async def test_f12_a_body_where_none_belongs_is_not_the_next_answer(status: str) -> None:
    async def more(told: Told) -> None:
        await told.request()
        if told.number == 1:
            await told.say(head("Content-Length: 5", status=status) + head("Content-Length: 5") + b"WRONG")
            await told.end()
        await told.say(head("Content-Length: 2") + b"ok")

    async with talking(more) as server:
        line = line_to(server.url)
        with pytest.raises(Garbled, match=status[:3]):
            await line.send("GET", "a", deadline=soon())
        assert (await line.send("GET", "b", deadline=soon())).body == b"ok"
        await line.close()


@settings(max_examples=60, deadline=None)
@given(
    body=st.binary(max_size=300),
    cuts=st.lists(st.integers(0, 700), max_size=12),
    chunked=st.booleans(),
    sizes=st.lists(st.integers(1, 60), min_size=1, max_size=10),
)
async def test_f04_the_answer_is_the_same_however_it_is_cut_into_segments(
    body: bytes, cuts: list[int], *, chunked: bool, sizes: list[int]
) -> None:
    """And a prefix of it is never taken for it."""
    if chunked:
        parts = [part for place in range(0, len(body), sizes[0]) if (part := body[place : place + sizes[0]])]
        whole = head("Transfer-Encoding: chunked", "Content-Type: a/b") + chunks(parts) + LAST
    else:
        whole = head(f"Content-Length: {len(body)}", "Content-Type: a/b") + body
    edges = [0, *sorted({cut for cut in cuts if cut < len(whole)}), len(whole)]
    async with raw_server(says(*(whole[a:b] for a, b in itertools.pairwise(edges)))) as url:
        reply = await get(url)
    assert (reply.status, reply.body, reply.media_type) == (200, body, "a/b")
    short = edges[-2]
    async with raw_server(says(whole[:short])) as url:
        line = line_to(url)
        with pytest.raises(SourceError):
            await line.send("GET", "x", deadline=soon())
        await line.close()


@pytest.mark.parametrize("value", ["a\r\nX-Other: b", "a\nb", "a\r", "số", "a\r\n\r\nGET /other HTTP/1.1"])
async def test_a97_nothing_that_is_sent_becomes_a_header_or_a_request(value: str) -> None:
    """Whatever a kind took for a value."""

    async def listens(told: Told) -> None:
        await told.request()

    async with talking(listens) as server:
        line = line_to(server.url)
        with pytest.raises(Garbled):
            await line.send("GET", "x", deadline=soon(), headers={"if-none-exist": value})
        with pytest.raises(Garbled):
            await line.send("GET", "x\r\nX: y", deadline=soon())
        await line.close()
        assert server.requests == 0


async def test_an_address_is_sent_percent_encoded() -> None:
    """Whatever stands in a path or a field; what is encoded already stays as it is."""

    async def answers(told: Told) -> None:
        while True:
            await told.request()
            await told.say(head("Content-Length: 0"))

    async with talking(answers) as server:
        line = line_to(f"{server.url}/base dân/")
        await line.send("GET", "a b/$x%20y", deadline=soon(), params={"q": "a|b c&d", "n": ["1", "2"], "_include": []})
        await line.send("GET", f"{server.url}/other?page=2&x=%7C", deadline=soon())
        await line.close()
        heads = [told.decode().split(" HTTP")[0] for told in server.connections[0].heads]
    assert heads == ["GET /base%20d%C3%A2n/a%20b/$x%20y?q=a%7Cb+c%26d&n=1&n=2", "GET /other?page=2&x=%7C"]


async def test_cancelled_at_any_point_nothing_stays_open() -> None:
    """While connecting, while nothing comes, and in the middle of a body."""

    async def half(told: Told) -> None:
        await told.request()
        await told.say(head("Content-Length: 20") + b"{")
        await told.end()

    async with talking(half) as server:
        line = line_to(server.url, concurrency=50)
        for turns in range(25):
            call = asyncio.ensure_future(line.send("GET", "x", deadline=soon()))
            for _ in range(turns):
                await asyncio.sleep(0)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
        await server.quiet()
        await line.close()
