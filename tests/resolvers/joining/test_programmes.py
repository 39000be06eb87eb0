"""Who is responsible, screenings, pregnancies: when two words mean the same, and what the item says."""

from datetime import date, timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.records import (
    Facility,
    PartialDate,
    Practitioner,
    Pregnancy,
    PregnancyStatus,
    PrimaryCare,
    Screening,
)
from tests.resolvers.joining.facts import SNOMED, coded, joined, partition, together, told

PROGRAMME = coded("CERVICAL_CANCER", ("urn:citizen-graph:screening-programme", "CERVICAL_CANCER"))
NEGATIVE, POSITIVE = coded("Âm tính", (SNOMED, "260385009")), coded("Dương tính", (SNOMED, "10828004"))
DUE = date(2027, 2, 12)
ACTIVE, ENDED, UNKNOWN = PregnancyStatus.ACTIVE, PregnancyStatus.ENDED, PregnancyStatus.UNKNOWN


def screening(source: str, *, number: str = "1", **more: Any) -> Screening:
    return Screening(**told(source, number), **{"programme": PROGRAMME, "on": PartialDate("2026-01-05"), **more})


def pregnancy(source: str, *, number: str = "1", **more: Any) -> Pregnancy:
    return Pregnancy(**told(source, number), **{"status": ACTIVE, **more})


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({}, {}, True),
        ({"result": NEGATIVE}, {}, True),
        ({"result": NEGATIVE}, {"result": coded("Không thấy tế bào ác tính")}, True),
        ({"result": NEGATIVE}, {"result": POSITIVE}, False),
        ({}, {"on": PartialDate("2026-01-06")}, False),
        ({"on": PartialDate("2026-01")}, {"on": PartialDate("2026-01")}, False),
        ({}, {"programme": coded("Khác", ("urn:s", "2"))}, False),
        ({"facility": Facility(code="79981", name="A")}, {"facility": Facility(code="79982", name="B")}, False),
    ],
)
def test_a_screening_is_known_by_its_programme_and_day(
    one: dict[str, Any], other: dict[str, Any], *, same: bool
) -> None:
    """A report and its result are one; another result, place or day is another examination."""
    assert together(screening("a", **one), screening("b", **other)) is same
    assert together(screening("a", **one), screening("a", number="2", **other)) is same


def test_a_screening_shows_the_result_that_is_coded() -> None:
    """Whoever wrote it in words only says nothing else."""
    (item,) = joined(screening("a", result=coded("Chưa thấy bất thường")), screening("b", result=NEGATIVE))
    assert item.result == NEGATIVE
    assert item.conflicts == ()


def test_who_is_responsible_is_one_item_with_its_conflicts() -> None:
    """Two doctors are shown as two."""
    doctors = (Practitioner(name="BS. Mẫu Một"), Practitioner(name="BS. Mẫu Hai"))
    records = [PrimaryCare(**told(source), family_doctor=doctor) for source, doctor in zip("ab", doctors, strict=True)]
    (item,) = joined(*records)
    assert [conflict.field for conflict in item.conflicts] == ["familyDoctor"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"estimated_delivery": DUE}, {"estimated_delivery": DUE}, True),
        ({"estimated_delivery": DUE}, {"estimated_delivery": DUE + timedelta(days=9)}, True),
        ({"estimated_delivery": DUE}, {"estimated_delivery": DUE + timedelta(days=63)}, False),
        ({"estimated_delivery": DUE}, {"seen_on": DUE - timedelta(days=100)}, True),
        ({"estimated_delivery": DUE}, {"seen_on": DUE - timedelta(days=300)}, False),
        ({"estimated_delivery": DUE}, {"status": ENDED, "ended": PartialDate("2027-02-10")}, True),
        ({"estimated_delivery": DUE}, {"status": ENDED, "ended": PartialDate("2026-04")}, False),
        ({"estimated_delivery": DUE}, {}, False),
        ({"seen_on": DUE}, {"seen_on": DUE + timedelta(days=60)}, True),
        ({"seen_on": DUE}, {"seen_on": DUE + timedelta(days=160)}, False),
        ({"status": ENDED, "ended": PartialDate("2026-01-10")}, {"seen_on": date(2026, 3, 1)}, False),
        ({}, {}, False),
    ],
)
def test_a_pregnancy_is_known_by_its_time(one: dict[str, Any], other: dict[str, Any], *, same: bool) -> None:
    """After a loss the next birth is expected more than six weeks later; what has no time stands alone."""
    assert together(pregnancy("a", **one), pregnancy("b", **other)) is same


