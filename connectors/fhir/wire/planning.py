"""ServiceRequest, Appointment and CarePlan."""

from typing import ClassVar

from connectors.fhir.bundle import Resource
from connectors.fhir.datatypes import CodeableConcept, CodeableReference, Period, Reference, Wire


class ServiceRequest(Resource, frozen=True, kw_only=True):
    """http://hl7.org/fhir/R4/servicerequest.html, http://hl7.org/fhir/R5/servicerequest.html."""

    intent: str | None = None
    do_not_perform: bool = False
    category: tuple[CodeableConcept, ...] = ()
    code: CodeableReference | None = None
    occurrence_period: Period | None = None
    authored_on: str | None = None
    requester: Reference | None = None
    performer: tuple[Reference, ...] = ()
    location_reference: tuple[Reference, ...] = ()
    location: tuple[CodeableReference, ...] = ()
    """R5's name for ``location_reference``."""
    reason_code: tuple[CodeableConcept, ...] = ()
    reason_reference: tuple[Reference, ...] = ()
    reason: tuple[CodeableReference, ...] = ()
    """R5's name for both."""


class AppointmentParticipant(Wire, frozen=True, kw_only=True):
    """Who or what takes part: the citizen among others."""

    actor: Reference | None = None


class Appointment(Resource, frozen=True, kw_only=True):
    """http://hl7.org/fhir/R4/appointment.html, http://hl7.org/fhir/R5/appointment.html."""

    ABOUT: ClassVar[tuple[str, ...]] = ("subject", "participant")
    start: str | None = None
    requested_period: tuple[Period, ...] = ()
    service_type: tuple[CodeableReference, ...] = ()
    specialty: tuple[CodeableConcept, ...] = ()
    reason_code: tuple[CodeableConcept, ...] = ()
    reason_reference: tuple[Reference, ...] = ()
    reason: tuple[CodeableReference, ...] = ()
    """R5's name for both."""
    description: str | None = None
    created: str | None = None
    participant: tuple[AppointmentParticipant, ...] = ()

    @property
    def about(self) -> tuple[Reference | None, ...]:
        """Whoever takes part, for R4 has no ``subject`` here: a group may come together."""
        return (*((self.subject,) if self.subject else ()), *(part.actor for part in self.participant))


class ActivityDetail(Wire, frozen=True, kw_only=True):
    """What is to be done; R4 only."""

    code: CodeableConcept | None = None
    description: str | None = None


class Activity(Wire, frozen=True, kw_only=True):
    """Of a CarePlan."""

    detail: ActivityDetail | None = None
    reference: Reference | None = None
    planned_activity_reference: Reference | None = None
    """R5's name for ``reference``."""
    outcome_codeable_concept: tuple[CodeableConcept, ...] = ()
    performed_activity: tuple[CodeableReference, ...] = ()
    """R5: what was done of it."""


class CarePlan(Resource, frozen=True, kw_only=True):
    """http://hl7.org/fhir/R4/careplan.html, http://hl7.org/fhir/R5/careplan.html."""

    intent: str | None = None
    category: tuple[CodeableConcept, ...] = ()
    title: str | None = None
    description: str | None = None
    period: Period | None = None
    created: str | None = None
    author: Reference | None = None
    custodian: Reference | None = None
    """R5's name for ``author``."""
    activity: tuple[Activity, ...] = ()
