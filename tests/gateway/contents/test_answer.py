"""A content on its way to the caller: it ends whole or visibly unfinished, and never gathers."""

import asyncio
import http
from collections.abc import AsyncIterator, Callable

import httpx
import pytest
import structlog
from starlette.types import Receive, Scope, Send

from connectors.contents import Content
from connectors.errors import Garbled, SourceError, TooSlow
from gateway.contents.answer import ContentAnswer
from gateway.errors import RequestError
from gateway.telemetry import Event
from tests.connectors.serving import serving

Pieces = Callable[[], AsyncIterator[bytes]]


class Passing:
    """An application that passes on what a source gives, as the endpoint does."""

    def __init__(
        self, pieces: Pieces, *, length: int | None, media_type: str = "application/pdf", seconds: float = 5
    ) -> None:
        self._content = Content(media_type, length, pieces())
        self._seconds = seconds
        self.status: int | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        answer = ContentAnswer(send, Event("request-1", structlog.get_logger()), counted_as="content")
        try:
            await answer.pass_on(self._content, seconds=self._seconds)
        except (SourceError, TimeoutError):
            await answer.refuse(RequestError(http.HTTPStatus.BAD_GATEWAY, "SOURCE_UNAVAILABLE", "x"))
        self.status = answer.status


async def got(app: Passing) -> httpx.Response:
    async with serving(app) as server, httpx.AsyncClient(trust_env=False) as client:
        return await client.get(server.url)


async def _well() -> AsyncIterator[bytes]:
    yield b"%PDF-"
    yield b"1.4"


async def _cut() -> AsyncIterator[bytes]:
    yield b"%PDF-"
    raise Garbled("ended before its end")


async def _stalls() -> AsyncIterator[bytes]:
    yield b"%PDF-"
    await asyncio.Event().wait()


async def _times_out() -> AsyncIterator[bytes]:
    yield b"%PDF-"
    raise TooSlow("ReadTimeout")


@pytest.mark.parametrize("length", [8, None])
async def test_a_whole_content_ends(length: int | None) -> None:
    """With a length where the source announced one."""
    response = await got(Passing(_well, length=length))
    assert response.content == b"%PDF-1.4"
    assert response.headers.get("content-length") == (None if length is None else "8")


@pytest.mark.parametrize("length", [8, None])
@pytest.mark.parametrize(
    ("pieces", "seconds"), [(_cut, 5), (_times_out, 5), (_stalls, 0.2)], ids=["cut", "silent", "stalls"]
)
async def test_f04_what_breaks_off_is_seen_to_be_unfinished(
    pieces: Callable[[], AsyncIterator[bytes]], seconds: float, length: int | None
) -> None:
    """No client takes half a paper for the whole, with a length or without; the log has the failure."""
    app = Passing(pieces, length=length, seconds=seconds)
    with pytest.raises(httpx.RemoteProtocolError):
        await got(app)
    assert app.status == http.HTTPStatus.BAD_GATEWAY


@pytest.mark.parametrize(
    ("media_type", "name"),
    [("application/pdf", "document.pdf"), ("image/jpeg", "document.jpg"), ("application/octet-stream", "document.bin")],
)
async def test_it_is_a_file_under_a_name_of_ours(media_type: str, name: str) -> None:
    """The title may tell what nobody should find among somebody's downloads."""
    response = await got(Passing(_well, length=8, media_type=media_type))
    assert response.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert response.headers["content-type"] == media_type
