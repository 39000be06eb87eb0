"""Patient."""

from connectors.fhir.bundle import Resource
from connectors.fhir.datatypes import Address, ContactPoint, HumanName, Identifier, Reference


class Patient(Resource, frozen=True, kw_only=True):
    """http://hl7.org/fhir/R4/patient.html."""

    identifier: tuple[Identifier, ...] = ()
    name: tuple[HumanName, ...] = ()
    birth_date: str | None = None
    gender: str | None = None
    deceased_boolean: bool = False
    deceased_date_time: str | None = None
    address: tuple[Address, ...] = ()
    telecom: tuple[ContactPoint, ...] = ()
    general_practitioner: tuple[Reference, ...] = ()
