"""Patient to Demographics."""

from connectors.fhir import wire
from connectors.fhir.datatypes import Address as WireAddress
from connectors.fhir.datatypes import ContactPoint, HumanName
from connectors.fhir.mapping.elements import Unreadable, partial, person_name
from connectors.fhir.mapping.table import Table
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
    current = [one for one in address if one.use not in ("old", "billing")]
    for one in sorted(current, key=lambda one: one.use != "home"):
        parts = (*one.line, one.city, one.district, one.state)
        text = one.text or ", ".join(part for part in parts if part)
        if text:
            return Address(text=text, line=", ".join(one.line) or None, province=one.state)
    return None


def _phone(telecom: tuple[ContactPoint, ...]) -> str | None:
    numbers = (point for point in telecom if point.system == "phone" and point.use != "old" and point.value)
    return next((point.value for point in sorted(numbers, key=lambda point: point.use != "mobile")), None)


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
