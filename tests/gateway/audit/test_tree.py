"""The hashes are those of RFC 9162, held against a library that others keep; nothing of the log is needed to append."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree, verify_consistency, verify_inclusion

from gateway.audit.tree import (
    Edge,
    Hashes,
    Node,
    consistency_ranges,
    hash_of,
    inclusion_ranges,
    leaf_hash,
    subtrees,
    under,
)


def contents(size: int) -> list[bytes]:
    """Of so many entries."""
    return [b"entry %d" % number for number in range(size)]


def others_tree(size: int) -> InmemoryTree:
    """The same tree as somebody else makes it."""
    tree = InmemoryTree(algorithm="sha256")
    for content in contents(size):
        tree.append_entry(content)
    return tree


def hashes(size: int) -> Hashes:
    """Of any subtree of that tree, from its leaves."""
    leaves = [leaf_hash(content) for content in contents(size)]

    def known(node: Node) -> bytes:
        return under(leaves[node.place << node.level : (node.place + 1) << node.level])

    return known


@given(st.integers(1, 700))
def test_the_root_is_that_of_the_other_library(size: int) -> None:
    """Appended one by one, with only the edge kept."""
    edge = Edge()
    for content in contents(size):
        edge = Edge(edge.size, edge.peaks)
        edge.add(leaf_hash(content))

    assert edge.root() == others_tree(size).get_root()
    assert len(edge.peaks) == 32 * size.bit_count()


def test_the_root_of_nothing_is_that_of_the_standard() -> None:
    """RFC 9162, section 2.1.1."""
    assert Edge().root() == hashlib.sha256(b"").digest()


@given(st.integers(1, 300).flatmap(lambda size: st.tuples(st.just(size), st.integers(0, size - 1))))
def test_paths_are_those_of_the_other_library(asked: tuple[int, int]) -> None:
    """Where an entry stands, at any size."""
    size, place = asked
    tree = others_tree(size)
    path = hash_of(inclusion_ranges(place, size), hashes(size))
    theirs = tree.prove_inclusion(place + 1, size)
    verify_inclusion(tree.get_leaf(place + 1), tree.get_root(), theirs)

    assert [leaf_hash(contents(size)[place]), *path] == theirs.path


@given(st.integers(1, 300).flatmap(lambda size: st.tuples(st.just(size), st.integers(1, size))))
def test_a_tree_is_proved_to_be_the_beginning_of_another(asked: tuple[int, int]) -> None:
    """The roots of both come out of the proof, as RFC 9162 section 2.1.4.2 has it."""
    later, earlier = asked
    tree = others_tree(later)
    path = list(hash_of(consistency_ranges(earlier, later), hashes(later)))
    verify_consistency(tree.get_root(earlier), tree.get_root(), tree.prove_consistency(earlier, later))

    assert roots_by(path, earlier, later, tree.get_root(earlier)) == (tree.get_root(earlier), tree.get_root())


def roots_by(path: list[bytes], earlier: int, later: int, first: bytes) -> tuple[bytes, bytes]:
    """The roots that a consistency proof leads to: the algorithm of RFC 9162, section 2.1.4.2, word for word."""

    def pair(left: bytes, right: bytes) -> bytes:
        return hashlib.sha256(b"\x01" + left + right).digest()

    if earlier == later:
        assert not path
        return first, first
    if earlier & (earlier - 1) == 0:
        path = [first, *path]
    fn, sn = earlier - 1, later - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        assert sn
        if fn & 1 or fn == sn:
            fr, sr = pair(c, fr), pair(c, sr)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = pair(sr, c)
        fn, sn = fn >> 1, sn >> 1
    assert sn == 0
    return fr, sr


def test_hashes_above_complete_tiles_are_told_once() -> None:
    """One in 256, and one in 65,536: that is all that is stored of the tree."""
    edge = Edge()
    made = [node for number in range(65_536) for node, _ in edge.add(leaf_hash(b"%d" % number))]

    assert sorted(made) == [*(Node(8, place) for place in range(256)), Node(16, 0)]


def test_an_edge_that_does_not_fit_its_size_is_no_edge() -> None:
    """Nobody appends to it."""
    with pytest.raises(ValueError, match="does not fit"):
        Edge(3, b"\0" * 32)
    with pytest.raises(ValueError, match="no such leaf"):
        inclusion_ranges(3, 3)
    with pytest.raises(ValueError, match="no such trees"):
        consistency_ranges(0, 3)
    assert subtrees(0, 7) == [Node(2, 0), Node(1, 2), Node(0, 6)]
