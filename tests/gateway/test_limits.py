"""The walk that bounds a document, against a naive one that expands every fragment."""

import sys
from types import FrameType

import pytest
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    parse,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from gateway.errors import InvalidDocument
from gateway.operations.limits import Weight, check, weigh
from gateway.settings import Limits
from tests.gateway import documents

NAMES = ("A", "B", "C", "D")


def selections(fragments: tuple[str, ...]) -> st.SearchStrategy[str]:
    """A selection set that may spread only those fragments, so that no circle comes about."""
    spread = st.sampled_from(fragments).map(lambda name: f"...{name}") if fragments else st.nothing()
    leaf = (
        st.sampled_from(["x", "a: x", "x @d", "a: x @d @e", "x @stream"])
        | spread
        | spread.map(lambda text: f"{text} @defer")
    )
    return st.recursive(
        st.lists(leaf, min_size=1, max_size=3).map(braced),
        lambda inner: st.lists(
            leaf | inner.map(lambda text: f"x {text}") | inner.map(lambda text: f"... @defer {text}"),
            min_size=1,
            max_size=3,
        ).map(braced),
        max_leaves=6,
    )


def braced(parts: list[str]) -> str:
    return "{ " + " ".join(parts) + " }"


@st.composite
def small_documents(draw: st.DrawFn) -> str:
    """One operation and four fragments, each of which may spread those after it."""
    text = "query Q @d " + draw(selections(NAMES))
    for number, name in enumerate(NAMES):
        text += f" fragment {name} on T @e " + draw(selections(NAMES[number + 1 :]))
    return text


def expanded(document: DocumentNode) -> Weight:
    """The same weight by brute force."""
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}

    def walk(node: SelectionSetNode, *, top: bool) -> Weight:
        depth = levels = aliases = fields = directives = deferred = waves = 0
        for selection in node.selections:
            names = [directive.name.value for directive in selection.directives or ()]
            later = len({"defer", "stream"}.intersection(names))
            directives += len(names)
            if isinstance(selection, FieldNode):
                aliases += selection.alias is not None
                fields += top
                inner = walk(selection.selection_set, top=False) if selection.selection_set else Weight()
                depth = max(depth, 1 + inner.depth)
            else:
                assert isinstance(selection, FragmentSpreadNode | InlineFragmentNode)
                if isinstance(selection, FragmentSpreadNode):
                    target = fragments[selection.name.value]
                    directives += len(target.directives or ())
                    inner = walk(target.selection_set, top=top)
                else:
                    inner = walk(selection.selection_set, top=top)
                depth = max(depth, inner.depth)
                fields += inner.fields
            levels = max(levels, inner.levels)
            aliases += inner.aliases
            directives += inner.directives
            deferred += inner.deferred + later
            waves = max(waves, inner.waves + later)
        return Weight(depth, levels + 1, aliases, fields, directives, deferred, waves)

    (operation,) = (node for node in document.definitions if isinstance(node, OperationDefinitionNode))
    weight = walk(operation.selection_set, top=True)
    return structs.replace(weight, directives=weight.directives + len(operation.directives or ()))


@settings(deadline=None)
@given(small_documents())
def test_looking_at_each_fragment_once_gives_what_expanding_gives(text: str) -> None:
    """In every sum and every longest path, for every operation that can be written small."""
    document = parse(text)

    assert weigh(document) == [expanded(document)]


def steps(text: str) -> int:
    """How many calls, also of built-in functions, it takes to weigh that document."""
    document = parse(text)
    counted = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        weigh(document)
    finally:
        sys.setprofile(None)
    return counted


@pytest.mark.parametrize("alias", ["", "a: "])
def test_a49_doubling_fragments_cost_steps_by_their_number_not_by_their_product(alias: str) -> None:
    """28 fragments cost less than twice as many steps as 14, though they stand for 2^14 times as many fields."""
    assert steps(documents.doubling(28, alias=alias)) < 2.2 * steps(documents.doubling(14, alias=alias)) < 5_000


def test_a49_what_they_stand_for_is_known_all_the_same() -> None:
    """2^28 aliases and the one at the end, as far as anybody needs to count; and 31 selection sets deep."""
    (weight,) = weigh(parse(documents.doubling(28, alias="a: ")))

    assert weight.aliases == 2**29 - 1
    assert weight.levels == 31
    assert weight.depth == 2


def test_sums_stop_growing_beyond_every_limit() -> None:
    """2^200 aliases are many; numbers of a thousand digits would cost time of their own."""
    (weight,) = weigh(parse(documents.doubling(200, alias="a: ")))

    assert weight.aliases == 10**9


@pytest.mark.parametrize("length", [1, 2, 3, 300])
def test_a48_a_circle_ends(length: int) -> None:
    """Whatever it weighs; validation refuses it."""
    assert len(weigh(parse(documents.chain(length, ring=True)))) == 1


LIMITS = Limits(max_depth=4, max_aliases=3, max_root_fields=2, max_directives=3, max_operations=2)


@pytest.mark.parametrize(
    ("code", "most", "one_more"),
    [
        ("MAX_DEPTH_LIMIT", "{ a { b { c { d } } } }", "{ a { b { c { d { e } } } } }"),
        (
            "MAX_DEPTH_LIMIT",
            "{ a { ...F } } fragment F on T { b { c { d } } }",
            "{ a { ...F } } fragment F on T { b { c { d { e } } } }",
        ),
        ("MAX_DEPTH_LIMIT", "{" + "...{" * 11 + "a" + "}" * 12, "{" + "...{" * 12 + "a" + "}" * 13),
        ("MAX_DEPTH_LIMIT", documents.chain(11), documents.chain(12)),
        ("MAX_ALIASES_LIMIT", "{ x { a: a b: b c: c } }", "{ x { a: a b: b c: c } d: d }"),
        (
            "MAX_ALIASES_LIMIT",
            "{ x { ...F } } fragment F on T { a: a b: b }",
            "{ x { ...F y { ...F } } } fragment F on T { a: a b: b }",
        ),
        ("MAX_ROOT_FIELDS_LIMIT", "{ a { x y z } b }", "{ a b ... { c } }"),
        ("MAX_ROOT_FIELDS_LIMIT", "{ ...F } fragment F on Query { a b }", "{ ...F ...F } fragment F on Query { a b }"),
        ("MAX_DIRECTIVES_LIMIT", "query @a { x @b @c }", "query @a { x @b @c ... @d { y } }"),
        (
            "MAX_DIRECTIVES_LIMIT",
            "{ x ...F @b @c } fragment F on T @a { y }",
            "{ x ...F @b @c } fragment F on T @a { y @d }",
        ),
        ("MAX_OPERATIONS_LIMIT", "query A { a } query B { b }", "query A { a } query B { b } query C { c }"),
    ],
)
def test_the_limit_itself_is_allowed_and_one_more_is_not(code: str, most: str, one_more: str) -> None:
    """The refusal names the limit."""
    check(parse(most), LIMITS)
    with pytest.raises(InvalidDocument, match=r"the limit is \d") as refused:
        check(parse(one_more), LIMITS)

    assert refused.value.code == code


def test_each_operation_is_judged_for_itself() -> None:
    """Two that are allowed are not forbidden together; a bad one hides behind no good one."""
    check(parse("query A { a b } query B { a b }"), LIMITS)
    with pytest.raises(InvalidDocument):
        check(parse("query A { a } query B { a b c }"), LIMITS)
