"""What the door withholds from others, record by record: special categories, blocks; and that nothing betrays it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from connectors.contract import Grant, Purpose, Question, SourceState
from connectors.errors import Rejected
from connectors.records import (
    Allergy,
    Claim,
    CodedText,
    Coding,
    Condition,
    ConditionStatus,
    Document,
    Encounter,
    EncounterKind,
    Facility,
    FoundBy,
    PartialDate,
    Provenance,
    Record,
    SourceKind,
)
from resolvers import joining
from resolvers.access.caller import CallerKind
from resolvers.access.consents import Consent, ConsentEffect, Extent, Grantee, Sensitivity
from resolvers.access.decisions import decide
from resolvers.access.standing import Agreed, Party, by_consent
from resolvers.federation import Federation
from resolvers.found import Found
from resolvers.locating import Directory
from resolvers.sections import SECTION_OF, Section
from tests.resolvers.access.people import (
    CITIZEN,
    DOCTOR,
    HOSPITAL,
    OTHER_HOSPITAL,
    REF,
    FalseTrust,
    Office,
    caller,
    consent,
    emergency,
)
from tests.resolvers.world import NOW, SUBJECT, FalseSource, KnownPointers, info, inquiry

CLINICIAN = caller(CallerKind.CLINICIAN, Purpose.TREATMENT)
QUESTION = Question(about=Condition)
HIV = frozenset({Sensitivity.HIV})


def told(number: int, text: str, *codes: str, onset: str | None = "2026-01-01", at: str = "hospital") -> Condition:
    """A problem in words and codes."""
    return Condition(
        id=f"{at}-{number}",
        provenance=(Provenance(source=info(at), retrieved_at=NOW, source_record_id=str(number)),),
        code=CodedText(text=text, codings=tuple(Coding(system="unknown", code=code) for code in codes)),
        status=ConditionStatus.ACTIVE,
        verified=True,
        onset=PartialDate(onset) if onset else None,
    )


PLAIN, TELLING = told(1, "Tăng huyết áp", "I10"), told(2, "Theo dõi định kỳ", "B20")


def deny(**other: Any) -> Consent:
    """A block against everybody, for all purposes."""
    return consent(ConsentEffect.DENY, **{"id": "d1", "grantee": Grantee(), "purposes": frozenset(), **other})


async def asked(trust: FalseTrust, *records: Record, who: Any = CLINICIAN, about: Any = Condition) -> Found[Any]:
    """What the door gives to that caller."""
    office = Office(who, trust, hospital={about: records})
    chart = await office.access.citizen(CITIZEN)
    return await office.federation.ask(Question(about=about), office.access.permit(chart, about))


async def test_a_special_category_is_withheld_unless_the_consent_names_it() -> None:
    """By its code alone, whatever its words; and then it is there."""
    assert (await asked(FalseTrust(consent()), PLAIN, TELLING)).records == (PLAIN,)
    named = consent(extent=Extent(sensitivities=HIV))
    assert (await asked(FalseTrust(named), PLAIN, TELLING)).records == (PLAIN, TELLING)


async def test_what_its_source_has_labelled_is_withheld_though_its_words_tell_nothing() -> None:
    """A hospital says itself that a record is not for everybody; under which category need not be said."""
    place = structs.replace(PLAIN.provenance[0], source_record_id="9", security=("R",))
    labelled = structs.replace(PLAIN, id="labelled", provenance=(place,))
    assert (await asked(FalseTrust(consent()), PLAIN, labelled)).records == (PLAIN,)
    everything = consent(extent=Extent(sensitivities=frozenset(Sensitivity)))
    assert (await asked(FalseTrust(everything), PLAIN, labelled)).records == (PLAIN, labelled)


async def test_nothing_tells_whether_anything_was_withheld() -> None:
    """The same outcome, to the last field, with the record and without it; and it is never called complete."""
    shown = [await asked(FalseTrust(consent()), PLAIN, TELLING), await asked(FalseTrust(consent()), PLAIN)]
    empty = [await asked(FalseTrust(consent()), TELLING), await asked(FalseTrust(consent()))]

    for one, other in (shown, empty):
        assert one == structs.replace(other, outcomes=one.outcomes)
        source = one.outcomes[0].source
        assert [structs.replace(each, source=source, elapsed_ms=0) for each in one.outcomes] == [
            structs.replace(each, source=source, elapsed_ms=0) for each in other.outcomes
        ]
        assert not one.complete and one.restricted and one.outcomes[0].restricted
    assert shown[0].outcomes[0].records == 1
    assert empty[0].outcomes[0].state is SourceState.NO_RECORD


async def test_who_is_shown_everything_reads_a_complete_list() -> None:
    """A consent that names every category and narrows nothing."""
    whole = consent(extent=Extent(sensitivities=frozenset(Sensitivity)))
    found = await asked(FalseTrust(whole), PLAIN, TELLING)
    assert found.complete and not found.restricted


async def test_the_outcomes_of_the_request_count_what_is_shown() -> None:
    """The field `sources` beside the list reads them there."""
    office = Office(CLINICIAN, FalseTrust(consent()), hospital={Condition: [PLAIN, TELLING]})
    chart = await office.access.citizen(CITIZEN)
    await office.federation.ask(QUESTION, office.access.permit(chart, Condition))
    outcomes = await office.federation.settled(chart.subject.ref)

    assert {outcome.about: outcome.records for outcome in outcomes}[Condition] == 1


def allergy(substance: str) -> Allergy:
    """An allergy."""
    return Allergy(
        id="1",
        provenance=(Provenance(source=info("hospital"), retrieved_at=NOW, source_record_id="1"),),
        substance=CodedText(text=substance),
        status="active",
        verified=True,
    )


async def test_whoever_treats_sees_every_allergy_though_it_tells_something() -> None:
    """One that is not seen can kill; the list may then be complete."""
    found = await asked(FalseTrust(consent()), allergy("Abacavir"), about=Allergy)
    assert len(found.records) == 1 and found.complete


@pytest.mark.parametrize(
    "extent",
    [
        Extent(sensitivities=HIV),
        Extent(facilities=frozenset({OTHER_HOSPITAL})),
        Extent(since=date(2020, 1, 1), until=date(2020, 12, 31)),
        Extent(record="some"),
    ],
)
async def test_allergies_are_never_called_complete_where_a_block_could_hide_one(extent: Extent) -> None:
    """What the citizen blocked stays blocked; whoever treats reads that something may be missing."""
    found = await asked(FalseTrust(consent(), deny(extent=extent)), allergy("Penicillin"), about=Allergy)
    assert found.restricted and not found.complete


@pytest.mark.parametrize(
    ("category", "shown"),
    [
        (("HIV", "B20"), True),
        (("Trầm cảm", "F32.1"), True),
        (("Bị bạo hành", "T74.1"), False),
        (("Giang mai", "A51"), False),
    ],
)
async def test_in_an_emergency_what_changes_acute_care_is_shown(category: tuple[str, str], *, shown: bool) -> None:
    """Also against a block that does not hold there; never called complete, for other categories stay shut."""
    who = caller(CallerKind.CLINICIAN, Purpose.EMERGENCY)
    record = told(1, *category)
    found = await asked(FalseTrust(deny(), emergencies=[emergency()]), record, who=who)
    assert bool(found.records) is shown
    assert not found.complete
    held = FalseTrust(
        deny(even_in_emergency=True, extent=Extent(facilities=frozenset({HOSPITAL}))), emergencies=[emergency()]
    )
    assert not (await asked(held, record, who=who)).records


@pytest.mark.parametrize(
    ("extent", "hidden"),
    [
        (Extent(since=date(2026, 1, 1)), {"new", "undated", "long"}),
        (Extent(until=date(2025, 12, 31)), {"old", "undated", "long"}),
        (Extent(since=date(2026, 2, 1), until=date(2026, 2, 28)), {"undated"}),
        (Extent(sections=frozenset({Section.ALLERGIES})), set()),
    ],
)
async def test_a_block_of_a_period_holds_for_every_day_of_a_record(extent: Extent, hidden: set[str]) -> None:
    """One that began before and was written down within it, and one without any day, are withheld."""
    kinds = {
        "old": told(1, "old", onset="2025-06"),
        "new": told(2, "new", onset="2026-01-01"),
        "undated": told(3, "undated", onset=None),
        "long": structs.replace(told(4, "long", onset="2024"), recorded=PartialDate("2026-01-02")),
    }
    whole = consent(extent=Extent(sensitivities=frozenset(Sensitivity)))
    found = await asked(FalseTrust(whole, deny(extent=extent)), *kinds.values())
    assert {record.code.text for record in found.records} == kinds.keys() - hidden


async def test_a_consent_for_a_period_opens_what_lies_wholly_in_it() -> None:
    """What is not known of a record counts against showing it."""
    opened = consent(extent=Extent(since=date(2026, 1, 1), sensitivities=frozenset(Sensitivity)))
    records = [told(1, "in", onset="2026-01-01"), told(2, "partly", onset="2025"), told(3, "undated", onset=None)]
    assert [record.code.text for record in (await asked(FalseTrust(opened), *records)).records] == ["in"]


def visit(number: int, facility: str, at: str) -> Encounter:
    """A visit to a facility, as some source holds it."""
    return Encounter(
        id=f"{at}-{number}",
        provenance=(Provenance(source=info(at), retrieved_at=NOW, source_record_id=str(number)),),
        kind=EncounterKind.OUTPATIENT,
        status="finished",
        start=datetime(2026, 1, number, tzinfo=UTC),
        facility=Facility(code=facility, name="Bệnh viện Mẫu"),
    )


async def test_a_block_of_a_facility_holds_whoever_tells_of_it() -> None:
    """The facility's own system is not even asked, and shows in no row; what others know of it is withheld."""
    blocked = deny(extent=Extent(facilities=frozenset({OTHER_HOSPITAL})))
    theirs = FalseSource("theirs", {Encounter: [visit(1, OTHER_HOSPITAL, "theirs")]}, facility=OTHER_HOSPITAL)
    told_by = [visit(2, OTHER_HOSPITAL, "hospital"), visit(3, HOSPITAL, "hospital")]
    office = Office(CLINICIAN, FalseTrust(consent(), blocked), hospital={Encounter: told_by}, sources=[theirs])
    chart = await office.access.citizen(CITIZEN)
    found = await office.federation.ask(Question(about=Encounter), office.access.permit(chart, Encounter))

    assert [record.facility.code for record in found.records] == [HOSPITAL]
    assert [outcome.source.id for outcome in found.outcomes] == ["hospital"]
    assert not theirs.asked


