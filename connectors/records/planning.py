"""What is to come: referrals, appointments, care plans."""

from datetime import date, datetime
from typing import Annotated

from connectors.records.base import CodedText, Facility, PartialDate, Practitioner, Record, doc


class Referral(Record, frozen=True, kw_only=True):
    """A citizen sent on to another place of care (giấy chuyển tuyến; FHIR ServiceRequest)."""

    from_facility: Annotated[Facility | None, doc("Who sends.")] = None
    to_facility: Annotated[Facility | None, doc("To whom.")] = None
    reason: Annotated[CodedText | None, doc("Why.")] = None
    issued: Annotated[date | None, doc("When it was written.")] = None
    valid_until: Annotated[date | None, doc("Last day of validity.")] = None
    status: Annotated[str, doc("State as the source wrote it.")]


class Appointment(Record, frozen=True, kw_only=True):
    """A visit that is planned (giấy hẹn khám lại; FHIR Appointment)."""

    at: Annotated[datetime, doc("When.")]
    facility: Annotated[Facility, doc("Where.")]
    department: Annotated[str | None, doc("Department or service.")] = None
    reason: Annotated[str | None, doc("Why.")] = None
    status: Annotated[str, doc("State as the source wrote it.")]


class CarePlan(Record, frozen=True, kw_only=True):
    """What is meant to be done for the citizen over some time (FHIR CarePlan)."""

    title: Annotated[str, doc("What the plan is for, in words.")]
    status: Annotated[str, doc("State as the source wrote it: active, on-hold, revoked, completed ...")]
    start: Annotated[PartialDate | None, doc("First day.")] = None
    end: Annotated[PartialDate | None, doc("Last day; none when open or unsaid.")] = None
    activities: Annotated[tuple[str, ...], doc("What is meant to be done, in words; may be empty.")] = ()
    facility: Annotated[Facility | None, doc("Where it was made.")] = None
    author: Annotated[Practitioner | None, doc("Who made it.")] = None
