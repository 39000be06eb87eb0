"""What a source answered, and into which words an answer is put that nobody can use."""

import email.utils
from collections.abc import Mapping
from datetime import timedelta
from typing import TypeVar

import msgspec
from msgspec import Struct

from connectors.clock import Clock
from connectors.errors import Denied, Garbled, Overloaded, SourceError, Unavailable

T = TypeVar("T")

_JSON = frozenset({"application/json"})

READ = frozenset(
    {
        *("content-length", "transfer-encoding", "content-encoding", "content-type", "retry-after", "location"),
        *("x-road-id", "x-road-error", "x-road-service", "x-road-request-hash"),
    }
)
"""Fields of a header that anybody reads. Whatever else a source says there is not even kept."""


class _MediaTypes(dict[str, str]):
    """The media type of each content type, remembered for the few that there are. What is long is looked at anew."""

    def __missing__(self, content_type: str) -> str:
        media_type = content_type.partition(";")[0].strip().lower()
        if len(self) < _REMEMBERED and len(content_type) <= _USUAL:
            self[content_type] = media_type
        return media_type


_MEDIA_TYPES = _MediaTypes()
_REMEMBERED, _USUAL = 256, 100

MOST_PARTS = 500_000
"""Objects and lists in one JSON answer. Nothing else runs while it is decoded, in whichever thread, and millions of
empty ones take a second; honest answers at the bound of size have a quarter of this."""

_PATIENCE = timedelta(seconds=30)
"""Assumed when a source asks for patience without saying how much."""


class Reply(Struct, frozen=True):
    """What a source answered: read whole, within the size bound, not yet understood."""

    status: int
    headers: Mapping[str, str]
    """By names in lower case; those of ``READ``, and perhaps others."""
    body: bytes

    @property
    def media_type(self) -> str:
        """The content type without its parameters, in lower case; empty where there is none."""
        return _MEDIA_TYPES[self.headers.get("content-type", "")]

    def decode(self, decoder: msgspec.json.Decoder[T], *, media_types: frozenset[str] = _JSON) -> T:
        """The JSON body in the shape of the decoder.

        Raises:
            Garbled: another media type, no JSON, no UTF-8, nested too deep, of too many parts, or another shape.
        """
        if _MEDIA_TYPES[self.headers.get("content-type", "")] not in media_types:
            raise Garbled("another media type than promised")
        if len(self.body) > MOST_PARTS and self.body.count(b"{") + self.body.count(b"[") > MOST_PARTS:
            raise Garbled("more objects and lists than allowed")
        try:
            return decoder.decode(self.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            # The text of the error may quote the answer.
            raise Garbled(type(error).__name__) from None


def refusal(status: int, retry_after: str | None, clock: Clock) -> SourceError:
    """The error that a status means.

    Args:
        status: of HTTP, one that the kind cannot read.
        retry_after: the header ``Retry-After``.
        clock: for a date in it.
    """
    if status in (401, 403):
        return Denied(f"status {status}")
    if status == 429 or (status == 503 and retry_after is not None):
        return Overloaded(f"status {status}", retry_after=_patience(retry_after or "", clock))
    if status >= 500:
        return Unavailable(f"status {status}")
    return Garbled(f"unexpected status {status}")


def _patience(value: str, clock: Clock) -> timedelta:
    """What ``Retry-After`` asks for (RFC 9110 section 10.2.3): seconds or a date."""
    if value.isascii() and value.isdigit() and len(value) < 8:
        return timedelta(seconds=int(value))
    try:
        wanted = email.utils.parsedate_to_datetime(value) - clock.now()
    except (ValueError, TypeError):
        return _PATIENCE
    return max(wanted, timedelta(0))
