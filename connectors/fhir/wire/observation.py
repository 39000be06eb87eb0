"""Observation."""

from decimal import Decimal

from connectors.fhir.bundle import Resource
from connectors.fhir.datatypes import (
    Attachment,
    CodeableConcept,
    Identifier,
    Period,
    Quantity,
    Range,
    Ratio,
    Reference,
    SampledData,
    Wire,
)


class ReferenceRange(Wire, frozen=True, kw_only=True):
    """What counts as normal, for whom."""

    low: Quantity | None = None
    high: Quantity | None = None
    type: CodeableConcept | None = None
    applies_to: tuple[CodeableConcept, ...] = ()
    text: str | None = None


class Valued(Resource, frozen=True, kw_only=True):
    """The ``value[x]`` of Observation and its components, in every type of R4 and two of R5.

    A component is no resource; it shares the layout of one because a msgspec Struct has a single base.
    """

    value_quantity: Quantity | None = None
    value_codeable_concept: CodeableConcept | None = None
    value_string: str | None = None
    value_boolean: bool | None = None
    value_integer: Decimal | None = None
    value_range: Range | None = None
    value_ratio: Ratio | None = None
    value_sampled_data: SampledData | None = None
    value_time: str | None = None
    value_date_time: str | None = None
    value_period: Period | None = None
    value_attachment: Attachment | None = None
    value_reference: Reference | None = None
    code: CodeableConcept | None = None
    data_absent_reason: CodeableConcept | None = None
    interpretation: tuple[CodeableConcept, ...] = ()
    reference_range: tuple[ReferenceRange, ...] = ()


class Observation(Valued, frozen=True, kw_only=True):
    """http://hl7.org/fhir/R4/observation.html, http://hl7.org/fhir/R5/observation.html."""

    identifier: tuple[Identifier, ...] = ()
    category: tuple[CodeableConcept, ...] = ()
    encounter: Reference | None = None
    effective_date_time: str | None = None
    effective_instant: str | None = None
    effective_period: Period | None = None
    issued: str | None = None
    performer: tuple[Reference, ...] = ()
    component: tuple[Valued, ...] = ()
