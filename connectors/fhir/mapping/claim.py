"""ExplanationOfBenefit, and Claim where nothing was decided about it yet, to records."""

from collections.abc import Iterable
from decimal import Decimal

from msgspec import structs

from connectors.fhir import wire
from connectors.fhir.datatypes import Money
from connectors.fhir.mapping.elements import (
    ENTERED_IN_ERROR,
    Around,
    Unreadable,
    code_of,
    coded,
    codes_of,
    display_of,
    end_of,
    exact,
    facility,
    moment,
    pairs_of,
    start_of,
)
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


def decided(benefit: wire.ExplanationOfBenefit, around: Around) -> Claim | None:
    """One insured visit, as the insurer decided about it. A prediction or an authorisation in advance is none.

    Raises:
        Unreadable: nothing says where it was.
    """
    if benefit.status == ENTERED_IN_ERROR or benefit.use in _NOT_YET:
        return None
    id_, provenance = around.stamped(Claim, benefit, recorded=benefit.created, author=None)
    return Claim(
        id=id_,
        provenance=provenance,
        facility=_place(benefit, around),
        admitted=moment(start_of(benefit.billable_period)),
        discharged=moment(end_of(benefit.billable_period)),
        diagnoses=tuple(_diagnoses(benefit, around)),
        total=_total(benefit.total, "submitted"),
        insurer_pays=_dong(benefit.payment.amount) if benefit.payment else _total(benefit.total, "benefit"),
        citizen_pays=_total(benefit.total, "copay"),
        status=benefit.status,
        lines=(tuple(map(_line, benefit.item)) or None) if around.wants("lines") else None,
        steps=tuple(_decision(benefit)),
    )


def handed_in(claim: wire.Claim, around: Around) -> Claim | None:
    """One insured visit, as it was claimed: who pays how much is not said.

    Raises:
        Unreadable: nothing says where it was.
    """
    if claim.status in (ENTERED_IN_ERROR, "draft") or claim.use in _NOT_YET:
        return None
    id_, provenance = around.stamped(Claim, claim, recorded=claim.created, author=None, kind="Claim")
    return Claim(
        id=id_,
        provenance=provenance,
        facility=_place(claim, around),
        admitted=moment(start_of(claim.billable_period)),
        discharged=moment(end_of(claim.billable_period)),
        diagnoses=tuple(_diagnoses(claim, around)),
        total=_dong(claim.total),
        status=claim.status,
        lines=(tuple(map(_line, claim.item)) or None) if around.wants("lines") else None,
        steps=(LegalStep(state=LegalState.CLAIMED, at=moment(claim.created)),) if claim.status == "active" else (),
    )


def with_its_claim(decided: Claim, handed_in: Claim) -> Claim:
    """The decision with what the claim that it is about says of its way: the day on which it was handed in."""
    return structs.replace(decided, steps=(*decided.steps, *handed_in.steps))


def _decision(benefit: wire.ExplanationOfBenefit) -> Iterable[LegalStep]:
    """A decision is about a claim; it is final where its outcome says so (http://hl7.org/fhir/remittance-outcome)."""
    if benefit.status != "active":
        return
    yield LegalStep(state=LegalState.CLAIMED)
    if benefit.outcome == "complete":
        yield LegalStep(state=LegalState.FINAL, at=moment(benefit.created))


def _place(billed: wire.Billed, around: Around) -> Facility:
    place = facility(billed.facility, around, billed) or facility(billed.provider, around, billed) or around.own
    if place is None:
        raise Unreadable("no place")
    return place


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


def _diagnoses(billed: wire.Billed, around: Around) -> Iterable[Diagnosis]:
    for line in billed.diagnosis:
        inner = around.linked(line.diagnosis_reference, billed)
        words = display_of(line.diagnosis_reference)
        code = coded(line.diagnosis_codeable_concept) or (coded(inner.code) if inner else None)
        code = code or (CodedText(text=words) if words else None)
        if code:
            main = "principal" in codes_of(line.type)
            yield Diagnosis(code=code, role=DiagnosisRole.MAIN if main else DiagnosisRole.UNSPECIFIED)


def _total(sums: Iterable[wire.Amount], category: str) -> Decimal | None:
    """http://terminology.hl7.org/CodeSystem/adjudication."""
    for one in sums:
        if one.category and any(coding.code == category for coding in one.category.coding):
            return _dong(one.amount)
    return None


def _dong(amount: Money | None) -> Decimal | None:
    """The sum, if it is in VND: the record has no place for another currency."""
    if amount is None or amount.value is None or amount.currency not in (None, "VND"):
        return None
    return exact(amount.value)
