"""Observation to records, with every type that R4 allows for its value."""

from connectors.fhir import wire
from connectors.fhir.datatypes import Quantity, Range
from connectors.fhir.mapping.elements import (
    ENTERED_IN_ERROR,
    Around,
    amount_text,
    coded,
    coded_all,
    display_of,
    exact,
    facility,
    moment,
    needed,
    practitioner,
    start_of,
)
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


def observation(found: wire.Observation, around: Around) -> Observation | None:
    """A measurement, laboratory value or finding."""
    if found.status == ENTERED_IN_ERROR:
        return None
    id_, provenance = around.stamped(Observation, found, recorded=found.issued, author=_author(found))
    return Observation(
        id=id_,
        provenance=provenance,
        code=needed(coded(found.code)),
        category=_category(found),
        at=moment(found.effective_date_time or found.effective_instant or start_of(found.effective_period)),
        value=value(found),
        missing_because=coded(found.data_absent_reason),
        components=tuple(map(_component, found.component)) if found.component else (),
        reference_range=reference_range(found.reference_range) if around.wants("reference_range") else None,
        interpretation=_joined(coded_all(found.interpretation)) if found.interpretation else None,
        status=found.status or "unknown",
        facility=place(found, around),
        performed_by=_performer(found, around) if around.wants("performed_by") else None,
        encounter_id=around.visit(found.encounter),
    )


def _component(part: wire.Valued) -> ObservationComponent:
    return ObservationComponent(
        code=needed(coded(part.code)),
        value=value(part),
        reference_range=reference_range(part.reference_range),
        interpretation=_joined(coded_all(part.interpretation)),
    )


def _category(found: wire.Observation) -> ObservationCategory:
    for concept in found.category:
        for coding in concept.coding:
            if coding.code in _CATEGORIES:
                return _CATEGORIES[coding.code]
    return ObservationCategory.OTHER


def _author(found: wire.Observation) -> str | None:
    for who in found.performer:
        if who.display:
            return who.display
    return None


def _performer(found: wire.Observation, around: Around) -> Practitioner | None:
    for who in found.performer:
        if person := practitioner(who, around, found):
            return person
    return None


def place(found: wire.Observation | wire.DiagnosticReport, around: Around) -> Facility | None:
    """An organisation that performed it; else the source itself."""
    for who in found.performer:
        target = around.target(who)
        if target and target[0] == "Organization":
            return facility(who, around, found)
    return around.own


def value(part: wire.Valued) -> ObservationValue | None:
    """The result, as exactly as its type allows; what has no type of ours is given in words."""
    if part.value_quantity is not None and part.value_quantity.value is not None:
        return _quantity(part.value_quantity)
    if chosen := coded(part.value_codeable_concept):
        return CodedValue(coded=chosen)
    if part.value_boolean is not None:
        return BooleanValue(boolean=part.value_boolean)
    if part.value_integer is not None:
        return _quantity(Quantity(value=exact(part.value_integer)))
    if part.value_range is not None and (found := _range(part.value_range)):
        return found
    text = next(filter(None, _words(part)), None)
    return TextValue(text=text) if text else None


def _quantity(found: Quantity) -> QuantityValue | None:
    if found.value is None:
        return None
    return QuantityValue(value=exact(found.value), unit=found.unit, code=found.code, comparator=found.comparator)


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


def reference_range(ranges: tuple[wire.ReferenceRange, ...]) -> str | None:
    """What counts as normal, in words, with whom it applies to."""
    return "; ".join(filter(None, map(_normal, ranges))) or None


def _normal(found: wire.ReferenceRange) -> str:
    text = found.text or _bounds(amount_text(found.low), amount_text(found.high))
    concepts = coded_all((*((found.type,) if found.type else ()), *found.applies_to))
    whom = ", ".join(concept.text for concept in concepts if concept.text != "normal")
    return f"{text} ({whom})" if text and whom else text


def _bounds(low: str, high: str) -> str:
    if low and high:
        return f"{low} - {high}"
    return f"≥ {low}" if low else f"≤ {high}" if high else ""


def _joined(found: tuple[CodedText, ...]) -> CodedText | None:
    """Several interpretations as one meaning: all words, all codes."""
    if len(found) < 2:
        return found[0] if found else None
    codings = tuple(coding for one in found for coding in one.codings)
    return CodedText(text="; ".join(one.text for one in found), codings=codings)
