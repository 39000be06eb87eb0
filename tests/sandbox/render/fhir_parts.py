"""What every FHIR resource of the city is made of: ids, references, codes, times."""

import hashlib
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from connectors.clock import HO_CHI_MINH
from tests.sandbox.people.making import moment
from tests.sandbox.people.model import Diagnosis, Person, Visit
from tests.sandbox.people.places import FACILITIES, FhirSystem

OPENED = moment(2000)
"""When the systems were set up: older facts were typed in then."""
YESTERDAY = moment(1)

Resource = dict[str, Any]

OWN = "urn:citizen-graph:sandbox"
CITIZEN_NUMBER = f"{OWN}:cccd"
FACILITY_CODE = f"{OWN}:facility"
ICD10 = "http://hl7.org/fhir/sid/icd-10"
LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
CVX = "http://hl7.org/fhir/sid/cvx"
ATC = "http://www.whocc.no/atc"
UCUM = "http://unitsofmeasure.org"
TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"


@dataclass(frozen=True, slots=True)
class Desk:
    """Where one system writes its resources: with ids of its own, made from slugs, never from numbers."""

    system: FhirSystem

    def id(self, kind: str, *parts: str) -> str:
        """A stable id in the system's own style: hexadecimal in hospital A, a UUID in hospital B."""
        digest = hashlib.sha256("|".join((self.system, kind, *parts)).encode()).digest()
        if self.system == "hospital-b":
            return str(UUID(bytes=digest[:16], version=4))
        return digest.hex()[:16] if self.system == "hospital-a" else f"tc-{digest.hex()[:14]}"

    def ref(self, kind: str, *parts: str, display: str | None = None) -> Resource:
        """A relative reference to the resource that ``id`` of the same parts names."""
        return kept(reference=f"{kind}/{self.id(kind, *parts)}", display=display)

    def patient(self, person: Person) -> Resource:
        return self.ref("Patient", person.key)

    def resource(self, kind: str, *parts: str, updated: datetime, **content: Any) -> Resource:
        """A resource without its empty fields. ``security`` labels go into ``meta``."""
        meta = kept(versionId="1", lastUpdated=stamp(updated), security=content.pop("security", None))
        return {"resourceType": kind, "id": self.id(kind, *parts), "meta": meta, **kept(**content)}

    def holds(self, facility: str) -> bool:
        """Whether records of this facility are kept in this system."""
        return FACILITIES[facility].system == self.system


def kept(**fields: Any) -> Resource:
    """The fields that say something: FHIR forbids null and empty lists."""
    return {name: value for name, value in fields.items() if value is not None and value not in ([], {})}


def stamp(when: datetime) -> str:
    """An instant with the offset of the city."""
    return when.isoformat(timespec="seconds")


def settled(visit: Visit) -> datetime:
    """When the record of a visit was last touched: half an hour after it, or while it goes on."""
    return (visit.end or visit.start) + timedelta(minutes=30)


def noted(when: str | None) -> datetime:
    """When a fact of that partial date was written down: in the evening, of the last day it can mean."""
    if when is None:
        return OPENED
    year, month, day = (int(part) if part else None for part in (*when.split("-"), "", "")[:3])
    last = date(year or 1, month or 12, day or monthrange(year or 1, month or 12)[1])
    return datetime.combine(max(OPENED.date(), min(last, YESTERDAY.date())), time(19), HO_CHI_MINH)


def visit_key(visit: Visit) -> str:
    return stamp(visit.start)


def concept(text: str | None, *codings: tuple[str, str | None, str | None]) -> Resource:
    """A CodeableConcept: text, and (system, code, display) for every system that has a code for it."""
    coding = [kept(system=system, code=code, display=display) for system, code, display in codings if code]
    return kept(coding=coding, text=text)


def listed(name: str, code: str | None, display: str | None = None) -> Resource | None:
    """A concept from one of HL7's own code systems, by its last path segment."""
    return concept(None, (f"{TERMINOLOGY}/{name}", code, display)) if code else None


def diagnosis(found: Diagnosis) -> Resource:
    return concept(found.text, (ICD10, found.code, None))


def sensitivity(system: FhirSystem, found: Diagnosis) -> list[Resource]:
    """Hospital A labels its psychiatric records; hospital B labels nothing, so there the code alone must tell."""
    if system != "hospital-a" or not found.code.startswith("F3"):
        return []
    return [
        {"system": f"{TERMINOLOGY}/v3-Confidentiality", "code": "R"},
        {"system": f"{TERMINOLOGY}/v3-ActCode", "code": "PSY"},
    ]
