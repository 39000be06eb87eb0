"""MedicationRequest, MedicationDispense and MedicationStatement to records: the same medicine, known in three ways."""

from collections.abc import Mapping

from connectors.fhir import wire
from connectors.fhir.bundle import Linked
from connectors.fhir.datatypes import CodeableConcept, CodeableReference, Period, Ratio, Reference
from connectors.fhir.mapping.around import Around, Contained
from connectors.fhir.mapping.elements import ENTERED_IN_ERROR, amount_text, code_of, coded, display_of, meant, needed
from connectors.fhir.mapping.elements import quantity as amount
from connectors.fhir.mapping.places import practitioner
from connectors.fhir.mapping.shared import own
from connectors.fhir.mapping.table import Maker, Of, Points, Table
from connectors.fhir.mapping.times import end_of, partial, start_of
from connectors.records import (
    CodedText,
    Medication,
    MedicationKind,
    MedicationStatus,
    PartialDate,
    Practitioner,
    Quantity,
)

_STATUSES = {
    "active": MedicationStatus.ACTIVE,
    "on-hold": MedicationStatus.ON_HOLD,
    "completed": MedicationStatus.COMPLETED,
    "ended": MedicationStatus.COMPLETED,
    "stopped": MedicationStatus.STOPPED,
    "cancelled": MedicationStatus.STOPPED,
    "not-taken": MedicationStatus.NOT_TAKEN,
}
"""http://hl7.org/fhir/R4/valueset-medicationrequest-status.html, and R5's; medication-statement-status of R4."""

_DISPENSED = {
    "on-hold": MedicationStatus.ON_HOLD,
    "stopped": MedicationStatus.STOPPED,
    "cancelled": MedicationStatus.STOPPED,
    "declined": MedicationStatus.STOPPED,
}
"""http://hl7.org/fhir/R4/valueset-medicationdispense-status.html: "completed" ends the handing out, not the taking."""

_ADHERENCE = {
    "taking": MedicationStatus.ACTIVE,
    "not-taking": MedicationStatus.NOT_TAKEN,
    "on-hold": MedicationStatus.ON_HOLD,
    "on-hold-as-directed": MedicationStatus.ON_HOLD,
    "stopped": MedicationStatus.STOPPED,
    "stopped-as-directed": MedicationStatus.STOPPED,
}
"""http://hl7.org/fhir/R5/valueset-medication-statement-adherence.html."""

_NO_PRESCRIPTION = frozenset({"proposal", "plan", "option"})
"""Intents that prescribe nothing."""

_UNSAID = frozenset({ENTERED_IN_ERROR, "draft"})


def _pointer(medication_reference: Reference | None, medication: CodeableReference | None) -> Reference | None:
    """The pointer to the product, where the medicine stands behind one."""
    return medication_reference or (medication.pointer if medication else None)


def _products(
    medication_reference: Reference | None, medication: CodeableReference | None
) -> tuple[Reference | None, ...]:
    return (_pointer(medication_reference, medication),)


def _product(
    medication_reference: Reference | None,
    medication: CodeableReference | None,
    around: Around,
    contained: Contained,
) -> Linked | None:
    return around.linked(_pointer(medication_reference, medication), contained)


def _name(
    medication_codeable_concept: CodeableConcept | None,
    medication_reference: Reference | None,
    medication: CodeableReference | None,
    product: Linked | None,
) -> CodedText:
    """The medicine: as it is named here, as the product is, or in the words of the pointer."""
    words = display_of(medication_reference)
    said = coded(medication_codeable_concept) or (coded(medication.meaning) if medication else None)
    code = said or (coded(product.code) if product else None) or meant(medication)
    return needed(code or (CodedText(text=words) if words else None))


def _visit(encounter: Reference | None, context: Reference | None, around: Around) -> str | None:
    return around.visit(encounter, context)


def _ingredients(product: Linked | None) -> tuple[CodedText, ...]:
    concepts = (meant(item.item_codeable_concept or item.item) for item in product.ingredient) if product else ()
    return tuple(filter(None, concepts))


def _strength(product: Linked | None) -> str | None:
    ratios = (item.strength or item.strength_ratio for item in product.ingredient) if product else ()
    return " + ".join(filter(None, map(_ratio, ratios))) or None


def _ratio(ratio: Ratio | None) -> str:
    if ratio is None:
        return ""
    return " / ".join(filter(None, (amount_text(ratio.numerator), amount_text(ratio.denominator))))


def _dosage(dosage_instruction: tuple[wire.Dosage, ...]) -> str | None:
    return "; ".join(filter(None, map(_instruction, dosage_instruction))) or None


def _route(dosage_instruction: tuple[wire.Dosage, ...]) -> CodedText | None:
    return next(filter(None, (coded(line.route) for line in dosage_instruction)), None)


def _instruction(line: wire.Dosage) -> str | None:
    timing = coded(line.timing.code) if line.timing else None
    return line.text or line.patient_instruction or (timing.text if timing else None)


