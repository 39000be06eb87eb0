"""The hashes of an append-only log (RFC 9162, section 2.1), without the log: pure functions and a growing edge.

Only every eighth level is stored: a *tile* is the 256 hashes of one level that lie under one hash eight levels above,
so any hash of the tree is made of one tile. What is stored beside the entries is one hash in 256.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

TILE_LEVELS = 8
TILE = 1 << TILE_LEVELS
_EMPTY = hashlib.sha256(b"").digest()


class Node(NamedTuple):
    """A complete subtree: ``2 ** level`` leaves, the ``place``-th of that size from the left."""

    level: int
    place: int


class Proof(NamedTuple):
    """That an entry stands in the tree of that size and root."""

    place: int
    leaf: bytes
    size: int
    root: bytes
    path: tuple[bytes, ...]


Hashes = Callable[[Node], bytes]
"""Knows the hash of a complete subtree."""


def leaf_hash(content: bytes) -> bytes:
    """Of an entry."""
    return hashlib.sha256(b"\x00" + content).digest()


def parent_hash(left: bytes, right: bytes) -> bytes:
    """Of two subtrees beside each other."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Edge:
    """The right edge of the tree: all that is needed to append, a hash for every bit of the size."""

    def __init__(self, size: int = 0, peaks: bytes = b"") -> None:
        """Take up an edge where it was left.

        Raises:
            ValueError: the hashes do not fit the size.
        """
        if len(peaks) != 32 * size.bit_count():
            raise ValueError("the edge of the tree does not fit its size")
        self.size = size
        self._peaks = [peaks[start : start + 32] for start in range(0, len(peaks), 32)]

    @property
    def peaks(self) -> bytes:
        """The hashes, the largest subtree first."""
        return b"".join(self._peaks)

    def add(self, leaf: bytes) -> list[tuple[Node, bytes]]:
        """Append a leaf; gives the hashes above tiles that are complete with it."""
        made: list[tuple[Node, bytes]] = []
        level, place, hash_ = 0, self.size, leaf
        while place & 1:
            hash_ = parent_hash(self._peaks.pop(), hash_)
            level, place = level + 1, place >> 1
            if level % TILE_LEVELS == 0:
                made.append((Node(level, place), hash_))
        self._peaks.append(hash_)
        self.size += 1
        return made

    def root(self) -> bytes:
        """Of the whole tree."""
        return _folded(self._peaks)


def subtrees(start: int, end: int) -> list[Node]:
    """The complete subtrees that lie in these leaves, from the left. ``start`` begins one at least as large as all."""
    found = []
    while start < end:
        level = (end - start).bit_length() - 1
        found.append(Node(level, start >> level))
        start += 1 << level
    return found


def inclusion_ranges(place: int, size: int) -> list[tuple[int, int]]:
    """The ranges of leaves whose hashes prove that the leaf at that place is in the tree, from the leaf upwards.

    Raises:
        ValueError: there is no such leaf.
    """
    if not 0 <= place < size:
        raise ValueError("no such leaf")
    start, end = 0, size
    found: list[tuple[int, int]] = []
    while end - start > 1:
        middle = start + _split(end - start)
        if place < middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start = middle
    return found[::-1]


def consistency_ranges(earlier: int, later: int) -> list[tuple[int, int]]:
    """The ranges of leaves whose hashes prove that the earlier tree is the beginning of the later one.

    Raises:
        ValueError: there is nothing to prove.
    """
    if not 0 < earlier <= later:
        raise ValueError("no such trees")
    start, end, whole = 0, later, True
    found: list[tuple[int, int]] = []
    while earlier != end:
        middle = start + _split(end - start)
        if earlier <= middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start, whole = middle, False
    if not whole:
        found.append((start, end))
    return found[::-1]


def hash_of(ranges: Iterable[tuple[int, int]], hashes: Hashes) -> tuple[bytes, ...]:
    """The hash of each of these ranges."""
    return tuple(_folded([hashes(node) for node in subtrees(*one)]) for one in ranges)


def under(leaves: Sequence[bytes]) -> bytes:
    """The hash above leaves or nodes of one level, as many as a power of two."""
    level = list(leaves)
    while len(level) > 1:
        level = [parent_hash(left, right) for left, right in zip(level[::2], level[1::2], strict=True)]
    return level[0]


def _split(width: int) -> int:
    """The largest power of two below it."""
    return 1 << ((width - 1).bit_length() - 1)


def _folded(hashes: Sequence[bytes]) -> bytes:
    if not hashes:
        return _EMPTY
    whole = hashes[-1]
    for hash_ in reversed(hashes[:-1]):
        whole = parent_hash(hash_, whole)
    return whole
