"""Compiled execution answers as the unmodified library; a few seeds of what ``tests.bench.fuzz`` tries at length."""

import gc
from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import pytest
from graphql import ExecutionResult, GraphQLError

from tests.bench.fuzz import compare_graph, compare_schema
from tests.bench.fuzz_comparing import Comparing, Report
from tests.gateway.test_plans import ONE, SCHEMA

# A refused field cancels its neighbours before they begin, here as in the library.
pytestmark = pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")


@pytest.fixture(autouse=True)
def _nothing_is_left() -> Iterator[None]:
    """What never began is complained of here, and not in whatever test comes next."""
    yield
    gc.collect()


@pytest.mark.parametrize("seed", range(8))
async def test_random_schemas_are_answered_as_the_library_answers(seed: int) -> None:
    """Values, their types and order; errors, their places, paths, causes and order."""
    report = Report()
    await compare_schema(seed, report)

    assert report.differences == []
    assert report.comparisons > 50
    assert report.with_errors > 5
    assert report.leaves > 100


async def test_our_graph_is_answered_as_the_library_answers() -> None:
    """Over sources that fail, and records whose values are not what they promise."""
    report, seed = Report(), 0
    while report.leaves < 2000 and seed < 12:
        await compare_graph(seed, report, documents=4)
        seed += 1

    assert report.differences == []
    assert report.leaves >= 2000
    assert report.with_errors > 5


async def test_a_difference_is_found() -> None:
    """Where a compiled field says another thing than its resolver, as none of ours does."""
    report = Report()
    comparing = Comparing(SCHEMA, report)
    await comparing.compare("{ things { wrong } }", [{}], [lambda: nullcontext(ONE)] * 2)

    assert report.comparisons == 2
    # The document is compiled when it comes again: for the JSON of the first, and for all of the second.
    assert ["as JSON" in difference for difference in report.differences] == [True, False]


_A, _X, _B = ["a"], ["a", "x"], ["b"]


@pytest.mark.parametrize(
    ("text", "data", "one", "other", "is_open"),
    [
        ("{ a b }", None, [_A], [_A, _X], True),
        ("{ a b }", {"a": None}, [_A], [_X, _A], True),
        ("{ a b }", {"a": {"x": None}}, [_A], [_A, _X], False),
        ("{ a b }", None, [_A, _B], [_A, _X], False),
        ("{ a b }", None, [_A, _B], [_B, _A], False),
        ("mutation { a b }", None, [_A], [_A, _X], False),
    ],
)
def test_an_error_may_be_missing_where_a_failure_left_nothing(
    text: str, data: dict[str, Any] | None, one: list[list[str]], other: list[list[str]], is_open: bool
) -> None:
    """And nowhere else: not of a field that is still there, not another one instead, and not of a mutation."""
    report = Report()
    comparing = Comparing(SCHEMA, report)
    for paths in ((one, other), (other, one)):
        comparing._note(
            text, {}, *(ExecutionResult(data, [GraphQLError("failed", path=path) for path in each]) for each in paths)
        )

    assert (report.cut_short, len(report.differences)) == ((2, 0) if is_open else (0, 2))
