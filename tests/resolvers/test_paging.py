"""What a caller says of a page is looked at before anybody is asked for what could stand on it; and what then does."""

from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.records import RECORD_CLASSES, Encounter
from resolvers.wanting import Wanted
from tests.bench.fuzz_graph import SCHEMA, context
from tests.resolvers.samples import sample
from tests.resolvers.world import FalseSource


async def asked_by(field: str) -> tuple[Any, int]:
    """The answer of a field of the citizen, and how often a source was asked for it."""
    source = FalseSource("a", {about: [] for about in RECORD_CLASSES})
    async with context(0, 0.0, "vi", sources=[source]) as opened:
        result = await SCHEMA.execute(f"{{ me {{ {field} {{ totalCount }} }} }}", context_value=opened)
    return result, len(source.asked)


@pytest.mark.parametrize("field", ["conditions", "pregnancies", "screenings", "timeline"])
@pytest.mark.parametrize("page", ['after: "x"', "first: 0"])
async def test_for_a_page_that_cannot_be_nobody_is_asked(field: str, page: str) -> None:
    """No system works for an answer that nobody gets."""
    result, asked = await asked_by(f"{field}({page})")

    assert [error.path for error in result.errors] == [["me", field]]
    assert asked == 0


@pytest.mark.parametrize("field", ["conditions", "pregnancies", "screenings", "timeline"])
async def test_for_a_page_that_can_be_somebody_is_asked(field: str) -> None:
    """So the test above can fail."""
    result, asked = await asked_by(f"{field}(first: 1)")

    assert result.errors is None
    assert asked > 0


@pytest.mark.parametrize("days", [(5, 5), (4, 5), (5, 4), (5, 5, 4), (4, 5, 5), (5, 4, 5), (5, 4, 3, 4)])
@pytest.mark.parametrize("ids", [True, False])
async def test_what_a_source_repeats_stands_in_the_list_once(days: tuple[int, ...], ids: bool) -> None:
    """Whether or not anybody looks at ids, and wherever it comes: newest first, each visit once."""
    visits = [sample(Encounter, number=str(day), start=datetime(2026, 1, day, tzinfo=UTC)) for day in days]
    source = FalseSource("a", {Encounter: visits})
    async with context(0, 0.0, "vi", sources=[source]) as opened:
        names = frozenset({"start", "provenance", "source_record_id", *(["id"] if ids else [])})
        opened.federation.wanted = Wanted(names, is_all=True)
        query = "{ me { encounters { nodes { start } } } }"
        result = await SCHEMA.execute(query, context_value=opened)

    assert result.errors is None
    assert result.data is not None
    told = [visit["start"] for visit in result.data["me"]["encounters"]["nodes"]]
    assert told == sorted({visit.start.isoformat() for visit in visits if visit.start}, reverse=True)
