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
from msgspec import Raw, Struct
from structlog.testing import capture_logs

from connectors.contract import Purpose
from gateway.operations.execution import Executor, mode_of
from gateway.operations.plans import keeping, self_test
from gateway.operations.plans.executing import PlannedExecutor
from gateway.operations.plans.keeping import Kept
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


class CodeOf(Struct, frozen=True):
    words: Any
    parts: Any = ()


LOOKED_UP: list[CodeOf] = []


def _said(code: CodeOf, _context: Any) -> str:
    LOOKED_UP.append(code)
    return f"said: {code.words}"


@strawberry.type
class Code:
    """Stands in many places."""

    is_type_of = staticmethod(instances_of(CodeOf, shared=True))
    words: str
    parts: list["Code"]
    said: str = strawberry.field(resolver=lambda root: root.said, metadata={"pure": _said})


class CodedOf(Struct, frozen=True):
    one: Any
    other: Any = None


@strawberry.type
class Coded:
    """Has codes."""

    is_type_of = staticmethod(instances_of(CodedOf))
    one: Code
    other: Code | None


@strawberry.type
class Codes:
    """Coded things, as the context has them."""

    @strawberry.field
    def coded(self, info: strawberry.Info) -> list[Coded]:
        """All of them."""
        found: list[Coded] = info.context
        return found


CODES = strawberry.Schema(query=Codes)


async def coded(text: str, things: Any) -> ExecutionResult:
    """The document's third answer, as it is written out."""
    by = Executor(CODES, Limits(), introspection=True, execution=Execution(), differs=print)
    for _ in range(2):
        await run(by, text, ())
    LOOKED_UP.clear()
    return await run(by, text, things, as_json=True)


async def test_an_object_that_stands_in_many_places_is_completed_once_in_each_selection() -> None:
    """Whatever is equal to it and is not the same object is completed for itself."""
    here, there = CodeOf("a", (CodeOf("b"),)), CodeOf("a", (CodeOf("b"),))
    things = (CodedOf(here, here), CodedOf(there, here), CodedOf(here, None))

    result = await coded("{ coded { one { said parts { words } } other { words said } } }", things)

    one, other = {"said": "said: a", "parts": [{"words": "b"}]}, {"words": "a", "said": "said: a"}
    assert orjson.loads(orjson.dumps(result.data)) == {
        "coded": [{"one": one, "other": other}, {"one": one, "other": other}, {"one": one, "other": None}]
    }
    assert [code is here for code in LOOKED_UP] == [True, True, False]


async def test_what_is_wrong_in_an_object_that_stands_in_many_places_is_told_in_all_of_them() -> None:
    """By the library, as of any other."""
    wrong = CodeOf("a", (CodeOf(None),))

    result = await coded("{ coded { other { said parts { words } } } }", (CodedOf(wrong, wrong), CodedOf(wrong, wrong)))

    assert orjson.loads(orjson.dumps(result.data)) == {"coded": [{"other": None}, {"other": None}]}
    assert [error.path for error in result.errors or ()] == [
        ["coded", place, "other", "parts", 0, "words"] for place in (0, 1)
    ]


async def test_an_object_that_is_made_anew_each_time_is_not_taken_for_another() -> None:
    """One that is gone when the next is made may have its place in memory: it is held."""

    class Made(CodedOf, frozen=True):
        @property
        def fresh(self) -> CodeOf:
            return CodeOf(str(self.other))

    shown = strawberry.type(
        type("Shown", (), {"__annotations__": {"fresh": Code}, "is_type_of": staticmethod(instances_of(Made))})
    )

    def listed(info: strawberry.Info) -> list[Any]:
        found: list[Any] = info.context
        return found

    listed.__annotations__["return"] = list[shown]  # type: ignore[valid-type]
    query = strawberry.type(type("Query", (), {"made": strawberry.field(resolver=listed)}))
    by = Executor(strawberry.Schema(query=query), Limits(), introspection=True, execution=Execution(), differs=print)
    things = tuple(Made(None, number) for number in range(50))
    for _ in range(3):
        result = await run(by, "{ made { fresh { words parts { words } } } }", things, as_json=True)

    found = orjson.loads(orjson.dumps(result.data))["made"]
    assert [item["fresh"]["words"] for item in found] == [str(number) for number in range(50)]