def test_after_a_loss_what_is_said_belongs_to_the_later_pregnancy() -> None:
    """The times of the two overlap by the calendar, but whoever expects again no longer expects the first."""
    lost = pregnancy("a", estimated_delivery=date(2026, 10, 1), number="1")
    again = pregnancy("a", estimated_delivery=date(2027, 2, 12), number="2")
    seen = pregnancy("b", seen_on=date(2026, 9, 1))
    for order in permutations([lost, again, seen]):
        assert partition(joined(*order)) == {frozenset({("a", "1")}), frozenset({("a", "2"), ("b", "1")})}


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (({"status": ACTIVE}, {"status": UNKNOWN}), ACTIVE),
        (
            ({"status": ACTIVE, "seen_on": DUE - timedelta(30)}, {"status": ENDED, "ended": PartialDate("2027-02-10")}),
            ENDED,
        ),
        (({"status": ACTIVE, "seen_on": DUE}, {"status": ENDED, "ended": PartialDate("2027-01-02")}), ACTIVE),
        (({"status": ACTIVE, "seen_on": DUE}, {"status": ENDED}), ENDED),
    ],
)
def test_a_pregnancy_has_ended_unless_somebody_saw_it_go_on_later(
    words: tuple[dict[str, Any], ...], status: PregnancyStatus
) -> None:
    """An old entry that nobody closed does not stand against the birth; a visit after it does."""
    records = [pregnancy(source, estimated_delivery=DUE, **said) for source, said in zip("ab", words, strict=True)]
    (item,) = joined(*records)
    assert item.status is status


def test_two_estimates_are_shown_as_a_conflict() -> None:
    (item,) = joined(pregnancy("a", estimated_delivery=DUE), pregnancy("b", estimated_delivery=DUE + timedelta(days=9)))
    assert [conflict.field for conflict in item.conflicts] == ["estimatedDelivery"]


SAID = st.fixed_dictionaries(
    {"status": st.sampled_from(PregnancyStatus)},
    optional={
        "estimated_delivery": st.dates(date(2024, 1, 1), date(2027, 12, 31)) | st.sampled_from([date.min, date.max]),
        "seen_on": st.dates(date(2024, 1, 1), date(2027, 12, 31)) | st.sampled_from([date.min, date.max]),
        "ended": st.sampled_from([PartialDate("2025"), PartialDate("2026-03"), PartialDate("2026-05-06")]),
    },
)


@given(st.lists(SAID, max_size=12), st.randoms(use_true_random=False))
def test_every_word_about_pregnancies_is_in_one_item_whatever_the_order(
    said: list[dict[str, Any]], chance: Any
) -> None:
    """Metamorphic: sources answer in any order; also at the two ends of the calendar nothing is lost."""
    records = [pregnancy("abc"[place % 3], number=str(place), **each) for place, each in enumerate(said)]
    if not records:
        return
    items = joined(*records)
    assert sorted(place for one in partition(items) for place in one) == sorted(
        (one.provenance[0].source.id, one.provenance[0].source_record_id) for one in records
    )
    chance.shuffle(records)
    assert {item.id: item for item in joined(*records)} == {item.id: item for item in items}
    assert len({item.id for item in items}) == len(items)
