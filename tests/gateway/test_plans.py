"""Operations are compiled when they come again, within bounds, and never change what is answered."""

import gc
import weakref
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest
import strawberry
from graphql import ExecutionResult
from graphql.execution import Executor as LibraryExecutor
from msgspec import Struct
from structlog.testing import capture_logs

from connectors.contract import Purpose
from gateway.operations.execution import Executor, mode_of
from gateway.operations.plans import self_test
from gateway.operations.plans.executing import PlannedExecutor
from gateway.operations.plans.tally import Mode
from gateway.operations.request import GraphQLRequest
from gateway.operations.trusted import Chosen, Trusted, id_of
from gateway.operations.waves import WholeExecutor
from gateway.settings import Execution, Limits
from gateway.watch import Watch
from resolvers.shown import instances_of
from tests.sandbox.eid.held_clock import HeldClock

THINGS = "{ things { name twin { name } } }"


class ThingOf(Struct, frozen=True):
    name: Any = "a"
    twin: Any = None


ONE = (ThingOf(),)


@strawberry.type
class Thing:
    """Shows a record, and twice its name."""

    is_type_of = staticmethod(instances_of(ThingOf))
    name: str
    twin: "Thing | None"
    wrong: str = strawberry.field(resolver=lambda: "the library's", metadata={"pure": lambda _thing, _context: "ours"})


@strawberry.type
class Query:
    """Things, as the context has them."""

    @strawberry.field
    def things(self, info: strawberry.Info, code: str | None = None) -> list[Thing | None]:
        """All of them."""
        found: list[Thing | None] = info.context
        return found


SCHEMA = strawberry.Schema(query=Query)


def executor(
    plans: Mode = "on", *, documents: int = 100, fields: int = 10_000, told: Callable[[str], None] = print
) -> Executor:
    return Executor(
        SCHEMA,
        Limits(documents=documents),
        introspection=True,
        execution=Execution(plans=plans, compiled_fields=fields),
        differs=told,
    )


async def run(
    by: Executor, text: str, things: Any = ONE, *, as_json: bool = False, **variables: Any
) -> ExecutionResult:
    operation = by.prepare(GraphQLRequest(query=text), Chosen(text, None))
    result = await by.run(operation, variables, things, as_json=as_json)
    assert isinstance(result, ExecutionResult)
    return result


def trusted(text: str) -> Trusted:
    return Trusted(
        id=id_of(text), name="Things", body=text, clients=("*",), purposes=(Purpose.SELF,), max_cost=1000, sentence={}
    )


async def test_a_document_is_compiled_when_it_comes_again() -> None:
    """Not before: one that nobody uses twice costs nothing but its own execution."""
    by = executor()
    first = await run(by, THINGS)
    assert (len(by.plans), by.plans.tally.fields) == (0, 0)

    second = await run(by, THINGS)
    assert len(by.plans) == 1
    assert by.plans.tally.fields > 0
    assert first.data == second.data == {"things": [{"name": "a", "twin": None}]}


async def test_what_is_compiled_does_not_grow_with_use() -> None:
    """Whatever comes in the data."""
    by = executor()
    for _ in range(2):
        await run(by, THINGS, (ThingOf(twin=ThingOf()), None, ThingOf(name=None), 7))
    weight = by.plans.tally.fields
    for _ in range(20):
        await run(by, THINGS, (ThingOf(twin=ThingOf()), None, ThingOf(name=None), 7))

    assert (by.plans.tally.fields, by.plans.tally.operations) == (weight, 1)


async def test_only_the_bad_item_is_completed_by_the_library() -> None:
    """And its error is the library's own."""
    by = executor()
    for _ in range(2):
        await run(by, THINGS)
    result = await run(by, THINGS, (ThingOf(), ThingOf(name=None), ThingOf(name="c")))

    assert result.data == {"things": [{"name": "a", "twin": None}, None, {"name": "c", "twin": None}]}
    assert [(error.message, error.path) for error in result.errors or ()] == [
        ("Cannot return null for non-nullable field Thing.name.", ["things", 1, "name"])
    ]
    assert by.plans.tally.given_up == 3  # the list, then the one item of it, then its name


