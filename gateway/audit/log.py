"""The access log in the store: appended in batches, each in one transaction, however many gateways write."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, insert, select, update

from gateway.audit.seals import Sealer
from gateway.audit.tree import Edge, leaf_hash
from gateway.store import tables
from gateway.store.compiled import Compiled
from gateway.store.database import Database
from gateway.store.tables import microseconds
from resolvers.access.entry import AccessEntry

ENCODER = msgspec.json.Encoder()
_HEAD = Compiled(
    select(tables.access_head.c.size, tables.access_head.c.peaks, tables.access_head.c.seal).with_for_update()
)
_APPEND = Compiled(insert(tables.access_entry), "place", "id", "about", "at", "content", "leaf", "seal")
_NODES = Compiled(insert(tables.access_node), "level", "place", "hash")
_MOVE = Compiled(update(tables.access_head), "size", "peaks", "seal")


Also = Callable[[Connection], None]
"""Something that is done in the transaction of a batch."""


class Tampered(Exception):
    """The end of the log is not as a gateway left it: nothing is appended to it."""


class Leaf(Struct, frozen=True):
    """An entry as it is written: the tree is made of ``content``, byte by byte."""

    id: str
    about: str | None
    at: datetime
    content: bytes

    @classmethod
    def of(cls, entry: AccessEntry) -> "Leaf":
        """The leaf of that entry."""
        return cls(entry.id, entry.about, entry.at, ENCODER.encode(entry))


class StoredLog:
    """Appends to the log."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self.database = database
        self.sealer = sealer

    async def append(self, leaves: Sequence[Leaf], *, perhaps_known: bool = False, also: Also | None = None) -> int:
        """Append these, all or none; gives the size of the log with them.

        Args:
            leaves: in their order.
            perhaps_known: whether some may stand there already, because it is not known how an earlier attempt ended.
            also: what else belongs into the same transaction.

        Raises:
            Tampered: the end of the log is not as a gateway left it.
            SQLAlchemyError, OSError: the store does not take them, or did and could not say so.
        """
        await self.database.migrate_once()
        return await self.database.transact(partial(self._appended, leaves, perhaps_known=perhaps_known, also=also))

    def _appended(
        self, leaves: Sequence[Leaf], connection: Connection, *, perhaps_known: bool, also: Also | None
    ) -> int:
        ((size, peaks, seal),) = _HEAD.read(connection)
        if not self.sealer.fits_head(seal, size, peaks):
            raise Tampered(f"the head of the access log, which says {size} entries, has a seal that does not fit")
        if perhaps_known:
            leaves = _unknown(connection, leaves)
        if also is not None:
            also(connection)
        if leaves:
            self._append(connection, Edge(size, peaks), leaves)
        return int(size) + len(leaves)

    def _append(self, connection: Connection, edge: Edge, leaves: Sequence[Leaf]) -> None:
        rows, nodes = [], []
        for leaf in leaves:
            place, hash_ = edge.size, leaf_hash(leaf.content)
            nodes += [(*node, above) for node, above in edge.add(hash_)]
            seal = self.sealer.entry(place, hash_)
            rows.append((place, leaf.id, leaf.about, microseconds(leaf.at), leaf.content, hash_, seal))
        _APPEND.write(connection, rows)
        if nodes:
            _NODES.write(connection, nodes)
        peaks = edge.peaks
        _MOVE.write(connection, [(edge.size, peaks, self.sealer.head(edge.size, peaks))])


def _unknown(connection: Connection, leaves: Sequence[Leaf]) -> Sequence[Leaf]:
    ids = tables.access_entry.c.id
    known = set(connection.execute(select(ids).where(ids.in_([leaf.id for leaf in leaves]))).scalars())
    return [leaf for leaf in leaves if leaf.id not in known]
