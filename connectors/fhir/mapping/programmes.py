"""Patient and CareTeam to who is responsible for everyday care, EpisodeOfCare to pregnancies."""

from collections.abc import Iterable

from connectors.fhir import wire
from connectors.fhir.datatypes import CodeableConcept, Period, Reference
from connectors.fhir.mapping.around import Around, Contained
from connectors.fhir.mapping.elements import ENTERED_IN_ERROR, display_of, pairs_of
from connectors.fhir.mapping.places import facility, practitioner
from connectors.fhir.mapping.table import Of, Points, Table
from connectors.fhir.mapping.times import end_of, partial, start_of
from connectors.records import Facility, PartialDate, Practitioner, Pregnancy, PregnancyStatus, PrimaryCare

_SNOMED = "http://snomed.info/sct"
_FAMILY_DOCTORS = frozenset((_SNOMED, code) for code in ("446050000", "62247001", "59058001"))
"""Primary care provider; family medicine specialist; general physician."""
_PREGNANCIES = frozenset((_SNOMED, code) for code in ("77386006", "72892002", "424525001", "169762003"))
"""Pregnant; normal pregnancy; antenatal care; antenatal visit."""
_PREGNANCY_WORDS = frozenset({"pregnancy", "antenatal care", "thai kỳ", "quản lý thai", "quản lý thai nghén"})
_NO_TEAM = frozenset({ENTERED_IN_ERROR, "proposed", "inactive"})
_NOT_BEGUN = frozenset({ENTERED_IN_ERROR, "planned", "waitlist", "cancelled"})
_GOES_ON = frozenset({"active", "onhold"})


_Named = tuple[list[Practitioner], list[Facility]]
"""People and places, in the order in which they are named."""


def _doctors_of(general_practitioner: tuple[Reference, ...], around: Around, contained: Contained) -> _Named:
    return _named(general_practitioner, around, contained)


def _is_anybody(known: _Named) -> bool:
    """Whether somebody is named who can be shown."""
    return bool(known[0] or known[1])


def _doctor(known: _Named) -> Practitioner | None:
    return known[0][0] if known[0] else None


def _station(known: _Named) -> Facility | None:
    return known[1][0] if known[1] else None


_ANYBODY = ("Practitioner", "Organization")

GENERAL_PRACTITIONER = Table(
    record=PrimaryCare,
    wire=wire.Patient,
    steps={"known": _doctors_of},
    is_one=_is_anybody,
    fields={"health_station": _station, "family_doctor": _doctor},
    points=(Points(None, "general_practitioner", to=_ANYBODY),),
)
"""Whom the server knows as responsible."""


def _leading(status: str | None, participant: tuple[wire.TeamParticipant, ...]) -> tuple[wire.TeamParticipant, ...]:
    """Those who have the part of the family doctor. In a former team nobody has."""
    if status in _NO_TEAM:
        return ()
    return tuple(one for one in participant if not _FAMILY_DOCTORS.isdisjoint(pairs_of(_roles(one))))


def _roles(one: wire.TeamParticipant) -> tuple[CodeableConcept, ...]:
    return one.role if isinstance(one.role, tuple) else (one.role,) if one.role else ()


def _members(leading: tuple[wire.TeamParticipant, ...], around: Around, contained: Contained) -> _Named:
    return _named((one.member for one in leading), around, contained)


def _team_station(
    known: _Named,
    leading: tuple[wire.TeamParticipant, ...],
    managing_organization: tuple[Reference, ...],
    around: Around,
    contained: Contained,
) -> Facility | None:
    _, behind = _named((*(one.on_behalf_of for one in leading), *managing_organization), around, contained)
    return next(iter((*known[1], *behind)), None)


def _since(period: Period | None) -> PartialDate | None:
    return partial(start_of(period))


def _until(period: Period | None) -> PartialDate | None:
    return partial(end_of(period))


def _team(
    participant: tuple[wire.TeamParticipant, ...], managing_organization: tuple[Reference, ...]
) -> tuple[Reference | None, ...]:
    return (*(one.member for one in participant), *managing_organization)


CARE_TEAM = Table(
    record=PrimaryCare,
    wire=wire.CareTeam,
    kind="CareTeam",
    steps={"leading": _leading, "known": _members},
    is_one=_is_anybody,
    fields={"health_station": _team_station, "family_doctor": _doctor, "since": _since, "until": _until},
    points=(Points(None, _team, to=_ANYBODY),),
)
"""A team in which somebody has the part of the family doctor. Every other team, and a former one, is none."""


def _named(references: Iterable[Reference | None], around: Around, contained: Contained) -> _Named:
    """The people and the places among them."""
    doctors: list[Practitioner] = []
    places: list[Facility] = []
    for reference in references:
        target = around.target(reference)
        kind = target[0] if target else reference.type if reference else None
        if kind == "Organization" and (place := facility(reference, around, contained)):
            places.append(place)
        elif kind in ("Practitioner", "PractitionerRole") and (doctor := practitioner(reference, around, contained)):
            doctors.append(doctor)
    return doctors, places


def _is_pregnancy(status: str | None, type: tuple[CodeableConcept, ...]) -> bool:  # noqa: A002 - the element's own name
    """Every other episode, and one that is only planned, is none."""
    words = (concept.text.strip().casefold() for concept in type if concept.text)
    is_one = not _PREGNANCIES.isdisjoint(pairs_of(type)) or not _PREGNANCY_WORDS.isdisjoint(words)
    return is_one and status not in _NOT_BEGUN


def _pregnancy_status(status: str | None) -> PregnancyStatus:
    if status == "finished":
        return PregnancyStatus.ENDED
    return PregnancyStatus.ACTIVE if status in _GOES_ON else PregnancyStatus.UNKNOWN


def _place(managing_organization: Reference | None, around: Around, contained: Contained) -> Facility | None:
    return facility(managing_organization, around, contained) or around.own


def _managers(managing_organization: Reference | None) -> tuple[Reference | None, ...]:
    return (managing_organization,)


PREGNANCY = Table(
    record=Pregnancy,
    wire=wire.EpisodeOfCare,
    is_one=_is_pregnancy,
    author=Of(display_of, "care_manager"),
    fields={"status": _pregnancy_status, "since": _since, "ended": _until, "facility": _place},
    points=(Points("facility", _managers, to=("Organization",)),),
)
"""Care for a pregnancy."""
