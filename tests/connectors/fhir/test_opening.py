"""The content behind a DocumentReference: only beneath the base, only about the citizen, only as announced."""

from collections.abc import Callable

import httpx
import pytest

from connectors.contents import Content
from connectors.contract import Question
from connectors.errors import Garbled, Rejected, SourceError, WrongPerson
from connectors.records import Document
from tests.connectors.conformance import grant_for, inquiry_of
from tests.connectors.fhir.reading import ME, concept
from tests.connectors.fhir.samples import HOA, Resource
from tests.connectors.fhir.shelf import Shelf, shelf

PDF = b"%PDF-1.4 a paper"


def paper(url: str | None = "Binary/9", content_type: str = "application/pdf") -> Resource:
    attachment = {"contentType": content_type, "title": "Giấy ra viện", "url": url}
    given = {name: value for name, value in attachment.items() if value}
    return {
        "resourceType": "DocumentReference",
        "id": "d1",
        "status": "current",
        "type": concept("Giấy ra viện"),
        "subject": ME,
        "content": [{"attachment": given}],
    }


def gives(body: bytes = PDF, **headers: str) -> Callable[[httpx.Request], httpx.Response]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    sent = {"content-type": "application/pdf", "content-length": str(len(body)), **named}
    return lambda _: httpx.Response(200, headers=sent, stream=httpx.ByteStream(body))


async def opened(server: Shelf) -> tuple[Content, bytes]:
    """The content of the one document, read to its end."""
    source, inquiry, grant = server.source(), inquiry_of(5), grant_for(HOA, Document)
    try:
        (document,) = (await source.ask(Question(about=Document), grant, inquiry)).records
        async with source.content(document, grant, inquiry) as content:
            return content, b"".join([piece async for piece in content.pieces])
    finally:
        await inquiry.close()
        await source.close()


def server(document: Resource, answer: Callable[[httpx.Request], httpx.Response] | None = None) -> Shelf:
    made = shelf(document)
    made.says["Binary/9"] = answer or gives()
    return made


async def test_a_content_is_read_with_what_the_source_says_of_it() -> None:
    asked = server(paper())
    content, body = await opened(asked)
    assert (content.media_type, content.length, body) == ("application/pdf", len(PDF), PDF)
    assert asked.requests[-1].headers["accept"] == "application/pdf, */*;q=0.1"
    assert HOA.personal_id not in str(asked.requests[-1].url)


@pytest.mark.parametrize(
    "url",
    [
        None,
        "http://elsewhere.test/fhir/Binary/9",
        "//elsewhere.test/Binary/9",
        "http://hospital.test/other/Binary/9",
        "Binary/../../secret",
        "file:///etc/passwd",
    ],
)
async def test_our_credentials_go_nowhere_but_beneath_the_base(url: str | None) -> None:
    """A document may say anything of where it lies."""
    with pytest.raises(Rejected):
        await opened(server(paper(url)))


async def test_f12_a_content_that_is_about_somebody_else_is_withheld() -> None:
    """Where the server says whom it is about; most say nothing."""
    with pytest.raises(WrongPerson):
        await opened(server(paper(), gives(X_Security_Context="Patient/p2")))
    _, body = await opened(server(paper(), gives(X_Security_Context="Patient/p1")))
    assert body == PDF


@pytest.mark.parametrize(
    "answer",
    [
        gives(b"<html>log in</html>", content_type="text/html"),
        gives(b"<html>log in</html>"),
        gives(b""),
        gives(PDF, content_length=str(len(PDF) + 1)),
        lambda _: httpx.Response(404),
        lambda _: httpx.Response(302, headers={"location": "http://elsewhere.test/"}),
    ],
    ids=["another type", "another content", "nothing", "too short", "gone", "elsewhere"],
)
async def test_f09_what_is_not_as_announced_is_no_content(answer: Callable[[httpx.Request], httpx.Response]) -> None:
    with pytest.raises(Garbled):
        await opened(server(paper(), answer))


async def test_a_failure_is_one_of_the_sources() -> None:
    with pytest.raises(SourceError):
        await opened(server(paper(), lambda _: httpx.Response(503)))