async def test_a_forgotten_document_takes_its_plans_along() -> None:
    """The store of documents is the only one that keeps them alive."""
    by = executor(documents=1)
    for _ in range(2):
        await run(by, THINGS)
    await run(by, "{ __typename }")

    assert (len(by.plans), by.plans.tally.fields) == (0, 0)


async def test_an_attacker_does_not_make_it_grow() -> None:
    """Neither by documents that each come twice nor by values that each select something else."""
    by = executor(fields=200)
    for number in range(60):
        for _ in range(2):
            await run(by, f"{{ things {{ a{number}: name twin {{ b{number}: name }} }} }}")
        assert by.plans.tally.fields <= 200
    names = [f"v{number}" for number in range(6)]
    variables = ", ".join(f"${name}: Boolean!" for name in names)
    fields = " ".join(f"{name}: name @include(if: ${name})" for name in names)
    for number in range(64):
        values = {name: bool(number >> place & 1) for place, name in enumerate(names)}
        result = await run(by, f"query ({variables}) {{ things {{ __typename {fields} }} }}", **values)
        assert result.data is not None
        assert set(result.data["things"][0]) == {"__typename", *(name for name in names if values[name])}
        assert by.plans.tally.fields <= 200

    assert 1 <= len(by.plans) < 60


async def test_a_document_that_repeats_fragments_is_compiled_within_bounds() -> None:
    """What is over the bound of one operation is executed by the library, and answered all the same."""
    steps = " ".join(
        f"fragment F{n} on Thing {{ a: twin {{ ...F{n + 1} }} b: twin {{ ...F{n + 1} }} name }}" for n in range(12)
    )
    text = f"{{ things {{ ...F0 }} }} {steps} fragment F12 on Thing {{ name }}"
    by = Executor(
        SCHEMA,
        Limits(max_aliases=10**9, max_depth=50),
        introspection=True,
        execution=Execution(),
        differs=print,
    )
    results = [await run(by, text, (ThingOf(twin=ThingOf()),)) for _ in range(3)]

    assert results[0].data == results[2].data
    assert results[0].errors is None
    assert by.plans.tally.fields < 10_000


class Number(str):
    """A text of which it can be told whether anybody still holds it."""

    __slots__ = ("__weakref__",)


async def test_nothing_of_the_caller_is_kept() -> None:
    """Values of variables are a citizen's. Only those are remembered that decide what is selected: yes or no."""
    by = executor()
    text = "query ($code: String, $with: Boolean!) { things(code: $code) { name @include(if: $with) } }"
    held = []
    for _ in range(3):
        code = Number("079187998112")
        held.append(weakref.ref(code))
        await run(by, text, code=code, **{"with": True})
        del code
    gc.collect()

    assert [ref() for ref in held] == [None, None, None]
    assert len(by.plans) == 1


async def test_a_trusted_document_is_compiled_before_its_first_use() -> None:
    """And its first use compiles nothing more."""
    by = executor()
    text = "query Things { things { name twin { name } } }"
    by.trust([trusted(text)])
    weight = by.plans.tally.fields
    assert weight > 0

    first = await run(by, text, (ThingOf(twin=ThingOf()),))
    assert first.data == {"things": [{"name": "a", "twin": {"name": "a"}}]}
    assert (by.plans.tally.fields, by.plans.tally.operations) == (weight, 1)


async def test_a_document_that_is_no_longer_trusted_takes_its_plans_along() -> None:
    by = executor()
    by.trust([trusted("query Things { things { name } }")])
    by.trust([])

    assert (len(by.plans), by.plans.tally.fields) == (0, 0)


async def test_off_compiles_nothing() -> None:
    by = executor("off")
    for _ in range(3):
        await run(by, THINGS)

    assert (len(by.plans), by.plans.tally.mode) == (0, "off")


async def test_where_both_are_asked_the_caller_gets_the_librarys_value() -> None:
    """And the difference is told by the field at which it was found, and counted."""
    told: list[str] = []
    verifying, trusting = executor("verify", told=told.append), executor("on")
    for _ in range(2):
        verified = await run(verifying, "{ things { wrong } }")
        trusted = await run(trusting, "{ things { wrong } }")

    assert verified.data == {"things": [{"wrong": "the library's"}]}
    assert trusted.data == {"things": [{"wrong": "ours"}]}
    assert told == ["Query.things"]
    assert verifying.plans.tally.differences == 1


