"""Patient and CareTeam to who is responsible for everyday care, EpisodeOfCare to pregnancies."""

from collections.abc import Iterable

from connectors.fhir import wire
from connectors.fhir.bundle import Resource
from connectors.fhir.datatypes import CodeableConcept, Reference
from connectors.fhir.mapping.elements import (
    ENTERED_IN_ERROR,
    Around,
    display_of,
    end_of,
    facility,
    pairs_of,
    partial,
    practitioner,
    start_of,
)
from connectors.records import Facility, Practitioner, Pregnancy, PregnancyStatus, PrimaryCare

_SNOMED = "http://snomed.info/sct"
_FAMILY_DOCTORS = frozenset((_SNOMED, code) for code in ("446050000", "62247001", "59058001"))
"""Primary care provider; family medicine specialist; general physician."""
_PREGNANCIES = frozenset((_SNOMED, code) for code in ("77386006", "72892002", "424525001", "169762003"))
"""Pregnant; normal pregnancy; antenatal care; antenatal visit."""
_PREGNANCY_WORDS = frozenset({"pregnancy", "antenatal care", "thai kỳ", "quản lý thai", "quản lý thai nghén"})
_NO_TEAM = frozenset({ENTERED_IN_ERROR, "proposed", "inactive"})
_NOT_BEGUN = frozenset({ENTERED_IN_ERROR, "planned", "waitlist", "cancelled"})
_GOES_ON = frozenset({"active", "onhold"})


def general_practitioner(patient: wire.Patient, around: Around) -> PrimaryCare | None:
    """Whom the server knows as responsible; None where it names nobody that can be shown."""
    doctors, places = _named(patient.general_practitioner, patient, around)
    if not doctors and not places:
        return None
    id_, provenance = around.stamped(PrimaryCare, patient, recorded=None, author=None)
    return PrimaryCare(
        id=id_,
        provenance=provenance,
        health_station=places[0] if places else None,
        family_doctor=doctors[0] if doctors else None,
    )


def care_team(team: wire.CareTeam, around: Around) -> PrimaryCare | None:
    """A team in which somebody has the part of the family doctor. Every other team, and a former one, is none."""
    if team.status in _NO_TEAM:
        return None
    leading = [one for one in team.participant if not _FAMILY_DOCTORS.isdisjoint(pairs_of(_roles(one)))]
    if not leading:
        return None
    doctors, places = _named((one.member for one in leading), team, around)
    _, behind = _named((*(one.on_behalf_of for one in leading), *team.managing_organization), team, around)
    if not doctors and not places:
        return None
    id_, provenance = around.stamped(PrimaryCare, team, recorded=None, author=None, kind="CareTeam")
    return PrimaryCare(
        id=id_,
        provenance=provenance,
        health_station=next(iter((*places, *behind)), None),
        family_doctor=doctors[0] if doctors else None,
        since=partial(start_of(team.period)),
        until=partial(end_of(team.period)),
    )


def _roles(one: wire.TeamParticipant) -> tuple[CodeableConcept, ...]:
    return one.role if isinstance(one.role, tuple) else (one.role,) if one.role else ()


def _named(
    references: Iterable[Reference | None], holder: Resource, around: Around
) -> tuple[list[Practitioner], list[Facility]]:
    """The people and the places among them."""
    doctors: list[Practitioner] = []
    places: list[Facility] = []
    for reference in references:
        target = around.base.target(reference)
        kind = target[0] if target else reference.type if reference else None
        if kind == "Organization" and (place := facility(reference, around, holder)):
            places.append(place)
        elif kind in ("Practitioner", "PractitionerRole") and (doctor := practitioner(reference, around, holder)):
            doctors.append(doctor)
    return doctors, places


def pregnancy(episode: wire.EpisodeOfCare, around: Around) -> Pregnancy | None:
    """Care for a pregnancy. Every other episode, and one that is only planned, is none."""
    words = (concept.text.strip().casefold() for concept in episode.type if concept.text)
    is_one = not _PREGNANCIES.isdisjoint(pairs_of(episode.type)) or not _PREGNANCY_WORDS.isdisjoint(words)
    if episode.status in _NOT_BEGUN or not is_one:
        return None
    status = PregnancyStatus.ACTIVE if episode.status in _GOES_ON else PregnancyStatus.UNKNOWN
    id_, provenance = around.stamped(Pregnancy, episode, recorded=None, author=display_of(episode.care_manager))
    return Pregnancy(
        id=id_,
        provenance=provenance,
        status=PregnancyStatus.ENDED if episode.status == "finished" else status,
        since=partial(start_of(episode.period)),
        ended=partial(end_of(episode.period)),
        facility=facility(episode.managing_organization, around, episode) or around.own,
    )
