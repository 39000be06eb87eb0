"""When a record's fact was true: one answer for each class, by which its lists are ordered and its slices are cut."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from operator import attrgetter
from typing import Any, TypeVar

from connectors.records import (
    Allergy,
    Appointment,
    CarePlan,
    Claim,
    Condition,
    CoPayment,
    Coverage,
    Document,
    Encounter,
    Immunization,
    Medication,
    Observation,
    PartialDate,
    Pregnancy,
    Procedure,
    Record,
    Referral,
    Report,
    Screening,
)

R = TypeVar("R", bound=Record)

When = Callable[[R], datetime | date | PartialDate | None]
"""Tells when a record's fact was true, as far as it is known."""

FIELDS: Mapping[type[Record], tuple[str, ...]] = {
    Encounter: ("start",),
    Condition: ("onset", "recorded"),
    Allergy: ("recorded", "onset"),
    Medication: ("start",),
    Observation: ("at",),
    Immunization: ("on",),
    Coverage: ("valid_from",),
    Claim: ("admitted",),
    CoPayment: ("admitted",),
    Report: ("issued",),
    Procedure: ("performed",),
    Document: ("date",),
    Referral: ("issued",),
    Appointment: ("at",),
    CarePlan: ("start",),
    Screening: ("on",),
    # Never the birth that is expected: an event is what happened, or was planned.
    Pregnancy: ("since", "seen_on", "ended"),
}
"""The fields that tell it, of each class that is shown in an order of time: the first of them that is known counts."""


def _first_known(*names: str) -> When[Any]:
    if len(names) == 1:
        return attrgetter(names[0])
    first, *others = map(attrgetter, names)

    def when(record: Any) -> Any:
        known = first(record)
        for read in others:
            if known:
                break
            known = read(record)
        return known or None

    return when


MOMENTS: Mapping[type[Record], When[Any]] = {about: _first_known(*names) for about, names in FIELDS.items()}
"""What reads it."""
