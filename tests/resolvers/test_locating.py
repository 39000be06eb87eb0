"""Only those are asked who are likely to hold something; whoever could and was not asked is declared."""

import asyncio
import random
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import pytest
from msgspec import structs

from connectors.contract import Grant, Question, SourceState
from connectors.errors import Unavailable
from connectors.records import (
    Claim,
    Condition,
    Coverage,
    CoverageStatus,
    Encounter,
    Facility,
    FoundBy,
    Provenance,
    Record,
    SourceInfo,
    SourceKind,
)
from resolvers.federation import Federation
from resolvers.found import Found
from resolvers.locating import Directory, Named, Pointer
from tests.resolvers.world import NOW, REFUSED, FalseSource, KnownPointers, condition, for_ever, grant, info, inquiry

QUESTION = Question(about=Condition)
BOUND = 8


def hospitals(count: int, *, knowing: Iterable[int] = (), found_by: FoundBy = FoundBy.PROBING) -> list[FalseSource]:
    """Hospitals ``h0``, ``h1`` ... at facilities ``79000``, ``79001`` ...; some of them know the citizen."""
    return [
        FalseSource(
            f"h{n}",
            {Condition: [condition(f"c{n}", source=f"h{n}")] if n in set(knowing) else []},
            found_by=found_by,
            facility=f"79{n:03}",
        )
        for n in range(count)
    ]


def insurer(*, visits: Iterable[int] = (), registered: int | None = None) -> FalseSource:
    """It knows visits to some of those facilities, and where the citizen is registered."""
    provenance = (Provenance(source=info("insurer"), retrieved_at=NOW, source_record_id="1"),)
    claims = [Claim(id=f"v{n}", provenance=provenance, facility=Facility(code=f"79{n:03}", name="Mẫu")) for n in visits]
    place = None if registered is None else Facility(code=f"79{registered:03}", name="Mẫu")
    card = Coverage(
        id="card", provenance=provenance, card_number="X", registered_facility=place, status=CoverageStatus.ACTIVE
    )
    return FalseSource("insurer", {Claim: claims, Coverage: [card]}, kind=SourceKind.INSURANCE)


def beside(given: Grant, about: type[Record]) -> Grant | None:
    """What the permit office says for a citizen's own record."""
    return grant(about, subject=given.subject)


async def ask(
    directory: Directory, *, named: Named | None = None, question: Question[Condition] = QUESTION
) -> Found[Condition]:
    """One question in a request of its own."""
    federation = Federation(directory, inquiry())
    federation.beside = beside
    return await federation.ask(question, grant(Condition), named)


def called(sources: Iterable[FalseSource]) -> set[str]:
    """Who was asked."""
    return {source.info.id for source in sources if source.asked}


def points(*numbers: int, about: type[Record] = Condition, latest: date | None = None) -> list[Pointer]:
    """Pointers to those hospitals."""
    return [Pointer(source=f"h{n}", about=about, latest=latest) for n in numbers]


def trusted(count: int, about: type[Record] = Condition) -> frozenset[tuple[str, type[Record]]]:
    """Those hospitals' pointers are complete."""
    return frozenset((f"h{n}", about) for n in range(count))


async def test_of_five_hundred_hospitals_with_complete_pointers_exactly_those_that_know_her_are_asked() -> None:
    """And the list is complete: whoever sends every pointer and sent none holds nothing."""
    sources = hospitals(500, knowing=(3, 77, 401), found_by=FoundBy.POINTERS)
    found = await ask(Directory(sources, pointers=KnownPointers(*points(3, 77, 401), trusted=trusted(500))))

    assert called(sources) == {"h3", "h77", "h401"}
    assert {record.id for record in found.records} == {"c3", "c77", "c401"}
    assert found.complete and found.not_asked == 0
    assert [outcome.source.id for outcome in found.outcomes] == ["h3", "h77", "h401"]


async def test_nothing_is_complete_where_every_source_said_beforehand_that_it_holds_nothing() -> None:
    """No row, and yet the truth."""
    sources = hospitals(20, found_by=FoundBy.POINTERS)
    found = await ask(Directory(sources, pointers=KnownPointers(trusted=trusted(20))))

    assert not called(sources)
    assert found.complete and found.outcomes == ()


