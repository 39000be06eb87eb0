"""MedicationRequest, MedicationDispense and MedicationStatement to records: the same medicine, known in three ways."""

from connectors.fhir import wire
from connectors.fhir.bundle import Linked
from connectors.fhir.datatypes import Period, Ratio, Reference
from connectors.fhir.mapping.elements import (
    ENTERED_IN_ERROR,
    Around,
    amount_text,
    code_of,
    coded,
    display_of,
    end_of,
    meant,
    needed,
    partial,
    practitioner,
    quantity,
    start_of,
)
from connectors.records import CodedText, Medication, MedicationKind, MedicationStatus

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


def prescription(order: wire.MedicationRequest, around: Around) -> Medication | None:
    """A prescribed medicine. Drafts, plans and prohibitions are none."""
    if order.status in _UNSAID or order.do_not_perform or order.intent in _NO_PRESCRIPTION:
        return None
    product = _product(order, around)
    course = _course(order.dosage_instruction)
    dispense = order.dispense_request
    course = course or (dispense.validity_period if dispense else None)
    id_, provenance = around.stamped(Medication, order, recorded=order.authored_on, author=display_of(order.requester))
    return Medication(
        id=id_,
        provenance=provenance,
        code=_name(order, product),
        ingredients=_ingredients(product),
        strength=_strength(product),
        dosage=_dosage(order.dosage_instruction),
        route=_route(order.dosage_instruction),
        quantity=quantity(dispense.quantity) if dispense else None,
        start=partial(start_of(course)) or partial(order.authored_on),
        end=partial(end_of(course)),
        status=_STATUSES.get(order.status or "", MedicationStatus.UNKNOWN),
        prescriber=practitioner(order.requester, around, order),
        facility=around.own,
        encounter_id=_visit(order, around),
    )


def dispense(handed: wire.MedicationDispense, around: Around) -> Medication | None:
    """A medicine that was handed out, or is about to be."""
    if handed.status in _UNSAID:
        return None
    product = _product(handed, around)
    on = handed.when_handed_over or handed.when_prepared
    who = next(filter(None, (display_of(part.actor) for part in handed.performer)), None)
    id_, provenance = around.stamped(Medication, handed, recorded=on, author=who, kind="MedicationDispense")
    return Medication(
        id=id_,
        provenance=provenance,
        kind=MedicationKind.DISPENSE,
        code=_name(handed, product),
        ingredients=_ingredients(product),
        strength=_strength(product),
        dosage=_dosage(handed.dosage_instruction),
        route=_route(handed.dosage_instruction),
        quantity=quantity(handed.quantity),
        start=partial(on),
        status=_DISPENSED.get(handed.status or "", MedicationStatus.UNKNOWN),
        facility=around.own,
        encounter_id=_visit(handed, around),
    )


def statement(said: wire.MedicationStatement, around: Around) -> Medication | None:
    """What somebody says of a medicine that the citizen takes, took or does not take. An intention is none."""
    if said.status in _UNSAID or said.status == "intended":
        return None
    product = _product(said, around)
    source = said.information_source
    sources: tuple[Reference | None, ...] = source if isinstance(source, tuple) else (source,)
    author = next(filter(None, map(display_of, sources)), None)
    adherence = code_of(said.adherence.code) if said.adherence else None
    status = _ADHERENCE.get(adherence or "") or _STATUSES.get(said.status or "", MedicationStatus.UNKNOWN)
    id_, provenance = around.stamped(
        Medication, said, recorded=said.date_asserted, author=author, kind="MedicationStatement"
    )
    return Medication(
        id=id_,
        provenance=provenance,
        kind=MedicationKind.STATEMENT,
        code=_name(said, product),
        ingredients=_ingredients(product),
        strength=_strength(product),
        dosage=_dosage(said.dosage),
        route=_route(said.dosage),
        start=partial(said.effective_date_time or start_of(said.effective_period)),
        end=partial(end_of(said.effective_period)),
        status=status,
        encounter_id=_visit(said, around),
    )


def product_of(said: wire.Medicated) -> Reference | None:
    """The pointer to the product, where the medicine stands behind one."""
    return said.medication_reference or (said.medication.pointer if said.medication else None)


def _product(said: wire.Medicated, around: Around) -> Linked | None:
    return around.linked(product_of(said), said)


def _name(said: wire.Medicated, product: Linked | None) -> CodedText:
    """The medicine: as it is named here, as the product is, or in the words of the pointer."""
    words = display_of(said.medication_reference)
    own = coded(said.medication_codeable_concept) or (coded(said.medication.meaning) if said.medication else None)
    code = own or (coded(product.code) if product else None) or meant(said.medication)
    return needed(code or (CodedText(text=words) if words else None))


def _visit(said: wire.Medicated, around: Around) -> str | None:
    return around.visit(said.encounter, said.context)


def _course(lines: tuple[wire.Dosage, ...]) -> Period | None:
    """The days on which the medicine is taken."""
    bounds = (line.timing.repeat.bounds_period for line in lines if line.timing and line.timing.repeat)
    return next(filter(None, bounds), None)


def _dosage(lines: tuple[wire.Dosage, ...]) -> str | None:
    return "; ".join(filter(None, map(_instruction, lines))) or None


def _route(lines: tuple[wire.Dosage, ...]) -> CodedText | None:
    return next(filter(None, (coded(line.route) for line in lines)), None)


def _instruction(line: wire.Dosage) -> str | None:
    timing = coded(line.timing.code) if line.timing else None
    return line.text or line.patient_instruction or (timing.text if timing else None)


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
