"""Hospitals, health stations and insurers: what speaks for them, and how they are refused."""

from datetime import timedelta
from typing import Any

import pytest

from connectors.contract import Basis, Grant, Purpose, Question, Refused, SourceState
from connectors.errors import Unavailable
from connectors.records import Allergy, Claim, Condition, Coverage, CoverageStatus, Demographics, Facility, Provenance
from resolvers.access.caller import CallerKind
from resolvers.access.consents import Consent, ConsentEffect, Extent, Grantee
from resolvers.refusals import Forbidden, Unverifiable
from resolvers.sections import Section
from tests.resolvers.access.people import (
    CITIZEN,
    DOCTOR,
    HOSPITAL,
    INSURER,
    OTHER_DOCTOR,
    OTHER_HOSPITAL,
    STATION,
    STRANGER,
    FalseTrust,
    Office,
    caller,
    consent,
    emergency,
    person,
)
from tests.resolvers.world import NOW, FalseSource, condition, info

CLINICIAN = caller(CallerKind.CLINICIAN, Purpose.TREATMENT)


async def test_a_doctor_opens_what_the_citizen_agreed_to() -> None:
    """With the person as the population register knows them, and for the sections that the consent names."""
    trust = FalseTrust(consent(extent=Extent(sections=frozenset({Section.ALLERGIES}))))
    office = Office(CLINICIAN, trust)
    chart = await office.access.citizen(CITIZEN)

    assert (chart.basis, chart.purpose) == (Basis.CONSENT, Purpose.TREATMENT)
    assert (chart.subject.name, chart.subject.birth_date) == ("Trần Thị Mẫu", "1987-05-06")
    assert isinstance(office.access.permit(chart, Allergy), Grant)
    assert office.access.permit(chart, Condition) == Refused(state=SourceState.NOT_PERMITTED)


@pytest.mark.parametrize(
    "other",
    [
        {"valid_from": NOW + timedelta(seconds=1)},
        {"valid_until": NOW},
        {"revoked_at": NOW},
        {"purposes": frozenset({Purpose.PAYMENT})},
        {"purposes": frozenset()},
        {"grantee": Grantee(organisation=OTHER_HOSPITAL)},
        {"grantee": Grantee(organisation=HOSPITAL, professional=OTHER_DOCTOR.id)},
        {"grantee": Grantee(professional=DOCTOR.id)},
        {"grantee": Grantee()},
    ],
)
async def test_a82_what_does_not_stand_opens_nothing(other: dict[str, Any]) -> None:
    """Not begun, over, withdrawn, for something else, for somebody else, or for nobody in particular."""
    office = Office(CLINICIAN, FalseTrust(consent(**other)))
    with pytest.raises(Forbidden):
        await office.access.citizen(CITIZEN)
    assert not office.register.asked


@pytest.mark.parametrize(
    ("kind", "purpose", "other"),
    [
        (CallerKind.CLINICIAN, None, {}),
        (CallerKind.CLINICIAN, Purpose.TREATMENT, {"organisation": None}),
        (CallerKind.CLINICIAN, Purpose.TREATMENT, {"professional": None}),
        (CallerKind.HEALTH_STATION, Purpose.TREATMENT, {"professional": None, "organisation": HOSPITAL}),
        (CallerKind.CLINICIAN, Purpose.PAYMENT, {}),
        (CallerKind.CLINICIAN, Purpose.SELF, {}),
        (CallerKind.CLINICIAN, Purpose.REPRESENTATION, {}),
        (CallerKind.CLINICIAN, Purpose.PUBLIC_HEALTH, {}),
        (CallerKind.CLINICIAN, Purpose.ADMINISTRATION, {}),
        (CallerKind.INSURER, Purpose.TREATMENT, {"organisation": HOSPITAL}),
        (CallerKind.OPERATOR, Purpose.TREATMENT, {}),
        (CallerKind.OPERATOR, Purpose.ADMINISTRATION, {}),
        (CallerKind.ORGANISATION, Purpose.TREATMENT, {}),
    ],
)
async def test_a33_without_a_named_party_and_its_purpose_nothing_opens(
    kind: CallerKind, purpose: Purpose | None, other: dict[str, Any]
) -> None:
    """Although the citizen agreed to all purposes of that organisation; and no register hears of it."""
    office = Office(caller(kind, purpose, **other), FalseTrust(consent(purposes=frozenset(Purpose))))
    with pytest.raises(Forbidden):
        await office.access.citizen(CITIZEN)
    with pytest.raises(Forbidden):
        await office.access.me()
    assert not office.register.asked


async def test_a83_a_stranger_and_nobody_are_asked_about_in_the_same_way() -> None:
    """One look into the consents, and the same refusal."""
    trust = FalseTrust()
    for number in (CITIZEN, STRANGER, "999999999999"):
        office = Office(CLINICIAN, trust)
        with pytest.raises(Forbidden):
            await office.access.citizen(number)
        assert not office.register.asked
    assert len(trust.reads) == 3


async def test_f25_when_consents_cannot_be_read_others_are_refused_for_now() -> None:
    """Fail closed, and say that it may be tried again."""
    trust = FalseTrust(consent())
    trust.down = True
    with pytest.raises(Unverifiable):
        await Office(CLINICIAN, trust).access.citizen(CITIZEN)


