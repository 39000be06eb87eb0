"""Immunization to a record."""

import re
from collections.abc import Iterable
from datetime import datetime

from connectors.clock import HO_CHI_MINH
from connectors.fhir import wire
from connectors.fhir.datatypes import CodeableConcept, CodeableReference, Reference
from connectors.fhir.mapping.around import Around, Contained
from connectors.fhir.mapping.elements import (
    ENTERED_IN_ERROR,
    Unreadable,
    coded,
    coded_all,
    display_of,
    meant,
    needed,
    words_of,
)
from connectors.fhir.mapping.places import facility
from connectors.fhir.mapping.table import Of, Points, Table
from connectors.fhir.mapping.times import partial
from connectors.records import CodedText, Facility, Immunization, PartialDate

_WRITTEN_DATE = re.compile(r"(?:(?:(\d{2})/)?(\d{2})/)?(\d{4})")


def _is_record(status: str | None, when: PartialDate | None, around: Around) -> bool:
    """What was not done on a day to come is an appointment, no record.

    Raises:
        Unreadable: a status that R4 does not know, for nobody may take it for "given"; no date.
    """
    if status == "completed" and when is not None:
        return True
    if status == ENTERED_IN_ERROR:
        return False
    if status not in ("completed", "not-done") or when is None:
        raise Unreadable("neither given nor not given, or no date")
    return not _is_to_come(when, around.stamp.retrieved_at)


def _written(text: str | None) -> PartialDate | None:
    """A date as people write it in Viet Nam: day/month/year, month/year or the year alone."""
    found = _WRITTEN_DATE.fullmatch(text.strip()) if text else None
    return partial("-".join(part for part in reversed(found.groups()) if part)) if found else None


def _is_to_come(on: PartialDate, now: datetime) -> bool:
    today = now.astimezone(HO_CHI_MINH).date().isoformat()
    return on > today[: len(on)]


def _vaccine(vaccine_code: CodeableConcept | None) -> CodedText:
    return needed(coded(vaccine_code))


def _diseases(protocol_applied: tuple[wire.Protocol, ...]) -> tuple[CodedText, ...]:
    return coded_all(disease for part in protocol_applied for disease in part.target_disease)


def _dose(protocol_applied: tuple[wire.Protocol, ...]) -> int | None:
    for part in protocol_applied:
        number = part.dose_number_positive_int
        if number is None or not 0 < number < 100:
            number = _number(part)
        if number:
            return number
    return None


def _number(part: wire.Protocol) -> int | None:
    text = str(part.dose_number_positive_int or part.dose_number_string or part.dose_number or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 3 else None


def _maker(manufacturer: CodeableReference | None, around: Around, contained: Contained) -> str | None:
    if manufacturer is None:
        return None
    said = words_of(manufacturer)
    if said is not None:
        return said
    inner = around.linked(manufacturer.pointer, contained)
    return inner.name if inner and isinstance(inner.name, str) else None


def _site(site: CodeableConcept | None) -> str | None:
    found = coded(site)
    return found.text if found else None


def _place(
    location: Reference | None,
    performer: tuple[wire.ImmunizationPerformer, ...],
    primary_source: bool | None,
    around: Around,
    contained: Contained,
) -> Facility | None:
    """The location; else an organisation that performed it; else the source itself, if it is the one who knows."""
    place = facility(location, around, contained)
    if place is not None:
        return place
    for part in performer:
        target = around.target(part.actor)
        if target and target[0] == "Organization" and (performed := facility(part.actor, around, contained)):
            return performed
    return around.own if primary_source else None


def _reactions(reaction: tuple[wire.ImmunizationReaction, ...]) -> tuple[CodedText, ...]:
    return tuple(_reactions_in(reaction)) if reaction else ()


def _reactions_in(reactions: Iterable[wire.ImmunizationReaction]) -> Iterable[CodedText]:
    for reaction in reactions:
        words = display_of(reaction.detail)
        found = meant(reaction.manifestation) or (CodedText(text=words) if words else None)
        if found:
            yield found


def _places(
    location: Reference | None, performer: tuple[wire.ImmunizationPerformer, ...]
) -> tuple[Reference | None, ...]:
    return (location, *(part.actor for part in performer))


def _makers(manufacturer: CodeableReference | None) -> tuple[Reference | None, ...]:
    return (manufacturer.pointer,) if manufacturer is not None else ()


IMMUNIZATION = Table(
    record=Immunization,
    wire=wire.Immunization,
    alike=frozenset({"vaccine_code", "site", "status_reason"}),
    steps={"when": (Of(partial, "occurrence_date_time"), Of(_written, "occurrence_string"))},
    is_one=_is_record,
    recorded="recorded",
    fields={
        "vaccine": _vaccine,
        "target_diseases": _diseases,
        "dose_number": _dose,
        "on": "when",
        "lot": "lot_number",
        "manufacturer": _maker,
        "site": _site,
        "facility": _place,
        "status": "status",
        "not_given_because": Of(coded, "status_reason"),
        "reactions": _reactions,
    },
    points=(
        Points("facility", _places, to=("Organization",)),
        Points("manufacturer", _makers, to=("Organization",)),
    ),
)
"""A vaccination given, or recorded as not given."""
