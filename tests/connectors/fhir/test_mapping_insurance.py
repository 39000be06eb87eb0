"""Coverage and ExplanationOfBenefit to records."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from connectors.fhir.mapping.elements import Unreadable
from connectors.records import (
    Claim,
    ClaimLineKind,
    Coverage,
    CoverageStatus,
    DiagnosisRole,
    Facility,
    LegalState,
    LegalStep,
)
from tests.connectors.fhir.reading import OWN, around, concept, linked, maybe, read

CARD = "DN4797999998901"


def test_a_vietnamese_card_says_what_its_number_says() -> None:
    record = read(
        Coverage,
        status="active",
        identifier=[{"value": "HD-77"}, {"value": CARD}],
        subscriberId="7999998901",
        period={"start": "2026-01-01", "end": "2026-12-31T16:59:59Z"},
    )
    assert (record.card_number, record.social_insurance_number, record.benefit_level) == (CARD, "7999998901", 4)
    assert (record.valid_from, record.valid_until) == (date(2026, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("fields", "number"),
    [
        ({"subscriberId": "S-1", "identifier": [{"value": "I-1"}]}, "S-1"),
        ({"identifier": [{}, {"value": "I-1"}]}, "I-1"),
    ],
)
def test_another_card_keeps_its_number_and_nothing_is_read_into_it(fields: dict[str, Any], number: str) -> None:
    record = read(Coverage, status="active", **fields)
    assert (record.card_number, record.social_insurance_number, record.benefit_level) == (number, None, None)


def test_a_card_without_any_number_is_unreadable() -> None:
    with pytest.raises(Unreadable):
        read(Coverage, status="active", identifier=[{}])


@pytest.mark.parametrize(
    ("status", "period", "wanted"),
    [
        ("active", {"start": "2026-01-01", "end": "2026-12-31"}, CoverageStatus.ACTIVE),
        ("active", {"end": "2026-11-23"}, CoverageStatus.ACTIVE),
        ("active", {"end": "2026-11-22"}, CoverageStatus.EXPIRED),
        ("active", {"start": "2026-11-24"}, CoverageStatus.UPCOMING),
        ("active", {}, CoverageStatus.ACTIVE),
        ("cancelled", {}, CoverageStatus.REVOKED),
        ("draft", {}, CoverageStatus.UNKNOWN),
        (None, {}, CoverageStatus.UNKNOWN),
    ],
)
def test_the_state_of_a_card_today(status: str | None, period: dict[str, str], wanted: CoverageStatus) -> None:
    """Today is 23 November 2026. What is not understood is unknown, which is not 'not insured'."""
    assert read(Coverage, status=status, subscriberId=CARD, period=period).status is wanted


def total(code: str, value: object, currency: str | None = "VND") -> dict[str, Any]:
    return {"category": concept(None, code), "amount": {"value": value, "currency": currency}}


def test_a_claim_is_read_whole() -> None:
    cause = {"resourceType": "Condition", "id": "c1", "code": concept("Viêm phổi", "J18.9")}
    record = read(
        Claim,
        around(own=None, included=linked(cause)),
        status="active",
        use="claim",
        billablePeriod={"start": "2026-05-04", "end": "2026-05-06"},
        provider={"reference": "Organization/79982", "display": "Bệnh viện Mẫu B"},
        diagnosis=[
            {"diagnosisCodeableConcept": concept("Tăng huyết áp", "I10"), "type": [concept(None, "principal")]},
            {"diagnosisReference": {"reference": "Condition/c1"}},
            {"diagnosisReference": {"display": "Sốt"}},
            {"diagnosisReference": {"reference": "Condition/nowhere"}},
        ],
        total=[total("submitted", 1500000), total("benefit", 1200000), total("copay", 300000, None)],
    )
    assert record.facility == Facility(code="79982", name="Bệnh viện Mẫu B")
    assert record.admitted is not None
    assert record.discharged is not None
    assert (record.admitted.date(), record.discharged.date()) == (date(2026, 5, 4), date(2026, 5, 6))
    assert [(line.code.text, line.role) for line in record.diagnoses] == [
        ("Tăng huyết áp", DiagnosisRole.MAIN),
        ("Viêm phổi", DiagnosisRole.UNSPECIFIED),
        ("Sốt", DiagnosisRole.UNSPECIFIED),
    ]
    sums = (record.total, record.insurer_pays, record.citizen_pays)
    assert sums == (Decimal(1500000), Decimal(1200000), Decimal(300000))


def test_what_was_paid_goes_before_what_was_granted() -> None:
    record = read(Claim, payment={"amount": {"value": 0, "currency": "VND"}}, total=[total("benefit", 5)])
    assert record.insurer_pays == Decimal(0)


def test_other_money_is_not_read_as_dong() -> None:
    assert read(Claim, total=[total("submitted", 99, "USD")]).total is None


def test_a_hospital_is_the_place_of_its_own_claims_and_an_insurer_is_not() -> None:
    assert read(Claim).facility == OWN
    with pytest.raises(Unreadable):
        read(Claim, around(own=None))


@pytest.mark.parametrize(
    "fields", [{"use": "preauthorization"}, {"use": "predetermination"}, {"status": "entered-in-error"}]
)
def test_what_is_no_visit_is_left_out(fields: dict[str, str]) -> None:
    assert maybe(Claim, **fields) is None


ATC = "http://www.whocc.no/atc"
LINE = {
    "productOrService": concept("Amlodipin 5 mg", "C08CA01", system=ATC),
    "quantity": {"value": 30},
    "unitPrice": {"value": 1200.5, "currency": "VND"},
    "net": {"value": 36015, "currency": "VND"},
    "adjudication": [total("benefit", 28812), total("copay", 7203)],
}


@pytest.mark.parametrize("type_", ["ExplanationOfBenefit", "Claim"])
def test_the_lines_of_a_claim_are_read_whole(type_: str) -> None:
    (line,) = read(Claim, resourceType=type_, item=[LINE]).lines or ()
    assert (line.kind, line.code, line.name) == (ClaimLineKind.MEDICINE, "C08CA01", "Amlodipin 5 mg")
    assert (line.quantity, line.unit_price, line.amount) == (Decimal(30), Decimal("1200.5"), Decimal(36015))
    assert (line.insurer_pays, line.citizen_pays) == (Decimal(28812), Decimal(7203))


@pytest.mark.parametrize(
    ("fields", "kind", "name"),
    [
        ({"productOrService": concept(None, "99213")}, ClaimLineKind.OTHER, "99213"),
        (
            {"category": concept(None, "5", system="http://terminology.hl7.org/CodeSystem/ex-benefitcategory")},
            ClaimLineKind.SERVICE,
            "5",
        ),
        ({}, ClaimLineKind.OTHER, "unknown"),
    ],
)
def test_nothing_is_read_into_a_line(fields: dict[str, Any], kind: ClaimLineKind, name: str) -> None:
    (line,) = read(Claim, item=[fields]).lines or ()
    assert (line.kind, line.name, line.amount) == (kind, name, None)


def test_a_line_that_costs_nothing_costs_nothing() -> None:
    line = {"net": {"value": 0, "currency": "VND"}, "adjudication": [total("submitted", 5)]}
    (read_line,) = read(Claim, item=[line]).lines or ()
    assert read_line.amount == Decimal(0)


def test_no_lines_are_not_an_empty_bill() -> None:
    assert read(Claim).lines is None


def test_a_claim_nobody_decided_about_says_what_was_asked_for() -> None:
    record = read(Claim, resourceType="Claim", status="active", total={"value": 1500000, "currency": "VND"})
    assert (record.total, record.insurer_pays, record.citizen_pays) == (Decimal(1500000), None, None)
    assert maybe(Claim, resourceType="Claim", status="draft") is None


def test_a_card_entered_in_error_is_left_out() -> None:
    assert maybe(Coverage, status="entered-in-error", subscriberId=CARD) is None


CREATED = {"created": "2026-05-07T08:00:00+07:00"}
THEN = datetime(2026, 5, 7, 1, tzinfo=UTC)
CLAIMED, DECIDED = LegalStep(state=LegalState.CLAIMED), LegalStep(state=LegalState.FINAL, at=THEN)


@pytest.mark.parametrize(
    ("fields", "steps"),
    [
        ({"status": "active", "outcome": "complete"}, (CLAIMED, DECIDED)),
        ({"status": "active", "outcome": "queued"}, (CLAIMED,)),
        ({"status": "active", "outcome": "partial"}, (CLAIMED,)),
        ({"status": "active", "outcome": "error"}, (CLAIMED,)),
        ({"status": "active"}, (CLAIMED,)),
        ({"status": "cancelled", "outcome": "complete"}, ()),
        ({"status": "draft", "outcome": "complete"}, ()),
        ({"outcome": "complete"}, ()),
    ],
)
def test_a_decision_is_final_where_it_says_that_it_is(fields: dict[str, str], steps: tuple[LegalStep, ...]) -> None:
    """It is about a claim, of which it does not say when that was made. One that does not count says nothing."""
    assert read(Claim, resourceType="ExplanationOfBenefit", **CREATED, **fields).steps == steps


def test_a_claim_says_when_it_was_handed_in_while_it_counts() -> None:
    claimed = LegalStep(state=LegalState.CLAIMED, at=THEN)
    assert read(Claim, resourceType="Claim", status="active", **CREATED).steps == (claimed,)
    assert read(Claim, resourceType="Claim", status="cancelled", **CREATED).steps == ()
