"""CareTeam and EpisodeOfCare."""

from msgspec import field

from connectors.fhir.bundle import Resource
from connectors.fhir.datatypes import CodeableConcept, Period, Reference, Wire


class TeamParticipant(Wire, frozen=True, kw_only=True):
    """Of a CareTeam."""

    role: CodeableConcept | tuple[CodeableConcept, ...] | None = None
    """R5 has one."""
    member: Reference | None = None
    on_behalf_of: Reference | None = None


class CareTeam(Resource, frozen=True, kw_only=True):
    """http://hl7.org/fhir/R4/careteam.html, http://hl7.org/fhir/R5/careteam.html."""

    period: Period | None = None
    participant: tuple[TeamParticipant, ...] = ()
    managing_organization: tuple[Reference, ...] = ()


class EpisodeOfCare(Resource, frozen=True, kw_only=True):
    """http://hl7.org/fhir/R4/episodeofcare.html, http://hl7.org/fhir/R5/episodeofcare.html."""

    subject: Reference | None = field(default=None, name="patient")
    type: tuple[CodeableConcept, ...] = ()
    period: Period | None = None
    managing_organization: Reference | None = None
    care_manager: Reference | None = None
