"""How connections are kept, lent and lost: races of keep-alive over real sockets. No test waits for a clock."""

import asyncio
from pathlib import Path

import pytest

from connectors.carrying import Call, Head
from connectors.errors import Garbled, TooSlow, Unavailable
from connectors.network import GuardedNetwork, look_up
from connectors.pool import Pool
from tests.connectors.authority import Authority
from tests.connectors.lines import line_to, soon
from tests.connectors.raw import head
from tests.connectors.serving import PATIENCE
from tests.connectors.talking import Talking, Told, talking

OK = head("Content-Length: 2") + b"ok"


def pool_to(server: Talking, **more: float) -> Pool:
    """The connections to that server."""
    network = GuardedNetwork("127.0.0.1", "public", look_up=look_up)
    port = int(server.url.rpartition(":")[2])
    return Pool(network, host="h", port=port, tls=None, connect=5, read=None, max_body=100, **more)


def call(*, repeatable: bool = True) -> Call:
    return Call(method="GET", target="/x", head=Head.of({}), repeatable=repeatable)


async def answers(told: Told) -> None:
    while True:
        await told.request()
        await told.say(OK)


async def hangs_up_on_the_second(told: Told) -> None:
    """Answers one request on the first connection, reads another, and hangs up: keep-alive has ended in between."""
    await told.request()
    await told.say(OK)
    await told.request()
    if told.number > 1:
        await told.say(OK)


async def test_f03_a_connection_that_ended_as_it_was_used_is_replaced_at_once() -> None:
    """What may be asked twice is; no pause, and nobody notices."""
    async with talking(hangs_up_on_the_second) as server:
        pool = pool_to(server)
        assert [(await pool.carry(call(), PATIENCE)).body for _ in range(2)] == [b"ok", b"ok"]
        assert (len(server.connections), server.requests) == (2, 3)
        await pool.close()
        await server.quiet()


@pytest.mark.parametrize("target", ["/x HTTP/1.1\r\nx-evil: 1\r\n\r\n", "/x\ny", "/x y", "/ế"])
async def test_no_target_makes_a_request_of_its_own(target: str) -> None:
    """Whatever a kind forgot: nothing is sent."""
    async with talking(answers) as server:
        pool = pool_to(server)
        with pytest.raises(Garbled):
            await pool.carry(Call(method="GET", target=target, head=Head.of({})), PATIENCE)
        assert server.requests == 0
        await pool.close()


async def test_f03_what_may_not_be_asked_twice_is_lost_with_its_connection() -> None:
    """It may have been done: nobody does it again on their own."""
    async with talking(hangs_up_on_the_second) as server:
        pool = pool_to(server)
        await pool.carry(call(repeatable=False), PATIENCE)
        with pytest.raises(Unavailable):
            await pool.carry(call(repeatable=False), PATIENCE)
        assert (len(server.connections), server.requests) == (1, 2)
        await pool.close()


async def test_f03_what_may_not_be_asked_twice_is_not_sent_where_the_source_has_hung_up() -> None:
    """The end lies there to be read although the loop has not read it yet."""
    gone = asyncio.Event()

    async def one_each(told: Told) -> None:
        await told.request()
        await told.say(OK)
        gone.set()

    async with talking(one_each) as server:
        pool = pool_to(server)
        for number in (1, 2, 3):
            assert (await pool.carry(call(repeatable=False), PATIENCE)).body == b"ok"
            assert len(server.connections) == number
            await gone.wait()
            gone.clear()
        await pool.close()
        await server.quiet()


async def test_f04_half_an_answer_on_a_kept_connection_is_not_asked_for_again() -> None:
    """Something was answered: then it is no race but a fault of the source."""

    async def breaks(told: Told) -> None:
        await told.request()
        await told.say(OK)
        await told.request()
        await told.say(head("Content-Length: 20") + b"{")

    async with talking(breaks) as server:
        pool = pool_to(server)
        await pool.carry(call(), PATIENCE)
        with pytest.raises(Garbled):
            await pool.carry(call(), PATIENCE)
        assert len(server.connections) == 1
        await pool.close()


@pytest.mark.parametrize("said", [head("Content-Length: 2", "Connection: close") + b"ok", b"HTTP/1.0 200 OK\r\n\r\nok"])
async def test_a_source_that_wants_to_end_is_not_held(said: bytes) -> None:
    async def once(told: Told) -> None:
        await told.request()
        await told.say(said)

    async with talking(once) as server:
        pool = pool_to(server)
        assert [(await pool.carry(call(), PATIENCE)).body for _ in range(3)] == [b"ok"] * 3
        assert len(server.connections) == 3
        await server.quiet()
        await pool.close()


