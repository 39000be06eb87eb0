"""Attacks 69 to 73, 76, 77 and 80 on the connection itself, numbered as in the project's list."""

import asyncio
import contextlib

import pytest

from tests.gateway.wire import Heard, cut_without_reading, head, post, said, wired
from tests.running import Running
from tests.sandbox.city import City

ID = b'{"query": "{ me { id } }"}'
ALLERGIES = b'{"query": "{ me { allergies { nodes { id } } } }"}'
BIG = b"/explorer/static/explorer.js"
"""More than the buffers of a connection hold, when it is asked for often enough."""
BEGUN = b"POST /graphql HTTP/1.1\r\nHost: gateway.example\r\nX: "


async def test_a69_a_header_that_never_ends_is_given_up(strict: Running) -> None:
    """408 after the patience of the gateway, and the connection is gone."""
    async with wired(strict.url) as wire:
        await wire.say(BEGUN)
        assert (await wire.hear()).status == 408
        assert await wire.is_closed()


async def test_a69_nor_is_a_second_one_waited_for(strict: Running, token: str) -> None:
    """Whoever was answered once has no more patience to spend."""
    async with wired(strict.url) as wire:
        await wire.say(post(ID, token=token), BEGUN)
        assert (await wire.hear()).status == 200
        assert (await wire.hear()).status == 408
        assert await wire.is_closed()


async def test_a69_drops_of_a_header_do_not_prolong_it(strict: Running) -> None:
    """The patience is for the whole header: whoever sends a byte now and then does not hold a connection."""
    heard: Heard | None = None
    drops = 0
    async with wired(strict.url) as wire:
        await wire.say(BEGUN)
        while heard is None:
            await wire.say(b"x")
            drops += 1
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(0.1):
                    heard = await wire.hear()

    assert heard.status == 408
    assert 1 < drops < 50


async def test_a69_a_caller_who_says_nothing_is_not_kept(strict: Running, token: str) -> None:
    """Neither at first, nor with empty lines, nor with empty lines after an answer."""
    async with wired(strict.url) as silent, wired(strict.url) as empty, wired(strict.url) as after:
        await empty.say(b"\r\n\r\n")
        await after.say(post(ID, token=token))
        assert (await after.hear()).status == 200
        await after.say(b"\r\n")
        for wire in (silent, empty, after):
            assert await wire.is_closed()


async def test_a69_a_body_that_does_not_come_is_given_up(strict: Running, token: str) -> None:
    """Shorter than promised: 408; what came is not taken for the whole, and no second request is waited for."""
    async with wired(strict.url) as wire:
        await wire.say(post(ID, token=token, length=len(ID) + 1))
        heard = await wire.hear()
        assert (heard.status, heard.codes) == (408, ["BAD_REQUEST"])
        assert await wire.is_closed()


async def test_a69_a_body_that_goes_on_after_the_answer_is_not_read_for_ever(strict: Running) -> None:
    """Refused for want of a token while the body still comes: a little of it is let pass, then the cable is cut."""
    chunk = b"1000\r\n" + b" " * 0x1000 + b"\r\n"
    async with wired(strict.url) as wire:
        await wire.say(head(b"POST", b"/graphql", None, b"Transfer-Encoding: chunked\r\n"))
        assert (await wire.hear()).status == 401
        with pytest.raises(ConnectionError):
            await wire.say(*[chunk] * 20_000)


async def test_a69_a_reader_who_never_reads_is_cut_off(strict: Running) -> None:
    """An answer waits for somebody who takes it, but not for somebody who takes nothing at all."""
    wanted = head(b"GET", BIG, None) * 20

    assert await cut_without_reading(strict.url, wanted)


async def test_a69_whoever_reads_is_served(strict: Running) -> None:
    """All of a large answer, which does not fit into the buffers at once."""
    async with wired(strict.url) as wire:
        await wire.say(head(b"GET", BIG, None))
        assert len((await wire.hear()).body) > 1_000_000


