"""How far a visit's paper has come: what each source says, joined, and nothing that follows from it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import permutations
from random import Random
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from connectors.records import Claim, Encounter, LegalState, LegalStep
from resolvers.joining.legal import Reached, in_order, reached
from tests.resolvers.joining.facts import changed, joined, told, visit
from tests.resolvers.joining.test_care import claim
from tests.resolvers.world import NOW

PAID, CLAIMED, FINAL = LegalState.PAID, LegalState.CLAIMED, LegalState.FINAL
LATER = NOW + timedelta(hours=2)
TOMORROW = NOW + timedelta(days=1)

R = TypeVar("R", Encounter, Claim)
Said = tuple[str, datetime | None, str]
HOSPITAL_A = told("a")["provenance"][0].source


def step(state: LegalState, at: datetime | None = None) -> LegalStep:
    return LegalStep(state=state, at=at)


def recorded(record: R, at: datetime | None) -> R:
    """The record with the time at which its source wrote it down."""
    (where,) = record.provenance
    return structs.replace(record, provenance=(structs.replace(where, recorded_at=at),))


def said(steps: Sequence[Reached]) -> list[Said]:
    return [(one.state.value, one.at, one.source.id) for one in steps]


def of(*records: Encounter | Claim) -> list[Said]:
    """What is said of the one item of those records."""
    (item,) = joined(*records)
    return said(in_order(reached([item], records).get(item.id, ())))


def test_a_visit_stands_at_every_facility_that_wrote_it_down() -> None:
    """With its time where the system says it; a system that says none has none, and not that of the other."""
    visits = recorded(visit("a", NOW), LATER), visit("b", NOW)

    assert of(*visits) == [("RECORDED", LATER, "a"), ("RECORDED", None, "b")]


def test_what_an_insurer_holds_does_not_stand_at_a_facility() -> None:
    """Neither does its word for a claim, of which it does not say when, get the time at which it was read."""
    assert of(claim("insurer", steps=(step(CLAIMED),))) == [("CLAIMED", None, "insurer")]


@pytest.mark.parametrize("source", ["insurer", "register"])
def test_of_what_no_source_says_anything_nothing_is_known(source: str) -> None:
    assert of(claim(source)) == []


def test_a_bill_and_a_claim_are_one_item_with_the_word_of_each_system() -> None:
    """In the order of states, whatever the times are: nobody sets the clocks of two systems by each other."""
    bill = claim("a", steps=(step(PAID, TOMORROW),))
    insured = claim("insurer", steps=(step(FINAL, LATER), step(CLAIMED, NOW)))

    assert of(bill, insured) == [
        ("RECORDED", None, "a"),
        ("PAID", TOMORROW, "a"),
        ("CLAIMED", NOW, "insurer"),
        ("FINAL", LATER, "insurer"),
    ]


def test_of_one_system_the_earliest_time_counts_that_it_knows() -> None:
    """A decision says that there was a claim, and the claim says when."""
    steps = (step(CLAIMED), step(CLAIMED, LATER), step(CLAIMED, NOW))
    for order in permutations(steps):
        assert of(claim("insurer", steps=order)) == [("CLAIMED", NOW, "insurer")]


def test_what_is_told_of_the_visit_goes_before_what_is_told_of_its_claim() -> None:
    """A hospital wrote down the visit yesterday and its bill today: the visit stands there since yesterday."""
    of_visit, of_claim = ([Reached(state=LegalState.RECORDED, at=at, source=HOSPITAL_A)] for at in (LATER, NOW))

    assert said(in_order(of_visit, of_claim)) == [("RECORDED", LATER, "a")]
    assert said(in_order((), of_claim)) == [("RECORDED", NOW, "a")]


def test_two_items_keep_their_own() -> None:
    first, second = claim("insurer", number="1"), claim("insurer", number="2", steps=(step(FINAL, NOW),), total=5)

    found = reached([first, second], [first, second])

    assert (said(found[first.id]), said(found[second.id])) == ([], [("FINAL", NOW, "insurer")])


TIMES = st.sampled_from([None, NOW, LATER, TOMORROW, datetime.max.replace(tzinfo=UTC)])
STEPS = st.lists(st.builds(LegalStep, state=st.sampled_from(LegalState), at=TIMES), max_size=4).map(tuple)


@st.composite
def claims(draw: st.DrawFn) -> list[Claim]:
    """One insured visit as up to four systems tell of it."""
    sources = draw(st.lists(st.sampled_from(["a", "b", "insurer", "register"]), min_size=1, unique=True))
    return [recorded(claim(source, steps=draw(STEPS)), draw(TIMES)) for source in sources]


@given(claims(), st.randoms(use_true_random=False))
def test_the_order_of_sources_and_of_their_words_changes_nothing(records: list[Claim], chance: Random) -> None:
    """Metamorphic: sources in any order, each with its words in any order, are told the same way."""
    turned = [changed(one, steps=tuple(chance.sample(one.steps, len(one.steps)))) for one in records]
    chance.shuffle(turned)

    assert of(*turned) == of(*records)


@given(claims())
def test_nothing_is_said_that_no_source_said(records: list[Claim]) -> None:
    """Every state is one that this very system told, with a time that it gave; and each is there once."""
    told_by = {(one.provenance[0].source.id, step.state.value, step.at) for one in records for step in one.steps}
    steps = of(*records)

    assert {(source, state, at) for state, at, source in steps if state != "RECORDED"} <= told_by
    assert len({(state, source) for state, _, source in steps}) == len(steps)
