"""Pieces of records to data types of FHIR R4. Pure; what a source wrote is fitted to what R4 allows, never guessed."""

import re
import uuid
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from connectors.clock import HO_CHI_MINH
from connectors.records import CodedText, Coding, Facility, PartialDate, Practitioner, Quantity, Record
from resolvers.access.labelling.labeller import LABELS

Json = dict[str, Any]

_IDS = uuid.UUID("6f0d3a4e-6a0b-5c55-9d0e-0a3c5f7f4a10")
_NOT_PRINTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Neither FHIR's strings nor XHTML may hold these."""
_DATE = re.compile(r"(?!0000)[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-[0-9]{2})?)?")
_ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
UCUM = "http://unitsofmeasure.org"
_COMPARATORS = frozenset({"<", "<=", ">=", ">"})
_CONFIDENTIALITY = frozenset("ULMNRV")
"""Codes of HL7's v3-Confidentiality: no sensitivity has a name that short."""


def made(**fields: Any) -> Json:
    """An element or resource without the fields that say nothing, as FHIR wants it."""
    return {name: value for name, value in fields.items() if value is not None and value not in ("", [], {})}


def address_of(kind: str, id_: str) -> str:
    """The address of an entry within its Bundle: the same for the same fact tomorrow."""
    return f"urn:uuid:{uuid.uuid5(_IDS, f'{kind}/{id_}')}"


def entry_of(kind: str, record: Record, **fields: Any) -> Json:
    """A resource of that type for the record, with the labels that its sources have put on it."""
    labels = dict.fromkeys(label for place in record.provenance for label in place.security)
    return {
        "resourceType": kind,
        "id": address_of(kind, record.id).removeprefix("urn:uuid:"),
        **made(meta=made(security=[one for one in map(_label, labels) if one]), **fields),
    }


def _label(found: str) -> Json | None:
    """A security label; one that is not HL7's is passed on under no system, for we do not know whose it is."""
    value = " ".join((text_of(found) or "").split())
    known, hl7 = value.upper(), "http://terminology.hl7.org/CodeSystem/"
    if known in _CONFIDENTIALITY:
        return {"system": f"{hl7}v3-Confidentiality", "code": known}
    if known in LABELS.security:
        return {"system": f"{hl7}v3-ActCode", "code": known}
    return {"code": value} if value else None


def text_of(words: str | None) -> str | None:
    """Words as FHIR allows them: not empty, without control characters."""
    return _NOT_PRINTED.sub("", words).strip() or None if words else None


def concept(found: CodedText | None) -> Json | None:
    """A CodeableConcept."""
    if found is None:
        return None
    return made(coding=[one for one in map(_coding, found.codings) if one], text=text_of(found.text)) or None


def concepts(found: Iterable[CodedText]) -> list[Json]:
    """Several."""
    return [one for one in map(concept, found) if one]


def word(text: str | None) -> Json | None:
    """A CodeableConcept that has no code."""
    said = text_of(text)
    return {"text": said} if said else None


def code(system: str, value: str, display: str | None = None) -> Json:
    """A CodeableConcept of one known code."""
    return {"coding": [made(system=system, code=value, display=display)]}


def _coding(found: Coding) -> Json | None:
    value = " ".join((text_of(found.code) or "").split())
    system = "" if found.system == "unknown" else "".join((text_of(found.system) or "").split())
    return made(system=system, code=value, display=text_of(found.display)) if value else None


def day_of(found: PartialDate | None) -> str | None:
    """A date or dateTime, as exactly as it is known; none for what is no date."""
    if not found or not _DATE.fullmatch(found):
        return None
    try:
        date.fromisoformat((found + "-01-01")[:10])
    except ValueError:
        return None
    return found


def moment_of(found: datetime | None) -> str | None:
    """A dateTime with its offset; R4 has no offsets of seconds, as clocks of old had."""
    if found is None:
        return None
    at = found if found.tzinfo else found.replace(tzinfo=HO_CHI_MINH)
    offset = at.utcoffset()
    return (at.astimezone(UTC) if offset is None or offset.total_seconds() % 60 else at).isoformat()


def period(start: PartialDate | None, end: PartialDate | None) -> Json:
    """A Period. Bounds in the wrong order are no period for R4: then the beginning is told."""
    first, last = day_of(start), day_of(end)
    return made(start=first, end=None if first and last and last[: len(first)] < first[: len(last)] else last)


def amount(found: Quantity | Any) -> Json:
    """A Quantity, exact."""
    unit = " ".join((text_of(found.code) or "").split())
    return made(
        value=found.value,
        comparator=found.comparator if found.comparator in _COMPARATORS else None,
        unit=text_of(found.unit),
        system=UCUM if unit else None,
        code=unit,
    )


def absent(why: str = "unknown") -> Json:
    """Stands where R4 requires a value that nobody told."""
    return {"extension": [{"url": _ABSENT, "valueCode": why}]}


def someone(found: Practitioner | None) -> Json | None:
    """A professional, by name."""
    name = text_of(found.name) if found else None
    return {"type": "Practitioner", "display": name} if name else None


def place(found: Facility | None, kind: str = "Organization") -> Json | None:
    """A place of care, by name."""
    name = text_of(found.name) if found else None
    return {"type": kind, "display": name} if name else None


def notes(*texts: str | None) -> list[Json]:
    """Annotations."""
    return [{"text": said} for text in texts if (said := text_of(text))]
