"""The content of a document over the line: piece by piece, as fast as it is taken, and never as if it were whole."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from connectors.carrying import Stream
from connectors.contents import OTHER, checked
from connectors.errors import Crowded, Denied, Garbled, SourceError, TooSlow, Unavailable
from tests.connectors.lines import line_to, soon
from tests.connectors.raw import Endless, Script, chunks, head, raw_server, says

MOST = 50 * 1024 * 1024


@asynccontextmanager
async def streamed(url: str, *, most: int = MOST, seconds: float = 5, **more: Any) -> AsyncIterator[Stream]:
    """The answer to one call over a line of its own."""
    line = line_to(url, **more)
    try:
        async with line.stream("Binary/1", deadline=soon(seconds), headers={"accept": "*/*"}, most=most) as flow:
            yield flow
    finally:
        await line.close()


async def whole(flow: Stream) -> bytes:
    body = b""
    while piece := await flow.piece():
        body += piece
    return body


async def fails(script: Script, **more: Any) -> SourceError:
    """How it fails, at its beginning or on the way; its text tells nothing of what came."""
    async with raw_server(script) as url:
        with pytest.raises(SourceError) as caught:
            async with streamed(url, **more) as flow:
                await whole(flow)
    assert "secret" not in repr(caught.value)
    return caught.value


@pytest.mark.parametrize(
    "parts",
    [
        (head("Content-Length: 6"), b"abc", b"def"),
        (head("Transfer-Encoding: chunked"), chunks([b"abc", b"def"]), b"0\r\n\r\n"),
        (head(), b"abcdef"),
        (head(status="103 Early Hints"), head("Content-Length: 6"), b"abcdef"),
    ],
    ids=["length", "chunks", "until the end", "a hint before"],
)
async def test_a_whole_answer_comes_in_pieces(parts: tuple[bytes, ...]) -> None:
    """However it says where it ends."""
    async with raw_server(says(*parts)) as url, streamed(url) as flow:
        assert (flow.status, await whole(flow), await flow.piece()) == (200, b"abcdef", b"")


@pytest.mark.parametrize(
    ("parts", "kind"),
    [
        ((head("Content-Length: 60"), b"secret"), Garbled),
        ((head("Transfer-Encoding: chunked"), chunks([b"secret"])), Garbled),
        ((head("Transfer-Encoding: chunked"), b"zz\r\nsecret"), Garbled),
        ((head("Content-Length: 6", "Transfer-Encoding: chunked"), b"0\r\n\r\n"), Garbled),
        ((head("Content-Length: -6"), b"secret"), Garbled),
        ((head("Content-Encoding: gzip"), b"secret"), Garbled),
        ((b"no HTTP at all\r\n\r\n",), Garbled),
        ((), Unavailable),
        ((head(status="302 Found"),), Garbled),
        ((head("Content-Length: 0", status="401 No"),), Denied),
        ((head("Content-Length: 0", status="500 No"),), Unavailable),
        ((head(*(f"X-{number}: {'a' * 1000}" for number in range(80))),), Garbled),
    ],
)
async def test_f04_a_part_is_never_taken_for_the_whole(parts: tuple[bytes, ...], kind: type[SourceError]) -> None:
    """Cut off, framed in two ways, packed, without a header, of another status, or with a header without end."""
    assert type(await fails(says(*parts))) is kind


async def test_f11_what_is_announced_or_comes_beyond_the_bound_is_refused() -> None:
    """Before a byte of it, where it is announced."""
    assert type(await fails(says(head("Content-Length: 100000")), most=99_999)) is Garbled
    assert type(await fails(says(head(), b"s" * 200_000), most=99_999)) is Garbled
    assert type(await fails(Endless(), most=1_000_000)) is Garbled


async def test_f02_a_source_that_falls_silent_is_given_up() -> None:
    """Before its header by the deadline of the question, behind it by the silence that its block allows."""

    async def silent(writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    async def stalls(writer: asyncio.StreamWriter) -> None:
        writer.write(head("Content-Length: 100") + b"abc")
        await asyncio.Event().wait()

    assert type(await fails(silent, seconds=0.2)) is TooSlow
    assert type(await fails(stalls, read=0.2)) is TooSlow


async def test_who_does_not_take_holds_the_source_up() -> None:
    """Back pressure: of fifty megabytes nothing gathers here but what the sockets and one small buffer hold."""
    endless = Endless()
    async with raw_server(endless) as url, streamed(url) as flow:
        await flow.piece()
        before = -1
        while endless.written != before:  # until the source is stuck
            before = endless.written
            for _ in range(50):
                await asyncio.sleep(0.002)
        assert endless.written < 16 * 1024 * 1024
        taken = 0
        while taken < 20 * 1024 * 1024:
            taken += len(await flow.piece())
        assert endless.written > before, "it goes on when somebody takes"


async def test_a_slow_reader_leaves_the_questions_their_places_and_others_are_told_to_come_back() -> None:
    """Contents have places of their own, which are few."""
    script = says(head("Content-Length: 6"), b"abcdef")
    async with raw_server(script) as url:
        line = line_to(url, concurrency=1, streams=1)
        async with line.stream("Binary/1", deadline=soon(), headers={}, most=MOST):
            with pytest.raises(Crowded):
                async with line.stream("Binary/2", deadline=soon(), headers={}, most=MOST):
                    pass
            assert (await line.send("GET", "x", deadline=soon())).body == b"abcdef"
        async with line.stream("Binary/2", deadline=soon(), headers={}, most=MOST) as flow:
            assert await whole(flow) == b"abcdef"
        await line.close()


async def test_a_transport_that_is_given_streams_as_well() -> None:
    """In tests, and wherever else a line is not a connection of our own."""
    transport = httpx.MockTransport(lambda _: httpx.Response(200, stream=httpx.ByteStream(b"abcdef")))
    async with streamed("http://x.test", transport=transport) as flow:
        assert await whole(flow) == b"abcdef"


@pytest.mark.parametrize(
    ("announced", "sent", "beginning", "passed"),
    [
        ("application/pdf", "application/pdf", b"%PDF-1.7", "application/pdf"),
        ("application/pdf; charset=x", "Application/PDF", b"%PDF-1.7", "application/pdf"),
        ("application/pdf", "", b"%PDF-1.7", "application/pdf"),
        ("application/octet-stream", "image/png", b"\x89PNG\r\n\x1a\n", "image/png"),
        ("text/html", "text/html", b"<script>", OTHER),
        ("image/svg+xml", "image/svg+xml", b"<svg", OTHER),
        ("application/xml", "application/xml", b"<a/>", OTHER),
        ("", "", b"anything", OTHER),
    ],
)
def test_only_what_harms_nobody_keeps_its_type(announced: str, sent: str, beginning: bytes, passed: str) -> None:
    """Pages, scripts and drawings are saved as they are, and shown by nobody."""
    assert checked(announced, sent, beginning) == passed


@pytest.mark.parametrize(
    ("announced", "sent", "beginning"),
    [
        ("application/pdf", "text/html", b"<html>"),
        ("application/pdf", "application/fhir+json", b"{}"),
        ("application/pdf", "application/pdf", b"<html><script>"),
        ("image/png", "image/jpeg", b"\xff\xd8\xff"),
        ("image/jpeg", "", b"%PDF-"),
    ],
)
def test_f09_a_type_that_contradicts_what_was_said_or_what_comes_is_refused(
    announced: str, sent: str, beginning: bytes
) -> None:
    """A log-in page is no discharge paper, whatever it calls itself."""
    with pytest.raises(Garbled):
        checked(announced, sent, beginning)
