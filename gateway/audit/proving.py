"""Proofs about the log from the store: a few rows of hashes for each, however long the log is."""

from collections.abc import Iterable, Sequence

from sqlalchemy import between, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.audit.tree import (
    TILE_LEVELS,
    Edge,
    Node,
    Proof,
    consistency_ranges,
    hash_of,
    inclusion_ranges,
    subtrees,
    under,
)
from gateway.store import tables

HEAD = select(tables.access_head.c.size, tables.access_head.c.peaks, tables.access_head.c.seal)


class HashesMissing(Exception):
    """The store lacks a hash that the size of the log promises."""


async def edge_of(connection: AsyncConnection) -> Edge:
    """The right edge of the tree as it is now."""
    head = (await connection.execute(HEAD)).one()
    return Edge(head.size, head.peaks)


async def root_at(connection: AsyncConnection, size: int) -> bytes:
    """The root that the tree had at that size.

    Raises:
        HashesMissing: the store lacks a part of it.
    """
    known = await _hashes(connection, subtrees(0, size))
    return hash_of([(0, size)], known.__getitem__)[0]


async def prove(connection: AsyncConnection, places: Sequence[int], edge: Edge) -> list[Proof]:
    """That the entries at these places stand in the tree with that edge.

    Raises:
        HashesMissing: the store lacks a part of it.
    """
    ranges = {place: inclusion_ranges(place, edge.size) for place in places}
    needed = [node for one in ranges.values() for cut in one for node in subtrees(*cut)]
    known = await _hashes(connection, [*needed, *(Node(0, place) for place in places)])
    return [
        Proof(place, known[Node(0, place)], edge.size, edge.root(), hash_of(ranges[place], known.__getitem__))
        for place in places
    ]


async def prove_consistency(connection: AsyncConnection, earlier: int, later: int) -> tuple[bytes, ...]:
    """That the tree of the earlier size is the beginning of that of the later one.

    Raises:
        HashesMissing: the store lacks a part of it.
    """
    ranges = consistency_ranges(earlier, later)
    known = await _hashes(connection, [node for cut in ranges for node in subtrees(*cut)])
    return hash_of(ranges, known.__getitem__)


async def _hashes(connection: AsyncConnection, nodes: Iterable[Node]) -> dict[Node, bytes]:
    """The hashes of these subtrees, each made of one tile at most."""
    wanted = set(nodes)
    stored: dict[Node, bytes] = {}
    for base in sorted({_base(node) for node in wanted}):
        spans = {_span(node) for node in wanted if _base(node) == base}
        stored |= await _stored(connection, base, sorted(spans))
    try:
        return {node: under([stored[Node(_base(node), place)] for place in range(*_span(node))]) for node in wanted}
    except KeyError:
        raise HashesMissing from None


async def _stored(connection: AsyncConnection, base: int, spans: Sequence[tuple[int, int]]) -> dict[Node, bytes]:
    table = tables.access_node if base else tables.access_entry
    hash_ = tables.access_node.c.hash if base else tables.access_entry.c.leaf
    found: dict[Node, bytes] = {}
    for start in range(0, len(spans), 50):
        within = or_(*(between(table.c.place, first, end - 1) for first, end in spans[start : start + 50]))
        asked = select(table.c.place, hash_).where(within)
        if base:
            asked = asked.where(tables.access_node.c.level == base)
        found |= {Node(base, place): one for place, one in await connection.execute(asked)}
    return found


def _base(node: Node) -> int:
    """The stored level of which the subtree is made."""
    return node.level - node.level % TILE_LEVELS


def _span(node: Node) -> tuple[int, int]:
    """Its part of that level."""
    rise = node.level % TILE_LEVELS
    return node.place << rise, (node.place + 1) << rise
