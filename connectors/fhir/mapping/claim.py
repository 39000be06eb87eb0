"""ExplanationOfBenefit, and Claim where nothing was decided about it yet, to records."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from msgspec import structs

from connectors.fhir import wire
from connectors.fhir.datatypes import Money, Period, Reference
from connectors.fhir.mapping.around import Around, Contained
from connectors.fhir.mapping.elements import (
    ENTERED_IN_ERROR,
    Unreadable,
    code_of,
    coded,
    display_of,
    exact,
    has_code,
    pairs_of,
)
from connectors.fhir.mapping.places import facility as place_of
from connectors.fhir.mapping.table import Maker, Of, Points, Table
from connectors.fhir.mapping.times import moment
from connectors.records import (
    Claim,
    ClaimLine,
    ClaimLineKind,
    CodedText,
    Diagnosis,
    DiagnosisRole,
    Facility,
    LegalState,
    LegalStep,
)

_NOT_YET = ("preauthorization", "predetermination")
"""Uses that speak of what is to come."""

_MEDICINES = frozenset(
    {
        "http://www.whocc.no/atc",
        "http://www.nlm.nih.gov/research/umls/rxnorm",
        "http://hl7.org/fhir/sid/ndc",
        "http://hl7.org/fhir/sid/cvx",
    }
)
"""Code systems that hold nothing but medicines."""
_SERVICES = "http://terminology.hl7.org/CodeSystem/ex-benefitcategory"


def _is_decision(status: str | None, use: str | None) -> bool:
    """A prediction or an authorisation in advance is none."""
    return status != ENTERED_IN_ERROR and use not in _NOT_YET


def _is_claim(status: str | None, use: str | None) -> bool:
    return status not in (ENTERED_IN_ERROR, "draft") and use not in _NOT_YET


def _place(facility: Reference | None, provider: Reference | None, around: Around, contained: Contained) -> Facility:
    """Where it was.

    Raises:
        Unreadable: nothing says so.
    """
    for said in (facility, provider):
        if said is not None and (place := place_of(said, around, contained)) is not None:
            return place
    if around.own is None:
        raise Unreadable("no place")
    return around.own


def _admitted(billable_period: Period | None) -> datetime | None:
    return moment(billable_period.start) if billable_period is not None else None


def _discharged(billable_period: Period | None) -> datetime | None:
    return moment(billable_period.end) if billable_period is not None else None


def _diagnoses(diagnosis: tuple[wire.ClaimDiagnosis, ...]) -> tuple[Diagnosis, ...] | None:
    """As they are named here; None where one of them is not, but may be pointed to."""
    found: list[Diagnosis] = []
    for line in diagnosis:
        code = coded(line.diagnosis_codeable_concept)
        if code is None:
            return None
        found.append(_diagnosis(code, line))
    return tuple(found)


def _diagnoses_behind(
    diagnosis: tuple[wire.ClaimDiagnosis, ...], around: Around, contained: Contained
) -> tuple[Diagnosis, ...]:
    found: list[Diagnosis] = []
    for line in diagnosis:
        code = coded(line.diagnosis_codeable_concept)
        if code is None:
            inner = around.linked(line.diagnosis_reference, contained)
            words = display_of(line.diagnosis_reference)
            code = (coded(inner.code) if inner else None) or (CodedText(text=words) if words else None)
        if code:
            found.append(_diagnosis(code, line))
    return tuple(found)


def _diagnosis(code: CodedText, line: wire.ClaimDiagnosis) -> Diagnosis:
    main = line.type and has_code(line.type, "principal")
    return Diagnosis(code=code, role=DiagnosisRole.MAIN if main else DiagnosisRole.UNSPECIFIED)


def _lines(item: tuple[wire.Item, ...]) -> tuple[ClaimLine, ...] | None:
    return tuple(map(_line, item)) or None


def _submitted(total: tuple[wire.Amount, ...]) -> Decimal | None:
    return _total(total, "submitted")


def _paid(payment: wire.Payment | None, total: tuple[wire.Amount, ...]) -> Decimal | None:
    if payment is not None:
        return _dong(payment.amount)
    return _total(total, "benefit")


def _left_to_pay(total: tuple[wire.Amount, ...]) -> Decimal | None:
    return _total(total, "copay")


def _decision(status: str | None, outcome: str | None, created: str | None) -> tuple[LegalStep, ...]:
    """A decision is about a claim; it is final where its outcome says so (http://hl7.org/fhir/remittance-outcome)."""
    if status != "active":
        return ()
    claimed = LegalStep(state=LegalState.CLAIMED)
    return (claimed, LegalStep(state=LegalState.FINAL, at=moment(created))) if outcome == "complete" else (claimed,)


def _handing_in(status: str | None, created: str | None) -> tuple[LegalStep, ...]:
    return (LegalStep(state=LegalState.CLAIMED, at=moment(created)),) if status == "active" else ()


def _places(facility: Reference | None, provider: Reference | None) -> tuple[Reference | None, ...]:
    return (facility, provider)


def _conditions(diagnosis: tuple[wire.ClaimDiagnosis, ...]) -> tuple[Reference | None, ...]:
    return tuple(line.diagnosis_reference for line in diagnosis if line.diagnosis_reference is not None)


def _line(item: wire.Item) -> ClaimLine:
    product, category = coded(item.product_or_service), coded(item.category)
    name = product or category
    return ClaimLine(
        kind=_kind(item),
        code=code_of(item.product_or_service),
        name=name.text if name else "unknown",
        quantity=exact(item.quantity.value) if item.quantity and item.quantity.value is not None else None,
        unit_price=_dong(item.unit_price),
        amount=_dong(item.net) if item.net else _total(item.adjudication, "submitted"),
        insurer_pays=_total(item.adjudication, "benefit"),
        citizen_pays=_total(item.adjudication, "copay"),
    )


def _kind(item: wire.Item) -> ClaimLineKind:
    """By the code system alone: nothing is guessed from words."""
    concepts = (concept for concept in (item.product_or_service, item.category) if concept)
    systems = {system for system, _ in pairs_of(concepts)}
    if not _MEDICINES.isdisjoint(systems):
        return ClaimLineKind.MEDICINE
    return ClaimLineKind.SERVICE if _SERVICES in systems else ClaimLineKind.OTHER


def _is_among(category: str, codings: Iterable[wire.Code]) -> bool:
    return any(coding.code == category for coding in codings)


def _total(sums: Iterable[wire.Amount], category: str) -> Decimal | None:
    """http://terminology.hl7.org/CodeSystem/adjudication."""
    for one in sums:
        codings = one.category.coding if one.category is not None else ()
        if codings and (codings[0].code == category or (codings[1:] and _is_among(category, codings))):
            return _dong(one.amount)
    return None


def _dong(amount: Money | None) -> Decimal | None:
    """The sum, if it is in VND: the record has no place for another currency."""
    if amount is None or amount.value is None or amount.currency not in (None, "VND"):
        return None
    return exact(amount.value)


def with_its_claim(decided: Claim, handed_in: Claim) -> Claim:
    """The decision with what the claim that it is about says of its way: the day on which it was handed in."""
    return structs.replace(decided, steps=(*decided.steps, *handed_in.steps))


_POINTS = (
    Points("facility", _places, to=("Organization",)),
    Points("diagnoses", _conditions, to=("Condition",)),
)
_ALIKE = frozenset({"diagnosis"})
_VISIT: Mapping[str, Maker] = {
    "facility": _place,
    "admitted": _admitted,
    "discharged": _discharged,
    "diagnoses": (_diagnoses, _diagnoses_behind),
}

DECIDED = Table(
    record=Claim,
    wire=wire.ExplanationOfBenefit,
    alike=_ALIKE,
    is_one=_is_decision,
    recorded="created",
    fields={
        **_VISIT,
        "total": _submitted,
        "insurer_pays": _paid,
        "citizen_pays": _left_to_pay,
        "status": "status",
        "lines": _lines,
        "steps": _decision,
    },
    points=_POINTS,
    stands_for="claim",
    taking=with_its_claim,
)
"""One insured visit, as the insurer decided about it."""


HANDED_IN = Table(
    record=Claim,
    wire=wire.Claim,
    kind="Claim",
    alike=_ALIKE,
    is_one=_is_claim,
    recorded="created",
    fields={**_VISIT, "total": Of(_dong, "total"), "status": "status", "lines": _lines, "steps": _handing_in},
    points=_POINTS,
)
"""One insured visit, as it was claimed: who pays how much is not said."""
