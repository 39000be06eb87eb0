"""Immunization to a record."""

import re
from collections.abc import Iterable
from datetime import datetime

from connectors.clock import HO_CHI_MINH
from connectors.fhir import wire
from connectors.fhir.mapping.elements import (
    ENTERED_IN_ERROR,
    Around,
    Unreadable,
    coded,
    coded_all,
    display_of,
    facility,
    meant,
    needed,
    partial,
)
from connectors.records import CodedText, Facility, Immunization, PartialDate

_WRITTEN_DATE = re.compile(r"(?:(?:(\d{2})/)?(\d{2})/)?(\d{4})")


def immunization(dose: wire.Immunization, around: Around) -> Immunization | None:
    """A vaccination given or recorded as not given. What was not done on a day to come is an appointment, no record.

    Raises:
        Unreadable: a status that R4 does not know, for nobody may take it for "given"; no date; no vaccine.
    """
    if dose.status == ENTERED_IN_ERROR:
        return None
    on = partial(dose.occurrence_date_time) or _written(dose.occurrence_string)
    if dose.status not in ("completed", "not-done") or on is None:
        raise Unreadable("neither given nor not given, or no date")
    if dose.status == "not-done" and _is_to_come(on, around.stamp.retrieved_at):
        return None
    id_, provenance = around.stamped(Immunization, dose, recorded=dose.recorded, author=None)
    return Immunization(
        id=id_,
        provenance=provenance,
        vaccine=needed(coded(dose.vaccine_code)),
        target_diseases=coded_all(disease for part in dose.protocol_applied for disease in part.target_disease),
        dose_number=next(filter(None, map(_number, dose.protocol_applied)), None),
        on=on,
        lot=dose.lot_number,
        manufacturer=_maker(dose, around) if around.wants("manufacturer") else None,
        site=site.text if around.wants("site") and (site := coded(dose.site)) else None,
        facility=_place(dose, around),
        status=dose.status,
        not_given_because=coded(dose.status_reason),
        reactions=tuple(_reactions(dose.reaction)),
    )


def _written(text: str | None) -> PartialDate | None:
    """A date as people write it in Viet Nam: day/month/year, month/year or the year alone."""
    found = _WRITTEN_DATE.fullmatch(text.strip()) if text else None
    return partial("-".join(part for part in reversed(found.groups()) if part)) if found else None


def _is_to_come(on: PartialDate, now: datetime) -> bool:
    today = now.astimezone(HO_CHI_MINH).date().isoformat()
    return on > today[: len(on)]


def _number(part: wire.Protocol) -> int | None:
    text = str(part.dose_number_positive_int or part.dose_number_string or part.dose_number or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 3 else None


def _maker(dose: wire.Immunization, around: Around) -> str | None:
    said = meant(dose.manufacturer)
    inner = around.linked(dose.manufacturer.pointer, dose) if dose.manufacturer else None
    return said.text if said else inner.name if inner and isinstance(inner.name, str) else None


def _place(dose: wire.Immunization, around: Around) -> Facility | None:
    """The location; else an organisation that performed it; else the source itself, if it is the one who knows."""
    actors = (part.actor for part in dose.performer)
    places = (facility(actor, around, dose) for actor in actors if actor and _is_organisation(around.target(actor)))
    place = facility(dose.location, around, dose) or next(filter(None, places), None)
    return place or (around.own if dose.primary_source else None)


def _is_organisation(target: tuple[str, str] | None) -> bool:
    return target is not None and target[0] == "Organization"


def _reactions(reactions: Iterable[wire.ImmunizationReaction]) -> Iterable[CodedText]:
    for reaction in reactions:
        words = display_of(reaction.detail)
        found = meant(reaction.manifestation) or (CodedText(text=words) if words else None)
        if found:
            yield found
