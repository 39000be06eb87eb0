"""ServiceRequest, Appointment and CarePlan to records."""

from collections.abc import Iterable
from datetime import date, datetime

from connectors.fhir import wire
from connectors.fhir.datatypes import CodeableConcept, CodeableReference, Period, Reference
from connectors.fhir.mapping.around import Around, Contained
from connectors.fhir.mapping.elements import ENTERED_IN_ERROR, Unreadable, coded, coded_all, display_of, meant, pairs_of
from connectors.fhir.mapping.places import facility, practitioner
from connectors.fhir.mapping.shared import STATED
from connectors.fhir.mapping.table import Of, Points, Table
from connectors.fhir.mapping.times import day, end_of, moment, partial, start_of
from connectors.records import Appointment, CarePlan, CodedText, Facility, PartialDate, Practitioner, Referral

_SNOMED = "http://snomed.info/sct"
_REFERRALS = frozenset(
    (_SNOMED, code) for code in ("3457005", "306206005", "103696004", "103697008", "306253008", "308292007")
)
"""Patient referral; referral to service; to a specialist, for dental care, to a doctor; transfer of care."""
_REFERRAL_WORDS = frozenset({"referral", "chuyển tuyến", "giấy chuyển tuyến", "chuyển viện", "giấy chuyển viện"})

_NOBODYS_PLAN = frozenset({"proposal", "plan", "option"})
"""Intents of a request that ask nobody for anything."""
_NOT_YET = frozenset({"proposed", "waitlist", "cancelled"})
"""States in which an appointment needs no time (R4, app-3)."""


def _is_referral(
    status: str | None,
    intent: str | None,
    do_not_perform: bool,
    category: tuple[CodeableConcept, ...],
    code: CodeableReference | None,
) -> bool:
    """Whether the category or the code says so: nothing else tells it from an order that another room carries out."""
    if status in (ENTERED_IN_ERROR, "draft") or intent in _NOBODYS_PLAN or do_not_perform:
        return False
    meaning = code.meaning if code else None
    concepts = (*category, *((meaning,) if meaning else ()))
    words = (concept.text.strip().casefold() for concept in category if concept.text)
    return not _REFERRALS.isdisjoint(pairs_of(concepts)) or not _REFERRAL_WORDS.isdisjoint(words)


def _from(requester: Reference | None, around: Around, contained: Contained) -> Facility | None:
    return _first_place((requester,), around, contained) or around.own


def _to(
    performer: tuple[Reference, ...],
    location_reference: tuple[Reference, ...],
    location: tuple[CodeableReference, ...],
    around: Around,
    contained: Contained,
) -> Facility | None:
    places = (*performer, *location_reference, *(place.pointer for place in location))
    return _first_place(places, around, contained)


def _reason(
    reason_code: tuple[CodeableConcept, ...],
    reason: tuple[CodeableReference, ...],
    reason_reference: tuple[Reference, ...],
) -> CodedText | None:
    words = (display_of(pointer) for pointer in reason_reference)
    said = (*coded_all(reason_code), *map(meant, reason))
    return next(filter(None, said), None) or next((CodedText(text=text) for text in words if text), None)


def _first_place(references: Iterable[Reference | None], around: Around, contained: Contained) -> Facility | None:
    """The first of them that is a place, and not a person."""
    for reference in references:
        target = around.target(reference)
        kind = target[0] if target else reference.type if reference else None
        if kind in ("Organization", "Location") and (place := facility(reference, around, contained)):
            return place
    return None


def _valid_until(occurrence_period: Period | None) -> date | None:
    return day(end_of(occurrence_period))


def _senders(requester: Reference | None) -> tuple[Reference | None, ...]:
    return (requester,)


REFERRAL = Table(
    record=Referral,
    wire=wire.ServiceRequest,
    is_one=_is_referral,
    recorded="authored_on",
    author=Of(display_of, "requester"),
    fields={
        "from_facility": _from,
        "to_facility": _to,
        "reason": _reason,
        "issued": Of(day, "authored_on"),
        "valid_until": _valid_until,
        "status": STATED,
    },
    points=(
        Points("from_facility", _senders, to=("Organization",)),
        Points("to_facility", "performer", to=("Organization",)),
    ),
)
"""A citizen sent on to another place of care. Every other request, such as an order for a test, is none."""


