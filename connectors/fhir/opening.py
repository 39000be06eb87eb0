"""The content behind a DocumentReference: where it lies, whose it is, and whether it is what was said."""

from collections.abc import AsyncIterator, Mapping

from connectors.carrying import Stream
from connectors.contents import Content, checked
from connectors.errors import Garbled, Rejected, WrongPerson
from connectors.fhir.base import Base
from connectors.fhir.datatypes import Reference
from connectors.records import Document

CONTEXT = "x-security-context"
"""By which a server says whom a Binary is about (R4, binary.html, 2.39.2)."""


def address_of(document: Document, base: Base) -> str:
    """Where the content lies.

    Raises:
        Rejected: nowhere beneath the base: our credentials go nowhere else.
    """
    address = base.link(document.location) if document.location else None
    if address is None:
        raise Rejected("its content does not lie at this source")
    return address


def require_same_person(headers: Mapping[str, str], ids: frozenset[str], base: Base) -> None:
    """Refuse a content of which the server says that it is about somebody else. Most say nothing.

    Raises:
        WrongPerson: it does.
    """
    said = headers.get(CONTEXT, "")
    target = base.target(Reference(reference=said.strip()))
    if target is not None and target[0] == "Patient" and target[1] not in ids:
        raise WrongPerson("a content that is about somebody else")


async def opened(document: Document, flow: Stream) -> Content:
    """The content, once its first piece is there and is what was said.

    Raises:
        SourceError: it is not.
    """
    first = await flow.piece()
    if not first:
        raise Garbled("an empty content")
    announced = flow.headers.get("content-length", "")
    length = int(announced) if announced.isdigit() else None
    media_type = checked(document.content_type, flow.headers.get("content-type", ""), first)
    return Content(media_type, length, _pieces(first, flow, length))


async def _pieces(first: bytes, flow: Stream, length: int | None) -> AsyncIterator[bytes]:
    """All pieces.

    Raises:
        SourceError: the rest does not come.
    """
    passed = 0
    piece = first
    while piece:
        passed += len(piece)
        yield piece
        piece = await flow.piece()
    if length is not None and passed != length:
        raise Garbled("another length than announced")