async def test_a_body_that_was_not_wanted_costs_no_connection(gateway: Running, token: str) -> None:
    """The refusal comes before the body; when the body is short, the next request finds the connection open."""
    async with wired(gateway.url) as wire:
        whole = post(ID, token=None)
        await wire.say(whole[: -len(ID)])
        assert (await wire.hear()).status == 401
        await wire.say(ID, post(ID, token=token))
        assert (await wire.hear()).status == 200


async def test_two_requests_at_once_are_answered_in_turn(gateway: Running, token: str) -> None:
    """Pipelining is allowed; the second answer does not overtake the first, nor is it lost with a body behind it."""
    async with wired(gateway.url) as wire:
        await wire.say(post(ALLERGIES, token=token) + post(ID, token=token) + post(ID, token=None))
        assert "allergies" in (await wire.hear()).json["data"]["me"]
        assert "id" in (await wire.hear()).json["data"]["me"]
        assert (await wire.hear()).status == 401


async def test_an_upgrade_is_not_taken_and_costs_nothing(gateway: Running, token: str) -> None:
    """Some clients offer another protocol with every request (RFC 9110, section 7.8); the request is answered."""
    offer = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"
    async with wired(gateway.url) as wire:
        await wire.say(post(ID, token=token, headers=offer))
        assert (await wire.hear()).status == 200
        await wire.say(post(ID, token=token))
        assert (await wire.hear()).status == 200


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        pytest.param(b"".join(b"X-%d: y\r\n" % number for number in range(500)), 431, id="500 fields"),
        pytest.param(b"X: " + b"y" * 40_000 + b"\r\n", 431, id="40 KB in one field"),
        pytest.param(b"X: " + b"y" * 1024 * 1024 + b"\r\n", 431, id="1 MiB in one field"),
        pytest.param(b"y" * 1024 * 1024 + b": x\r\n", 431, id="1 MiB of a name"),
        pytest.param(b"Accept: " + b"a/b," * 25_000 + b"\r\n", 431, id="100 KB of Accept"),
        pytest.param(b"Cookie: " + b"a=b; " * 200 + b"\r\n", 200, id="1 KB of cookies"),
    ],
)
async def test_a72_a_header_has_its_bounds(gateway: Running, token: str, lines: bytes, status: int) -> None:
    """What is over them is answered, although it was not read to its end."""
    async with wired(gateway.url) as wire:
        with contextlib.suppress(ConnectionError):
            await wire.say(post(ID, token=token, headers=lines))
        assert (await wire.hear()).status == status


@pytest.mark.parametrize("length", [17_000, 100_000, 1_000_000])
async def test_a72_an_address_has_its_bounds(gateway: Running, token: str, length: int) -> None:
    """414."""
    async with wired(gateway.url) as wire:
        with contextlib.suppress(ConnectionError):
            await wire.say(head(b"GET", b"/graphql?query=" + b"x" * length, token))
        assert (await wire.hear()).status == 414


@pytest.mark.parametrize(
    "first",
    [
        b"GET http://elsewhere.example/graphql HTTP/1.1\r\nHost: gateway.example",
        b"GET http://gateway.example/graphql HTTP/1.1\r\nHost: gateway.example",
        b"GET //elsewhere.example HTTP/1.1\r\nHost: a b",
        b"CONNECT elsewhere.example:443 HTTP/1.1\r\nHost: elsewhere.example:443",
        b"OPTIONS * HTTP/1.1\r\nHost: gateway.example",
        b"GET graphql HTTP/1.1\r\nHost: gateway.example",
        b"GET /\xc3\xa9 HTTP/1.1\r\nHost: gateway.example",
        b"GET /graphql HTTP/1.1",
        b"GET /graphql HTTP/1.1\r\nHost:",
        b"GET /graphql HTTP/1.1\r\nHost: gateway.example\r\nHost: gateway.example",
        b"GET /graphql HTTP/1.1\r\nHost: gateway.example, elsewhere.example",
        b"GET /graphql HTTP/1.1\r\nHost: gateway.example/graphql",
        b"GET /graphql HTTP/1.1\r\nHost: user@gateway.example",
        b"GET /graphql HTTP/1.1\r\nHost: gateway.example:http",
        b"GET /graphql HTTP/1.1\r\nHost: \xc3\xa9.example",
        b"GET /graphql HTTP/1.1\r\nHost: <script>",
        b"GET /graphql HTTP/3.0\r\nHost: gateway.example",
        b"GET /graphql\r\nHost: gateway.example",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"PRI * HTTP/2.0",
    ],
)
async def test_a73_it_must_be_clear_who_is_asked_and_how(gateway: Running, first: bytes) -> None:
    """400 in our own words, and the end of the connection."""
    async with wired(gateway.url) as wire:
        await wire.say(first + b"\r\n\r\n")
        heard = await wire.hear()
        assert heard.status in (400, 405)
        assert heard.codes == ["BAD_REQUEST"]
        assert await wire.is_closed()