async def test_a_single_record_is_blocked_in_every_system_that_holds_it() -> None:
    """By its id in the graph: what two systems say of one visit goes together."""
    both = [visit(1, HOSPITAL, "a"), visit(1, HOSPITAL, "b"), visit(2, HOSPITAL, "a")]
    ids = {item.start: item.id for item in joining.join(Encounter, both, key=REF)}
    assert len(ids) == 2
    blocked = deny(extent=Extent(record=ids[both[0].start]))
    whole = consent(extent=Extent(sensitivities=frozenset(Sensitivity)))
    sources = [FalseSource(key, {Encounter: [one for one in both if one.id[0] == key]}) for key in "ab"]
    office = Office(CLINICIAN, FalseTrust(whole, blocked), sources=sources)
    chart = await office.access.citizen(CITIZEN)
    found = await office.federation.ask(Question(about=Encounter), office.access.permit(chart, Encounter))

    assert found.records == (both[2],)


async def test_a_clinic_whose_name_tells_is_neither_asked_nor_shown() -> None:
    """That something points there would tell it: with a pointer and without one the answer is the same."""
    told_of = []
    for pointed in (True, False):
        clinic = FalseSource("clinic", {Condition: [told(1, "x", at="clinic")]}, found_by=FoundBy.POINTERS)
        clinic.info.name = "Bệnh viện Tâm thần Mẫu"
        others = [FalseSource(f"h{n}", {Condition: []}, found_by=FoundBy.PROBING) for n in range(20)]
        pointers = KnownPointers(*(_pointers() if pointed else ()), ref=SUBJECT.ref)
        directory = Directory([clinic, *others], pointers=pointers, probing=2)
        standing = by_consent(_party(), Purpose.TREATMENT, Agreed(consents=[consent()]), NOW)
        assert standing is not None
        restriction = decide(standing, Section.CONDITIONS).withholding
        grant = Grant(
            subject=SUBJECT,
            purpose=Purpose.TREATMENT,
            basis=standing.basis,
            about=frozenset({Condition}),
            restriction=restriction,
        )
        found = await Federation(directory, inquiry()).ask(QUESTION, grant)
        told_of.append(([outcome.source.id for outcome in found.outcomes], found.not_asked))
        assert not clinic.asked
    assert told_of[0] == told_of[1]


