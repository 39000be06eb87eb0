"""Records to clinical resources of FHIR R4. Pure: the inverse of how a FHIR source is read, so that nothing shifts."""

from collections.abc import Callable
from typing import Any

from connectors.records import (
    Allergy,
    BooleanValue,
    CodedValue,
    Condition,
    ConditionStatus,
    Immunization,
    Observation,
    ObservationCategory,
    ObservationValue,
    Procedure,
    QuantityValue,
    RangeValue,
    Record,
    TextValue,
)
from gateway.fhir_out.elements import (
    Json,
    absent,
    amount,
    code,
    concept,
    concepts,
    day_of,
    entry_of,
    made,
    moment_of,
    notes,
    place,
    someone,
    text_of,
    word,
)

Told = tuple[str, ...]
"""What goes with a record in words: in what its systems disagree."""
Mapping = Callable[[Any, Json, Told], Json]
"""A record, the reference to the citizen, and what goes with it: the resource."""

_HL7 = "http://terminology.hl7.org/CodeSystem/"
_UNKNOWN = "unknown"
"""Where R4 requires one of two fields: readers look for either, and not for a reason why there is none."""
_ALLERGY_STATES = frozenset({"active", "inactive", "resolved"})
_SEVERITIES = frozenset({"mild", "moderate", "severe"})
_CATEGORIES = ("food", "medication", "environment", "biologic")
_DONE = frozenset({"preparation", "in-progress", "not-done", "on-hold", "stopped", "completed"})
_MEASURED = frozenset({"registered", "preliminary", "final", "amended", "corrected", "cancelled"})
_CLINICAL = {
    ConditionStatus.ACTIVE: "active",
    ConditionStatus.INACTIVE: "inactive",
    ConditionStatus.RESOLVED: "resolved",
}


def allergy(found: Allergy, citizen: Json, told: Told) -> Json:
    """AllergyIntolerance."""
    clinical = found.status if found.status in _ALLERGY_STATES else None
    verified = "refuted" if found.status == "refuted" else "confirmed" if found.verified else "unconfirmed"
    words = [part.strip() for part in (found.category or "").split(",")]
    return entry_of(
        "AllergyIntolerance",
        found,
        # Required by R4 (ait-1) also where nobody told it.
        clinicalStatus=code(f"{_HL7}allergyintolerance-clinical", clinical) if clinical else absent(),
        verificationStatus=code(f"{_HL7}allergyintolerance-verification", verified),
        type=found.kind if found.kind in ("allergy", "intolerance") else None,
        category=[known for known in _CATEGORIES if known in words],
        criticality=found.criticality if found.criticality in ("low", "high", "unable-to-assess") else None,
        code=concept(found.substance) or absent(),
        patient=citizen,
        onsetDateTime=day_of(found.onset),
        recordedDate=day_of(found.recorded),
        note=notes(found.note, *told),
        reaction=_reactions(found),
    )


def _reactions(found: Allergy) -> list[Json]:
    """Each sign by itself; where one of them was grave, nobody knows which: then they are told as one reaction."""
    signs = concepts(found.reactions)
    if found.severity not in _SEVERITIES:
        return [{"manifestation": [sign]} for sign in signs]
    return [{"manifestation": signs or [absent()], "severity": found.severity}]


def condition(found: Condition, citizen: Json, told: Told) -> Json:
    """Condition. An end of what is still present is no state that R4 knows (con-4): it is told in words."""
    clinical = _CLINICAL.get(found.status)
    ended = found.status in (ConditionStatus.INACTIVE, ConditionStatus.RESOLVED)
    verified = "refuted" if found.refuted else "confirmed" if found.verified else "unconfirmed"
    return entry_of(
        "Condition",
        found,
        clinicalStatus=code(f"{_HL7}condition-clinical", clinical) if clinical else None,
        verificationStatus=code(f"{_HL7}condition-ver-status", verified),
        category=[code(f"{_HL7}condition-category", "problem-list-item" if found.chronic else "encounter-diagnosis")],
        severity=concept(found.severity),
        code=concept(found.code) or absent(),
        subject=citizen,
        onsetDateTime=day_of(found.onset),
        abatementDateTime=day_of(found.abated) if ended else None,
        recordedDate=day_of(found.recorded),
        note=notes(found.note, f"→ {found.abated}" if found.abated and not ended else None, *told),
    )


