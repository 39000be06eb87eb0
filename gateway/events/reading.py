"""A batch of events as it came over HTTP, taken apart strictly. A citizen's number does not get beyond this file."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct, field

from connectors.records import RECORD_CLASSES
from gateway.errors import RequestError
from gateway.operations.request import strictly_parsed
from gateway.store.pointers import Told

MOST_EVENTS = 1000
"""In one batch."""
_AHEAD = timedelta(minutes=5)
"""How far a source's clock may be ahead of ours; a time beyond would outlive every later word."""
_MOST_TOLD = 20
"""Of the events that cannot be used, so many are told."""
_CLASSES = {about.__name__: about for about in RECORD_CLASSES}


class InvalidEvents(RequestError):
    """Some of the events cannot be used; none was taken."""

    def __init__(self, mistakes: list[tuple[int, str]]) -> None:
        super().__init__(422, "INVALID_EVENT", "An event cannot be used; none of the batch was taken.")
        self._mistakes = mistakes[:_MOST_TOLD]

    def formatted(self) -> list[dict[str, Any]]:
        """One entry per event, by its place in the batch and in our own words."""
        return [
            {"message": sentence, "extensions": {"code": self.code, "event": place}}
            for place, sentence in self._mistakes
        ]


class _Event(Struct, frozen=True, forbid_unknown_fields=True):
    id: Annotated[str, Meta(min_length=1, max_length=128)]
    about: Annotated[str, Meta(max_length=40)] = field(name="class")
    at: Annotated[datetime, Meta(tz=True)]
    personal_id: Annotated[str, Meta(pattern=r"^[0-9]{12}\Z")] | None = field(name="personalId", default=None)
    latest: date | None = None
    gone: bool = False
    coverage: Literal["complete", "incomplete"] | None = None


class _Batch(Struct, frozen=True, forbid_unknown_fields=True):
    events: list[Any]


def read_events(body: bytes, *, now: datetime, reference: Callable[[str], str]) -> list[Told]:
    """The events of a body, about references instead of numbers.

    Args:
        body: JSON.
        now: for times that cannot be.
        reference: gives the keyed hash of a number.

    Raises:
        RequestError: 400, 413 or 422, with sentences that repeat nothing of the body.
    """
    try:
        batch = msgspec.convert(strictly_parsed(body), _Batch)
    except msgspec.ValidationError:
        raise RequestError(422, "INVALID_EVENT", "Expected an object with 'events' as list and nothing else.") from None
    except ValueError:
        raise RequestError(400, "BAD_REQUEST", "The body is not JSON, or names a member twice.") from None
    if len(batch.events) > MOST_EVENTS:
        raise RequestError(413, "BAD_REQUEST", f"A batch has {MOST_EVENTS} events at most.")
    told: list[Told] = []
    mistakes: list[tuple[int, str]] = []
    for place, raw in enumerate(batch.events):
        try:
            told.append(_told(msgspec.convert(raw, _Event), now, reference))
        except msgspec.ValidationError:
            mistakes.append((place, "Expected 'id', 'class', 'at' with its offset, and what the event tells."))
        except _Wrong as wrong:
            mistakes.append((place, str(wrong)))
    if mistakes:
        raise InvalidEvents(mistakes)
    return told


class _Wrong(Exception):
    """An event that makes no sense; the text is for whoever sent it."""


def _told(event: _Event, now: datetime, reference: Callable[[str], str]) -> Told:
    about = _CLASSES.get(event.about)
    if about is None:
        raise _Wrong("'class' is no class of record.")
    if event.at > now + _AHEAD:
        raise _Wrong("'at' is still to come.")
    if event.personal_id is None:
        if event.coverage is None or event.latest is not None or event.gone:
            raise _Wrong("An event without 'personalId' tells 'coverage' and nothing else.")
        return Told(id=event.id, about=about, at=event.at, complete=event.coverage == "complete")
    if event.coverage is not None or (event.latest is None) is not event.gone:
        raise _Wrong("An event with 'personalId' tells 'latest' or 'gone', one of the two.")
    return Told(
        id=event.id,
        about=about,
        at=event.at,
        ref=reference(event.personal_id),
        latest=event.latest,
        gone=event.gone,
    )