def _pointers() -> Iterator[Any]:
    from resolvers.locating import Pointer  # noqa: PLC0415 - of this test alone

    yield Pointer(source="clinic", about=Condition)


def _party() -> Party:
    return Party(role=CallerKind.CLINICIAN, organisation=HOSPITAL, professional=DOCTOR.id)


async def test_where_the_insurer_knows_of_a_withheld_visit_nobody_is_led_there() -> None:
    """A claim that tells a special category does not point to its hospital."""
    claim = Claim(
        id="1",
        provenance=(Provenance(source=info("insurer"), retrieved_at=NOW, source_record_id="1"),),
        facility=Facility(code="79777", name="Bệnh viện Tâm thần"),
    )
    insurer = FalseSource("insurer", {Claim: [claim]}, kind=SourceKind.INSURANCE)
    there = FalseSource("there", {Claim: []}, facility="79777", found_by=FoundBy.PROBING)
    others = [FalseSource(f"h{n}", {Claim: []}, found_by=FoundBy.PROBING) for n in range(20)]
    federation = Federation(Directory([insurer, there, *others], probing=0), inquiry())
    party = Party(role=CallerKind.INSURER, organisation="i")
    agreed = consent(grantee=Grantee(organisation="i"), purposes=frozenset({Purpose.PAYMENT}))
    standing = by_consent(party, Purpose.PAYMENT, Agreed(consents=[agreed]), NOW)
    assert standing is not None
    grant = Grant(
        subject=SUBJECT,
        purpose=Purpose.PAYMENT,
        basis=standing.basis,
        about=frozenset({Claim}),
        restriction=decide(standing, Section.CLAIMS).withholding,
    )
    federation.beside = lambda _grant, about: grant if about is Claim else None
    found = await federation.ask(Question(about=Claim), grant)

    assert not there.asked and not found.records


