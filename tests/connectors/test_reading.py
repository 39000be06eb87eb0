"""All connections of a thread are read into one place: nothing of one answer is ever read as a part of another.

On both event loops, the one that ships and the one of the standard library, plain and over TLS.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import uvloop

from connectors.errors import Garbled, SourceError, Unavailable
from connectors.options import Size
from tests.connectors.authority import Authority
from tests.connectors.lines import line_to, soon
from tests.connectors.raw import chunks, head
from tests.connectors.talking import Talking, Told, talking

LOOPS = [asyncio.new_event_loop, uvloop.new_event_loop]
OFTEN = 40
LARGEST = 700_000
"""Bytes: more than is read in one go."""

both_loops = pytest.mark.parametrize("loop", LOOPS, ids=["asyncio", "uvloop"])
with_and_without_tls = pytest.mark.parametrize("is_secret", [False, True], ids=["plain", "tls"])


async def _told(told: Told) -> bytes:
    """The path that is asked for: a letter, how much is wanted, and in which frame."""
    return (await told.request()).split(b" ", 2)[1].lstrip(b"/")


async def _repeats(told: Told) -> None:
    """Answers with a letter over and over, whole, in parts, and a chunk at a time."""
    while True:
        letter, length, frame = (await _told(told)).split(b"-")
        body = letter * int(length)
        if frame == b"chunked":
            parts = [body[place : place + 50_000] for place in range(0, len(body), 50_000)]
            await told.say(head("Transfer-Encoding: chunked"), chunks(parts), b"0\r\n\r\n")
        else:
            await told.say(head(f"Content-Length: {len(body)}"), body[:1000], body[1000:])


def _run(
    loop: Callable[[], asyncio.AbstractEventLoop],
    folder: Path,
    *,
    is_secret: bool,
    talk: Callable[[Told], Awaitable[None]],
    asks: Callable[[Talking, Path], Awaitable[None]],
) -> None:
    async def run() -> None:
        authority = Authority(folder)
        async with talking(talk, tls=authority.server() if is_secret else None) as server:
            await asks(server, authority.file)

    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(run())


@both_loops
@with_and_without_tls
def test_f12_many_at_once_each_read_their_own_answer_and_all_of_it(
    loop: Callable[[], asyncio.AbstractEventLoop], tmp_path: Path, *, is_secret: bool
) -> None:
    """Of every length, some in many parts, one beside the other on few connections."""

    async def asks(server: Talking, ca: Path) -> None:
        line = line_to(server.url, ca=ca, concurrency=8, queue=OFTEN, max_body=Size(LARGEST))

        async def ask(number: int) -> None:
            letter, length = chr(ord("a") + number % 26), (number * 7919 * 97) % LARGEST
            frame = "chunked" if number % 3 == 0 else "plain"
            reply = await line.send("GET", f"{letter}-{length}-{frame}", deadline=soon())
            assert len(reply.body) == length
            assert not reply.body.strip(letter.encode())

        await asyncio.gather(*(ask(number) for number in range(OFTEN)))
        await line.close()

    _run(loop, tmp_path, is_secret=is_secret, talk=_repeats, asks=asks)


@both_loops
@with_and_without_tls
def test_f04_f12_what_an_answer_lacks_is_not_taken_from_the_one_before(
    loop: Callable[[], asyncio.AbstractEventLoop], tmp_path: Path, *, is_secret: bool
) -> None:
    """The bytes of a longer answer still lie behind those of a shorter one; they are nobody's."""

    async def cut(told: Told) -> None:
        if told.number % 2:
            await _told(told)
            await told.say(head("Content-Length: 2000", "Connection: close") + b"x" * 2000)
        else:
            await _told(told)
            await told.say(head("Content-Length: 2000") + b"y" * 20)

    async def asks(server: Talking, ca: Path) -> None:
        line = line_to(server.url, ca=ca)
        for _ in range(5):
            assert (await line.send("GET", "long", deadline=soon())).body == b"x" * 2000
            with pytest.raises((Garbled, Unavailable)):
                await line.send("GET", "short", deadline=soon())
        await line.close()

    _run(loop, tmp_path, is_secret=is_secret, talk=cut, asks=asks)


@both_loops
def test_f11_more_than_is_allowed_is_not_read_whatever_comes_at_once(
    loop: Callable[[], asyncio.AbstractEventLoop], tmp_path: Path
) -> None:
    """A header and a body that fill the whole place, and more."""

    async def floods(told: Told) -> None:
        path = await _told(told)
        flood = b"x" * 4 * LARGEST
        await told.say(head("Content-Length: 10") if path == b"body" else b"HTTP/1.1 200 OK\r\nX: ", flood)

    async def asks(server: Talking, ca: Path) -> None:
        line = line_to(server.url, ca=ca, max_body=Size(1000))
        reply = await line.send("GET", "body", deadline=soon())
        assert reply.body == b"x" * 10
        with pytest.raises(SourceError):
            await line.send("GET", "header", deadline=soon())
        await line.close()
        await server.quiet()

    _run(loop, tmp_path, is_secret=False, talk=floods, asks=asks)
