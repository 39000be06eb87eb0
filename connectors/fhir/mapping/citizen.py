"""Patient to Demographics."""

from connectors.fhir import wire
from connectors.fhir.datatypes import Address as WireAddress
from connectors.fhir.datatypes import ContactPoint, HumanName
from connectors.fhir.mapping.elements import Unreadable
from connectors.fhir.mapping.places import person_name
from connectors.fhir.mapping.table import Table
from connectors.fhir.mapping.times import partial
from connectors.records import Address, Demographics, PartialDate, Sex

_SEXES = {"male": Sex.MALE, "female": Sex.FEMALE, "other": Sex.OTHER}


def _name(name: tuple[HumanName, ...]) -> str:
    known = person_name(name)
    if known is None:
        raise Unreadable("no name")
    return known


def _born(birth_date: str | None) -> PartialDate:
    known = partial(birth_date)
    if known is None:
        raise Unreadable("no birth date")
    return known


def _sex(gender: str | None) -> Sex:
    return _SEXES.get(gender or "", Sex.UNKNOWN)


def _address(address: tuple[WireAddress, ...]) -> Address | None:
    """Where the citizen lives: R4 has no word for a permanent registration."""
    current = None
    for one in address:
        if one.use == "home" and _written(one):
            return _known(one)
        if current is None and one.use not in ("home", "old", "billing") and _written(one):
            current = one
    return _known(current) if current is not None else None


def _known(address: WireAddress) -> Address:
    return Address(text=_written(address), line=", ".join(address.line) or None, province=address.state)


def _written(address: WireAddress) -> str:
    """The address in one line."""
    parts = (*address.line, address.city, address.district, address.state)
    return address.text or ", ".join(part for part in parts if part)


def _phone(telecom: tuple[ContactPoint, ...]) -> str | None:
    first = None
    for point in telecom:
        if point.system == "phone" and point.value and point.use != "old":
            if point.use == "mobile":
                return point.value
            first = first or point.value
    return first


def _is_deceased(deceased_boolean: bool, deceased_date_time: str | None) -> bool:
    return deceased_boolean or deceased_date_time is not None


DEMOGRAPHICS = Table(
    record=Demographics,
    wire=wire.Patient,
    fields={
        "full_name": _name,
        "birth_date": _born,
        "sex": _sex,
        "current_address": _address,
        "phone": _phone,
        "deceased": _is_deceased,
    },
)
"""Who the citizen is, as this server has it."""