async def test_of_five_hundred_without_pointers_at_most_three_and_the_bound_are_asked_and_the_rest_is_declared() -> (
    None
):
    """The insurer knows where she has been and where she is registered."""
    sources = hospitals(500, knowing=(3, 77, 401))
    insurance = insurer(visits=(3, 77), registered=401)
    found = await ask(Directory([*sources, insurance], probing=BOUND))

    assert {"h3", "h77", "h401"} <= called(sources)
    assert len(called(sources)) == 3 + BOUND
    assert {record.id for record in found.records} == {"c3", "c77", "c401"}
    assert not found.complete
    assert found.not_asked == 500 - 3 - BOUND
    assert len(found.outcomes) == 3 + BOUND, "a phone does not get hundreds of rows"


async def test_hospitals_that_do_not_know_her_cost_no_call() -> None:
    """Ten times as many: the same calls."""
    counts = []
    for count in (50, 500, 5000):
        sources = hospitals(count, knowing=(3, 7))
        await ask(Directory([*sources, insurer(visits=(3, 7))], probing=BOUND))
        counts.append(len(called(sources)))

    assert counts == [2 + BOUND] * 3


async def test_where_no_more_could_hold_something_than_are_probed_all_are_asked_at_once() -> None:
    """Without a word from the insurer, who says nothing here for ever."""
    sources = hospitals(BOUND, knowing=(1,))
    silent = FalseSource("insurer", {Claim: for_ever, Coverage: for_ever}, kind=SourceKind.INSURANCE)
    found = await ask(Directory([*sources, silent], probing=BOUND))

    assert len(called(sources)) == BOUND and not silent.asked
    assert found.complete


async def test_those_who_are_always_asked_do_not_wait_for_the_insurer() -> None:
    """The register is asked when the question is put; the insurer answers only after that."""
    register_asked = asyncio.Event()

    async def register_says() -> list[Condition]:
        register_asked.set()
        return [condition("r")]

    async def insurer_says() -> list[Claim]:
        await register_asked.wait()
        return []

    register = FalseSource("register", {Condition: register_says})
    slow = FalseSource("insurer", {Claim: insurer_says}, kind=SourceKind.INSURANCE)
    found = await ask(Directory([*hospitals(20), register, slow], probing=2))

    assert [record.id for record in found.records] == ["r"]


@pytest.mark.parametrize("says", [for_ever, Unavailable("x")], ids=["silent", "down"])
async def test_f26_an_insurer_who_does_not_say_costs_its_hints_and_nothing_else(says: object) -> None:
    """The probes are asked, in time, and what was not asked is declared."""
    sources = hospitals(20)
    ailing = FalseSource("insurer", {Claim: says, Coverage: says}, kind=SourceKind.INSURANCE)  # type: ignore[dict-item]
    found = await ask(Directory([*sources, ailing], probing=2, insurance=0.01))

    assert len(called(sources)) == 2
    assert found.not_asked == 18


async def test_a_caller_whose_basis_does_not_open_the_insurance_locates_without_it() -> None:
    """The insurer is not asked on anybody else's authority."""
    sources, insurance = hospitals(20, knowing=(3,)), insurer(visits=(3,))
    federation = Federation(Directory([*sources, insurance], probing=2), inquiry())
    await federation.ask(QUESTION, grant(Condition))

    assert not insurance.asked
    assert len(called(sources)) == 2


class _HidesClaims:
    """Shows no claim."""

    strict = True

    def kept(self, about: type[Record], records: Sequence[Any], *, key: str) -> Sequence[Any]:
        return [] if about is Claim else records

    def passes_over(self, source: SourceInfo) -> bool:
        return False


async def test_of_what_the_insurer_is_asked_beside_only_that_is_told_which_the_caller_may_see() -> None:
    """The count of its claims would tell that there are some; what is withheld leads nowhere either."""
    sources, insurance = hospitals(20, knowing=(3,)), insurer(visits=(3,))
    federation = Federation(Directory([*sources, insurance], probing=2), inquiry())
    federation.beside = lambda given, about: structs.replace(
        grant(about, subject=given.subject), restriction=_HidesClaims()
    )
    await federation.ask(QUESTION, grant(Condition))
    told = {outcome.about: outcome for outcome in federation.outcomes() if outcome.source.id == "insurer"}

    assert told[Claim].state is SourceState.NO_RECORD
    assert (told[Claim].records, told[Claim].restricted) == (0, True)
    assert told[Coverage].records == 1
    assert len(called(sources)) == 2


