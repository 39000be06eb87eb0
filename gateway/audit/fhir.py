"""An entry as FHIR R4 AuditEvent, with the elements of IHE's Basic Audit Log Patterns (BALP 1.1, PatientQuery).

Two things are otherwise than a FHIR server would have them: the citizen is named by the keyed reference, for no number
is in the log; and there is no query, for a document of GraphQL may hold anybody's text: the sections are told.
"""

from typing import Any

from connectors.contract import Purpose
from resolvers.access.caller import CallerKind
from resolvers.access.entry import AccessAction, AccessEntry, AccessOutcome

_PROFILE = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit."
_TERMINOLOGY = "http://terminology.hl7.org/CodeSystem/"
_DICOM = "http://dicom.nema.org/resources/ontology/DCM"
_HERE = "urn:citizen-graph:"
_REASONS = {
    Purpose.SELF: "PATRQT",
    Purpose.REPRESENTATION: "PWATRNY",
    Purpose.TREATMENT: "TREAT",
    Purpose.EMERGENCY: "ETREAT",
    Purpose.PAYMENT: "HPAYMT",
    Purpose.PUBLIC_HEALTH: "PUBHLTH",
    Purpose.ADMINISTRATION: "HSYSADMIN",
}
_OUTCOMES = {AccessOutcome.GIVEN: "0", AccessOutcome.REFUSED: "4", AccessOutcome.BROKEN_OFF: "4"}


def audit_event(entry: AccessEntry, *, place: int, origin: str) -> dict[str, Any]:
    """The resource.

    Args:
        entry: of the log.
        place: where it stands there.
        origin: name of the log.
    """
    wrote = AccessAction.WRITE in entry.actions
    return {
        "resourceType": "AuditEvent",
        "id": entry.id,
        "meta": {"profile": [_PROFILE + ("PatientCreate" if wrote else "PatientQuery")]},
        "type": _coding("audit-event-type", "rest"),
        "subtype": [
            {"system": "http://hl7.org/fhir/restful-interaction", "code": "create" if wrote else "search-type"},
            *({"system": f"{_HERE}action", "code": action.value} for action in entry.actions),
        ],
        "action": "C" if wrote else "E",
        "recorded": entry.at.isoformat(),
        "outcome": _OUTCOMES[entry.outcome],
        **({"outcomeDesc": entry.refused} if entry.refused else {}),
        **({"purposeOfEvent": [_reason(entry.purpose)]} if entry.purpose else {}),
        "agent": [*_user(entry), _client(entry), _server(origin)],
        "source": {"observer": {"display": origin}, "type": [_coding("security-source-type", "4")]},
        "entity": [*_about(entry), _transaction(entry), _proof(entry, place)],
    }


def _coding(system: str, code: str) -> dict[str, str]:
    return {"system": _TERMINOLOGY + system, "code": code}


def _reason(purpose: Purpose) -> dict[str, Any]:
    return {"coding": [_coding("v3-ActReason", _REASONS[purpose])]}


def _client(entry: AccessEntry) -> dict[str, Any]:
    """The application: DICOM calls it the source, though the data flows the other way."""
    return {
        "type": {"coding": [{"system": _DICOM, "code": "110153", "display": "Source Role ID"}]},
        "who": {"identifier": {"system": f"{_HERE}client", "value": entry.client}},
        "requestor": entry.by is None and entry.professional is None,
    }


def _server(origin: str) -> dict[str, Any]:
    return {
        "type": {"coding": [{"system": _DICOM, "code": "110152", "display": "Destination Role ID"}]},
        "who": {"display": origin},
        "requestor": False,
    }


def _user(entry: AccessEntry) -> list[dict[str, Any]]:
    """The person who asked, and the organisation for which they did."""
    who: dict[str, Any] = {}
    if entry.professional is not None:
        who = {"identifier": {"system": f"{_HERE}professional", "value": entry.professional}}
        if entry.professional_name:
            who["display"] = entry.professional_name
    elif entry.by is not None:
        who = {"identifier": {"system": f"{_HERE}citizen", "value": entry.by}}
    agents = []
    if who:
        kind = "PATSUBJ" if entry.by == entry.about else "IRCP"
        user: dict[str, Any] = {
            "type": {"coding": [_coding("v3-ParticipationType", "IRCP")]},
            "role": [{"coding": [{"system": f"{_HERE}caller", "code": entry.caller.value}]}],
            "who": who,
            "requestor": True,
        }
        if kind == "PATSUBJ":
            user["role"].append({"coding": [_coding("v3-RoleClass", "PAT")]})
        if entry.purpose:
            user["purposeOfUse"] = [_reason(entry.purpose)]
        agents.append(user)
    if entry.organisation is not None and entry.caller is not CallerKind.CITIZEN:
        agents.append(
            {
                "type": {"coding": [_coding("v3-ParticipationType", "CST")]},
                "who": {"identifier": {"system": f"{_HERE}organisation", "value": entry.organisation}},
                "requestor": False,
            }
        )
    return agents


def _about(entry: AccessEntry) -> list[dict[str, Any]]:
    patient = {
        "what": {"identifier": {"system": f"{_HERE}citizen", "value": entry.about}, "type": "Patient"},
        "type": _coding("audit-entity-type", "1"),
        "role": _coding("object-role", "1"),
    }
    details = [
        *({"type": "section", "valueString": section.value} for section in entry.sections),
        *({"type": "source", "valueString": source} for source in entry.sources),
        *([{"type": "basis", "valueString": entry.basis.value}] if entry.basis else []),
        *([{"type": "emergency", "valueString": entry.reason}] if entry.reason else []),
    ]
    query = {
        "what": {"identifier": {"system": f"{_HERE}entry", "value": entry.id}},
        "type": _coding("audit-entity-type", "2"),
        "role": _coding("object-role", "24"),
        **({"detail": details} if details else {}),
    }
    return [patient, query]


def _transaction(entry: AccessEntry) -> dict[str, Any]:
    return {
        "what": {"identifier": {"value": entry.request}},
        "type": {
            "system": "https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType",
            "code": "XrequestId",
        },
    }


def _proof(entry: AccessEntry, place: int) -> dict[str, Any]:
    """Where the entry stands in the tree."""
    return {
        "what": {"identifier": {"system": f"{_HERE}leaf", "value": str(place)}},
        "type": _coding("audit-entity-type", "4"),
        "detail": [{"type": "key", "valueString": entry.key}],
    }