async def test_whoever_speaks_unasked_is_not_listened_to() -> None:
    """Word that comes while nothing is asked ends the connection."""

    async def chatters(told: Told) -> None:
        await told.request()
        await told.say(OK)
        await told.say(b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n")
        await told.end()

    async with talking(chatters) as server:
        pool = pool_to(server)
        await pool.carry(call(), PATIENCE)
        await server.quiet()
        await pool.close()


async def test_the_connection_that_was_used_last_is_lent_first_and_the_others_end() -> None:
    """So a burst does not leave its connections open for ever."""
    async with talking(answers) as server:
        pool = pool_to(server, kept=0.05)
        await asyncio.gather(*(pool.carry(call(), PATIENCE) for _ in range(8)))
        assert len(server.connections) == 8
        await server.quiet()
        await pool.carry(call(), PATIENCE)
        assert len(server.connections) == 9
        await pool.close()


async def test_closing_ends_what_is_under_way() -> None:
    async def silent(told: Told) -> None:
        await told.request()
        await told.end()

    async with talking(silent) as server:
        line = line_to(server.url)
        under_way = asyncio.ensure_future(line.send("GET", "x", deadline=soon()))
        await server.asked(1)
        await line.close()
        with pytest.raises(Unavailable):
            await under_way
        await server.quiet()


async def test_f15_tls_that_ends_in_the_middle_gives_half_an_answer(tmp_path: Path) -> None:
    """With and without a word of farewell: what has a length and is shorter is none."""

    async def cut(told: Told) -> None:
        await told.request()
        await told.say(head("Content-Length: 20") + b"{")
        if told.number > 1:
            told.writer.transport.abort()

    authority = Authority(tmp_path)
    async with talking(cut, tls=authority.server()) as server:
        line = line_to(server.url, ca=authority.file)
        for _ in range(2):
            with pytest.raises((Garbled, Unavailable)):
                await line.send("GET", "x", deadline=soon())
        await line.close()


async def test_f15_a_handshake_that_never_ends_costs_the_time_for_connecting(tmp_path: Path) -> None:
    """And leaves nothing open."""

    async def mute(told: Told) -> None:
        await told.end()

    async with talking(mute) as server:
        url = server.url.replace("http:", "https:")
        line = line_to(url, ca=Authority(tmp_path).file, connect=0.05)
        with pytest.raises(Exception, match="ConnectTimeout"):
            await line.send("GET", "x", deadline=soon())
        await server.quiet()
        await line.close()


async def test_many_at_once_over_tls_each_get_their_own_answer(tmp_path: Path) -> None:
    async def echoes(told: Told) -> None:
        while True:
            path = (await told.request()).split(b" ", 2)[1]
            await told.say(head(f"Content-Length: {len(path)}"), path)

    authority = Authority(tmp_path)
    async with talking(echoes, tls=authority.server()) as server:
        line = line_to(server.url, ca=authority.file, concurrency=10, queue=100)
        replies = await asyncio.gather(*(line.send("GET", str(n), deadline=soon()) for n in range(100)))
        assert [reply.body for reply in replies] == [f"/{n}".encode() for n in range(100)]
        assert len(server.connections) <= 10
        await line.close()


async def test_f02_a_call_on_a_kept_connection_ends_by_its_own_time() -> None:
    """Not by that of the call before it, which had more."""

    async def answers_once(told: Told) -> None:
        await told.request()
        await told.say(OK)
        await told.request()
        await told.end()

    async with talking(answers_once) as server:
        pool = pool_to(server)
        await pool.carry(call(), 60)
        with pytest.raises(TooSlow, match="before the deadline"):
            await pool.carry(call(), 0.02)
        await server.quiet()
        await pool.close()


async def test_f02_a_call_on_a_kept_connection_has_all_of_its_time() -> None:
    """It is not cut off when the time of the call before it, which had less, is over."""
    late = asyncio.Event()

    async def slow_on_the_second(told: Told) -> None:
        await told.request()
        await told.say(OK)
        await told.request()
        await late.wait()
        await told.say(OK)

    async with talking(slow_on_the_second) as server:
        pool = pool_to(server)
        await pool.carry(call(), 0.5)
        asyncio.get_running_loop().call_later(0.6, late.set)
        assert (await pool.carry(call(), PATIENCE)).body == b"ok"
        await pool.close()
