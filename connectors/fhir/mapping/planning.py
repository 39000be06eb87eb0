"""ServiceRequest, Appointment and CarePlan to records."""

from collections.abc import Iterable

from connectors.fhir import wire
from connectors.fhir.datatypes import Reference
from connectors.fhir.mapping.elements import (
    ENTERED_IN_ERROR,
    Around,
    Unreadable,
    coded,
    coded_all,
    day,
    display_of,
    end_of,
    facility,
    meant,
    moment,
    pairs_of,
    partial,
    practitioner,
    start_of,
)
from connectors.records import Appointment, CarePlan, CodedText, Facility, Referral

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


def referral(request: wire.ServiceRequest, around: Around) -> Referral | None:
    """A citizen sent on to another place of care. Every other request, such as an order for a test, is none."""
    if request.status in (ENTERED_IN_ERROR, "draft") or request.intent in _NOBODYS_PLAN or request.do_not_perform:
        return None
    if not _is_referral(request):
        return None
    places = (*request.performer, *request.location_reference, *(place.pointer for place in request.location))
    id_, provenance = around.stamped(
        Referral, request, recorded=request.authored_on, author=display_of(request.requester)
    )
    return Referral(
        id=id_,
        provenance=provenance,
        from_facility=_first_place((request.requester,), request, around) or around.own,
        to_facility=_first_place(places, request, around),
        reason=_reason(request),
        issued=day(request.authored_on),
        valid_until=day(end_of(request.occurrence_period)),
        status=request.status or "unknown",
    )


def _is_referral(request: wire.ServiceRequest) -> bool:
    """Whether the category or the code says so: nothing else tells it from an order that another room carries out."""
    code = request.code.meaning if request.code else None
    concepts = (*request.category, *((code,) if code else ()))
    words = (concept.text.strip().casefold() for concept in request.category if concept.text)
    return not _REFERRALS.isdisjoint(pairs_of(concepts)) or not _REFERRAL_WORDS.isdisjoint(words)


def _reason(request: wire.ServiceRequest) -> CodedText | None:
    words = (display_of(pointer) for pointer in request.reason_reference)
    said = (*coded_all(request.reason_code), *map(meant, request.reason))
    return next(filter(None, said), None) or next((CodedText(text=text) for text in words if text), None)


def _first_place(
    references: Iterable[Reference | None], holder: wire.ServiceRequest | wire.Appointment, around: Around
) -> Facility | None:
    """The first of them that is a place, and not a person."""
    for reference in references:
        target = around.target(reference)
        kind = target[0] if target else reference.type if reference else None
        if kind in ("Organization", "Location") and (place := facility(reference, around, holder)):
            return place
    return None


def appointment(planned: wire.Appointment, around: Around) -> Appointment | None:
    """A visit that is planned. What is only proposed, waits for a place or was called off without a time is none.

    Raises:
        Unreadable: it has no time although its state needs one, or nothing says where it is.
    """
    if planned.status == ENTERED_IN_ERROR:
        return None
    at = moment(planned.start)
    if at is None and planned.status in _NOT_YET:
        return None
    place = around.own or _first_place((part.actor for part in planned.participant), planned, around)
    if at is None or place is None:
        raise Unreadable("an appointment without a time or a place")
    services = (*map(meant, planned.service_type), *coded_all(planned.specialty))
    id_, provenance = around.stamped(Appointment, planned, recorded=planned.created, author=None)
    return Appointment(
        id=id_,
        provenance=provenance,
        at=at,
        facility=place,
        department=next((service.text for service in services if service), None),
        reason=_why(planned),
        status=planned.status or "unknown",
    )


def _why(planned: wire.Appointment) -> str | None:
    said = (*coded_all(planned.reason_code), *map(meant, planned.reason))
    words = (display_of(pointer) for pointer in planned.reason_reference)
    return next((text.text for text in said if text), None) or next(filter(None, words), None) or planned.description


def care_plan(plan: wire.CarePlan, around: Around) -> CarePlan | None:
    """What is meant to be done over some time. A proposal, an option or a draft is none.

    Raises:
        Unreadable: nothing says what it is for.
    """
    if plan.status in (ENTERED_IN_ERROR, "draft") or plan.intent in ("proposal", "option"):
        return None
    activities = tuple(filter(None, (_activity(activity, plan, around) for activity in plan.activity)))
    categories = "; ".join(text.text for text in coded_all(plan.category))
    title = plan.title or plan.description or categories or "; ".join(activities)
    if not title:
        raise Unreadable("a plan that says nothing")
    author = plan.author or plan.custodian
    id_, provenance = around.stamped(CarePlan, plan, recorded=plan.created, author=display_of(author))
    return CarePlan(
        id=id_,
        provenance=provenance,
        title=title,
        status=plan.status or "unknown",
        start=partial(start_of(plan.period)),
        end=partial(end_of(plan.period)),
        activities=activities,
        facility=_maker(author, plan, around),
        author=practitioner(author, around, plan),
    )


def _activity(activity: wire.Activity, plan: wire.CarePlan, around: Around) -> str | None:
    """What is to be done, in words: as it stands here, or as the request behind it calls it."""
    detail, pointer = activity.detail, activity.reference or activity.planned_activity_reference
    inner = around.linked(pointer, plan)
    texts = (
        *((coded(detail.code),) if detail else ()),
        CodedText(text=detail.description) if detail and detail.description else None,
        coded(inner.code) if inner else None,
        *coded_all(activity.outcome_codeable_concept),
        *map(meant, activity.performed_activity),
    )
    return next((text.text for text in texts if text), None) or display_of(pointer)


def _maker(author: Reference | None, plan: wire.CarePlan, around: Around) -> Facility | None:
    target = around.target(author)
    return facility(author, around, plan) if target and target[0] == "Organization" else around.own
