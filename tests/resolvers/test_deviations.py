"""What sources do otherwise than they promise is counted, and what lies outside a slice is held back for every list."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from msgspec import structs

from connectors.contract import Answer, Question
from connectors.errors import Denied, Garbled, SourceError, TooSlow, Unmatched, WrongPerson
from connectors.records import (
    CodedText,
    Coding,
    Condition,
    ConditionStatus,
    Observation,
    ObservationCategory,
    Provenance,
)
from resolvers.deviations import Deviation, DeviationKind, fits, of_answer, of_error
from resolvers.federation import Federation
from resolvers.locating import Directory
from tests.resolvers.world import NOW, FalseSource, condition, grant, info, inquiry

YEAR = Question(about=Observation, since=date(2026, 1, 1), until=date(2026, 12, 31))


def observation(number: str, day: str | None = "2026-05-01", *, code: str = "4548-4", system: str = "x") -> Observation:
    return Observation(
        id=number,
        provenance=(Provenance(source=info("a"), retrieved_at=NOW, source_record_id=number),),
        status="final",
        category=ObservationCategory.LABORATORY,
        code=CodedText(text="HbA1c", codings=(Coding(system=system, code=code),)),
        at=datetime.fromisoformat(day).replace(tzinfo=UTC) if day else None,
    )


def at(record: Observation) -> Any:
    return record.at


@pytest.mark.parametrize(
    ("question", "kept"),
    [
        (YEAR, ["in", "undated"]),
        (Question(about=Observation, codes=("4548-4",)), ["in", "old", "undated"]),
        (Question(about=Observation, codes=("4548-4", "2345-7")), ["in", "old", "other", "undated"]),
        (Question(about=Observation, category="laboratory"), ["in", "old", "other", "undated"]),
        (Question(about=Observation, category="vital-signs"), []),
        (Question(about=Observation), ["in", "old", "other", "undated"]),
    ],
)
def test_a_slice_holds_back_what_is_outside_it(question: Question[Observation], kept: list[str]) -> None:
    """What has no date stays: it might belong there."""
    records = [
        observation("in"),
        observation("old", "2019-01-01"),
        observation("other", "2019-01-01", code="2345-7"),
        observation("undated", None),
    ]
    assert [record.id for record in records if fits(question, at)(record)] == kept


async def asked(question: Question[Observation], *records: Observation, narrowed: Any = None) -> tuple[list[str], Any]:
    """What a list of one source shows, and what is counted against it."""

    async def say() -> Answer[Observation]:
        return Answer(records=records, retrieved_at=NOW, narrowed=narrowed)

    door = Federation(Directory([FalseSource("a", {Observation: say})]), inquiry())
    found = await door.ask(question, grant(Observation))
    return [record.id for record in found.records if fits(question, at)(record)], door.deviations


async def test_a_source_that_was_given_the_slice_is_measured_by_it() -> None:
    """Two records too many from a source that was asked for this year alone."""
    records = [observation("in"), observation("old", "2019-01-01"), observation("older", "2018-01-01")]
    shown, counted = await asked(YEAR, *records, narrowed=YEAR)

    assert shown == ["in"]
    assert counted == [Deviation("a", Observation, DeviationKind.OUTSIDE_SLICE, 2)]


async def test_a_source_that_was_asked_for_everything_does_nothing_wrong() -> None:
    """Some protocols have no filter; what is too much is held back all the same."""
    assert await asked(YEAR, observation("old", "2019-01-01")) == ([], [])


async def test_a_source_is_measured_by_what_it_was_asked_and_not_by_what_we_want() -> None:
    """It was asked a day more widely, for the sake of time zones."""
    wider = structs.replace(YEAR, since=date(2025, 12, 31))
    assert await asked(YEAR, observation("eve", "2025-12-31"), narrowed=wider) == ([], [])


def counted(*records: Any, **answer: Any) -> list[tuple[DeviationKind, int]]:
    about = type(records[0]) if records else Condition
    said: Answer[Any] = Answer(records=records, retrieved_at=NOW, **answer)
    return [(found.kind, found.count) for found in of_answer("a", Question(about=about), said)]


def test_a96_records_that_cannot_be_read_are_counted() -> None:
    """As happens to all of them when a field is renamed."""
    assert counted(dropped=3) == [(DeviationKind.DROPPED, 3)]
    assert counted(truncated=True) == [(DeviationKind.CUT_OFF, 1)]
    assert counted(condition("1")) == []


def test_a96_words_and_codes_that_are_not_understood_are_counted_by_record() -> None:
    """An enumeration's other value; a code of which nobody knows the system."""
    unknown = structs.replace(condition("1"), status=ConditionStatus.UNKNOWN)
    assert counted(unknown, condition("2")) == [(DeviationKind.UNKNOWN_CODE, 1)]
    assert counted(observation("1", system="unknown"), observation("2")) == [(DeviationKind.UNKNOWN_CODE, 1)]


def test_what_comes_from_a_cache_is_not_counted_again() -> None:
    unknown = structs.replace(condition("1"), status=ConditionStatus.UNKNOWN)
    kept = structs.replace(unknown, provenance=(structs.replace(unknown.provenance[0], from_cache=True),))
    assert counted(kept) == []


@pytest.mark.parametrize(
    ("error", "kinds"),
    [
        (WrongPerson("x"), [DeviationKind.WRONG_PERSON]),
        (Unmatched("x"), [DeviationKind.UNMATCHED]),
        (Garbled("x"), [DeviationKind.GARBLED]),
        (TooSlow("x"), []),
        (Denied("x"), []),
    ],
)
def test_f12_failures_that_break_the_promise_are_counted(error: SourceError, kinds: list[DeviationKind]) -> None:
    """Being slow or closed is no such thing."""
    assert [found.kind for found in of_error("a", Question(about=Condition), error)] == kinds