async def test_no_content_is_given_out_where_it_could_tell_what_is_withheld() -> None:
    """Nobody can read in a scanned paper what it tells."""
    office = Office(CLINICIAN, FalseTrust(consent()), hospital={Document: []})
    chart = await office.access.citizen(CITIZEN)
    grant = office.access.permit(chart, Document)
    assert isinstance(grant, Grant)
    paper = Document(
        id="1", provenance=PLAIN.provenance, kind=CodedText(text="Giấy ra viện"), content_type="application/pdf"
    )
    with pytest.raises(Rejected, match="may tell"):
        async with office.federation.content(paper, grant):
            pass


EXTENTS = st.builds(
    Extent,
    sections=st.frozensets(st.sampled_from([Section.CONDITIONS, Section.ALLERGIES]), max_size=2),
    facilities=st.frozensets(st.sampled_from([HOSPITAL, OTHER_HOSPITAL]), max_size=2),
    sensitivities=st.frozensets(st.sampled_from(list(Sensitivity)), max_size=3),
    since=st.none() | st.dates(date(2024, 1, 1), date(2026, 12, 1)),
    until=st.none() | st.dates(date(2024, 1, 1), date(2026, 12, 1)),
    record=st.none() | st.sampled_from(["hospital-1", "other"]),
)
GRANTEES = st.builds(
    Grantee,
    organisation=st.none() | st.sampled_from([HOSPITAL, OTHER_HOSPITAL]),
    professional=st.none() | st.sampled_from([DOCTOR.id, "CCHN-2"]),
)
CONSENTS = st.lists(
    st.builds(
        consent,
        st.sampled_from(ConsentEffect),
        id=st.uuids().map(str),
        grantee=GRANTEES,
        purposes=st.frozensets(st.sampled_from([Purpose.TREATMENT, Purpose.EMERGENCY]), max_size=2),
        extent=EXTENTS,
        even_in_emergency=st.booleans(),
    ),
    max_size=6,
    unique_by=lambda one: one.id,
)
RECORDS = [
    told(1, "Tăng huyết áp", "I10"),
    told(2, "HIV", "B20", onset="2025"),
    told(3, "Trầm cảm", onset=None),
    told(4, "Giang mai", "A51", onset="2024-03-02"),
]


def visible(consents: list[Consent], purpose: Purpose) -> set[str]:
    """The ids of the records that the doctor sees."""
    agreed = Agreed(consents=consents, emergencies=[emergency()])
    standing = by_consent(_party(), purpose, agreed, NOW)
    if standing is None:
        return set()
    decision = decide(standing, SECTION_OF[Condition])
    if not decision.permitted:
        return set()
    kept = decision.withholding.kept(Condition, RECORDS, key=REF) if decision.withholding else RECORDS
    return {record.id for record in kept}


@pytest.mark.parametrize("purpose", [Purpose.TREATMENT, Purpose.EMERGENCY])
@given(st.data())
def test_a_block_more_never_shows_more(purpose: Purpose, data: st.DataObject) -> None:
    """Whatever was said before."""
    consents = data.draw(CONSENTS)
    block = data.draw(
        st.builds(consent, st.just(ConsentEffect.DENY), id=st.just("block"), grantee=GRANTEES, extent=EXTENTS)
    )
    block = structs.replace(block, purposes=frozenset(), even_in_emergency=data.draw(st.booleans()))
    assert visible([*consents, block], purpose) <= visible(consents, purpose)


@pytest.mark.parametrize("purpose", [Purpose.TREATMENT, Purpose.EMERGENCY])
@given(st.data())
def test_the_order_in_which_things_were_said_makes_no_difference(purpose: Purpose, data: st.DataObject) -> None:
    """Only what was said."""
    consents = data.draw(CONSENTS)
    assert visible(data.draw(st.permutations(consents)), purpose) == visible(consents, purpose)


@given(CONSENTS)
def test_a_permission_less_never_shows_more(consents: list[Consent]) -> None:
    """Withdrawing takes away, and nothing else."""
    for one in consents:
        if one.effect is ConsentEffect.PERMIT:
            rest = [other for other in consents if other is not one]
            assert visible(rest, Purpose.TREATMENT) <= visible(consents, Purpose.TREATMENT)
