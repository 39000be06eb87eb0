"""MedicationRequest and Immunization to records."""

import re
from collections.abc import Iterable
from datetime import datetime

from connectors.clock import HO_CHI_MINH
from connectors.fhir import wire
from connectors.fhir.bundle import Linked
from connectors.fhir.datatypes import Period, Ratio
from connectors.fhir.mapping.elements import (
    ENTERED_IN_ERROR,
    Around,
    Unreadable,
    amount_text,
    coded,
    coded_all,
    display_of,
    end_of,
    facility,
    needed,
    partial,
    practitioner,
    quantity,
    start_of,
)
from connectors.records import CodedText, Facility, Immunization, Medication, MedicationStatus, PartialDate

_STATUSES = {
    "active": MedicationStatus.ACTIVE,
    "on-hold": MedicationStatus.ON_HOLD,
    "completed": MedicationStatus.COMPLETED,
    "stopped": MedicationStatus.STOPPED,
    "cancelled": MedicationStatus.STOPPED,
}
"""http://hl7.org/fhir/R4/valueset-medicationrequest-status.html."""

_NO_PRESCRIPTION = frozenset({"proposal", "plan", "option"})
"""Intents that prescribe nothing."""

_WRITTEN_DATE = re.compile(r"(?:(?:(\d{2})/)?(\d{2})/)?(\d{4})")


def medication(order: wire.MedicationRequest, around: Around) -> Medication | None:
    """A prescribed medicine. Drafts, plans and prohibitions are none."""
    if order.status in (ENTERED_IN_ERROR, "draft") or order.do_not_perform or order.intent in _NO_PRESCRIPTION:
        return None
    product = around.linked(order.medication_reference, order)
    words = display_of(order.medication_reference)
    code = coded(order.medication_codeable_concept) or (coded(product.code) if product else None)
    course = _course(order)
    dispense = order.dispense_request
    return Medication(
        **around.stamped(Medication, order, recorded=order.authored_on, author=display_of(order.requester)),
        code=needed(code or (CodedText(text=words) if words else None)),
        ingredients=_ingredients(product),
        strength=_strength(product),
        dosage="; ".join(filter(None, map(_instruction, order.dosage_instruction))) or None,
        route=next(filter(None, (coded(line.route) for line in order.dosage_instruction)), None),
        quantity=quantity(dispense.quantity) if dispense else None,
        start=partial(start_of(course)) or partial(order.authored_on),
        end=partial(end_of(course)),
        status=_STATUSES.get(order.status or "", MedicationStatus.UNKNOWN),
        prescriber=practitioner(order.requester, around, order),
        facility=around.own,
    )


def _course(order: wire.MedicationRequest) -> Period | None:
    """The days on which the medicine is taken; else those on which the prescription is good."""
    for line in order.dosage_instruction:
        if line.timing and line.timing.repeat and line.timing.repeat.bounds_period:
            return line.timing.repeat.bounds_period
    return order.dispense_request.validity_period if order.dispense_request else None


def _instruction(line: wire.Dosage) -> str | None:
    timing = coded(line.timing.code) if line.timing else None
    return line.text or line.patient_instruction or (timing.text if timing else None)


def _ingredients(product: Linked | None) -> tuple[CodedText, ...]:
    concepts = (item.item_codeable_concept for item in product.ingredient) if product else ()
    return coded_all(concept for concept in concepts if concept)


def _strength(product: Linked | None) -> str | None:
    ratios = (item.strength for item in product.ingredient) if product else ()
    return " + ".join(filter(None, map(_ratio, ratios))) or None


def _ratio(ratio: Ratio | None) -> str:
    if ratio is None:
        return ""
    return " / ".join(filter(None, (amount_text(ratio.numerator), amount_text(ratio.denominator))))


def immunization(dose: wire.Immunization, around: Around) -> Immunization | None:
    """A vaccination given or recorded as not given. What was not done on a day to come is an appointment, no record.

    Raises:
        Unreadable: a status that R4 does not know, for nobody may take it for "given"; no date; no vaccine.
    """
    if dose.status == ENTERED_IN_ERROR:
        return None
    on = partial(dose.occurrence_date_time) or _written(dose.occurrence_string)
    if dose.status not in ("completed", "not-done") or on is None:
        raise Unreadable("neither given nor not given, or no date")
    if dose.status == "not-done" and _is_to_come(on, around.stamp.retrieved_at):
        return None
    return Immunization(
        **around.stamped(Immunization, dose, recorded=dose.recorded, author=None),
        vaccine=needed(coded(dose.vaccine_code)),
        target_diseases=coded_all(disease for part in dose.protocol_applied for disease in part.target_disease),
        dose_number=next(filter(None, map(_number, dose.protocol_applied)), None),
        on=on,
        lot=dose.lot_number,
        manufacturer=_maker(dose, around),
        site=site.text if (site := coded(dose.site)) else None,
        facility=_place(dose, around),
        status=dose.status,
        reactions=tuple(CodedText(text=text) for text in _reactions(dose.reaction)),
    )


def _written(text: str | None) -> PartialDate | None:
    """A date as people write it in Viet Nam: day/month/year, month/year or the year alone."""
    found = _WRITTEN_DATE.fullmatch(text.strip()) if text else None
    return partial("-".join(part for part in reversed(found.groups()) if part)) if found else None


def _is_to_come(on: PartialDate, now: datetime) -> bool:
    today = now.astimezone(HO_CHI_MINH).date().isoformat()
    return on > today[: len(on)]


def _number(part: wire.Protocol) -> int | None:
    text = part.dose_number_string or ""
    return part.dose_number_positive_int or (int(text) if text.isascii() and text.isdigit() and len(text) < 3 else None)


def _maker(dose: wire.Immunization, around: Around) -> str | None:
    inner = around.linked(dose.manufacturer, dose)
    return display_of(dose.manufacturer) or (inner.name if inner and isinstance(inner.name, str) else None)


def _place(dose: wire.Immunization, around: Around) -> Facility | None:
    """The location; else an organisation that performed it; else the source itself, if it is the one who knows."""
    actors = (part.actor for part in dose.performer)
    places = (
        facility(actor, around, dose) for actor in actors if actor and _is_organisation(around.base.target(actor))
    )
    place = facility(dose.location, around, dose) or next(filter(None, places), None)
    return place or (around.own if dose.primary_source else None)


def _is_organisation(target: tuple[str, str] | None) -> bool:
    return target is not None and target[0] == "Organization"


def _reactions(reactions: Iterable[wire.ImmunizationReaction]) -> Iterable[str]:
    return filter(None, (display_of(reaction.detail) for reaction in reactions))
