"""What a caller says of a page is looked at before anybody is asked for what could stand on it."""

from typing import Any

import pytest

from connectors.records import RECORD_CLASSES
from tests.bench.fuzz_graph import SCHEMA, context
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
