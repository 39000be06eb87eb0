"""The access log as the graph reads it: its rows, their proofs, and what citizens reported about them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Protocol

from msgspec import Struct

from connectors.records import Described, doc
from resolvers.access.entry import AccessEntry


class IrregularityStatus(Described):
    """Where a report stands."""

    OPEN = "OPEN", "Whoever runs this service has not answered yet."
    ANSWERED = "ANSWERED", "It was answered."


class Irregularity(Struct, frozen=True, kw_only=True):
    """A report that something in the access log looks wrong."""

    id: Annotated[str, doc("Opaque id of the report.")]
    entry_id: Annotated[str, doc("Id of the entry that it is about.")]
    reported_at: Annotated[datetime, doc("When it was reported.")]
    words: Annotated[str, doc("What was reported.")]
    answered_at: Annotated[datetime | None, doc("When it was answered; none while it is open.")] = None
    answer: Annotated[str | None, doc("The answer; none while it is open.")] = None

    @property
    def status(self) -> IrregularityStatus:
        """Where it stands."""
        return IrregularityStatus.OPEN if self.answered_at is None else IrregularityStatus.ANSWERED

    def __repr__(self) -> str:
        return f"Irregularity({self.id})"


class AccessProof(Struct, frozen=True, kw_only=True):
    """The proof that an entry stands in the access log, unchanged (RFC 9162, section 2.1.3)."""

    leaf: Annotated[str, doc("The entry as it was written, byte by byte in UTF-8: 'leafHash' is made of it.")]
    leaf_index: Annotated[int, doc("Its place in the log, counted from 0.")]
    leaf_hash: Annotated[str, doc("SHA-256 of a zero byte and the entry, in hexadecimal.")]
    tree_size: Annotated[int, doc("Number of entries in the log when this was proved.")]
    root_hash: Annotated[str, doc("Root of the tree of that size, in hexadecimal.")]
    path: Annotated[tuple[str, ...], doc("The hashes that lead from the entry to the root, in hexadecimal.")]
    checkpoint: Annotated[
        str | None,
        doc("Size and root signed by this service, as a signed note of a transparency log; none without a key."),
    ]


class Kept(Struct, frozen=True):
    """An entry at its place in the log."""

    place: int
    entry: AccessEntry
    content: str
    """As it was written."""


class KeptPage(Struct, frozen=True):
    """Some entries about one citizen, the newest first."""

    rows: tuple[Kept, ...]
    more: bool
    """Whether older ones follow."""
    complete: bool
    """Whether no entry waits to be brought into the log."""


class AccessLogUnavailable(Exception):
    """The access log cannot be read now."""


class AccessLog(Protocol):
    """Remembers who looked. Citizens are known by their reference, and by those of earlier keys."""

    async def read(
        self, refs: Sequence[str], *, first: int, before: int | None = None, since: datetime | None = None
    ) -> KeptPage:
        """Entries about that citizen, the newest first.

        Raises:
            AccessLogUnavailable: it cannot be read now.
        """

    async def prove(self, rows: Sequence[Kept]) -> Sequence[AccessProof]:
        """That these stand in the log as it is now.

        Raises:
            AccessLogUnavailable: it cannot be read now.
        """

    async def report(self, refs: Sequence[str], entry: str, *, by: str, words: str) -> Irregularity | None:
        """Keep the report that an entry looks wrong; ``None`` where there is no such entry about that citizen.

        Raises:
            AccessLogUnavailable: it cannot be kept now.
        """

    async def reports(self, refs: Sequence[str]) -> Sequence[Irregularity]:
        """What was reported about entries of that citizen, the newest first.

        Raises:
            AccessLogUnavailable: they cannot be read now.
        """
