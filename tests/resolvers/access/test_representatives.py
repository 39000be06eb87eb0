"""Those who act for a citizen: what a relation opens, what a minor can keep from them, and that nothing betrays it."""

from typing import Any

import pytest

from connectors.contract import Basis, Grant, Purpose, Question, Refused, SourceState
from connectors.errors import Unavailable
from connectors.records import (
    Allergy,
    Claim,
    Condition,
    Encounter,
    PartialDate,
    Pregnancy,
    PregnancyStatus,
    Provenance,
    Relation,
    RepresentationBasis,
    RepresentationScope,
)
from resolvers.access.caller import Caller, CallerKind
from resolvers.access.consents import Consent, ConsentEffect, Extent, Grantee, Sensitivity
from resolvers.access.decisions import decide
from resolvers.access.standing import Party
from resolvers.found import Found
from resolvers.refusals import Forbidden, Unverifiable
from resolvers.sections import Section
from tests.resolvers.access.people import CITIZEN, IDENTIFIERS, REF, FalseTrust, Office, caller, consent, register_info
from tests.resolvers.access.test_withholding import PLAIN, TELLING, told
from tests.resolvers.world import NOW

MOTHER = "079192998102"
MOTHERS = IDENTIFIERS.reference(MOTHER)
FATHERS = IDENTIFIERS.reference("079086998118")
CHILD, YOUTH, GROWN = "2019-05-06", "2010-05-06", "1987-05-06"
HURT = told(3, "Bị bạo hành", "T74.1")


def mother(**other: Any) -> Caller:
    """A citizen, well signed in."""
    known: dict[str, Any] = {
        "organisation": None,
        "professional": None,
        "assurance": 2,
        "personal_id": MOTHER,
        "name": "Đỗ Thanh Mẫu Mai",
        "birth_date": NOW.date().replace(year=1980),
        **other,
    }
    return caller(CallerKind.CITIZEN, None, ref=IDENTIFIERS.reference(known["personal_id"]), **known)


def relation(born: str, basis: RepresentationBasis = RepresentationBasis.PARENT, **other: Any) -> Relation:
    """What the register says of her and the citizen."""
    return Relation(
        id="r",
        provenance=(Provenance(source=register_info(), retrieved_at=NOW, source_record_id="r"),),
        personal_id=CITIZEN,
        full_name="Hoàng Mẫu",
        birth_date=PartialDate(born),
        basis=basis,
        **other,
    )


def refused(*categories: Sensitivity, by: str = REF, **extent: Any) -> Consent:
    """A block against whoever represents the citizen."""
    return consent(
        ConsentEffect.DENY,
        id=f"d-{by}-{len(categories)}",
        grantee=Grantee(representative=MOTHERS),
        purposes=frozenset(),
        granted_by=by,
        extent=Extent(sensitivities=frozenset(categories), **extent),
    )


def office(born: str, *said: Consent, basis: RepresentationBasis = RepresentationBasis.PARENT, **other: Any) -> Office:
    """Hers, with one hospital that knows of the citizen."""
    holds = {Condition: [PLAIN, TELLING, HURT], Allergy: [], Encounter: [], Claim: []}
    return Office(mother(), FalseTrust(*said), register={Relation: [relation(born, basis, **other)]}, hospital=holds)


async def seen(by: Office) -> Found[Condition]:
    """The problems that she sees."""
    chart = await by.access.citizen(CITIZEN)
    return await by.federation.ask(Question(about=Condition), by.access.permit(chart, Condition))


async def test_a_mother_sees_all_and_reads_that_something_may_be_withheld() -> None:
    """Complete, for what the law lets her see; restricted, always: so nothing follows from it."""
    found = await seen(office(CHILD))
    assert found.records == (PLAIN, TELLING, HURT)
    assert found.complete and found.restricted


async def test_nothing_tells_a_mother_that_her_son_refused_her_something() -> None:
    """The same list that there would be if the record did not exist."""
    by = [office(YOUTH, refused(Sensitivity.HIV)), office(YOUTH)]
    by[1].hospital._says = {Condition: [PLAIN, HURT]}
    one, other = [await seen(each) for each in by]
    assert one.records == other.records == (PLAIN, HURT)
    assert (one.complete, one.restricted) == (other.complete, other.restricted) == (True, True)
    assert [(row.state, row.records, row.restricted, row.whole) for row in one.outcomes] == [
        (row.state, row.records, row.restricted, row.whole) for row in other.outcomes
    ]


@pytest.mark.parametrize(
    ("born", "block", "hidden"),
    [
        (CHILD, refused(Sensitivity.HIV), set()),
        (CHILD, refused(Sensitivity.VIOLENCE), {HURT}),
        (CHILD, refused(), {HURT}),
        (YOUTH, refused(), {TELLING, HURT}),
        (YOUTH, refused(Sensitivity.SUBSTANCE_USE), set()),
        (YOUTH, refused(record="hospital-1"), {PLAIN}),
        (CHILD, refused(record="hospital-1"), set()),
        (YOUTH, refused(by=MOTHERS), set()),
        (YOUTH, refused(by=FATHERS), {HURT}),
        (YOUTH, refused(Sensitivity.HIV, by=FATHERS), set()),
    ],
)
async def test_what_holds_against_a_mother(born: str, block: Consent, hidden: set[Condition]) -> None:
    """What the law lets a minor refuse at that age; the father's word for violence alone, her own word never."""
    found = await seen(office(born, block))
    assert set(found.records) == {PLAIN, TELLING, HURT} - hidden