@pytest.mark.parametrize(
    ("register", "refusal"),
    [
        ({Demographics: []}, Forbidden),
        ({Demographics: Unavailable("x")}, Unverifiable),
        ({Demographics: [person(deceased=True)]}, Forbidden),
    ],
)
async def test_a32_the_person_must_be_known_to_the_register_and_alive(
    register: dict[Any, Any], refusal: type[Exception]
) -> None:
    """Else nobody can tell whose answers come back."""
    office = Office(CLINICIAN, FalseTrust(consent()), register=register)
    with pytest.raises(refusal):
        await office.access.citizen(CITIZEN)
    assert not office.hospital.asked


async def test_an_emergency_opens_clinical_sections_to_who_declared_it() -> None:
    """To nobody else, not afterwards, and not without saying so."""
    who = caller(CallerKind.CLINICIAN, Purpose.EMERGENCY)
    office = Office(who, FalseTrust(emergencies=[emergency()]))
    chart = await office.access.citizen(CITIZEN)

    assert chart.basis is Basis.BREAK_GLASS
    assert isinstance(office.access.permit(chart, Condition), Grant)
    assert isinstance(office.access.permit(chart, Claim), Refused)
    assert {told.emergency for told in office.access.rulings.decided} == {"e1"}
    for other in (
        emergency(professional=OTHER_DOCTOR.id),
        emergency(organisation=OTHER_HOSPITAL),
        emergency(until=NOW),
    ):
        with pytest.raises(Forbidden):
            await Office(who, FalseTrust(emergencies=[other])).access.citizen(CITIZEN)
    with pytest.raises(Forbidden):
        await Office(CLINICIAN, FalseTrust(emergencies=[emergency()])).access.citizen(CITIZEN)


async def test_an_insurer_sees_cover_and_claims_and_nothing_clinical() -> None:
    """Whatever the consent names."""
    agreed = consent(grantee=Grantee(organisation=INSURER), purposes=frozenset({Purpose.PAYMENT}))
    office = Office(caller(CallerKind.INSURER, Purpose.PAYMENT), FalseTrust(agreed))
    chart = await office.access.citizen(CITIZEN)

    assert isinstance(office.access.permit(chart, Claim), Grant)
    assert isinstance(office.access.permit(chart, Coverage), Grant)
    assert isinstance(office.access.permit(chart, Condition), Refused)
    assert isinstance(office.access.permit(chart, Allergy), Refused)


def card(facility: str, status: CoverageStatus = CoverageStatus.ACTIVE) -> Coverage:
    """A health-insurance card."""
    return Coverage(
        id="1",
        provenance=(Provenance(source=info("insurer"), retrieved_at=NOW, source_record_id="1"),),
        card_number="X",
        registered_facility=Facility(code=facility, name="Trạm y tế Mẫu"),
        status=status,
    )


@pytest.mark.parametrize(
    ("cards", "refusal"),
    [
        ([card(STATION)], None),
        ([card(HOSPITAL)], Forbidden),
        ([card(STATION, CoverageStatus.EXPIRED)], Forbidden),
        ([], Forbidden),
        (Unavailable("x"), Unverifiable),
    ],
)
async def test_a_health_station_looks_after_those_who_are_registered_with_it(
    cards: Any, refusal: type[Exception] | None
) -> None:
    """Their vaccinations and allergies, by law and without a consent; nobody else's."""
    who = caller(CallerKind.HEALTH_STATION, Purpose.PUBLIC_HEALTH)
    office = Office(who, FalseTrust(), sources=[FalseSource("insurer", {Coverage: cards})])
    if refusal is not None:
        with pytest.raises(refusal):
            await office.access.citizen(CITIZEN)
        return
    chart = await office.access.citizen(CITIZEN)

    assert chart.basis is Basis.AGREEMENT
    assert isinstance(office.access.permit(chart, Allergy), Grant)
    assert isinstance(office.access.permit(chart, Condition), Refused)


def deny(**other: Any) -> Consent:
    """A block against everybody, for all purposes."""
    return consent(ConsentEffect.DENY, **{"id": "d1", "grantee": Grantee(), "purposes": frozenset(), **other})


async def test_a_blocked_section_is_refused_as_what_it_is() -> None:
    """The consent opens it, the block beats the consent, and the outcome says so for every source."""
    blocked = deny(extent=Extent(sections=frozenset({Section.CONDITIONS})))
    office = Office(CLINICIAN, FalseTrust(consent(), blocked), hospital={Condition: [condition("1")]})
    chart = await office.access.citizen(CITIZEN)
    found = await office.federation.ask(Question(about=Condition), office.access.permit(chart, Condition))

    assert [outcome.state for outcome in found.outcomes] == [SourceState.BLOCKED_BY_CITIZEN]
    assert not office.hospital.asked and not found.complete


async def test_who_is_blocked_altogether_hears_what_strangers_hear() -> None:
    """No chart at all."""
    with pytest.raises(Forbidden):
        await Office(CLINICIAN, FalseTrust(consent(), deny())).access.citizen(CITIZEN)


async def test_every_decision_is_accounted_for_once() -> None:
    """For the access log: which section, on which basis, by which policy and consent; and what was refused."""
    office = Office(CLINICIAN, FalseTrust(consent(extent=Extent(sections=frozenset({Section.ALLERGIES})))))
    chart = await office.access.citizen(CITIZEN)
    for about in (Allergy, Condition, Allergy):
        office.access.permit(chart, about)
    told = {one.decision.section: one for one in office.access.rulings.decided}

    assert list(told) == [Section.DEMOGRAPHICS, Section.ALLERGIES, Section.CONDITIONS]
    assert told[Section.ALLERGIES].decision.policies == ("treatment-by-consent",)
    assert told[Section.ALLERGIES].decision.consents == ("c1",)
    assert not told[Section.CONDITIONS].decision.permitted
    assert {one.ref for one in told.values()} == {chart.subject.ref}
