"""A page shows the ids that its items have in the whole list, though most are made of what stands on it alone."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from connectors.records import RECORD_CLASSES, Allergy, CodedText, Coding, Encounter, Facility, Observation, Record
from resolvers.wanting import Wanted
from tests.bench.fuzz_graph import SCHEMA, context
from tests.resolvers.samples import sample
from tests.resolvers.world import FalseSource

CODES = tuple(CodedText(text=code, codings=(Coding(system="http://loinc.org", code=code),)) for code in "ab")
FACILITY = Facility(code="79001", name="Bệnh viện Mẫu")
NAMES = frozenset({"id", "start", "at", "code", "facility", "provenance", "page_info", "end_cursor"})


def visit(source: str, number: int, at: datetime, _rng: Random) -> Record:
    return sample(Encounter, source, str(number), start=at, facility=FACILITY)


def measurement(source: str, number: int, at: datetime, rng: Random) -> Record:
    return sample(Observation, source, str(number), at=rng.choice((at, at, at, None)), code=rng.choice(CODES))


def allergy(source: str, number: int, at: datetime, rng: Random) -> Record:
    return sample(Allergy, source, str(number), recorded=at, substance=rng.choice(CODES))


async def listed(sources: list[FalseSource], field: str, arguments: str = "") -> Any:
    """What that list of the citizen shows."""
    async with context(0, 0.0, "vi", sources=sources) as opened:
        opened.federation.wanted = Wanted(NAMES, is_all=True)
        query = (
            f"{{ me {{ {field}{arguments} {{ totalCount nodes {{ id }} pageInfo {{ hasNextPage endCursor }} }} }} }}"
        )
        result = await SCHEMA.execute(query, context_value=opened)
    assert result.errors is None
    assert result.data is not None
    return result.data["me"][field]


@pytest.mark.parametrize("of_one", [1, 2, 3])
@pytest.mark.parametrize("apart", [30, 90, 100_000])
@pytest.mark.parametrize(
    ("field", "about", "made"),
    [("encounters", Encounter, visit), ("observations", Observation, measurement), ("allergies", Allergy, allergy)],
)
async def test_pages_tell_the_ids_of_the_whole_list(
    field: str, about: type[Record], made: Any, apart: int, of_one: int
) -> None:
    """Also where two say alike what ids are made of, in one minute, and where several systems say it."""
    rng = Random(f"{field} {apart} {of_one}")  # noqa: S311 - chance, not secrecy
    for _ in range(12):
        at = datetime(2026, 1, 1, tzinfo=UTC)
        told: dict[str, list[Any]] = {key: [] for key in "abc"[:of_one]}
        for number in range(rng.randrange(9)):
            at += timedelta(seconds=rng.randrange(1, apart))
            key = rng.choice([*told])
            told[key].append(made(key, number, at, rng))
        sources = [
            FalseSource(key, {**dict.fromkeys(RECORD_CLASSES, ()), about: records}) for key, records in told.items()
        ]
        whole = await listed(sources, field)

        after, found = "", []
        while True:
            page = await listed(sources, field, f"(first: 2{after})")
            assert page["totalCount"] == whole["totalCount"]
            found += page["nodes"]
            if not page["pageInfo"]["hasNextPage"]:
                break
            after = f', after: "{page["pageInfo"]["endCursor"]}"'

        assert found == whole["nodes"]
