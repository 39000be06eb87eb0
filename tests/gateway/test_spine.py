"""A query that came before is executed by its spine: begun as one, waited for as one, and ended as one."""

import asyncio
import sys
from typing import Any, cast

import orjson
import pytest
import strawberry
from graphql import ExecutionResult
from msgspec import Struct, field

from gateway.operations.execution import Executor
from gateway.operations.request import GraphQLRequest
from gateway.operations.trusted import Chosen
from gateway.settings import Execution, Limits
from resolvers.shown import instances_of
from resolvers.under_way import UnderWay


class HouseOf(Struct, frozen=True):
    name: str = "a"


class World(Struct):
    """What the functions of the graph see and do."""

    met: asyncio.Event = field(default_factory=asyncio.Event)
    log: list[str] = field(default_factory=list)


@strawberry.type
class House:
    """Has fields that come from functions."""

    is_type_of = staticmethod(instances_of(HouseOf))
    name: str

    @strawberry.field
    async def first(self, info: strawberry.Info) -> str:
        """Comes when the second one has begun."""
        await info.context.met.wait()
        return "first"

    @strawberry.field
    async def second(self, info: strawberry.Info, code: str | None = None) -> str:
        """Lets the first one go on."""
        info.context.met.set()
        return code or "second"

    @strawberry.field
    async def waits(self, info: strawberry.Info) -> str | None:
        """Until it is stopped."""
        info.context.log.append("waits")
        try:
            await asyncio.Event().wait()
        finally:
            info.context.log.append("stopped")
        return None

    @strawberry.field
    async def fails(self, info: strawberry.Info, code: str | None = None) -> str:
        """When the others have begun."""
        await asyncio.sleep(0)
        info.context.log.append(f"fails {code}")
        raise LookupError("failed")

    @strawberry.field
    def coming(self, info: strawberry.Info, text: str = "came") -> str:
        """Under way already; tells how many tasks there are when it comes."""

        async def made() -> str:
            await asyncio.sleep(0)
            info.context.log.append(f"{text} in {len(asyncio.all_tasks())}")
            if text == "bad":
                raise LookupError(text)
            return text

        return cast("str", UnderWay(made))


@strawberry.type
class Query:
    """Leads to a house."""

    @strawberry.field
    async def house(self, info: strawberry.Info) -> House | None:
        """There is one."""
        return cast("House", HouseOf())


SCHEMA = strawberry.Schema(query=Query)


async def known(text: str, **variables: Any) -> tuple[Executor, Any]:
    """An executor that has met the document, and the operation of it."""
    by = Executor(SCHEMA, Limits(), introspection=True, execution=Execution(), differs=print)
    operation = by.prepare(GraphQLRequest(query=text), Chosen(text, None))
    for _ in range(2):
        async with asyncio.timeout(0.5):
            await run(by, operation, World(), **variables)
    assert operation.document.uses.spines
    return by, operation


async def run(by: Executor, operation: Any, world: Any, **variables: Any) -> ExecutionResult:
    result = await by.run(operation, variables, world)
    assert isinstance(result, ExecutionResult)
    return result


async def test_all_fields_are_begun_before_any_is_waited_for() -> None:
    """One that needs another to begin does not wait for ever."""
    by, operation = await known("{ house { first second name } }")

    result = await run(by, operation, World())

    assert result.data == {"house": {"first": "first", "second": "second", "name": "a"}}
    assert [*result.data["house"]] == ["first", "second", "name"]


async def test_nothing_of_the_library_runs_while_all_is_as_promised() -> None:
    """That is what a spine is for."""
    by, operation = await known("query ($code: String) { house { name first second(code: $code) } }")
    entered: list[str] = []

    def note(frame: Any, event: str, _arg: Any) -> None:
        if event == "call" and "/graphql/" in frame.f_code.co_filename:
            entered.append(frame.f_code.co_qualname)

    sys.setprofile(note)
    try:
        result = await run(by, operation, World(), code="c")
    finally:
        sys.setprofile(None)

    assert result.data == {"house": {"name": "a", "first": "first", "second": "c"}}
    assert set(entered) <= {"ExecutionResult.__init__"}


async def test_what_is_only_written_out_is_written_as_soon_as_it_is_whole() -> None:
    """The answer is the same, byte by byte; what JSON cannot write stays as it is, to fail where all of it would."""
    by, operation = await known("query ($code: String) { house { name first second(code: $code) } }")
    plain = await run(by, operation, World(), code="ậ")
    result = await by.run(operation, {"code": "ậ"}, cast("Any", World()), as_json=True)
    lone = await by.run(operation, {"code": "\ud800"}, cast("Any", World()), as_json=True)

    assert isinstance(result, ExecutionResult)
    assert isinstance(lone, ExecutionResult)
    assert result.data
    assert lone.data
    assert isinstance(result.data["house"]["second"], orjson.Fragment)
    assert orjson.dumps(result.data) == orjson.dumps(plain.data)
    assert lone.data["house"]["second"] == "\ud800"
    with pytest.raises(TypeError):
        orjson.dumps(lone.data)


async def test_a_field_that_fails_stops_those_beside_it_and_is_called_once() -> None:
    """Nothing may be null there, so the house is: the library says so, in its words."""
    by, operation = await known("query ($code: String) { house { waits fails(code: $code) } }")
    world = World()

    result = await run(by, operation, world, code="x")

    assert result.data == {"house": None}
    assert [(error.message, error.path) for error in result.errors or ()] == [("failed", ["house", "fails"])]
    assert world.log == ["waits", "fails x", "stopped"]


async def test_who_stops_the_execution_stops_every_field() -> None:
    """And when it has ended, all have."""
    by = Executor(SCHEMA, Limits(), introspection=True, execution=Execution(), differs=print)
    text = "{ house { waits again: waits name } }"
    operation = by.prepare(GraphQLRequest(query=text), Chosen(text, None))
    for _ in range(3):
        world = World()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await run(by, operation, world)

    assert operation.document.uses.spines
    assert world.log == ["waits", "waits", "stopped", "stopped"]


async def test_what_is_under_way_is_waited_for_in_turn() -> None:
    """Without a task for each; in the order of the document."""
    by, operation = await known('{ house { b: coming(text: "b") name a: coming(text: "a") } }')
    world, tasks = World(), len(asyncio.all_tasks())

    result = await run(by, operation, world)

    assert result.data == {"house": {"b": "b", "name": "a", "a": "a"}}
    assert world.log == [f"b in {tasks}", f"a in {tasks}"]


async def test_beside_what_is_not_under_way_nothing_waits_its_turn() -> None:
    """Each has a task, so the one that comes first does not hold up the other that lets it go on."""
    by, operation = await known("{ house { first coming second } }")
    world, tasks = World(), len(asyncio.all_tasks())

    result = await run(by, operation, world)

    assert result.data == {"house": {"first": "first", "coming": "came", "second": "second"}}
    assert world.log == [f"came in {tasks + 2}"]


async def test_what_is_under_way_behind_one_that_fails_is_not_made() -> None:
    """Its sources answer; nobody makes anything of that."""
    by, operation = await known('{ house { coming bad: coming(text: "bad") more: coming(text: "more") } }')
    world, tasks = World(), len(asyncio.all_tasks())

    result = await run(by, operation, world)

    assert result.data == {"house": None}
    assert [(error.message, error.path) for error in result.errors or ()] == [("bad", ["house", "bad"])]
    assert world.log == [f"came in {tasks}", f"bad in {tasks}"]
