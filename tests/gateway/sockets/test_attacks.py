"""A61 and its kind: what must not open a socket, what must close one, and what must not hold one up."""

import asyncio
import itertools
import socket
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import InvalidStatus
from websockets.frames import Frame, Opcode

from tests.gateway.sink import listening
from tests.gateway.sockets.talking import PATIENCE, ended, talking
from tests.gateway.wire import Wire, head, said, wired
from tests.running import CityClock, Running, running_gateway
from tests.sandbox.city import City

CHANGED = "subscription { recordChanged { at } }"
OFFER = b"Connection: Upgrade\r\nUpgrade: websocket\r\n"
VERSION = b"Sec-WebSocket-Version: 13\r\n"
KEY = b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
SPOKEN = b"Sec-WebSocket-Protocol: graphql-transport-ws\r\n"
WHOLE = OFFER + VERSION + KEY + SPOKEN


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        pytest.param(WHOLE + b"Origin: https://elsewhere.example\r\n", 403, id="a page of another site"),
        pytest.param(WHOLE + b"Origin: null\r\n", 403, id="a page of nowhere"),
        pytest.param(
            WHOLE + b"Origin: https://gateway.example.elsewhere.example\r\n", 403, id="a name that looks alike"
        ),
        pytest.param(WHOLE + b"Origin: http://gateway.example\r\nOrigin: http://b.example\r\n", 400, id="two origins"),
        pytest.param(OFFER + VERSION + KEY, 400, id="no protocol"),
        pytest.param(OFFER + VERSION + KEY + b"Sec-WebSocket-Protocol: graphql-ws\r\n", 400, id="an old protocol"),
        pytest.param(OFFER + KEY + SPOKEN, 426, id="no version"),
        pytest.param(OFFER + b"Sec-WebSocket-Version: 8\r\n" + KEY + SPOKEN, 426, id="an old version"),
        pytest.param(OFFER + VERSION + SPOKEN, 400, id="no key"),
        pytest.param(OFFER + VERSION + KEY + KEY + SPOKEN, 400, id="two keys"),
        pytest.param(OFFER + VERSION + b"Sec-WebSocket-Key: c2hvcnQ=\r\n" + SPOKEN, 400, id="a short key"),
        pytest.param(WHOLE + b"Content-Length: 2\r\n", 400, id="a body"),
        pytest.param(WHOLE + b"Cookie: a=" + b"b" * 9000 + b"\r\n", 431, id="9 KB in one field"),
        pytest.param(WHOLE + b"Authorization: Bearer nobody\r\n", 401, id="no token"),
    ],
)
async def test_a61_what_opens_no_socket(gateway: Running, lines: bytes, status: int) -> None:
    """It is answered in HTTP, in our own words."""
    answer = await said(gateway, head(b"GET", b"/graphql", None, lines))

    assert (answer.status, len(answer.codes)) == (status, 1)
    assert {"x-request-id", "cache-control", "x-content-type-options"} <= answer.headers.keys()
    assert "server" not in answer.headers
    assert ("www-authenticate" in answer.headers) is (status == 401)


@pytest.mark.parametrize("path", [b"/", b"/events", b"/fhir/metadata", b"/graphql/", b"/%67raphql/x", b"/graphiql"])
async def test_a80_there_is_a_socket_nowhere_else(gateway: Running, token: str, path: bytes) -> None:
    """404, whoever asks."""
    assert (await said(gateway, head(b"GET", path, token, WHOLE))).status == 404


async def test_a61_on_the_admin_listener_no_socket_is_spoken(gateway: Running) -> None:
    """The offer is passed over."""
    async with wired(gateway.admin) as wire:
        await wire.say(head(b"GET", b"/health", None, WHOLE))
        assert (await wire.hear()).status == 200


async def test_a61_a_post_is_no_handshake(gateway: Running, token: str) -> None:
    """400, and nothing is executed."""
    assert (await said(gateway, head(b"POST", b"/graphql", token, WHOLE))).status == 400


async def test_the_same_site_may_open_one(gateway: Running, token: str) -> None:
    """The explorer, say."""
    async with talking(gateway, origin=gateway.url) as talk:
        await talk.begin(token)


