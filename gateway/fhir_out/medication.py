"""A medicine to the resource that says how it is known: prescribed, handed out, or said to be taken. Pure."""

from connectors.records import Medication, MedicationKind, MedicationStatus
from gateway.fhir_out.clinical import Told
from gateway.fhir_out.elements import (
    Json,
    absent,
    amount,
    concept,
    day_of,
    entry_of,
    made,
    notes,
    period,
    place,
    someone,
    text_of,
)

_STATUSES = {
    MedicationStatus.ACTIVE: "active",
    MedicationStatus.ON_HOLD: "on-hold",
    MedicationStatus.COMPLETED: "completed",
    MedicationStatus.STOPPED: "stopped",
    MedicationStatus.NOT_TAKEN: "not-taken",
    MedicationStatus.UNKNOWN: "unknown",
}
_DISPENSED = frozenset({MedicationStatus.UNKNOWN, MedicationStatus.ON_HOLD, MedicationStatus.STOPPED})
"""What R4 can say of a handing out; whether the medicine is taken, only a statement can."""


def medication(found: Medication, citizen: Json, told: Told) -> Json:
    """MedicationRequest, MedicationDispense or MedicationStatement."""
    if found.kind is MedicationKind.PRESCRIPTION and found.status is not MedicationStatus.NOT_TAKEN:
        return _request(found, citizen, told)
    if found.kind is MedicationKind.DISPENSE and found.status in _DISPENSED:
        return _dispense(found, citizen, told)
    return _statement(found, citizen, told)


def _request(found: Medication, citizen: Json, told: Told) -> Json:
    course = period(found.start, found.end)
    timing = {"repeat": {"boundsPeriod": course}} if course else None
    return entry_of(
        "MedicationRequest",
        found,
        **_product(found),
        status=_STATUSES[found.status],
        intent="order",
        subject=citizen,
        authoredOn=day_of(found.start),
        requester=someone(found.prescriber) or place(found.facility),
        note=_notes(found, told),
        dosageInstruction=_dosage(found, timing),
        dispenseRequest=made(quantity=_quantity(found)),
    )


def _dispense(found: Medication, citizen: Json, told: Told) -> Json:
    return entry_of(
        "MedicationDispense",
        found,
        **_product(found),
        status=_STATUSES[found.status],
        subject=citizen,
        quantity=_quantity(found),
        whenHandedOver=day_of(found.start),
        location=place(found.facility, "Location"),
        note=_notes(found, told),
        dosageInstruction=_dosage(found, None),
    )


def _statement(found: Medication, citizen: Json, told: Told) -> Json:
    course = period(found.start, found.end)
    return entry_of(
        "MedicationStatement",
        found,
        **_product(found),
        status=_STATUSES[found.status],
        subject=citizen,
        effectivePeriod=course or absent(),
        informationSource=someone(found.prescriber) or place(found.facility),
        note=_notes(found, told),
        dosage=_dosage(found, None),
    )


def _product(found: Medication) -> Json:
    """The medicine: a concept, or a resource of its own where its ingredients are told."""
    name = concept(found.code) or absent()
    items = [made(itemCodeableConcept=concept(one)) for one in found.ingredients]
    if not any(items):
        return {"medicationCodeableConcept": name}
    product = {"resourceType": "Medication", "id": "product", **made(code=name, ingredient=[i for i in items if i])}
    return {"contained": [product], "medicationReference": {"reference": "#product"}}


def _dosage(found: Medication, timing: Json | None) -> list[Json]:
    line = made(text=text_of(found.dosage), timing=timing, route=concept(found.route))
    return [line] if line else []


def _quantity(found: Medication) -> Json | None:
    """R4 knows no bounds here."""
    if found.quantity is None:
        return None
    said = amount(found.quantity)
    said.pop("comparator", None)
    return said


def _notes(found: Medication, told: Told) -> list[Json]:
    """The strength is words of a source; R4 has only numbers for it."""
    return notes(found.strength, *told)