async def test_the_insurer_is_asked_once_for_all_sections_of_a_request() -> None:
    """Also when its claims are asked for beside."""
    insurance = insurer(visits=(3,))
    federation = Federation(Directory([*hospitals(20), insurance], probing=2), inquiry())
    federation.beside = beside
    await asyncio.gather(
        federation.ask(QUESTION, grant(Condition)),
        federation.ask(Question(about=Condition, since=date(2026, 1, 1)), grant(Condition)),
        federation.ask(Question(about=Claim), grant(Claim)),
    )

    assert sorted(question.about.__name__ for question in insurance.asked) == ["Claim", "Coverage"]


async def test_pointers_are_not_relied_upon_before_they_are_complete() -> None:
    """Without a complete set no pointer means nothing: asked within the bound, otherwise declared."""
    sources = hospitals(20, found_by=FoundBy.POINTERS)
    found = await ask(Directory(sources, pointers=KnownPointers(*points(5)), probing=2))

    assert "h5" in called(sources) and len(called(sources)) == 3
    assert found.not_asked == 17 and not found.complete


async def test_a_pointer_of_another_class_leads_to_a_source_whose_pointers_are_not_complete() -> None:
    """It knows the citizen. Where they are complete for the class, another class says nothing."""
    for trust, expected in ((frozenset(), True), (trusted(20), False)):
        sources = hospitals(20, found_by=FoundBy.POINTERS)
        pointers = KnownPointers(*points(5, about=Encounter), trusted=trust)
        await ask(Directory(sources, pointers=pointers, probing=0))
        assert ("h5" in called(sources)) is expected


@pytest.mark.parametrize(("latest", "asked"), [(date(2025, 12, 31), False), (date(2026, 1, 1), True), (None, True)])
async def test_what_is_older_than_the_question_is_not_asked_for(latest: date | None, *, asked: bool) -> None:
    """Where the newest record of a complete set is too old; a source that tells no date is asked."""
    sources = hospitals(1, found_by=FoundBy.POINTERS)
    pointers = KnownPointers(*points(0, latest=latest), trusted=trusted(1))
    found = await ask(Directory(sources, pointers=pointers), question=Question(about=Condition, since=date(2026, 1, 1)))

    assert bool(called(sources)) is asked
    assert found.complete


async def test_an_insured_visit_leads_to_a_source_that_sent_no_pointer() -> None:
    """Two witnesses: the one that says less is not the one to believe."""
    sources = [*hospitals(1, knowing=(0,), found_by=FoundBy.POINTERS), *hospitals(20)[1:]]
    pointers = KnownPointers(trusted=trusted(1))
    found = await ask(Directory([*sources, insurer(visits=(0,))], pointers=pointers, probing=2))

    assert [record.id for record in found.records] == ["c0"]
    assert pointers.measured == [("h0", Condition, False)]


async def test_when_pointers_cannot_be_read_locating_falls_back_to_probing_and_says_so() -> None:
    """The request goes on, the operator hears of it, and nobody takes the answer for the whole."""
    sources = hospitals(20, knowing=(3,), found_by=FoundBy.POINTERS)
    pointers = KnownPointers(*points(3), trusted=trusted(20))
    pointers.down = True
    federation = Federation(Directory([*sources, insurer(visits=(3,))], pointers=pointers, probing=2), inquiry())
    federation.beside = beside
    found, _ = await asyncio.gather(
        federation.ask(QUESTION, grant(Condition)),
        federation.ask(Question(about=Condition, codes=("x",)), grant(Condition)),
    )

    assert [record.id for record in found.records] == ["c3"]
    assert found.not_asked == 17 and not found.complete
    assert [fault.source for fault in federation.faults] == ["store"], "read once per request"
    assert pointers.reads == 1 and not pointers.measured


async def test_coverage_is_measured_where_a_source_with_pointers_answers_with_records() -> None:
    """Nothing on record says nothing about pointers, nor does a source that sends none."""
    sources = [*hospitals(3, knowing=(0, 1), found_by=FoundBy.POINTERS), *hospitals(5, knowing=(4,))[4:]]
    pointers = KnownPointers(*points(0))
    await ask(Directory(sources, pointers=pointers))

    assert sorted(pointers.measured) == sorted([("h0", Condition, True), ("h1", Condition, False)])