@pytest.mark.parametrize(
    ("headers", "payload", "closed"),
    [
        ({}, None, 4403),
        ({}, {"Authorization": "Bearer nobody"}, 4403),
        ({}, {"Authorization": "%s"}, 4403),
        ({}, {"token": "%s"}, 4403),
        ({}, {"headers": {"Authorization": "Bearer %s"}}, 4403),
        ({"Cookie": "token=%s"}, None, 4403),
        ({"X-Userinfo": "%s"}, None, 4403),
        ({}, {"Authorization": ["Bearer %s"]}, 4400),
        ({}, {"Authorization": "Bearer %s", "authorization": "Bearer %s"}, 4400),
        ({"Authorization": "Bearer %s"}, {"Authorization": "Bearer %s"}, 4400),
    ],
)
async def test_a01_a02_a03_who_is_not_proved_once_is_nobody(
    gateway: Running, token: str, headers: dict[str, str], payload: dict[str, Any] | None, closed: int
) -> None:
    """A token counts in one header or in one member, and nowhere else."""

    def filled(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: filled(inner) for name, inner in value.items()}
        return [filled(inner) for inner in value] if isinstance(value, list) else value.replace("%s", token)

    async with talking(gateway, headers=filled(headers), path=f"/graphql?token={token}") as talk:
        await talk.say("connection_init", **({"payload": filled(payload)} if payload else {}))
        code, reason = await talk.closed()

    assert code == closed
    assert token not in reason


async def test_a38_while_the_keys_cannot_be_had_clients_come_again(
    city: City, city_clock: CityClock, tmp_path: Any, token: str
) -> None:
    """1013: that is nobody's fault who asks."""
    city.close("eid")
    try:
        with running_gateway(city, tmp_path, clock=city_clock) as gateway:
            async with talking(gateway) as talk:
                await talk.say("connection_init", payload={"Authorization": f"Bearer {token}"})
                assert (await talk.closed())[0] == 1013
            with pytest.raises(InvalidStatus) as refused:
                async with talking(gateway, headers={"Authorization": f"Bearer {token}"}):
                    pass
            assert refused.value.response.status_code == 503
    finally:
        city.reopen("eid")


@pytest.mark.parametrize(
    "garbage",
    [
        "hello", "", "[]", "null", "{}", '{"type": "start", "id": "1", "payload": {}}', '{"type": ["ping"]}',
        '{"type": "subscribe", "payload": {}}', '{"type": "subscribe", "id": "", "payload": {}}',
        '{"type": "subscribe", "id": 1, "payload": {}}', '{"type": "subscribe", "id": "1", "payload": []}',
        '{"type": "subscribe", "id": "%s", "payload": {}}' % ("1" * 129), '{"type": "ping", "type": "pong"}',
        '{"type": "connection_init", "payload": "Bearer x"}', '{"type": "subscribe", "id": "\\ud800", "payload": {}}',
        "[" * 30_000, b'{"type": "ping"}', b"\x00" * 100,
    ],
)  # fmt: skip
async def test_a61_garbage_closes_the_socket(gateway: Running, token: str, garbage: str | bytes) -> None:
    """4400, before the first message as after it."""
    for introduced in (False, True):
        async with talking(gateway) as talk:
            if introduced:
                await talk.begin(token)
            await talk.line.send(garbage)
            assert await talk.closed() == (4400, "This is no message of graphql-transport-ws.")


async def test_a61_messages_out_of_turn_close_the_socket(gateway: Running, token: str) -> None:
    """Each with the code of the protocol."""
    async with talking(gateway) as talk:
        await talk.subscribe("1", CHANGED)
        assert (await talk.closed())[0] == 4401
    async with talking(gateway) as talk:
        await talk.begin(token)
        await talk.say("connection_init")
        assert (await talk.closed())[0] == 4429
    async with talking(gateway) as talk:
        await talk.begin(token)
        await talk.subscribe("1", CHANGED)
        await talk.subscribe("1", CHANGED)
        assert (await talk.closed())[0] == 4409


async def test_a61_of_five_hundred_operations_ten_are_taken(gateway: Running, token: str) -> None:
    """The others are told so, one by one, and the socket still answers."""
    async with talking(gateway) as talk:
        await talk.begin(token)
        for number in range(500):
            await talk.subscribe(str(number), CHANGED)
        refused = [await talk.hear() for _ in range(490)]
        await talk.say("ping")
        assert await talk.hear() == {"type": "pong"}

    assert {message["payload"][0]["extensions"]["code"] for message in refused} == {"TOO_MANY_SUBSCRIPTIONS"}
    assert {int(message["id"]) for message in refused} == set(range(10, 500))


async def test_a61_a_client_that_never_begins_is_given_up(strict: Running) -> None:
    """4408; to say something else in the meantime prolongs nothing."""
    async with talking(strict) as talk:
        await talk.say("ping")
        assert (await talk.closed())[0] == 4408


async def opened(wire: Wire, token: str) -> None:
    """A socket by hand, whose caller is known."""
    await wire.say(head(b"GET", b"/graphql", token, WHOLE))
    assert (await wire.hear()).status == 101
    await wire.say(frame(b'{"type": "connection_init"}'))
    async with asyncio.timeout(PATIENCE):
        assert b"connection_ack" in await wire._reader.readuntil(b"}")


