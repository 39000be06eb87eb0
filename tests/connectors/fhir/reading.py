"""One resource, written as a Python dict, read as the kind reads it; for the tests of the mappings."""

from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec

from connectors.fhir.base import Base
from connectors.fhir.bundle import Linked
from connectors.fhir.held import HELD
from connectors.fhir.mapping.around import Around
from connectors.records import Facility, Record, SourceInfo, SourceKind
from connectors.stamping import Stamp
from tests.connectors.fhir.samples import HOA

R = TypeVar("R", bound=Record)

OWN = Facility(code="79981", name="Bệnh viện Mẫu A")
AT = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
ME = {"reference": "Patient/p1"}


def around(**more: Any) -> Around:
    """What is known around a resource of hospital A; noon of the sandbox's day."""
    info = SourceInfo(id="hospital", name=OWN.name, kind=SourceKind.HOSPITAL, protocol="fhir", facility_code="79981")
    given: dict[str, Any] = {
        "stamp": Stamp(info, HOA, AT),
        "base": Base.of("http://hospital.test/fhir", None),
        "own": OWN,
        "facility_system": "urn:facility",
    }
    return Around(**(given | more))


def linked(*resources: dict[str, Any]) -> dict[tuple[str, str], Linked]:
    """Resources that came along."""
    read = [msgspec.json.decode(msgspec.json.encode(resource), type=Linked) for resource in resources]
    return {(resource.resource_type, str(resource.id)): resource for resource in read}


def maybe(about: type[R], where: Around | None = None, /, **fields: Any) -> R | None:
    """The record of that class; None where the resource is left out."""
    given = {name.rstrip("_"): value for name, value in fields.items()}
    held = next(held for held in HELD[about] if given.get("resourceType") in (None, held.type))
    resource = {"resourceType": held.type, "id": "x1"} | given
    record = held.to_record(msgspec.json.decode(msgspec.json.encode(resource), type=held.wire), where or around())
    assert record is None or isinstance(record, about)
    return record


def read(about: type[R], where: Around | None = None, /, **fields: Any) -> R:
    """The record of that class, which must be one."""
    record = maybe(about, where, **fields)
    assert record is not None
    return record


def concept(text: str | None = None, *codes: str, system: str = "urn:s") -> dict[str, Any]:
    """A CodeableConcept."""
    return {"text": text, "coding": [{"system": system, "code": code} for code in codes]}