async def test_only_the_named_source_is_asked_and_the_others_are_declared() -> None:
    """Those to which something points by name, the rest by number."""
    sources = hospitals(20, knowing=(3, 4))
    register = FalseSource("register", {Condition: []})
    pointers = KnownPointers(*points(3, 4))
    directory = Directory([*sources, register], pointers=pointers, probing=2)
    found = await ask(directory, named=Named(sources=("h4",)))

    assert called([*sources, register]) == {"h4"}
    assert {outcome.source.id: outcome.state for outcome in found.outcomes} == {
        "h4": SourceState.ANSWERED,
        "register": SourceState.NOT_ASKED,
    }
    assert found.not_asked == 20 and not found.complete


async def test_what_pointers_lead_to_is_declared_by_name_when_another_source_was_named() -> None:
    """The caller sees where else to ask."""
    sources = hospitals(20, knowing=(3, 4), found_by=FoundBy.POINTERS)
    directory = Directory(sources, pointers=KnownPointers(*points(3, 4), trusted=trusted(20)))
    found = await ask(directory, named=Named(sources=("h4",)))

    assert [(outcome.source.id, outcome.state) for outcome in found.outcomes] == [
        ("h4", SourceState.ANSWERED),
        ("h3", SourceState.NOT_ASKED),
    ]
    assert found.not_asked == 1 and not found.complete


async def test_a_named_facility_is_asked_at_its_own_source_and_at_the_registers() -> None:
    """A code of no source says nothing about whom to ask: it only filters."""
    sources, register = hospitals(20), FalseSource("register", {Condition: []})
    found = await ask(Directory([*sources, register], probing=2), named=Named(facility="79004"))
    assert called([*sources, register]) == {"h4", "register"}
    assert found.not_asked == 19

    others = hospitals(20)
    await ask(Directory(others, probing=2), named=Named(facility="01234"))
    assert len(called(others)) == 2


async def test_without_a_grant_nobody_is_asked_and_no_hundreds_of_rows_say_so() -> None:
    """Registers by name, the rest by number, never complete."""
    sources, register = hospitals(500), FalseSource("register", {Condition: []})
    found = await Federation(Directory([*sources, register]), inquiry()).ask(QUESTION, REFUSED)

    assert not called([*sources, register])
    assert [outcome.state for outcome in found.outcomes] == [SourceState.NOT_PERMITTED]
    assert found.not_asked == 500 and not found.complete


@pytest.mark.parametrize("seed", range(5))
async def test_the_order_of_the_configuration_changes_nothing_that_is_found(seed: int) -> None:
    """Neither whom it points to nor whom it probes."""

    async def answer(order: random.Random | None) -> tuple[set[str], set[str], int]:
        sources = [*hospitals(60, knowing=range(0, 60, 3)), insurer(visits=(9, 12), registered=30)]
        if order is not None:
            order.shuffle(sources)
        found = await ask(Directory(sources, pointers=KnownPointers(*points(6)), probing=5))
        return {record.id for record in found.records}, called(sources), found.not_asked

    assert await answer(random.Random(seed)) == await answer(None)  # noqa: S311 - an order, not a secret


async def test_citizens_are_not_all_probed_at_the_same_hospitals() -> None:
    """The bound protects every source, not only the request."""
    directory = Directory(hospitals(100), probing=4)
    ring = directory.shelf(Condition).unknown
    first = {next(ring.all_from(f"{n:x}" * 32)).info.id for n in range(16)}

    assert len(first) > 8
    assert len(list(ring.all_from("f" * 32))) == 100


async def test_a_source_that_becomes_trusted_is_trusted_from_the_next_question_on() -> None:
    """The shelves are put in order anew."""
    sources = hospitals(20, found_by=FoundBy.POINTERS)
    pointers = KnownPointers()
    directory = Directory(sources, pointers=pointers, probing=2)
    before = await ask(directory)
    pointers.trusted = trusted(20)
    after = await ask(directory)

    assert (before.not_asked, after.not_asked) == (18, 0)
