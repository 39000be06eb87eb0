"""What a line takes for an answer: whole, of the promised kind, within its bounds."""

import gzip
import tracemalloc
from typing import Any

import httpx
import msgspec
import pytest
from starlette.responses import PlainTextResponse

from connectors.errors import Garbled, Unavailable
from connectors.options import Size
from connectors.reply import Reply
from tests.connectors.lines import answering, failure, get
from tests.connectors.raw import Endless, Script, chunks, head, raw_server, says
from tests.connectors.serving import serving

ANYTHING = msgspec.json.Decoder(dict[str, Any])


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


@pytest.mark.parametrize("packed", [False, True])
async def test_f11_memory_stays_near_the_bound(packed: bool) -> None:
    """Whatever is sent, and whatever it would unpack to. (Every byte of this is allocated where it is counted.)."""
    bound = Size(1_000_000)
    bomb = gzip.compress(b" " * 100_000_000)
    pack = ["Content-Encoding: gzip", f"Content-Length: {len(bomb)}"] if packed else ["Content-Type: application/json"]
    script = says(head(*pack), bomb) if packed else Endless()
    async with raw_server(script) as url:
        tracemalloc.start()
        try:
            assert type(await failure(url, max_body=bound)) is Garbled
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert most < 4 * bound


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
