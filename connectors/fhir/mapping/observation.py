"""Observation to records, with every type that R4 allows for its value."""

from datetime import datetime

from connectors.fhir import wire
from connectors.fhir.datatypes import (
    CodeableConcept,
    Period,
    Range,
    Reference,
)
from connectors.fhir.mapping.around import Around, Contained
from connectors.fhir.mapping.elements import amount_text, coded, coded_all, display_of, exact, needed
from connectors.fhir.mapping.places import facility, practitioner
from connectors.fhir.mapping.shared import STATED, is_right, meaning, visit
from connectors.fhir.mapping.table import Of, Points, Table, reading
from connectors.fhir.mapping.times import moment, start_of
from connectors.records import (
    BooleanValue,
    CodedText,
    CodedValue,
    Facility,
    Observation,
    ObservationCategory,
    ObservationComponent,
    ObservationValue,
    Practitioner,
    QuantityValue,
    RangeValue,
    TextValue,
)

CATEGORY_CODES: dict[ObservationCategory, tuple[str, ...]] = {
    category: (category.value,) for category in ObservationCategory if category is not ObservationCategory.OTHER
} | {
    ObservationCategory.LABORATORY: ("laboratory", "LAB"),
    ObservationCategory.IMAGING: ("imaging", "RAD"),
}
"""Codes by which servers name a category: HL7's observation-category, and two of HL7 v2 table 0074 that are met.

A search for a category asks for the very codes that are read as it, so that both find the same.
"""

_CATEGORIES = {code: category for category, codes in CATEGORY_CODES.items() for code in codes}


def _category(category: tuple[CodeableConcept, ...]) -> ObservationCategory:
    for concept in category:
        if concept.coding and concept.coding[0].code in _CATEGORIES:
            return _CATEGORIES[concept.coding[0].code]
    return _category_among(category)


def _category_among(category: tuple[CodeableConcept, ...]) -> ObservationCategory:
    """By codes that stand beside others."""
    codes = (coding.code for concept in category for coding in concept.coding)
    return next((_CATEGORIES[code] for code in codes if code in _CATEGORIES), ObservationCategory.OTHER)


def _began(effective_period: Period | None) -> datetime | None:
    return moment(start_of(effective_period))


def _components(component: tuple[wire.Valued, ...]) -> tuple[ObservationComponent, ...]:
    return tuple(map(_component, component)) if component else ()


def _component(part: wire.Valued) -> ObservationComponent:
    return ObservationComponent(
        code=needed(coded(part.code)),
        value=value_of(part),
        reference_range=_reference_range(part.reference_range),
        interpretation=_interpretation(part.interpretation),
    )


def _author(performer: tuple[Reference, ...]) -> str | None:
    for who in performer:
        if who.display:
            return who.display
    return None


def _performer(performer: tuple[Reference, ...], around: Around, contained: Contained) -> Practitioner | None:
    for who in performer:
        if person := practitioner(who, around, contained):
            return person
    return None


def place(performer: tuple[Reference, ...], around: Around, contained: Contained) -> Facility | None:
    """An organisation that performed it; else the source itself."""
    for who in performer:
        target = around.target(who)
        if target is not None and target[0] == "Organization":
            return facility(who, around, contained)
    return around.own


@reading(
    *("value_quantity", "value_codeable_concept", "value_boolean", "value_integer", "value_range", "value_string"),
    *("value_ratio", "value_time", "value_date_time", "value_period", "value_sampled_data", "value_attachment"),
    "value_reference",
)
def value_of(part: wire.Valued) -> ObservationValue | None:
    """The result, as exactly as its type allows; what has no type of ours is given in words."""
    found = part.value_quantity
    if found is not None and found.value is not None:
        return QuantityValue(value=exact(found.value), unit=found.unit, code=found.code, comparator=found.comparator)
    if chosen := coded(part.value_codeable_concept):
        return CodedValue(coded=chosen)
    if part.value_boolean is not None:
        return BooleanValue(boolean=part.value_boolean)
    if part.value_integer is not None:
        return QuantityValue(value=exact(part.value_integer))
    if part.value_range is not None and (bounds := _range(part.value_range)):
        return bounds
    text = next(filter(None, _words(part)), None)
    return TextValue(text=text) if text else None


def _range(found: Range) -> RangeValue | None:
    low, high = found.low, found.high
    bounds = [bound for bound in (low, high) if bound and bound.value is not None]
    if not bounds:
        return None
    return RangeValue(
        low=exact(low.value) if low and low.value is not None else None,
        high=exact(high.value) if high and high.value is not None else None,
        unit=next((bound.unit or bound.code for bound in bounds if bound.unit or bound.code), None),
    )


def _words(part: wire.Valued) -> tuple[str | None, ...]:
    ratio, period, curve = part.value_ratio, part.value_period, part.value_sampled_data
    return (
        part.value_string,
        # A titre is written 1:128; its parts carry units only when it is something else.
        ":".join((amount_text(ratio.numerator), amount_text(ratio.denominator))).strip(":") if ratio else None,
        part.value_time,
        part.value_date_time,
        " - ".join(filter(None, (period.start, period.end))) if period else None,
        curve.data if curve else None,
        part.value_attachment.title if part.value_attachment else None,
        display_of(part.value_reference),
        # A unit or bound without a number is still what the source wrote.
        part.value_quantity.unit if part.value_quantity else None,
    )


def _reference_range(reference_range: tuple[wire.ReferenceRange, ...]) -> str | None:
    """What counts as normal, in words, with whom it applies to."""
    if not reference_range:
        return None
    return "; ".join(filter(None, map(_normal, reference_range))) or None


def _normal(found: wire.ReferenceRange) -> str:
    text = found.text or _bounds(amount_text(found.low), amount_text(found.high))
    if found.type is None and not found.applies_to:
        return text
    concepts = coded_all((*((found.type,) if found.type else ()), *found.applies_to))
    whom = ", ".join(concept.text for concept in concepts if concept.text != "normal")
    return f"{text} ({whom})" if text and whom else text


def _bounds(low: str, high: str) -> str:
    if low and high:
        return f"{low} - {high}"
    return f"≥ {low}" if low else f"≤ {high}" if high else ""


def _interpretation(interpretation: tuple[CodeableConcept, ...]) -> CodedText | None:
    """Several interpretations as one meaning: all words, all codes."""
    if not interpretation:
        return None
    found = coded_all(interpretation)
    if len(found) < 2:
        return found[0] if found else None
    codings = tuple(coding for one in found for coding in one.codings)
    return CodedText(text="; ".join(one.text for one in found), codings=codings)


OBSERVATION = Table(
    record=Observation,
    wire=wire.Observation,
    alike=frozenset({"code", "category"}),
    is_one=is_right,
    recorded="issued",
    author=_author,
    fields={
        "code": meaning,
        "category": _category,
        "at": (Of(moment, "effective_date_time"), Of(moment, "effective_instant"), _began),
        "value": value_of,
        "missing_because": Of(coded, "data_absent_reason"),
        "components": _components,
        "reference_range": _reference_range,
        "interpretation": _interpretation,
        "status": STATED,
        "facility": place,
        "performed_by": _performer,
        "encounter_id": visit,
    },
    points=(Points("facility", "performer", to=("Organization",)),),
)
"""A measurement, laboratory value or finding."""
