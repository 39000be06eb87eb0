"""The part of the self-test that waits: a small query whose fields come from functions, executed both ways.

Some give their values at once and some later, some nothing where something must be, some raise.
"""

import asyncio
from collections.abc import Awaitable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import strawberry
from graphql import DocumentNode, ExecutionResult, parse
from graphql.execution import Executor
from msgspec import Struct

from gateway.operations.plans.executing import PlannedExecutor
from gateway.operations.plans.store import Plans, Uses
from resolvers.shown import instances_of

_DOCUMENT = """
query ($at: Int!, $name: String, $keys: [ID!]) {
  first: place(at: $at) { ...Place strict }
  place { ...Place }
  always(at: $at) { now(name: "b", keys: ["x"]) strict }
  number
}
fragment Place on Place { later(name: $name, keys: $keys) { name } now(name: $name) at __typename }
"""
_SENT: tuple[dict[str, Any], ...] = (
    {"at": 1},
    {"at": 1, "name": "a", "keys": ["x", "y"]},
    {"at": 2, "name": "raise", "keys": None},
    {"at": 3, "name": "nothing"},
    {"at": 4},
    {"at": 5, "name": None},
)
"""Variables that all fit. The places two to five are not as they should be."""


class _PlaceOf(Struct, frozen=True):
    at: Any


class _NamedOf(Struct, frozen=True):
    name: Any


@strawberry.type(name="Named")
class _Named:
    is_type_of = staticmethod(instances_of(_NamedOf))
    name: str


@strawberry.type(name="Place")
class _Place:
    is_type_of = staticmethod(instances_of(_PlaceOf))
    at: int | None

    @strawberry.field
    async def later(
        self, info: strawberry.Info, name: str | None = "c", keys: list[strawberry.ID] | None = None
    ) -> list[_Named] | None:
        await asyncio.sleep(0)
        if name == "raise":
            raise LookupError(info.field_name)
        return cast("list[_Named]", [_NamedOf(None if name == "nothing" else f"{name} {keys}")])

    @strawberry.field
    def now(self, name: str | None = None, keys: list[str] | None = None) -> str | None:
        if name == "raise":
            raise LookupError(name)
        return f"{name} {keys}"

    @strawberry.field
    async def strict(self, root: strawberry.Parent[Any]) -> str:
        await asyncio.sleep(0)
        return cast("str", None if root.at == 2 else "s")


@strawberry.type(name="Query")
class _Query:
    @strawberry.field
    async def place(self, at: int = 1) -> _Place | None:
        await asyncio.sleep(0)
        return cast("_Place", _place(at))

    @strawberry.field
    def always(self, at: int) -> _Place:
        return cast("_Place", _place(at))

    @strawberry.field
    def number(self, info: strawberry.Info) -> int | None:
        found: int = info.context
        return found


def _place(at: int) -> _PlaceOf | int | None:
    if at == 5:
        raise LookupError("no such place")
    return {3: None, 4: 4}.get(at, _PlaceOf(at))


def spine_fault(planned: type[PlannedExecutor[Any]], library: type[Executor[Any]]) -> str | None:
    """Why a spine must not be used; ``None`` when it may.

    Args:
        planned: the executor that gives it what is out of the ordinary.
        library: what it is made of.
    """
    # A gateway may begin where a loop runs already: then the probe has one of its own beside it.
    with ThreadPoolExecutor(1) as beside:
        return beside.submit(asyncio.run, _misbehaved(planned, library)).result()


async def _misbehaved(planned: type[PlannedExecutor[Any]], library: type[Executor[Any]]) -> str | None:
    schema, document, uses = strawberry.Schema(query=_Query), parse(_DOCUMENT), Uses()
    plans = Plans("on", converter=schema.schema_converter, most_fields=10_000, differs=lambda _: None)
    plans.compile_now(_built(planned, schema, document, _SENT[0]), document, uses)
    for sent in _SENT:
        expected = await _told(_built(library, schema, document, sent).execute_operation())
        running = plans.begin(uses, None, 7, sent)
        if running is None:
            return "a probe has no spine"
        if await _told(running) != expected:
            return "a probe was answered otherwise by its spine"
    return None if plans.tally.given_up else "the probe was nowhere out of the ordinary"


def _built(of: Any, schema: strawberry.Schema, document: DocumentNode, sent: dict[str, Any]) -> Any:
    return of.build(
        schema._schema,  # noqa: SLF001 - Strawberry has no public name for graphql-core's
        document,
        context_value=7,
        raw_variable_values=sent,
        hide_suggestions=True,
    )


async def _told(result: ExecutionResult | Awaitable[ExecutionResult]) -> str:
    told = result if isinstance(result, ExecutionResult) else await result
    return repr((told.data, [error.formatted for error in told.errors or ()]))
