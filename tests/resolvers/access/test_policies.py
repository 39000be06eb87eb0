"""The policies: who may see what, in every combination; read by people, checked against their schema, quick."""

import re
import time
from collections.abc import Callable
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from connectors.contract import Basis, Purpose
from connectors.records import RepresentationScope
from resolvers.access import decisions, matrix, policy
from resolvers.access.ages import Step
from resolvers.access.caller import CallerKind
from resolvers.access.consents import ConsentEffect, Sensitivity
from resolvers.access.decisions import decide
from resolvers.access.matrix import WAYS
from resolvers.access.policy import POLICIES, SINGLE_RECORD, Action, BadPolicy, Facts, Policies
from resolvers.access.standing import Agreed, Party, by_consent, own
from resolvers.sections import Section
from tests.resolvers.access.people import DOCTOR, HOSPITAL, consent
from tests.resolvers.world import NOW

README = Path(policy.__file__).parent / "README.md"
FOLDER = Path(policy.__file__).parent / "policies"
ALL, NOTHING = frozenset(Section), frozenset[Section]()
FAMILY, WHO = frozenset({Section.FAMILY}), frozenset({Section.DEMOGRAPHICS})
INSURANCE = frozenset({Section.COVERAGE, Section.CLAIMS, Section.CO_PAYMENTS})
CLINICAL = ALL - INSURANCE - WHO - FAMILY - {Section.REPRESENTATIVES}
MINOR, GROWN = frozenset(Step) - {Step.ADULT}, frozenset(Step)

ROLE, WHY, BY = CallerKind, Purpose, Basis
CARE = (ROLE.CLINICIAN, ROLE.HEALTH_STATION)

OPENED = {
    (ROLE.CITIZEN, WHY.SELF, BY.SELF): ALL,
    (ROLE.CITIZEN, WHY.REPRESENTATION, BY.PARENT): ALL - FAMILY,
    (ROLE.CITIZEN, WHY.REPRESENTATION, BY.GUARDIAN): ALL - FAMILY,
    (ROLE.CITIZEN, WHY.REPRESENTATION, BY.COURT_APPOINTED): ALL - FAMILY,
    (ROLE.CITIZEN, WHY.REPRESENTATION, BY.AUTHORISED): ALL - FAMILY,
    (ROLE.CITIZEN, WHY.REPRESENTATION, BY.CONSENT): ALL - FAMILY,
    **{(role, WHY.TREATMENT, BY.CONSENT): CLINICAL | WHO | {Section.COVERAGE} for role in CARE},
    **{(role, WHY.EMERGENCY, BY.BREAK_GLASS): CLINICAL | WHO for role in CARE},
    (ROLE.HEALTH_STATION, WHY.PUBLIC_HEALTH, BY.AGREEMENT): WHO
    | {Section.IMMUNIZATIONS, Section.ALLERGIES, Section.COVERAGE},
    (ROLE.INSURER, WHY.PAYMENT, BY.CONSENT): INSURANCE | WHO,
}
"""All that is ever open, for a minor from fifteen on, by a consent that covers the section; nothing else is."""


def facts(role: CallerKind, purpose: Purpose, basis: Basis, section: Section, **other: Any) -> Facts:
    """May this section be read?"""
    known: dict[str, Any] = {"reached": MINOR, "named": True, **other}
    return Facts(
        role=role, action=Action.READ, resource=section.value, purpose=purpose, basis=basis, section=section, **known
    )


@pytest.mark.parametrize("role", ROLE)
def test_every_role_for_every_purpose_on_every_basis(role: CallerKind) -> None:
    """What is not in the table is open to nobody; what is in it is shut by a block, or without what it rests on."""
    judge = POLICIES._judged
    for purpose, basis in product(WHY, BY):
        opened = OPENED.get((role, purpose, basis), NOTHING)
        found = {one for one in Section if judge(facts(role, purpose, basis, one)).permitted}
        assert found == opened, (purpose, basis)
        if not opened or basis is BY.SELF:
            continue
        shut = {one for one in opened if not judge(facts(role, purpose, basis, one, blocked=True)).permitted}
        assert shut == (NOTHING if basis is BY.BREAK_GLASS else opened)
        assert not any(judge(facts(role, purpose, basis, one, blocked_in_emergency=True)).permitted for one in opened)
        unnamed = {one for one in opened if judge(facts(role, purpose, basis, one, named=False)).permitted}
        assert unnamed == (WHO if basis is BY.CONSENT else opened)


def test_a32_grown_children_and_the_young() -> None:
    """A parent's right ends with the last step; an account of one's own begins at fourteen."""
    parent = (ROLE.CITIZEN, WHY.REPRESENTATION, BY.PARENT)
    own_record = (ROLE.CITIZEN, WHY.SELF, BY.SELF)
    for section in Section:
        assert not POLICIES.judge(facts(*parent, section, reached=GROWN)).permitted
        young = POLICIES.judge(facts(*own_record, section, reached=frozenset({Step.E_ID, Step.DATA_CONSENT})))
        assert young.permitted is (section is Section.DEMOGRAPHICS)


def test_who_has_a_right_to_the_summary_sees_the_summary() -> None:
    """And nothing beyond it."""
    summary = RepresentationScope.SUMMARY
    seen = {
        one
        for one in Section
        if POLICIES.judge(facts(ROLE.CITIZEN, WHY.REPRESENTATION, BY.AUTHORISED, one, scope=summary)).permitted
    }
    assert seen == {
        *(Section.DEMOGRAPHICS, Section.CONDITIONS, Section.ALLERGIES, Section.MEDICATIONS),
        *(Section.IMMUNIZATIONS, Section.PROCEDURES),
    }


