"""What the FHIR server says about itself (R4, CapabilityStatement)."""

from typing import Any

from tests.sandbox.servers.parameters import PARAMETERS, Parameter


def capability_statement(base_url: str, *, creates: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The CapabilityStatement of a server at ``base_url`` where resources of some types can be created."""
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": "2026-01-01",
        "kind": "instance",
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json"],
        "software": {"name": "Citizen Graph sandbox"},
        "implementation": {
            "description": "A hospital of the sandbox city; everybody in it is invented",
            "url": base_url,
        },
        "rest": [
            {
                "mode": "server",
                "resource": [_type(kind, known, creates=kind in creates) for kind, known in PARAMETERS.items()],
            }
        ],
    }


def _type(kind: str, parameters: dict[str, Parameter], *, creates: bool) -> dict[str, Any]:
    abouts = [name for name, parameter in parameters.items() if parameter.way == "reference"]
    return {
        "type": kind,
        "interaction": [{"code": code} for code in ("read", "search-type", *(("create",) if creates else ()))],
        "conditionalCreate": creates,
        "searchInclude": [f"{kind}:{name}" for name in abouts],
        "searchParam": [{"name": name, "type": parameter.way} for name, parameter in parameters.items()],
    }