@pytest.mark.parametrize("basis", [RepresentationBasis.GUARDIAN, RepresentationBasis.COURT_APPOINTED])
async def test_a_ward_refuses_by_the_same_steps(basis: RepresentationBasis) -> None:
    """Whoever was appointed."""
    assert (await seen(office(GROWN, refused(), basis=basis))).records == (PLAIN,)


async def test_who_is_authorised_sees_special_categories_where_they_are_named() -> None:
    """As everybody whom a citizen chose; any block holds, and the list is not complete."""
    by = office(GROWN, basis=RepresentationBasis.AUTHORISED_BY_CITIZEN)
    found = await seen(by)
    assert found.records == (PLAIN,) and not found.complete

    named = consent(
        grantee=Grantee(representative=MOTHERS),
        purposes=frozenset({Purpose.REPRESENTATION}),
        extent=Extent(sensitivities=frozenset(Sensitivity)),
    )
    by = office(GROWN, named, basis=RepresentationBasis.AUTHORISED_BY_CITIZEN)
    found = await seen(by)
    assert found.records == (PLAIN, TELLING, HURT) and found.complete


async def test_a_pregnancy_is_told_to_who_is_chosen_only_where_that_is_named() -> None:
    """Reproductive health, whatever the record says: to everybody but those who treat, and the citizen."""
    pregnancy = Pregnancy(id="p", provenance=PLAIN.provenance, status=PregnancyStatus.ACTIVE)
    for categories, shown in ((frozenset(), ()), (frozenset({Sensitivity.REPRODUCTIVE_HEALTH}), (pregnancy,))):
        allowed = consent(
            grantee=Grantee(representative=MOTHERS),
            purposes=frozenset({Purpose.REPRESENTATION}),
            extent=Extent(sections=frozenset({Section.PREGNANCIES}), sensitivities=categories),
        )
        by = Office(mother(), FalseTrust(allowed), hospital={Pregnancy: [pregnancy]})
        chart = await by.access.citizen(CITIZEN)
        found = await by.federation.ask(Question(about=Pregnancy), by.access.permit(chart, Pregnancy))
        assert found.records == shown


async def test_a_right_to_the_summary_opens_the_summary() -> None:
    """By the register's word."""
    by = office(GROWN, basis=RepresentationBasis.AUTHORISED_BY_CITIZEN, scope=RepresentationScope.SUMMARY)
    chart = await by.access.citizen(CITIZEN)
    assert isinstance(by.access.permit(chart, Allergy), Grant)
    assert by.access.permit(chart, Claim) == Refused(state=SourceState.NOT_PERMITTED)


async def test_a_consent_lets_a_person_see_without_any_relation() -> None:
    """The sections that it names, with the person as the register knows them; and a court's bar beats it."""
    allowed = consent(
        grantee=Grantee(representative=MOTHERS),
        purposes=frozenset({Purpose.REPRESENTATION}),
        extent=Extent(sections=frozenset({Section.ALLERGIES})),
    )
    by = Office(mother(), FalseTrust(allowed), hospital={Allergy: []})
    chart = await by.access.citizen(CITIZEN)
    assert chart.basis is Basis.CONSENT and chart.subject.name == "Trần Thị Mẫu"
    assert isinstance(by.access.permit(chart, Allergy), Grant)
    assert isinstance(by.access.permit(chart, Condition), Refused)

    barred = Office(mother(), FalseTrust(allowed), register={Relation: [relation(CHILD, barred=True)]})
    with pytest.raises(Forbidden):
        await barred.access.citizen(CITIZEN)
    silent = Office(mother(), FalseTrust(allowed), register={Relation: Unavailable("x")})
    with pytest.raises(Unverifiable):
        await silent.access.citizen(CITIZEN)


async def test_f25_when_consents_cannot_be_read_ones_own_record_goes_on() -> None:
    """And whom one represents stays shut, for now."""
    by = office(CHILD)
    by.access._trust.down = True  # type: ignore[attr-defined]
    own = await by.access.me()
    assert isinstance(by.access.permit(own, Condition), Grant)
    with pytest.raises(Unverifiable):
        await by.access.citizen(CITIZEN)
    chart = await by.access.representing(relation(CHILD))
    assert chart is not None
    assert by.access.permit(chart, Condition) == Refused(state=SourceState.NOT_PERMITTED, retryable=True)


async def test_a32_a_dead_childs_record_is_not_the_parents() -> None:
    """The register says so where it names the child."""
    with pytest.raises(Forbidden):
        await office(CHILD, deceased=True).access.citizen(CITIZEN)


async def test_a_preview_is_what_the_partner_then_gets() -> None:
    """Made of the same facts by the same steps; of one's own record alone."""
    agreed = consent(extent=Extent(sections=frozenset({Section.CONDITIONS})))
    mine = Office(mother(personal_id=CITIZEN), FalseTrust(agreed))
    own = await mine.access.me()
    doctor = caller(CallerKind.CLINICIAN, Purpose.TREATMENT)
    party = Party(role=doctor.kind, organisation=doctor.organisation, professional=doctor.professional.id)  # type: ignore[union-attr]
    assert await mine.access.preview(own, party, Purpose.PAYMENT) is None
    foreseen = await mine.access.preview(own, party, Purpose.TREATMENT)
    theirs = await Office(doctor, FalseTrust(agreed)).access.citizen(CITIZEN)

    assert foreseen is not None
    for section in Section:
        assert decide(foreseen.standing, section) == decide(theirs.standing, section)
    child = await office(CHILD).access.citizen(CITIZEN)
    with pytest.raises(Forbidden):
        await mine.access.preview(child, party, Purpose.TREATMENT)
