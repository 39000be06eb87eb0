"""What the FHIR server says about itself (R4, CapabilityStatement)."""

from typing import Any

from tests.sandbox.servers.parameters import PARAMETERS, Parameter


def capability_statement(base_url: str) -> dict[str, Any]:
    """The CapabilityStatement of a server at ``base_url``."""
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
        "rest": [{"mode": "server", "resource": [_type(kind, known) for kind, known in PARAMETERS.items()]}],
    }


def _type(kind: str, parameters: dict[str, Parameter]) -> dict[str, Any]:
    abouts = [name for name, parameter in parameters.items() if parameter.way == "reference"]
    return {
        "type": kind,
        "interaction": [{"code": "read"}, {"code": "search-type"}],
        "searchInclude": [f"{kind}:{name}" for name in abouts],
        "searchParam": [{"name": name, "type": parameter.way} for name, parameter in parameters.items()],
    }
