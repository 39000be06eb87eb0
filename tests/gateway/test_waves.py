"""Delivery in waves, on a small schema whose fields answer in whatever order a test likes."""

import asyncio
from collections.abc import Generator
from contextlib import aclosing
from itertools import cycle
from typing import Any

import pytest
from graphql import (
    ExecutionResult,
    GraphQLDeferDirective,
    GraphQLError,
    GraphQLSchema,
    GraphQLStreamDirective,
    build_schema,
    parse,
    specified_directives,
    validate,
)
from graphql.execution import experimental_execute_incrementally
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.operations.waves import Begun, Fields, Items, Payload, WaveExecutor, WholeExecutor

_CORE = build_schema("""
    type Query { thing: Thing }
    type Thing { x: Int, y: Int, a: Thing, b: Thing, must: Int!, bad: Int, worse: Int!, many: [Thing!], alone: [Thing] }
""")
SCHEMA = GraphQLSchema(
    query=_CORE.query_type, directives=[*specified_directives, GraphQLDeferDirective, GraphQLStreamDirective]
)


class Turn:
    """Waited for, it lets everybody else go first, once."""

    def __await__(self) -> Generator[None, None, None]:
        yield


class Thing:
    """Answers each field after as many turns as the next number says."""

    def __init__(self, turns: Any, deep: int = 0) -> None:
        self._turns = turns
        self._deep = deep

    async def _after(self, value: Any) -> Any:
        for _ in range(next(self._turns)):
            await Turn()
        if isinstance(value, Exception):
            raise value
        return value

    def _inner(self) -> "Thing":
        return Thing(self._turns, self._deep + 1)

    def thing(self, _info: Any) -> Any:
        return self._after(self._inner())

    def x(self, _info: Any) -> Any:
        return self._after(self._deep)

    def y(self, _info: Any) -> Any:
        return self._after(-self._deep)

    def must(self, _info: Any) -> Any:
        return self._after(1)

    def bad(self, _info: Any) -> Any:
        return self._after(KeyError("bad"))

    worse = bad

    def a(self, _info: Any) -> Any:
        return self._after(self._inner())

    def b(self, _info: Any) -> Any:
        return self._inner()

    def many(self, _info: Any) -> Any:
        return self._after([self._inner() for _ in range(3)])

    def alone(self, _info: Any) -> Any:
        return [self._after(self._inner()) for _ in range(3)]


async def executed(text: str, turns: list[int], executor: Any = WaveExecutor) -> ExecutionResult | Begun:
    """The document, with those turns for its fields."""
    document = parse(text)
    assert validate(SCHEMA, document) == []
    result: Any = experimental_execute_incrementally(SCHEMA, document, Thing(cycle(turns)), executor_class=executor)
    return await result  # type: ignore[no-any-return]


class Delivered:
    """What a client makes of the payloads, which it checks on the way."""

    def __init__(self, begun: Begun) -> None:
        self.data = begun.data
        self.errors = list(begun.errors)
        self.open = {one.id: one for one in begun.pending}
        self.steps: list[Any] = [[(one.id, one.path, one.label) for one in begun.pending]]

    def take(self, payload: Payload) -> None:
        for part in payload.parts:
            assert part.of.id in self.open, "it was announced, and has not ended"
            if isinstance(part, Fields):
                assert part.path[: len(part.of.path)] == part.of.path
        self.errors += payload.errors
        for ended in payload.completed:
            del self.open[ended.of.id]
        self.open.update({one.id: one for one in payload.pending})
        self.steps.append(
            (
                [(part.of.id, part.path, list(part.data)) if isinstance(part, Fields) else _items(part)
                 for part in payload.parts],
                [(ended.of.id, ended.error is None) for ended in payload.completed],
                [(one.id, one.path, one.label) for one in payload.pending],
            )
        )  # fmt: skip


def _items(part: Items) -> tuple[str, int, int]:
    return part.of.id, part.start, len(part.items)


async def delivered(text: str, turns: list[int]) -> tuple[Any, list[Any], int]:
    """The whole data, the steps by which it came, and the number of errors."""
    result = await executed(text, turns)
    if isinstance(result, ExecutionResult):
        return result.data, [], len(result.errors or ())
    client = Delivered(result)
    async with aclosing(result.payloads) as payloads:
        async for payload in payloads:
            client.take(payload)
    assert not client.open, "everything that was announced has ended"
    return client.data, client.steps, len(client.errors)


LEAF = st.sampled_from(["x", "y"])
FIELDS = st.recursive(
    LEAF,
    lambda inner: st.one_of(
        LEAF,
        st.tuples(st.sampled_from(["a", "b", "many"]), inner).map(lambda pair: f"{pair[0]} {{ {pair[1]} }}"),
        inner.map(lambda text: f"... @defer {{ {text} }}"),
        st.lists(inner, min_size=2, max_size=3).map(" ".join),
    ),
    max_leaves=14,
)
TURNS = st.lists(st.integers(0, 5), min_size=1, max_size=12)


@settings(deadline=None, max_examples=300)
@given(FIELDS, TURNS, TURNS)
async def test_the_same_answers_come_by_the_same_steps_whatever_is_fast(
    fields: str, turns: list[int], others: list[int]
) -> None:
    """And what they add up to is the answer of a document that defers nothing."""
    text = f"{{ thing {{ {fields} }} }}"
    data, steps, errors = await delivered(text, turns)
    whole = await executed(text, turns, WholeExecutor)

    assert (data, steps, errors) == await delivered(text, others)
    assert isinstance(whole, ExecutionResult)
    assert data == whole.data
    assert errors == 0


