"""Measurements, laboratory values and findings."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from msgspec import Struct

from connectors.records.base import CodedText, Described, Facility, Practitioner, Record, doc


class ObservationCategory(Described):
    """FHIR observation category, as far as the graph tells them apart."""

    VITAL_SIGNS = "vital-signs", "Blood pressure, pulse, temperature, weight, height ..."
    LABORATORY = "laboratory", "Results of a laboratory."
    IMAGING = "imaging", "Findings of imaging."
    SOCIAL_HISTORY = "social-history", "Smoking, alcohol, living conditions."
    SURVEY = "survey", "Answers to a questionnaire or score."
    EXAM = "exam", "Physical examination."
    PROCEDURE = "procedure", "Found during a procedure."
    THERAPY = "therapy", "Found during therapy."
    ACTIVITY = "activity", "Physical activity."
    OTHER = "other", "Another category, or the source names none."


class QuantityValue(Struct, frozen=True, kw_only=True, gc=False, tag=True):
    """A value with a unit."""

    value: Annotated[Decimal, doc("The number with the digits that the source wrote.")]
    unit: Annotated[str | None, doc("Unit for people.")] = None
    code: Annotated[str | None, doc("Unit as a UCUM code.")] = None
    comparator: Annotated[str | None, doc("<, <=, >= or >, when only a bound was measured.")] = None


class CodedValue(Struct, frozen=True, kw_only=True, gc=False, tag=True):
    """A value chosen from a list."""

    coded: Annotated[CodedText, doc("What was chosen.")]


class TextValue(Struct, frozen=True, kw_only=True, gc=False, tag=True):
    """A value in words, or one that could not be read as anything more exact."""

    text: Annotated[str, doc("As the source wrote it.")]


class BooleanValue(Struct, frozen=True, kw_only=True, gc=False, tag=True):
    """Yes or no."""

    boolean: Annotated[bool, doc("The value.")]


class RangeValue(Struct, frozen=True, kw_only=True, gc=False, tag=True):
    """A value between two bounds; either may be open."""

    low: Annotated[Decimal | None, doc("Lower bound.")] = None
    high: Annotated[Decimal | None, doc("Upper bound.")] = None
    unit: Annotated[str | None, doc("Unit for people.")] = None


ObservationValue = QuantityValue | CodedValue | TextValue | BooleanValue | RangeValue


class ObservationComponent(Struct, frozen=True, kw_only=True, gc=False):
    """One part of a measurement that has several, such as systolic pressure."""

    code: Annotated[CodedText, doc("What was measured.")]
    value: Annotated[ObservationValue | None, doc("The result; none when it is missing.")] = None
    reference_range: Annotated[str | None, doc("What counts as normal, as text.")] = None
    interpretation: Annotated[CodedText | None, doc("High, low, normal ...")] = None


class Observation(Record, frozen=True, kw_only=True):
    """A measurement, laboratory value or finding (FHIR Observation)."""

    code: Annotated[CodedText, doc("What was measured.")]
    category: Annotated[ObservationCategory, doc("Kind of observation.")]
    at: Annotated[datetime | None, doc("When it was true of the citizen: the time of sample or measurement.")] = None
    value: Annotated[ObservationValue | None, doc("The result; none when it is missing or stands in components.")] = (
        None
    )
    missing_because: Annotated[CodedText | None, doc("Why there is no value, when the source says.")] = None
    components: Annotated[tuple[ObservationComponent, ...], doc("Parts; may be empty.")] = ()
    reference_range: Annotated[str | None, doc("What counts as normal, as text.")] = None
    interpretation: Annotated[CodedText | None, doc("High, low, normal ...")] = None
    status: Annotated[str, doc("FHIR ObservationStatus code as the source wrote it.")]
    facility: Annotated[Facility | None, doc("Where it was measured.")] = None
    performed_by: Annotated[Practitioner | None, doc("Who measured it.")] = None
    encounter_id: str | None = None
    """Id at the source of the visit that it belongs to; for the gateway alone."""
