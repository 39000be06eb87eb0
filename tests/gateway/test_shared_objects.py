"""What stands in many places is completed once, in a list or in all answers, and nothing is taken for another."""

import gc
from typing import Any

import orjson
import pytest
import strawberry
from graphql import ExecutionResult
from msgspec import Raw, Struct

from gateway.operations.execution import Executor
from gateway.operations.plans import keeping
from gateway.operations.plans.keeping import Kept
from gateway.settings import Execution, Limits
from resolvers.shown import instances_of
from tests.gateway.test_plans import run


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