_PRODUCT: Mapping[str, Maker] = {"code": _name, "ingredients": _ingredients, "strength": _strength}
_POINTS = tuple(Points(field, _products, to=("Medication",)) for field in _PRODUCT)


def _is_prescription(status: str | None, do_not_perform: bool, intent: str | None) -> bool:
    return not (status in _UNSAID or do_not_perform or intent in _NO_PRESCRIPTION)


def _course(
    dosage_instruction: tuple[wire.Dosage, ...], dispense_request: wire.DispenseRequest | None
) -> Period | None:
    """The days on which the medicine is taken."""
    bounds = (line.timing.repeat.bounds_period for line in dosage_instruction if line.timing and line.timing.repeat)
    return next(filter(None, bounds), None) or (dispense_request.validity_period if dispense_request else None)


def _ordered_amount(dispense_request: wire.DispenseRequest | None) -> Quantity | None:
    return amount(dispense_request.quantity) if dispense_request else None


def _first_day(course: Period | None, authored_on: str | None) -> PartialDate | None:
    return partial(start_of(course)) or partial(authored_on)


def _last_day(course: Period | None) -> PartialDate | None:
    return partial(end_of(course))


def _order_status(status: str | None) -> MedicationStatus:
    return _STATUSES.get(status or "", MedicationStatus.UNKNOWN)


def _prescriber(requester: Reference | None, around: Around, contained: Contained) -> Practitioner | None:
    return practitioner(requester, around, contained)


PRESCRIPTION = Table(
    record=Medication,
    wire=wire.MedicationRequest,
    steps={"product": _product, "course": _course},
    is_one=_is_prescription,
    recorded="authored_on",
    author=Of(display_of, "requester"),
    fields={
        **_PRODUCT,
        "dosage": _dosage,
        "route": _route,
        "quantity": _ordered_amount,
        "start": _first_day,
        "end": _last_day,
        "status": _order_status,
        "prescriber": _prescriber,
        "facility": own,
        "encounter_id": _visit,
    },
    points=_POINTS,
)
"""A prescribed medicine. Drafts, plans and prohibitions are none."""


def _is_dispense(status: str | None) -> bool:
    return status not in _UNSAID


def _handed_on(when_handed_over: str | None, when_prepared: str | None) -> str | None:
    return when_handed_over or when_prepared


def _hand(performer: tuple[wire.DispensePerformer, ...]) -> str | None:
    return next(filter(None, (display_of(part.actor) for part in performer)), None)


def _dispense_status(status: str | None) -> MedicationStatus:
    return _DISPENSED.get(status or "", MedicationStatus.UNKNOWN)


DISPENSE = Table(
    record=Medication,
    wire=wire.MedicationDispense,
    kind="MedicationDispense",
    steps={"product": _product, "handed": _handed_on},
    is_one=_is_dispense,
    recorded="handed",
    author=_hand,
    always={"kind": MedicationKind.DISPENSE},
    fields={
        **_PRODUCT,
        "dosage": _dosage,
        "route": _route,
        "quantity": Of(amount, "quantity"),
        "start": Of(partial, "handed"),
        "status": _dispense_status,
        "facility": own,
        "encounter_id": _visit,
    },
    points=_POINTS,
)
"""A medicine that was handed out, or is about to be."""


def _is_said(status: str | None) -> bool:
    return status not in _UNSAID and status != "intended"


def _sayer(information_source: Reference | tuple[Reference, ...] | None) -> str | None:
    sources: tuple[Reference | None, ...]
    sources = information_source if isinstance(information_source, tuple) else (information_source,)
    return next(filter(None, map(display_of, sources)), None)


def _taken(status: str | None, adherence: wire.Adherence | None) -> MedicationStatus:
    code = code_of(adherence.code) if adherence else None
    return _ADHERENCE.get(code or "") or _STATUSES.get(status or "", MedicationStatus.UNKNOWN)


def _dosage_said(dosage: tuple[wire.Dosage, ...]) -> str | None:
    return _dosage(dosage)


def _route_said(dosage: tuple[wire.Dosage, ...]) -> CodedText | None:
    return _route(dosage)


def _said_from(effective_date_time: str | None, effective_period: Period | None) -> PartialDate | None:
    return partial(effective_date_time or start_of(effective_period))


def _said_until(effective_period: Period | None) -> PartialDate | None:
    return partial(end_of(effective_period))


STATEMENT = Table(
    record=Medication,
    wire=wire.MedicationStatement,
    kind="MedicationStatement",
    steps={"product": _product},
    is_one=_is_said,
    recorded="date_asserted",
    author=_sayer,
    always={"kind": MedicationKind.STATEMENT},
    fields={
        **_PRODUCT,
        "dosage": _dosage_said,
        "route": _route_said,
        "start": _said_from,
        "end": _said_until,
        "status": _taken,
        "encounter_id": _visit,
    },
    points=_POINTS,
)
"""What somebody says of a medicine that the citizen takes, took or does not take. An intention is none."""