@pytest.mark.parametrize("host", [b"gateway.example", b"gateway.example:4000", b"127.0.0.1:1", b"[::1]:4000"])
async def test_a_host_may_be_written_in_every_usual_way(gateway: Running, host: bytes) -> None:
    """Without a token that is a 401, and so a request."""
    assert (await said(gateway, b"GET /graphql HTTP/1.1\r\nHost: %b\r\n\r\n" % host)).status == 401


async def test_a76_when_callers_hang_up_no_source_works_for_nobody(strict: Running, city: City, token: str) -> None:
    """A hundred and fifty of them; the calls end at the hospital, and its slots are free for the next caller."""
    city.faults.set("hospital-b", "hang")
    hospital = city.seen["hospital-b"]
    async with contextlib.AsyncExitStack() as open_wires:
        wires = [await open_wires.enter_async_context(wired(strict.url)) for _ in range(150)]
        for wire in wires:
            await wire.say(post(ALLERGIES, token=token))
        assert await asyncio.to_thread(hospital.wait_until, lambda seen: seen.in_flight >= 16)
        for wire in wires:
            wire.hang_up()

    assert await asyncio.to_thread(hospital.wait_until, lambda seen: seen.in_flight == 0)
    city.faults.clear("hospital-b")
    answer = await strict.ask("{ me { allergies { nodes { id } } } }", token=token)
    assert answer.states["hospital-b", "ALLERGIES"] == "ANSWERED"


@pytest.mark.parametrize(
    "forged",
    [
        b"short",
        b"x" * 65,
        b"x" * 20_000,
        b"with blank",
        b'quote"d-request',
        b"<script>alert</script>",
        b"${jndi:ldap://x}",
        b"079187998112",
        b"request-079187998112",
        b"one\r\nX-Request-Id: two-is-too-much",
        b"\xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8",
    ],
)
async def test_a77_a_forged_request_id_is_replaced(gateway: Running, token: str, forged: bytes) -> None:
    """The answer carries one of ours, and nothing of what was sent."""
    heard = await said(gateway, post(ID, token=token, headers=b"X-Request-Id: %b\r\n" % forged))

    assert heard.status == 200
    assert heard.headers["x-request-id"] == heard.json["extensions"]["requestId"]
    assert len(heard.headers["x-request-id"]) == 32


@pytest.mark.parametrize("own", [b"0f8fad5b-d9cb-469f-a165-70867728950e", b"trace_12.web-7"])
async def test_a77_a_request_id_of_the_usual_kind_is_kept(gateway: Running, token: str, own: bytes) -> None:
    """So that it can be found in the logs of both sides."""
    heard = await said(gateway, post(ID, token=token, headers=b"X-Request-Id: %b\r\n" % own))

    assert heard.headers["x-request-id"] == own.decode()


@pytest.mark.parametrize(
    "path",
    ["/admin", "/metrics", "/debug", "/health", "/health/ready", "/.env", "/graphql/", "/graphql/schema", "/graphiql",
     "/docs", "/openapi.json", "//graphql", "/%2e%2e/etc/passwd", "/explorer/static/../../version.py"],
)  # fmt: skip
async def test_a80_there_is_nothing_else_on_the_public_side(gateway: Running, token: str, path: str) -> None:
    """404 without a redirect, which would be built from a Host header that anybody can write."""
    heard = await said(gateway, head(b"GET", path.encode(), token))

    assert heard.status == 404
    assert "location" not in heard.headers
    assert heard.headers["x-content-type-options"] == "nosniff"
