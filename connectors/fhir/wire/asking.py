"""Communication: what a citizen asks the server's people for."""

from msgspec import field

from connectors.fhir.bundle import Resource
from connectors.fhir.datatypes import Identifier, Reference, Wire


class Payload(Wire, frozen=True, kw_only=True):
    """Of a Communication."""

    content_string: str | None = None


class Communication(Resource, frozen=True, kw_only=True):
    """http://hl7.org/fhir/R4/communication.html. Only those are read that this gateway created."""

    identifier: tuple[Identifier, ...] = ()
    regarding: tuple[Reference, ...] = field(default=(), name="about")
    payload: tuple[Payload, ...] = ()
