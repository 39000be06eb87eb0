"""Patient to Demographics."""

from connectors.fhir import wire
from connectors.fhir.datatypes import Address as WireAddress
from connectors.fhir.mapping.elements import Around, Unreadable, partial, person_name
from connectors.records import Address, Demographics, Sex

_SEXES = {"male": Sex.MALE, "female": Sex.FEMALE, "other": Sex.OTHER}


def demographics(patient: wire.Patient, around: Around) -> Demographics:
    """Who the citizen is, as this server has it."""
    name, birth_date = person_name(patient.name), partial(patient.birth_date)
    if name is None or birth_date is None:
        raise Unreadable("no name or no birth date")
    id_, provenance = around.stamped(Demographics, patient, recorded=None, author=None)
    return Demographics(
        id=id_,
        provenance=provenance,
        full_name=name,
        birth_date=birth_date,
        sex=_SEXES.get(patient.gender or "", Sex.UNKNOWN),
        current_address=_address(patient.address),
        phone=_phone(patient),
        deceased=patient.deceased_boolean or patient.deceased_date_time is not None,
    )


def _address(addresses: tuple[WireAddress, ...]) -> Address | None:
    """Where the citizen lives: R4 has no word for a permanent registration."""
    current = [address for address in addresses if address.use not in ("old", "billing")]
    for address in sorted(current, key=lambda address: address.use != "home"):
        parts = (*address.line, address.city, address.district, address.state)
        text = address.text or ", ".join(part for part in parts if part)
        if text:
            return Address(text=text, line=", ".join(address.line) or None, province=address.state)
    return None


def _phone(patient: wire.Patient) -> str | None:
    numbers = (point for point in patient.telecom if point.system == "phone" and point.use != "old" and point.value)
    return next((point.value for point in sorted(numbers, key=lambda point: point.use != "mobile")), None)