def _is_appointment(status: str | None, at: datetime | None) -> bool:
    """What is only proposed, waits for a place or was called off without a time is none.

    Raises:
        Unreadable: it has no time although its state needs one.
    """
    if status == ENTERED_IN_ERROR or (at is None and status in _NOT_YET):
        return False
    if at is None:
        raise Unreadable("an appointment without a time")
    return True


def _where(participant: tuple[wire.AppointmentParticipant, ...], around: Around, contained: Contained) -> Facility:
    place = around.own or _first_place((part.actor for part in participant), around, contained)
    if place is None:
        raise Unreadable("an appointment without a place")
    return place


def _department(service_type: tuple[CodeableReference, ...], specialty: tuple[CodeableConcept, ...]) -> str | None:
    services = (*map(meant, service_type), *coded_all(specialty))
    return next((service.text for service in services if service), None)


def _why(
    reason_code: tuple[CodeableConcept, ...],
    reason: tuple[CodeableReference, ...],
    reason_reference: tuple[Reference, ...],
    description: str | None,
) -> str | None:
    said = (*coded_all(reason_code), *map(meant, reason))
    words = (display_of(pointer) for pointer in reason_reference)
    return next((text.text for text in said if text), None) or next(filter(None, words), None) or description


def _who(participant: tuple[wire.AppointmentParticipant, ...]) -> tuple[Reference | None, ...]:
    return tuple(part.actor for part in participant)


APPOINTMENT = Table(
    record=Appointment,
    wire=wire.Appointment,
    steps={"at": Of(moment, "start")},
    is_one=_is_appointment,
    recorded="created",
    fields={"at": "at", "facility": _where, "department": _department, "reason": _why, "status": STATED},
    points=(Points("facility", _who, to=("Organization",)),),
)
"""A visit that is planned."""


def _is_plan(status: str | None, intent: str | None) -> bool:
    """A proposal, an option or a draft is none."""
    return status not in (ENTERED_IN_ERROR, "draft") and intent not in ("proposal", "option")


def _title(
    title: str | None, description: str | None, category: tuple[CodeableConcept, ...], doings: tuple[str, ...]
) -> str:
    """What it is for.

    Raises:
        Unreadable: nothing says so.
    """
    categories = "; ".join(text.text for text in coded_all(category))
    words = title or description or categories or "; ".join(doings)
    if not words:
        raise Unreadable("a plan that says nothing")
    return words


def _doings(activity: tuple[wire.Activity, ...], around: Around, contained: Contained) -> tuple[str, ...]:
    return tuple(filter(None, (_doing(one, around, contained) for one in activity)))


def _doing(activity: wire.Activity, around: Around, contained: Contained) -> str | None:
    """What is to be done, in words: as it stands here, or as the request behind it calls it."""
    detail, pointer = activity.detail, activity.reference or activity.planned_activity_reference
    inner = around.linked(pointer, contained)
    texts = (
        *((coded(detail.code),) if detail else ()),
        CodedText(text=detail.description) if detail and detail.description else None,
        coded(inner.code) if inner else None,
        *coded_all(activity.outcome_codeable_concept),
        *map(meant, activity.performed_activity),
    )
    return next((text.text for text in texts if text), None) or display_of(pointer)


def _maker(author: Reference | None, custodian: Reference | None) -> Reference | None:
    return author or custodian


def _place(maker: Reference | None, around: Around, contained: Contained) -> Facility | None:
    target = around.target(maker)
    return facility(maker, around, contained) if target and target[0] == "Organization" else around.own


def _person(maker: Reference | None, around: Around, contained: Contained) -> Practitioner | None:
    return practitioner(maker, around, contained)


def _first_day(period: Period | None) -> PartialDate | None:
    return partial(start_of(period))


def _last_day(period: Period | None) -> PartialDate | None:
    return partial(end_of(period))


def _makers(author: Reference | None, custodian: Reference | None) -> tuple[Reference | None, ...]:
    return (author, custodian)


CARE_PLAN = Table(
    record=CarePlan,
    wire=wire.CarePlan,
    steps={"doings": _doings, "maker": _maker},
    is_one=_is_plan,
    recorded="created",
    author=Of(display_of, "maker"),
    fields={
        "title": _title,
        "status": STATED,
        "start": _first_day,
        "end": _last_day,
        "activities": "doings",
        "facility": _place,
        "author": _person,
    },
    points=(Points("facility", _makers, to=("Organization",)),),
)
"""What is meant to be done over some time."""