class WordOf(Struct):
    """Not frozen: what was kept of one shows when it changes, as none does that really lasts."""

    words: Any
    lasts: bool = True


@strawberry.type
class Word:
    """Is the same in every answer, if it says so."""

    is_type_of = staticmethod(instances_of(WordOf, shared=True, lasts=lambda word: word.lasts))
    words: str
    lasts: bool
    more: str = strawberry.field(resolver=lambda: "", metadata={"pure": lambda word, at: f"{word.words} of {len(at)}"})


class SaidOf(Struct, frozen=True):
    word: Any


@strawberry.type
class Said:
    """Has a word."""

    is_type_of = staticmethod(instances_of(SaidOf))
    word: Word | None


@strawberry.type
class Sayings:
    """Words, as the context has them."""

    @strawberry.field
    def said(self, info: strawberry.Info) -> list[Said]:
        """All of them."""
        found: list[Said] = info.context
        return found


class Speaker:
    """Answers one document again and again."""

    def __init__(self, selected: str) -> None:
        self._by = Executor(
            strawberry.Schema(query=Sayings), Limits(), introspection=True, execution=Execution(), differs=print
        )
        self._text = f"{{ said {{ word {{ {selected} }} }} }}"

    async def say(self, *words: Any, as_json: bool = True) -> list[Any]:
        """What is answered of these words."""
        result = await run(self._by, self._text, tuple(map(SaidOf, words)), as_json=as_json)
        assert result.errors is None
        data: Any = orjson.loads(orjson.dumps(result.data)) if as_json else result.data
        return [item["word"] for item in data["said"]]


FLAT = "words lasts __typename"


async def test_an_object_that_is_the_same_in_every_answer_is_completed_once() -> None:
    """Only that one; and it is written as it was then, whoever asks."""
    speaker, lasting, other = Speaker(FLAT), WordOf("a"), WordOf("b", lasts=False)
    for _ in range(3):
        await speaker.say(lasting, other, lasting)
    lasting.words = other.words = "changed"

    told = [{"words": word, "lasts": lasts, "__typename": "Word"} for word, lasts in (("a", True), ("changed", False))]
    assert await speaker.say(lasting, other, None, WordOf("a")) == [*told, None, told[0]]
    assert await speaker.say(lasting, other, as_json=False) == told


async def test_what_rests_on_who_asks_is_made_in_every_answer() -> None:
    """Such as words in a language."""
    speaker, lasting = Speaker("words more"), WordOf("a")
    for _ in range(3):
        await speaker.say(lasting)

    assert await speaker.say(lasting, lasting) == [{"words": "a", "more": "a of 2"}] * 2


async def test_what_was_kept_is_never_taken_for_another() -> None:
    """What is kept is held, and no more than so many: objects that came and went have had the same place in memory."""
    speaker = Speaker(FLAT)
    for begin in range(0, 3000, 100):
        words = [str(number) for number in range(begin, begin + 100)]
        assert [found["words"] for found in await speaker.say(*map(WordOf, words))] == words


def test_what_is_kept_is_bounded_at_each_place_and_at_all_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is gone leaves room."""
    gc.collect()
    before = Kept.total
    one, words = Kept(lambda _: True), [WordOf(str(number)) for number in range(600)]
    for word in words:
        one.keep(word, word.words)
    assert len(one.completed) == 600 - 512
    assert Kept.total == before + len(one.completed)

    monkeypatch.setattr(keeping, "_ALL", Kept.total)
    other = Kept(lambda _: True)
    assert other.keep(words[0], "x") == "x"
    assert not other.completed
    del one
    assert other.keep(words[0], "x") == Raw(b'"x"')
    del other
    assert Kept.total == before


@pytest.mark.parametrize("length", [0, 1, 2, 3])
async def test_lists_in_lists_are_written_whatever_their_length(length: int) -> None:
    """One entry is what most of them have; tuple or list."""
    parts = tuple(CodeOf(str(number), [CodeOf("x")] * number) for number in range(length))

    result = await coded("{ coded { one { parts { words parts { words } } } } }", (CodedOf(CodeOf("a", parts)),))

    assert result.errors is None
    assert orjson.loads(orjson.dumps(result.data)) == {
        "coded": [
            {"one": {"parts": [{"words": str(number), "parts": [{"words": "x"}] * number} for number in range(length)]}}
        ]
    }


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
