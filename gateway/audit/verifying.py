"""Whether the log is as it was written: reads all of it once, and names the first record that is not.

A record is bound to its place by its seal, which nobody makes who can only write to the store; to its contents by its
hash; and to all before it by the tree. How long the log is stands in its sealed head, and in every signed checkpoint:
who puts back an older copy of the whole store is found out by a checkpoint that was kept elsewhere.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Row, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.audit.notes import NoteUnreadable, Signer
from gateway.audit.proving import HEAD
from gateway.audit.pruning import MARKER, Pruned
from gateway.audit.seals import Sealer
from gateway.audit.tree import Edge, Node, leaf_hash
from gateway.store import tables
from gateway.store.database import Database
from resolvers.access.entry import AccessEntry
from resolvers.identifiers import Identifiers

_AT_ONCE = 2000
_CONTENT: msgspec.json.Decoder[AccessEntry | Pruned] = msgspec.json.Decoder(AccessEntry | Pruned)


class Bad(Exception):
    """The first record that is not as it was written."""

    def __init__(self, place: int, reason: str) -> None:
        super().__init__(reason)
        self.place = place
        self.reason = reason


class Verdict(Struct, frozen=True, kw_only=True):
    """What came of it."""

    size: int
    """Entries in the log."""
    root: str
    """Of their tree, in hexadecimal; empty when a record is bad."""
    checkpoints: int
    """Signed checkpoints that the tree agrees with."""
    pruned: int
    """Entries of which only the hash is kept."""
    first_bad: int | None = None
    """Place of the first bad record, counted from 0."""
    reason: str | None = None


class _Reading:
    """One pass over the log."""

    def __init__(
        self, connection: AsyncConnection, sealer: Sealer, identifiers: Identifiers, checkpoints: Mapping[int, bytes]
    ) -> None:
        self.edge = Edge()
        self.checked = 0
        self.pruned = 0
        self._connection = connection
        self._sealer = sealer
        self._identifiers = identifiers
        self._checkpoints = checkpoints
        self._pruned_before = 0

    async def run(self) -> None:
        """Read it all.

        Raises:
            Bad: a record is not as it was written.
        """
        head = (await self._connection.execute(HEAD)).one()
        self._pruned_before = await self._bound_of_pruning()
        async for row in _rows(self._connection, head.size):
            for node, hash_ in self._read(row):
                await self._compare(node, hash_)
        size = self.edge.size
        if size < head.size:
            raise Bad(size, f"it is missing, and so is all behind it: the log has {head.size} records")
        if not self._sealer.fits_head(head.seal, head.size, head.peaks) or head.peaks != self.edge.peaks:
            raise Bad(size, "the end of the log was written by somebody else")
        await self._nothing_behind()
        for beyond in sorted(known for known in self._checkpoints if known > size):
            raise Bad(size, f"it is missing, and so is all behind it: a signed checkpoint knows {beyond} records")

    def _read(self, row: Row[Any]) -> list[tuple[Node, bytes]]:
        place = self.edge.size
        if row.place != place:
            raise Bad(place, "it is missing")
        if not self._sealer.fits_entry(row.seal, place, row.leaf):
            raise Bad(place, "its seal does not fit: it was moved, exchanged or written by somebody else")
        if row.content is None:
            self._read_pruned(row)
        elif leaf_hash(row.content) != row.leaf:
            raise Bad(place, "it was edited: its content does not fit its hash")
        else:
            self._read_columns(row)
        made = self.edge.add(row.leaf)
        root = self._checkpoints.get(self.edge.size)
        if root is not None:
            if root != self.edge.root():
                raise Bad(place, "it, or one before it, is not as a signed checkpoint knows it")
            self.checked += 1
        return made

    def _read_pruned(self, row: Row[Any]) -> None:
        if row.place >= self._pruned_before:
            raise Bad(row.place, "it was emptied, and nothing says that it was pruned")
        self.pruned += 1

    def _read_columns(self, row: Row[Any]) -> None:
        entry = _CONTENT.decode(row.content)
        about = self._identifiers.advanced(entry.about, entry.key) if isinstance(entry, AccessEntry) else None
        if (row.id, row.at) != (entry.id, entry.at) or row.about not in (about, _as_written(entry)):
            raise Bad(row.place, "it was edited: its columns say other than its content")

    async def _compare(self, node: Node, hash_: bytes) -> None:
        """The stored hash over complete tiles: proofs are made of it."""
        table = tables.access_node.c
        asked = select(table.hash).where(table.level == node.level, table.place == node.place)
        if (await self._connection.execute(asked)).scalar() != hash_:
            first, count = node.place << node.level, 1 << node.level
            raise Bad(first, f"the hash over it and the {count - 1} records behind it is missing or was changed")

    async def _nothing_behind(self) -> None:
        """Asked in one statement: others may be appending."""
        last = select(func.max(tables.access_entry.c.place)).scalar_subquery()
        row = (await self._connection.execute(select(last, tables.access_head.c.size))).one()
        if row[0] is not None and row[0] >= row[1]:
            raise Bad(row[1], "it stands behind the end of the log")

    async def _bound_of_pruning(self) -> int:
        """Up to where the log itself says that it was pruned."""
        entry = tables.access_entry.c
        rows = await self._connection.execute(
            select(entry.place, entry.content, entry.leaf, entry.seal).where(entry.about == MARKER)
        )
        bound = 0
        for row in rows:
            if self._sealer.fits_entry(row.seal, row.place, row.leaf) and leaf_hash(row.content or b"") == row.leaf:
                marker = _CONTENT.decode(row.content)
                bound = max(bound, marker.before if isinstance(marker, Pruned) else 0)
        return bound


async def verify(
    database: Database, sealer: Sealer, identifiers: Identifiers, signer: Signer, *, kept: Sequence[str] = ()
) -> Verdict:
    """Read the whole log.

    Args:
        database: the store.
        sealer: knows the seals of our keys.
        identifiers: know our references under earlier keys.
        signer: believes the checkpoints of our keys.
        kept: checkpoints that were kept elsewhere.

    Raises:
        NoteUnreadable: one of those is none of this log.
        SQLAlchemyError, OSError: the store cannot be read.
    """
    known = {checkpoint.size: checkpoint.root for checkpoint in map(signer.read, kept)}
    async with database.reading() as connection:
        if signer.signs:
            notes = (await connection.execute(select(tables.access_checkpoint.c.note))).scalars().all()
            known = _stored(signer, notes) | known
        reading = _Reading(connection, sealer, identifiers, known)
        bad = None
        try:
            await reading.run()
        except Bad as found:
            bad = found
    return Verdict(
        size=reading.edge.size,
        root="" if bad else reading.edge.root().hex(),
        checkpoints=reading.checked,
        pruned=reading.pruned,
        first_bad=bad.place if bad else None,
        reason=bad.reason if bad else None,
    )


def _stored(signer: Signer, notes: Sequence[str]) -> dict[int, bytes]:
    """The checkpoints in the store that one of today's keys signed: those of keys that are gone prove nothing."""
    found: dict[int, bytes] = {}
    for note in notes:
        try:
            checkpoint = signer.read(note)
        except NoteUnreadable:
            continue
        found[checkpoint.size] = checkpoint.root
    return found


def _as_written(entry: AccessEntry | Pruned) -> str:
    return entry.about if isinstance(entry, AccessEntry) else MARKER


async def _rows(connection: AsyncConnection, size: int) -> AsyncIterator[Row[Any]]:
    last = -1
    table = tables.access_entry
    within = select(table).where(table.c.place < size).order_by(table.c.place).limit(_AT_ONCE)
    while True:
        asked = within.where(table.c.place > last)
        rows = (await connection.execute(asked)).all()
        for row in rows:
            yield row
        if len(rows) < _AT_ONCE:
            return
        last = rows[-1].place
