"""The content of a document, as a source gives it out: fetched when somebody opens it, passed on as it comes.

Nothing of it is kept and it is never whole in memory: whoever reads asks for the next piece, and while nobody does the
source is held up. What a document is said to be and what comes are held against each other before a byte is passed on.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Protocol, runtime_checkable

from msgspec import Struct

from connectors.contract import Grant, Inquiry
from connectors.errors import Garbled
from connectors.records import Document

OTHER = "application/octet-stream"
"""Type of everything that is not known to be harmless to whoever opens it: shown by nobody, saved as it is."""
_BEGINNINGS: Mapping[str, tuple[bytes, ...]] = {
    "application/pdf": (b"%PDF-",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/tiff": (b"II*\x00", b"MM\x00*"),
}
"""Types that are passed on as what they are, and how such a file begins."""


class Content(Struct, frozen=True):
    """What lies behind a document."""

    media_type: str
    """One of those above; ``OTHER`` for everything else."""
    length: int | None
    """Bytes, where the source announced it: then neither more nor less comes."""
    pieces: AsyncIterator[bytes]
    """Raises ``SourceError`` where the rest does not come, or is more than was said."""


@runtime_checkable
class Shelf(Protocol):
    """A source that gives out contents. It is one in addition to being a ``Source``."""

    gives_contents: bool
    """Whether it does."""

    def content(self, document: Document, grant: Grant, inquiry: Inquiry) -> AbstractAsyncContextManager[Content]:
        """The content of a document that this source told of in this very request, open for as long as the block.

        Raises:
            SourceError: there is none, or it is not what the document is said to be.
        """


def shelf_of(source: object) -> Shelf | None:
    """The source as one that gives out contents; ``None`` when it does not."""
    return source if isinstance(source, Shelf) and source.gives_contents else None


def plain_type(media_type: str) -> str:
    """The type without its parameters, in lower case; ``OTHER`` where there is none."""
    return media_type.partition(";")[0].strip().lower() or OTHER


def checked(announced: str, sent: str, beginning: bytes) -> str:
    """The type under which a content is passed on.

    Args:
        announced: as the document says.
        sent: as the source says now.
        beginning: first bytes of the content.

    Raises:
        Garbled: they contradict each other.
    """
    said = {plain_type(announced), plain_type(sent)} - {OTHER}
    if len(said) > 1:
        raise Garbled("another type than the document is said to have")
    one = next(iter(said), OTHER)
    beginnings = _BEGINNINGS.get(one)
    if beginnings is None:
        return OTHER
    if not beginning.startswith(beginnings):
        raise Garbled("not the type that it is said to be")
    return one
