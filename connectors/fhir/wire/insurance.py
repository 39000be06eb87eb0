"""Coverage, and what was claimed under it: Claim and ExplanationOfBenefit."""

from msgspec import field

from connectors.fhir.bundle import Resource
from connectors.fhir.datatypes import CodeableConcept, Identifier, Money, Period, Quantity, Reference, Wire


class Coverage(Resource, frozen=True, kw_only=True):
    """http://hl7.org/fhir/R4/coverage.html, http://hl7.org/fhir/R5/coverage.html."""

    subject: Reference | None = field(default=None, name="beneficiary")
    identifier: tuple[Identifier, ...] = ()
    subscriber_id: str | tuple[Identifier, ...] | None = None
    payor: tuple[Reference, ...] = ()
    insurer: Reference | None = None
    """R5's name for ``payor``."""
    period: Period | None = None


class ClaimDiagnosis(Wire, frozen=True, kw_only=True):
    """Of a Claim or ExplanationOfBenefit."""

    diagnosis_codeable_concept: CodeableConcept | None = None
    diagnosis_reference: Reference | None = None
    type: tuple[CodeableConcept, ...] = ()


class Code(Wire, frozen=True, kw_only=True):
    """A Coding of which the code alone is looked at."""

    code: str | None = None


class Category(Wire, frozen=True, kw_only=True):
    """A CodeableConcept of which the codes alone are looked at."""

    coding: tuple[Code, ...] = ()


class Amount(Wire, frozen=True, kw_only=True):
    """A sum by category: of the whole, or decided about a line."""

    category: Category | None = None
    amount: Money | None = None


class Payment(Wire, frozen=True, kw_only=True):
    """What the insurer paid."""

    amount: Money | None = None


class Item(Wire, frozen=True, kw_only=True):
    """A line of a Claim or ExplanationOfBenefit."""

    category: CodeableConcept | None = None
    product_or_service: CodeableConcept | None = None
    quantity: Quantity | None = None
    unit_price: Money | None = None
    net: Money | None = None
    adjudication: tuple[Amount, ...] = ()


class Billed(Resource, frozen=True, kw_only=True):
    """What a Claim and an ExplanationOfBenefit have in common."""

    subject: Reference | None = field(default=None, name="patient")
    use: str | None = None
    billable_period: Period | None = None
    created: str | None = None
    provider: Reference | None = None
    facility: Reference | None = None
    diagnosis: tuple[ClaimDiagnosis, ...] = ()
    item: tuple[Item, ...] = ()


class Claim(Billed, frozen=True, kw_only=True):
    """http://hl7.org/fhir/R4/claim.html, http://hl7.org/fhir/R5/claim.html."""

    total: Money | None = None


class ExplanationOfBenefit(Billed, frozen=True, kw_only=True):
    """http://hl7.org/fhir/R4/explanationofbenefit.html, http://hl7.org/fhir/R5/explanationofbenefit.html."""

    claim: Reference | None = None
    outcome: str | None = None
    total: tuple[Amount, ...] = ()
    payment: Payment | None = None
