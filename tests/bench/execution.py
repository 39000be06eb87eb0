"""What execution costs, without a network: ``python -m tests.bench.execution``.

The documents are those of the contestant, on our own graph, over sources that hold as many records as the harness
serves. Every way executes the same resolvers; they differ in what stands around these.
"""

import asyncio
import gc
import statistics
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from random import Random
from typing import Any

import orjson
from graphql import ExecutionResult
from msgspec import structs
from strawberry.extensions import ParserCache, ValidationCache

from connectors import records
from connectors.contract import Answer, Grant, Inquiry, Question
from connectors.records import Record
from gateway.operations.execution import Executor
from gateway.operations.plans.tally import Mode
from gateway.operations.request import GraphQLRequest
from gateway.operations.trusted import Chosen
from gateway.settings import Execution, Limits
from resolvers.schema import build_schema
from tests.bench.fuzz_comparing import leaves
from tests.bench.fuzz_graph import ME, context, record
from tests.resolvers.world import NOW, info

_HELD: dict[str, dict[type[Record], int]] = {
    "hospital": {records.Demographics: 1, records.Encounter: 20, records.Condition: 10, records.Observation: 60},
    "vaccination": {records.Immunization: 15},
    "insurance": {records.Coverage: 1, records.Claim: 20},
}
_REPEATS = 5
_VARIABLES = {"id": ME}

Way = Callable[[str, Any], Awaitable[Any]]
"""Answers a document in a context: its data."""


class Holding:
    """A source that has its answers ready."""

    def __init__(self, key: str) -> None:
        self.info = info(key)
        self.holds = frozenset(_HELD[key])
        self.deadline = 2.0
        self._answers = {
            about: Answer(records=tuple(self._record(about, number) for number in range(count)), retrieved_at=NOW)
            for about, count in _HELD[key].items()
        }

    async def ask(self, question: Question[Any], _grant: Grant, _inquiry: Inquiry) -> Answer[Any]:
        """At once."""
        return self._answers[question.about]

    async def close(self) -> None:
        """Nothing to let go of."""

    def _record(self, about: type[Record], number: int) -> Any:
        made = record(about, Random(number), 0.0, self.info)  # noqa: S311 - chance, not secrecy
        place = structs.replace(made.provenance[0], source_record_id=str(number))
        return structs.replace(made, id=f"{self.info.id}-{about.__name__}-{number}", provenance=(place,))


SOURCES: Any = [Holding(key) for key in _HELD]


def ordinary(*, caches: bool) -> Way:
    """Strawberry as its documentation shows it."""
    schema = build_schema()
    if caches:
        schema.extensions = (ParserCache, ValidationCache)

    async def answer(text: str, opened: Any) -> Any:
        result = await schema.execute(text, variable_values=_VARIABLES, context_value=opened)
        return _good(result)

    return answer


def ours(plans: Mode, *, known: bool = True) -> Way:
    """This gateway's execution; a document that is not known is another one each time."""
    executor = Executor(
        build_schema(), Limits(), introspection=False, execution=Execution(plans=plans), differs=_unexpected
    )
    number = iter(range(10**9))

    async def answer(text: str, opened: Any) -> Any:
        asked = text if known else f"{text} # {next(number)}"
        operation = executor.prepare(GraphQLRequest(query=asked, variables=_VARIABLES), Chosen(asked, None))
        return _good(await executor.run(operation, _VARIABLES, opened))

    return answer


def outlined(text: str) -> str:
    """The same lists and none of their fields: what the door and the joining cost, which is the same in every way."""
    outlines = {
        "small": "demographics { __typename } immunizations { __typename } coverage { __typename }",
        "full": "demographics { __typename } encounters { __typename } conditions { __typename } "
        "observations { __typename } immunizations { __typename } coverage { __typename } claims { __typename }",
    }
    kind = "full" if "observations" in text else "small"
    return f"query ($id: CitizenId!) {{ citizen(id: $id) {{ {outlines[kind]} }} }}"


async def cost(way: Way, text: str, *, requests: int) -> float:
    """Microseconds of CPU for one request, the median of some runs."""
    runs = []
    for _ in range(_REPEATS + 1):
        begun = time.process_time()
        for _ in range(requests):
            async with context(0, 0.0, "vi", sources=SOURCES) as opened:
                await way(text, opened)
        runs.append((time.process_time() - begun) / requests * 1e6)
    return statistics.median(runs[1:])


async def opening() -> float:
    """What a request costs that asks for nothing: part of every figure."""

    async def nothing(_text: str, _opened: Any) -> None:
        return None

    return await cost(nothing, "", requests=500)


async def measured(kind: str) -> list[str]:
    """The lines of a report on one document."""
    text = (Path(__file__).parent / "contestant" / "queries" / f"ours-{kind}.graphql").read_text(encoding="utf-8")
    async with context(0, 0.0, "vi", sources=SOURCES) as opened:
        data = await ours("off")(text, opened)
    empty = await opening()
    ways = {
        "ordinary Strawberry": await cost(ordinary(caches=False), text, requests=20),
        "the same with ParserCache and ValidationCache": await cost(ordinary(caches=True), text, requests=30),
        "here, a document that was never seen": await cost(ours("on", known=False), text, requests=20),
        "here, a known document, plans off": await cost(ours("off"), text, requests=50),
        "here, a known document, plans on": await cost(ours("on"), text, requests=100),
        "of it: asking, joining, listing": await cost(ours("on"), outlined(text), requests=100),
    }
    mine, asking = ways["here, a known document, plans on"], ways["of it: asking, joining, listing"]
    lines = [f"{kind}: {leaves(data)} leaves, {len(orjson.dumps(data))} bytes"]
    lines += [
        f"  {name:46} {value - empty:8.0f} µs {(value - empty) / (mine - empty):7.1f}" for name, value in ways.items()
    ]
    lines.append(f"  {'of it: what is compiled, for each leaf':46} {(mine - asking) / leaves(data):8.2f} µs")
    begun = time.process_time()
    for _ in range(500):
        orjson.dumps(data)
    lines.append(f"  {'beside it: writing it out':46} {(time.process_time() - begun) / 500 * 1e6:8.0f} µs")
    return lines


def _good(result: Any) -> Any:
    assert isinstance(result, ExecutionResult) or hasattr(result, "data")
    assert result.data is not None and not result.errors, result.errors
    return result.data


def _unexpected(field: str) -> None:
    raise AssertionError(field)


def main() -> None:
    """Print the report."""
    # As the gateway does when it begins: what is alive now need not be walked again by every collection.
    gc.collect()
    gc.freeze()
    for kind in ("small", "full"):
        print("\n".join(asyncio.run(measured(kind))))  # noqa: T201 - the report


if __name__ == "__main__":
    main()