def immunization(found: Immunization, citizen: Json, told: Told) -> Json:
    """Immunization. A state that is neither given nor not given is told as unknown, not as given."""
    known = found.status in ("completed", "not-done")
    on = day_of(found.on)
    number = found.dose_number if found.dose_number and found.dose_number > 0 else None
    series = made(
        targetDisease=concepts(found.target_diseases),
        doseNumberPositiveInt=number,
        doseNumberString=None if number else _UNKNOWN,
    )
    return entry_of(
        "Immunization",
        found,
        status=found.status if known else None,
        _status=None if known else absent(),
        statusReason=concept(found.not_given_because),
        vaccineCode=concept(found.vaccine) or absent(),
        patient=citizen,
        occurrenceDateTime=on,
        occurrenceString=None if on else _UNKNOWN,
        location=place(found.facility, "Location"),
        manufacturer=made(display=text_of(found.manufacturer)),
        lotNumber=text_of(found.lot),
        site=word(found.site),
        note=notes(*told),
        reaction=[{"detail": {"display": text}} for reaction in found.reactions if (text := text_of(reaction.text))],
        protocolApplied=[series] if number or found.target_diseases else None,
    )


def procedure(found: Procedure, citizen: Json, told: Told) -> Json:
    """Procedure."""
    on = day_of(found.performed)
    who, where = someone(found.performer), place(found.facility)
    return entry_of(
        "Procedure",
        found,
        status=found.status if found.status in _DONE else "unknown",
        code=concept(found.code) or absent(),
        subject=citizen,
        performedDateTime=on,
        _performedDateTime=None if on else absent(),
        performer=[made(actor=who or where, onBehalfOf=where if who else None)] if who or where else None,
        outcome=concept(found.outcome),
        note=notes(*told),
    )


def observation(found: Observation, citizen: Json, told: Told) -> Json:
    """Observation."""
    at = moment_of(found.at)
    other = found.category is ObservationCategory.OTHER
    return entry_of(
        "Observation",
        found,
        status=found.status if found.status in _MEASURED else "unknown",
        category=None if other else [code(f"{_HL7}observation-category", found.category.value)],
        code=concept(found.code) or absent(),
        subject=citizen,
        effectiveDateTime=at,
        _effectiveDateTime=None if at else absent(),
        performer=[one for one in (someone(found.performed_by), place(found.facility)) if one],
        **value_of(found.value),
        dataAbsentReason=concept(found.missing_because) if found.value is None else None,
        interpretation=concepts([found.interpretation]) if found.interpretation else None,
        note=notes(*told),
        referenceRange=_normal(found.reference_range),
        component=[
            made(
                code=concept(part.code) or absent(),
                **value_of(part.value),
                interpretation=concepts([part.interpretation]) if part.interpretation else None,
                referenceRange=_normal(part.reference_range),
            )
            for part in found.components
        ],
    )


def value_of(found: ObservationValue | None) -> Json:
    """The result, in the field of its type."""
    match found:
        case QuantityValue():
            return {"valueQuantity": amount(found)}
        case CodedValue():
            return made(valueCodeableConcept=concept(found.coded))
        case BooleanValue():
            return {"valueBoolean": found.boolean}
        case RangeValue():
            unit = text_of(found.unit)
            low, high = (
                made(value=bound, unit=unit) if bound is not None else None for bound in (found.low, found.high)
            )
            return made(valueRange=made(low=low, high=high))
        case TextValue():
            return made(valueString=text_of(found.text))
        case None:
            return {}


def _normal(text: str | None) -> list[Json]:
    said = text_of(text)
    return [{"text": said}] if said else []


def title_of(found: Record) -> str:
    """The record in a few words, for whoever reads the document and no resource."""
    meaning = getattr(found, "substance", None) or getattr(found, "vaccine", None) or getattr(found, "code", None)
    return (text_of(meaning.text) if meaning else None) or "?"