async def test_fragments_follow_the_document_though_the_last_is_the_fastest() -> None:
    """One payload each, and what lies within them in the next wave."""
    text = """{ thing { x
        ... @defer(label: "slow") { a { x ... @defer(label: "inner") { y } } }
        ... @defer(label: "fast") { y } } }"""
    _, steps, _ = await delivered(text, [9, 9, 9, 0, 0, 0])

    assert steps == [
        [("0", ["thing"], "slow"), ("1", ["thing"], "fast")],
        ([("0", ["thing"], ["a"])], [("0", True)], []),
        ([("1", ["thing"], ["y"])], [("1", True)], [("2", ["thing", "a"], "inner")]),
        ([("2", ["thing", "a"], ["y"])], [("2", True)], []),
    ]


async def test_a_fragment_in_every_item_of_a_list_is_one_payload() -> None:
    """So the number of payloads is bounded by the document, not by what a source holds."""
    _, steps, _ = await delivered("{ thing { many { x ... @defer { y } } } }", [1])

    assert len(steps) == 2
    assert [part[1] for part in steps[1][0]] == [["thing", "many", index] for index in range(3)]


async def test_the_rest_of_a_list_comes_in_one_payload() -> None:
    """Behind the items that the first answer has."""
    data, steps, _ = await delivered("{ thing { many @stream(initialCount: 1) { x ... @defer { y } } } }", [2])

    assert data == {"thing": {"many": [{"x": 2, "y": -2}] * 3}}
    assert steps == [
        [("0", ["thing", "many"], None), ("1", ["thing", "many", 0], None)],
        ([("0", 1, 2)], [("0", True)], []),
        (
            [("1", ["thing", "many", 0], ["y"])],
            [("1", True)],
            [("2", ["thing", "many", 1], None), ("3", ["thing", "many", 2], None)],
        ),
        ([(str(n + 1), ["thing", "many", n], ["y"]) for n in (1, 2)], [("2", True), ("3", True)], []),
    ]


async def test_what_two_fragments_want_comes_once() -> None:
    """With the first of them; a fragment of which nothing is left is not even announced."""
    text = """{ thing { x ... @defer(label: "one") { a { x } } ... @defer(label: "two") { y a { x } }
        ... @defer(label: "outer") { must ... @defer(label: "nothing new") { y } } } }"""
    data, steps, _ = await delivered(text, [3, 0, 2])

    assert data == {"thing": {"x": 1, "a": {"x": 2}, "y": -1, "must": 1}}
    assert [label for _, _, label in steps[0]] == ["one", "two", "outer"]
    assert [[part[2] for part in parts] for parts, _, _ in steps[1:]] == [[["a"]], [["y"]], [["must"]]]


async def test_what_two_fragments_want_of_the_same_object_comes_whole() -> None:
    """The object with the first of them, and of its fields with each what only that one wants."""
    text = """{ thing { x ... @defer { a { x many { x } } } ... @defer { a { y many { y a { x } } } } } }"""
    data, steps, _ = await delivered(text, [3, 0, 2])

    many = [{"x": 3, "y": -3, "a": {"x": 4}}] * 3
    assert data == {"thing": {"x": 1, "a": {"x": 2, "many": many, "y": -2}}}
    assert len(steps) == 3


async def test_a_fragment_that_cannot_be_given_ends_with_its_error_and_costs_no_other() -> None:
    """What was deferred within it never comes; a field that may be missing is only missing."""
    text = """{ thing { x ... @defer(label: "a") { bad } ... @defer(label: "b") { worse ... @defer { a { x } } }
        ... @defer(label: "c") { y } } }"""
    result = await executed(text, [1, 0, 2])
    assert isinstance(result, Begun)
    payloads = [payload async for payload in result.payloads]

    assert [[ended.error is None for ended in payload.completed] for payload in payloads] == [[True], [False], [True]]
    assert [[error.path for error in payload.errors] for payload in payloads] == [
        [["thing", "bad"]], [["thing", "worse"]], []
    ]  # fmt: skip
    assert result.data == {"thing": {"x": 1, "bad": None, "y": -1}}


async def test_a_list_that_breaks_gives_what_it_had() -> None:
    """Items before the one that must not be missing, and its error."""
    result = await executed("{ thing { many @stream { worse } } }", [1])
    assert isinstance(result, Begun)
    (payload,) = [payload async for payload in result.payloads]

    assert payload.parts == []
    assert isinstance(payload.completed[0].error, GraphQLError)


async def test_nothing_is_deferred_where_the_condition_says_so() -> None:
    """Then the answer is a plain one."""
    result = await executed("{ thing { x ... @defer(if: false) { y } many @stream(if: false) { x } } }", [1])

    assert isinstance(result, ExecutionResult)


@pytest.mark.parametrize(
    ("text", "turns"),
    [
        ("{ thing { ... @defer { a { x } } } }", [1, 10_000_000]),
        ("{ thing { many @stream { a { x } } } }", [1, 1, 10_000_000]),
    ],
)
async def test_who_stops_listening_stops_what_was_begun(text: str, turns: list[int]) -> None:
    """No task is left behind."""
    before = asyncio.all_tasks()
    result = await executed(text, turns)
    assert isinstance(result, Begun)
    waiting = asyncio.ensure_future(anext(result.payloads))
    for _ in range(5):
        await Turn()
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    await result.payloads.aclose()

    assert asyncio.all_tasks() == before