@pytest.mark.parametrize(
    ("reached", "refusable"),
    [
        (frozenset[Step](), {"VIOLENCE"}),
        (frozenset({Step.OWN_ACCOUNT}), {"VIOLENCE", "RECORD"}),
        (frozenset({Step.OWN_ACCOUNT, Step.HIV_TEST}), {"VIOLENCE", "RECORD", "HIV"}),
        (MINOR, {"VIOLENCE", "RECORD", "HIV", "MENTAL_HEALTH", "REPRODUCTIVE_HEALTH", "SEXUAL_HEALTH"}),
    ],
)
def test_what_can_be_kept_from_parents_grows_with_age(reached: frozenset[Step], refusable: set[str]) -> None:
    """Violence always; against everybody else, everything always."""

    def refused(basis: Basis) -> set[str]:
        matters = (*(one.value for one in Sensitivity), SINGLE_RECORD)
        known: dict[str, Any] = {
            "role": ROLE.CITIZEN,
            "purpose": WHY.REPRESENTATION,
            "basis": basis,
            "reached": reached,
        }
        return {one for one in matters if POLICIES.judge(Facts(action=Action.REFUSE, resource=one, **known)).permitted}

    assert refused(BY.PARENT) == refused(BY.GUARDIAN) == refused(BY.COURT_APPOINTED) == refusable
    assert refused(BY.AUTHORISED) == refused(BY.CONSENT) == {*(one.value for one in Sensitivity), SINGLE_RECORD}


@pytest.mark.parametrize("role", ROLE)
def test_only_citizens_and_who_represents_them_by_law_write(role: CallerKind) -> None:
    """To read is not to write."""
    for purpose, basis in product(WHY, BY):
        known: dict[str, Any] = {"role": role, "purpose": purpose, "basis": basis, "named": True}
        may = POLICIES.judge(Facts(action=Action.WRITE, resource="Measurement", **known)).permitted
        by_law = basis in (BY.SELF, BY.PARENT, BY.GUARDIAN, BY.COURT_APPOINTED)
        assert may is (role is ROLE.CITIZEN and by_law)


def test_every_way_is_in_the_tables_that_lawyers_read() -> None:
    """What opens something stands there; the tables of the README are printed from the policies."""
    shown = {(way.role, way.purpose, way.basis) for way in WAYS}
    assert {key for key in OPENED if key[0] is not ROLE.HEALTH_STATION or key[1] is not WHY.EMERGENCY} <= shown
    text = README.read_text(encoding="utf-8")
    for name, table in (
        ("sections", matrix.sections_table()),
        ("categories", matrix.categories_table()),
        ("refusals", matrix.refusals_table()),
        ("policies", matrix.policies_table("en")),
    ):
        found = re.search(rf"<!-- {name} -->\n(.*?)\n<!-- end -->", text, re.DOTALL)
        assert found, name
        assert found[1] == table, f"{name}: `citizen-graph policy print --language en` prints it anew"


SCHEMA = (FOLDER / "citizen_graph.cedarschema").read_text(encoding="utf-8")
GROUPS = (FOLDER / "groups.json").read_text(encoding="utf-8")
SAYS = '@id("a") @vi("v") @en("e") @law("l") '


@pytest.mark.parametrize(
    "text",
    [
        "permit (",
        "permit (principal, action, resource);",
        SAYS.replace('@law("l")', "") + "permit (principal, action, resource);",
        SAYS + 'permit (principal == CitizenGraph::Role::"doctor", action, resource);',
        SAYS + "permit (principal, action, resource) when { context.purpos == context.purpose };",
        SAYS + 'permit (principal, action, resource) when { context.purpose == "TREATMENT" };',
        f"{SAYS}permit (principal, action, resource); {SAYS}forbid (principal, action, resource);",
    ],
)
def test_what_is_misspelt_or_rests_on_nothing_does_not_start(text: str) -> None:
    """A rule that never holds would be worse than none."""
    with pytest.raises((BadPolicy, ValueError)):
        Policies(text, schema=SCHEMA, groups=GROUPS)


def test_every_section_lies_among_the_groups() -> None:
    """A new one belongs to nobody but the citizen until a policy names it, and is known to Cedar."""
    for section in Section:
        assert f'"id": "{section.value}"' in GROUPS


def test_a_known_decision_costs_microseconds() -> None:
    """Cedar is asked once; a citizen's own path costs far less than the twentieth of a millisecond that it may."""
    standing = own(frozenset(Step))
    for section in Section:
        decide(standing, section)
    before = POLICIES.judge.cache_info().misses
    best = min(_seconds(lambda: [decide(standing, section) for section in Section]) for _ in range(20))

    assert POLICIES.judge.cache_info().misses == before
    assert best / len(Section) < 50e-6


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def test_what_was_said_by_citizens_is_not_remembered() -> None:
    """Only decisions without a consent among their facts are kept, whoever asks."""
    party = Party(role=ROLE.CLINICIAN, organisation=HOSPITAL, professional=DOCTOR.id)
    agreed = Agreed(consents=[consent(), consent(ConsentEffect.DENY, id="d", valid_until=NOW + timedelta(days=1))])
    standing = by_consent(party, WHY.TREATMENT, agreed, NOW)
    assert standing is not None
    before = decisions._remembered.cache_info().currsize
    decide(standing, Section.ALLERGIES)
    assert decisions._remembered.cache_info().currsize == before
