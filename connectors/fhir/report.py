"""What becomes of every field of a FHIR answer: a bundle, or a resource alone."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from connectors.errors import Garbled
from connectors.fhir.bundle import Bundle, Linked, Outcome
from connectors.fhir.held import HELD
from connectors.fhir.options import FhirOptions
from connectors.reports import MappingReport, Shape, counted, json_document, leaves, printable

_EVERYWHERE = {
    "additions of one country or maker; what changes a meaning must stand in modifierExtension (R4, 2.4.0.1)": (
        "*.extension"
    ),
    "the narrative repeats the fields for people": "text",
    "the server's own bookkeeping": "meta.versionId meta.profile meta.source meta.tag language",
    "numbers by which other systems know the resource": "identifier",
    "the number or address of a code decides, not the edition of its list": "*.version *.userSelected",
}
_BUNDLE = Shape(
    name="Bundle",
    wire=Bundle,
    left_alone={
        "about the answer and not about the citizen": (
            "id meta identifier type timestamp total entry.fullUrl entry.request entry.response entry.search.score "
            "entry.link signature"
        ),
        "the resources are counted one by one": "entry.resource",
    },
)
_TYPES_LEFT_ALONE: Mapping[str, str] = {
    "what was billed is read from the claim and from the insurer's answer to it": (
        "ClaimResponse ChargeItem Invoice Account"
    ),
    "about devices, studies and the workings of a system, not about the citizen": """
        Device DeviceMetric Endpoint ResearchStudy ResearchSubject GuidanceResponse Task RequestGroup Provenance
        PractitionerRole Specimen SupplyDelivery""",
}
_LINKED = ("Organization", "Practitioner", "Location", "RelatedPerson", "Medication")
"""Types that are read for a name or a code where a record points to them."""
_NEIGHBOURS = {
    "of whom a record points to, only name and number are wanted": """
        active address alias birthDate communication contact description endpoint gender managingOrganization mode
        partOf photo physicalType position qualification relationship telecom type
        hoursOfOperation availabilityExceptions""",
}
_OF_TYPES: Mapping[str, Mapping[str, str]] = {
    "Patient": {
        "no record has a place for it": "active maritalStatus multipleBirthBoolean multipleBirthInteger photo",
        "other people, and who keeps the file": "contact managingOrganization",
        "for whom an interpreter is called": "communication",
    },
    **dict.fromkeys(_LINKED, _NEIGHBOURS),
}


def reports_of(options: FhirOptions, document: bytes) -> tuple[MappingReport, ...]:  # noqa: ARG001 - as every kind
    """One report on all resources of a document.

    Raises:
        Garbled: it is no resource.
    """
    found = json_document(document)
    if not isinstance(found, dict) or not isinstance(found.get("resourceType"), str):
        raise Garbled("no resource")
    report = MappingReport()
    for resource in _resources(found, report):
        if isinstance(resource, dict):
            _count(resource, report)
        else:
            _not_understood(("Bundle", "entry", "resource"), resource, report)
    return (report,)


def _resources(found: dict[str, Any], report: MappingReport) -> Iterator[Any]:
    """The resources of a bundle, whose own fields are counted meanwhile; or the one that there is."""
    entries = found.get("entry")
    if found["resourceType"] != "Bundle" or not isinstance(entries, list):
        yield found
        return
    bare = [
        {name: value for name, value in entry.items() if name != "resource"} if isinstance(entry, dict) else entry
        for entry in entries
    ]
    report.add(counted({**found, "entry": bare}, _BUNDLE))
    yield from (entry.get("resource") for entry in entries if isinstance(entry, dict))


def _count(resource: dict[str, Any], report: MappingReport, *, is_contained: bool = False) -> None:
    """Count one resource, and those that it contains as far as something may point to them."""
    kind = resource.get("resourceType")
    kind = kind if isinstance(kind, str) else "?"
    contained = resource.get("contained")
    if isinstance(contained, list):
        resource = {name: value for name, value in resource.items() if name != "contained"}
        for inner in contained:
            if isinstance(inner, dict):
                _count(inner, report, is_contained=True)
            else:
                _not_understood((kind, "contained"), inner, report)
    if kind in _SHAPES:
        report.add(counted(resource, _shape(kind, Linked) if is_contained else _SHAPES[kind]))
    elif kind in _LEFT_ALONE:
        report.ignored.update(printable(kind, *path) for path, _ in leaves(resource))
    else:
        _not_understood((kind,), resource, report)


def _not_understood(path: Iterable[str], found: Any, report: MappingReport) -> None:
    report.not_understood.update(printable(*path, *below) for below, _ in leaves(found))


def _shape(kind: str, wire: type[Struct]) -> Shape:
    return Shape(name=kind, wire=wire, left_alone={**_EVERYWHERE, **_OF_TYPES.get(kind, {})})


_LEFT_ALONE = frozenset(kind for kinds in _TYPES_LEFT_ALONE.values() for kind in kinds.split())
_SHAPES: Mapping[str, Shape] = {
    **{kind: _shape(kind, Linked) for kind in _LINKED},
    **{held.type: _shape(held.type, held.wire) for types in HELD.values() for held in types},
    "OperationOutcome": _shape("OperationOutcome", Outcome),
}
