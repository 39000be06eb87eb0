"""Care that goes by a programme: who is responsible for a citizen, screenings, pregnancies."""

from datetime import date
from typing import Annotated

from connectors.records.base import CodedText, Described, Facility, PartialDate, Practitioner, Record, doc


class PrimaryCare(Record, frozen=True, kw_only=True):
    """Who is responsible for a citizen's everyday care (FHIR Patient.generalPractitioner, CareTeam)."""

    health_station: Annotated[Facility | None, doc("Health station or clinic that looks after the citizen.")] = None
    family_doctor: Annotated[Practitioner | None, doc("Family doctor.")] = None
    since: Annotated[PartialDate | None, doc("First day, where the source says.")] = None
    until: Annotated[PartialDate | None, doc("Last day; none when open or unsaid.")] = None


class Screening(Record, frozen=True, kw_only=True):
    """A test or examination that counts for a screening programme, whoever ordered it."""

    programme: Annotated[CodedText, doc("The programme.")]
    test: Annotated[CodedText | None, doc("What was done, as the source wrote it.")] = None
    on: Annotated[PartialDate, doc("When.")]
    result: Annotated[CodedText | None, doc("What was found; none where the source does not say.")] = None
    facility: Annotated[Facility | None, doc("Where.")] = None
    next_due: Annotated[
        date | None, doc("When it is due again: as the source says, else by the rule; none where nobody can tell.")
    ] = None


class PregnancyStatus(Described):
    """Whether a pregnancy goes on."""

    ACTIVE = "ACTIVE", "It goes on, as far as is known."
    ENDED = "ENDED", "It has ended: look at 'outcome'."
    UNKNOWN = "UNKNOWN", "No source says: it may have ended."


class Pregnancy(Record, frozen=True, kw_only=True):
    """One pregnancy, or what one source says of it (FHIR EpisodeOfCare)."""

    status: Annotated[PregnancyStatus, doc("Whether it goes on.")]
    since: Annotated[PartialDate | None, doc("When care for it began, where the source says.")] = None
    estimated_delivery: Annotated[date | None, doc("Expected day of birth.")] = None
    ended: Annotated[PartialDate | None, doc("When it ended.")] = None
    outcome: Annotated[CodedText | None, doc("How it ended, as the source wrote it.")] = None
    facility: Annotated[Facility | None, doc("Who cares for it.")] = None
    seen_on: date | None = None
    """A day on which the source says so; for the gateway alone."""
