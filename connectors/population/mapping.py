"""The register's answers to records. Pure: no call, no clock."""

import re
from collections.abc import Iterable
from hashlib import blake2b

import msgspec
from msgspec import Raw

from connectors.population import dates
from connectors.population.wire import Citizen, Code, Dependant, Name, Place, Representing
from connectors.records import (
    Address,
    Demographics,
    PartialDate,
    Relation,
    RepresentationBasis,
    RepresentationScope,
    Representative,
    Sex,
)
from connectors.stamping import Stamp

_DEPENDANT = msgspec.json.Decoder(Dependant)
_REPRESENTING = msgspec.json.Decoder(Representing)
_PERSONAL_ID = re.compile(r"\d{12}", re.ASCII)
_SEXES = {"1": Sex.MALE, "2": Sex.FEMALE}
_BASES = {
    "CON": RepresentationBasis.PARENT,
    "GIAM_HO": RepresentationBasis.GUARDIAN,
    "TOA_AN": RepresentationBasis.COURT_APPOINTED,
    "UY_QUYEN": RepresentationBasis.AUTHORISED_BY_CITIZEN,
}
_SCOPES = {"": RepresentationScope.FULL, "DAY_DU": RepresentationScope.FULL, "TOM_TAT": RepresentationScope.SUMMARY}


def demographics(citizen: Citizen, stamp: Stamp) -> Demographics:
    """Who the citizen is.

    Raises:
        ValueError: no name, no birth date, or a birth date that is none.
    """
    return Demographics(
        # The register knows a citizen by the number alone, and the number belongs into no id.
        **stamp(Demographics, "CongDan"),
        full_name=_full_name(citizen.name),
        birth_date=birth_date(citizen),
        sex=_SEXES.get(_said(citizen.sex) or "", Sex.UNKNOWN),
        nationality=_said(citizen.nationality),
        ethnicity=_said(citizen.ethnicity),
        blood_type=_said(citizen.blood_type),
        permanent_address=_address(citizen.permanent),
        current_address=_address(citizen.current),
        phone=_said(citizen.phone),
        # A day of death that cannot be read is a death all the same.
        deceased=_said(citizen.died) is not None,
    )


def relations(dependants: Iterable[Raw], stamp: Stamp) -> tuple[tuple[Relation, ...], int]:
    """Whom the citizen represents, in the register's order and each fact once, and how many cannot be read.

    A relation gives power over another person's record, so nothing in it is guessed: an unknown word, a missing
    number, name or birth date, a day that is none, or silence on a court's bar make it unreadable.
    """
    records: dict[str, Relation] = {}
    dropped = 0
    for raw in dependants:
        try:
            relation = _relation(_DEPENDANT.decode(raw), stamp)
            records[relation.id] = relation
        except (msgspec.DecodeError, ValueError, LookupError, RecursionError):
            dropped += 1
    return tuple(records.values()), dropped


def representatives(listed: Iterable[Raw], stamp: Stamp) -> tuple[tuple[Representative, ...], int]:
    """Who represents the citizen, in the register's order and each fact once, and how many cannot be read.

    As strict as ``relations``. A right is judged by the citizen's birth date, so without a proven one none can be.
    """
    records: dict[str, Representative] = {}
    dropped = 0
    for raw in listed:
        try:
            found = _representative(_REPRESENTING.decode(raw), stamp)
            records[found.id] = found
        except (msgspec.DecodeError, ValueError, LookupError, RecursionError):
            dropped += 1
    return tuple(records.values()), dropped


def birth_date(citizen: Citizen) -> PartialDate:
    """The date of birth, as exactly as it is known.

    Raises:
        ValueError: there is none, or it cannot be read.
    """
    known = dates.birth_date(citizen.birth) if citizen.birth else None
    if known is None:
        raise ValueError("no birth date")
    return known


def _relation(dependant: Dependant, stamp: Stamp) -> Relation:
    citizen = dependant.citizen
    if not _PERSONAL_ID.fullmatch(citizen.personal_id) or citizen.personal_id == stamp.subject.personal_id:
        raise ValueError("not the number of another person")
    since, until = dates.day(dependant.since), dates.day(dependant.until)
    return Relation(
        **stamp(Relation, _relation_id(dependant, stamp)),
        personal_id=citizen.personal_id,
        full_name=_full_name(citizen.name),
        birth_date=birth_date(citizen),
        basis=_BASES[dependant.relation],
        valid_from=since,
        valid_until=until,
        scope=_SCOPES[_said(dependant.scope) or ""],
        barred=dependant.barred,
        barred_from=dates.day(dependant.barred_from),
        barred_until=dates.day(dependant.barred_until),
        # A day of death that cannot be read is a death all the same.
        deceased=_said(citizen.died) is not None,
    )


def _representative(entry: Representing, stamp: Stamp) -> Representative:
    born, name = stamp.subject.birth_date, _full_name(entry.citizen.name)
    if not born:
        raise ValueError("no proven birth date")
    return Representative(
        **stamp(
            Representative, _hashed(entry.relation, f"{name}\0{entry.since}\0{entry.until}\0{entry.barred}", stamp)
        ),
        full_name=name,
        birth_date=born,
        basis=_BASES[entry.relation],
        valid_from=dates.day(entry.since),
        valid_until=dates.day(entry.until),
        barred=entry.barred,
    )


def _relation_id(dependant: Dependant, stamp: Stamp) -> str:
    """What stands for this relation in provenance: the register gives it no id, and the number must not be one."""
    said = f"{dependant.citizen.personal_id}\0{dependant.since or ''}\0{dependant.until or ''}\0{dependant.barred}"
    return _hashed(dependant.relation, said, stamp)


def _hashed(relation: str, said: str, stamp: Stamp) -> str:
    digest = blake2b(said.encode(), key=stamp.subject.ref.encode()[:64], digest_size=8)
    return f"{relation}-{digest.hexdigest()}"


def _full_name(name: Name | None) -> str:
    parts = (name.family, name.middle, name.given) if name else ()
    words = " ".join(word for part in parts for word in (part or "").split())
    if not words:
        raise ValueError("no name")
    return words


def _address(place: Place | None) -> Address | None:
    """The line as registered; the codes where there is no line."""
    if place is None:
        return None
    line, ward, province = _said(place.line), _said(place.ward), _said(place.province)
    text = line or ", ".join(code for code in (ward, province) if code)
    return Address(text=text, ward=ward, province_code=province) if text else None


def _said(text: Code) -> str | None:
    """What the register said; an empty text says nothing."""
    return ("" if text is None else str(text)).strip() or None
