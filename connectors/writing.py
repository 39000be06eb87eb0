"""What the graph may give to a source, and what a source promises about it.

An *entry* is what shall stand in the source; a *mandate* says for whom, and why that is allowed: a ``Grant`` only
reads, and no mandate reads. A source gives a *receipt* when it holds the entry, or raises a ``SourceError``. Whoever
writes brings a *key*: the same citizen's same key has one effect, however often and however many at once bring it.
"""

from datetime import datetime
from decimal import Decimal
from typing import Protocol, runtime_checkable

from msgspec import Struct

from connectors.contract import Basis, Inquiry, Purpose, Subject
from connectors.records import Observation, Record


class MeasuredPart(Struct, frozen=True, kw_only=True):
    """One number of a measurement."""

    code: str
    """LOINC."""
    display: str
    """The code's own name."""
    value: Decimal
    unit: str
    """UCUM."""


class Measurement(Struct, frozen=True, kw_only=True):
    """What a citizen, or whoever acts for them, measured outside of care."""

    code: str
    """LOINC."""
    display: str
    """The code's own name."""
    text: str
    """In Vietnamese, for the staff of the source."""
    parts: tuple[MeasuredPart, ...]
    """One of the same code; or several of their own, such as both blood pressures."""
    at: datetime
    """When it was measured."""


class Correction(Struct, frozen=True, kw_only=True):
    """What a citizen, or whoever acts for them, asks a source to correct in one of its records."""

    about: type[Record]
    """Class of the record."""
    record_id: str
    """The record's own id at the source."""
    text: str
    """What is wrong, in the citizen's words. It goes to the source and nowhere else."""
    at: datetime
    """When it was asked."""

    def __repr__(self) -> str:
        return f"Correction({self.about.__name__})"


Entry = Measurement | Correction
"""Everything that may be given to a source."""


class Mandate(Struct, frozen=True, kw_only=True):
    """Proof that this may be written. Only ``resolvers.access`` makes one; nothing is written with less."""

    subject: Subject
    purpose: Purpose
    basis: Basis
    of: type[Entry]
    """The one kind of entry that it covers."""

    def require(self, entry: Entry) -> None:
        """Refuse to go on with an entry that this mandate does not cover.

        Raises:
            PermissionError: a mistake of ours, not of a source: it must never reach one.
        """
        if type(entry) is not self.of:
            raise PermissionError(f"{self!r} does not cover {type(entry).__name__}")

    def __repr__(self) -> str:
        return f"Mandate({self.subject!r}, {self.of.__name__}, {self.basis.name})"


class Receipt(Struct, frozen=True, kw_only=True):
    """The source's word that it holds the entry."""

    record: Observation | None = None
    """The entry as it stands in the source, where it is a record there."""


@runtime_checkable
class Recorder(Protocol):
    """A source that takes entries. It is one in addition to being a ``Source``."""

    takes: frozenset[type[Entry]]
    """Kinds of entries that it may be given; empty for a source that only answers."""

    async def write(self, entry: Entry, key: str, mandate: Mandate, inquiry: Inquiry) -> Receipt:
        """See to it that the entry stands in the source once, and say so only when the source did.

        Args:
            entry: what shall stand there.
            key: the caller's; together with the citizen it names this one entry for ever.
            mandate: the proof that it may.
            inquiry: the request under whose deadline this happens.

        Raises:
            Unconfirmed: it was sent, and nobody knows whether it stands there; the same key finds out.
            SourceError: any other one: it was not written.
        """


def recorder_of(source: object, of: type[Entry]) -> Recorder | None:
    """The source as one that takes such entries; ``None`` when it does not."""
    return source if isinstance(source, Recorder) and of in source.takes else None