async def test_where_both_are_asked_and_agree_nothing_is_told() -> None:
    told: list[str] = []
    by = executor("verify", told=told.append)
    for _ in range(3):
        await run(by, THINGS, (ThingOf(), ThingOf(name=None), 7))

    assert told == []
    assert by.plans.tally.given_up > 0


def test_the_library_of_today_passes_the_self_test() -> None:
    assert self_test.fault(WholeExecutor) is None


class OtherShape(LibraryExecutor[None]):
    """Takes one argument more."""

    def complete_value(self, *given: Any, more: Any = None) -> Any:
        return super().complete_value(*given)


class OtherBehaviour(LibraryExecutor[None]):
    """Writes texts out otherwise."""

    @staticmethod
    def complete_leaf_value(return_type: Any, result: Any) -> Any:
        found = LibraryExecutor.complete_leaf_value(return_type, result)
        return found.upper() if isinstance(found, str) else found


class OtherMemory(LibraryExecutor[None]):
    """Remembers selections in another way."""

    def collect_subfields(self, return_type: Any, field_details_list: Any) -> Any:
        raise LookupError


def planned(library: type[LibraryExecutor[None]]) -> Any:
    own = {"build_resolve_info": WholeExecutor.build_resolve_info, "operation_extensions": None}
    return type("Planned", (PlannedExecutor, library), own)


@pytest.mark.parametrize("library", [OtherShape, OtherBehaviour, OtherMemory])
def test_another_library_fails_the_self_test(library: type[LibraryExecutor[None]]) -> None:
    """One whose methods have another shape, or that behaves otherwise."""
    assert self_test.fault(planned(library), library)


def test_where_the_self_test_fails_plans_are_off_and_the_operator_is_told() -> None:
    """Whatever the settings want; and a library that is as it should be is no reason for an alert."""
    with capture_logs() as events:
        assert mode_of("verify", planned(OtherBehaviour)) == "off"
        assert mode_of("verify") == "verify"

    assert [(event["alert"], event["log_level"]) for event in events] == [("plans_off", "error")]


def test_a_difference_alerts_the_operator() -> None:
    """By the field of the schema, and nothing that was in it."""
    with capture_logs() as events:
        Watch(HeldClock()).differed("Query.things")

    assert events == [{"event": "alert", "alert": "plan_differs", "field": "Query.things", "log_level": "error"}]


@strawberry.type
class Moments:
    """Shows moments."""

    is_type_of = staticmethod(instances_of(ThingOf))
    name: datetime
    twin: datetime | None


@strawberry.type
class When:
    """Moments, as the context has them."""

    @strawberry.field
    def moments(self, info: strawberry.Info) -> list[Moments]:
        """All of them."""
        found: list[Moments] = info.context
        return found


ZONES = (
    None,
    UTC,
    timezone(timedelta(hours=7)),
    timezone(-timedelta(hours=3, minutes=30)),
    timezone(timedelta(hours=7, minutes=6, seconds=30)),
    timezone(timedelta(microseconds=1)),
    ZoneInfo("Asia/Ho_Chi_Minh"),  # until 1906 the offset above
)


@pytest.mark.parametrize("zone", ZONES, ids=str)
async def test_a_moment_is_written_as_python_writes_it(zone: tzinfo | None) -> None:
    """In whatever zone, in whatever year; in one that was met before as well."""
    schema = strawberry.Schema(query=When)
    by = Executor(schema, Limits(), introspection=True, execution=Execution(), differs=print)
    years = [datetime(year, 2, 3, 4, 5, 6, micro, tzinfo=zone) for year in (1, 1900, 2026, 9999) for micro in (0, 70)]
    for _ in range(3):
        result = await run(by, "{ moments { name twin } }", [ThingOf(year, year) for year in years])

        assert result.errors is None
        assert result.data is not None
        assert result.data["moments"] == [{"name": year.isoformat(), "twin": year.isoformat()} for year in years]
        in_json = await run(by, "{ moments { name twin } }", [ThingOf(year, year) for year in years], as_json=True)
        assert orjson.loads(orjson.dumps(in_json.data)) == result.data