def frame(data: bytes, opcode: Opcode = Opcode.TEXT, *, fin: bool = True, mask: bool = True) -> bytes:
    """One frame, as a client sends it."""
    return Frame(opcode, data, fin).serialize(mask=mask)


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        pytest.param(b"\x81\xff" + (16 * 1024 * 1024).to_bytes(8, "big") + b"mask", 1009, id="16 MiB, announced"),
        pytest.param(
            frame(b"x" * 40_000, fin=False) + frame(b"x" * 40_000, Opcode.CONT), 1009, id="too much in two pieces"
        ),
        pytest.param(frame(b"\xff\xfe"), 1007, id="not UTF-8"),
        pytest.param(frame(b"{}", mask=False), 1002, id="not masked"),
        pytest.param(b"\xc1" + frame(b"{}")[1:], 1002, id="compressed"),
        pytest.param(b"\x89\xfe\x00\x7e" + bytes(130), 1002, id="a long ping"),
        pytest.param(frame(b"x", Opcode.CONT), 1002, id="the end of nothing"),
        pytest.param(b"\x83" + frame(b"{}")[1:], 1002, id="an opcode that is none"),
    ],
)
async def test_a61_frames_have_their_bounds(strict: Running, token: str, sent: bytes, code: int) -> None:
    """Closed with the code of RFC 6455, which arrives though not all that was sent is read."""
    async with wired(strict.url) as wire:
        await opened(wire, token)
        await wire.say(sent)
        async with asyncio.timeout(PATIENCE):
            closing = await wire._reader.readexactly(4)
        assert (closing[0], int.from_bytes(closing[2:4], "big")) == (0x88, code)


async def test_a69_a_message_that_never_ends_is_given_up(strict: Running, token: str) -> None:
    """Whether nothing more of it comes, or one empty piece after the other, with pings between."""
    async with wired(strict.url) as wire:
        await opened(wire, token)
        await wire.say(frame(b'{"type": "ping"}')[:-1])
        assert await wire.is_closed()
    async with wired(strict.url) as wire:
        await opened(wire, token)
        await wire.say(frame(b"{", fin=False))
        endless = (frame(b"", Opcode.CONT, fin=False) + frame(b"", Opcode.PING)) * 1000

        async def flood() -> None:
            while True:
                await wire.say(endless)

        with pytest.raises(ConnectionError):
            await asyncio.wait_for(flood(), PATIENCE)


def pings() -> Iterator[bytes]:
    """Of the protocol below, which it answers by itself."""
    return itertools.repeat(frame(b"x" * 100, Opcode.PING) * 1000)


def refused() -> Iterator[bytes]:
    """Operations whose refusals are long."""
    query = "subscription {" + "".join(f" {letter * 200}" for letter in "abcde") + "}"
    for number in itertools.count():
        subscribe = '{"type": "subscribe", "id": "%s", "payload": {"query": "%s"}}'
        yield frame((subscribe % (str(number).rjust(128, "0"), query)).encode())


@pytest.mark.parametrize("said_on", [pings, refused])
async def test_a69_a_reader_who_never_reads_is_cut_off(
    strict: Running, token: str, said_on: Callable[[], Iterator[bytes]]
) -> None:
    """Who asks and asks and takes no answer holds neither memory nor the line."""
    parts = urlsplit(strict.url)
    with listening() as sink, socket.socket() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.settimeout(PATIENCE)
        line.connect((parts.hostname, parts.port))
        known = b"X-Request-Id: never-reads\r\n"
        line.sendall(head(b"GET", b"/graphql", token, WHOLE + known) + frame(b'{"type": "connection_init"}'))

        def flood() -> None:
            for message in said_on():
                line.sendall(message)

        with pytest.raises(ConnectionError):
            await asyncio.wait_for(asyncio.to_thread(flood), 4 * PATIENCE)  # a few megabytes, on a busy machine
        assert ended(sink, "never-reads")["closed"] == "by caller"


async def test_a61_many_messages_at_once_are_heeded_in_turn(gateway: Running, token: str) -> None:
    """Also those that came in one piece with the handshake."""
    async with wired(gateway.url) as wire:
        first = head(b"GET", b"/graphql", token, WHOLE) + frame(b'{"type": "connection_init"}')
        await wire.say(first + frame(b'{"type": "ping"}') * 300)
        assert (await wire.hear()).status == 101
        async with asyncio.timeout(PATIENCE):
            assert b"connection_ack" in await wire._reader.readuntil(b"}")
            for _ in range(300):
                assert b"pong" in await wire._reader.readuntil(b"}")


async def test_a76_sockets_that_hang_up_leave_nothing(strict: Running, token: str) -> None:
    """Nobody listens any more, and all places are free."""
    for _ in range(12):
        async with wired(strict.url) as wire:
            await opened(wire, token)
            await wire.say(frame(b'{"type": "subscribe", "id": "1", "payload": {"query": "%s"}}' % CHANGED.encode()))
            wire.hang_up()
    async with talking(strict) as talk:
        await talk.begin(token)
        await talk.subscribe("1", CHANGED)
        await talk.subscribe("2", "{ me { id } }")
        assert (await talk.hear())["id"] == "2"
