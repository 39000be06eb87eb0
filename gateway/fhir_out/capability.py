"""``GET /fhir/metadata``: what this endpoint can do, and nothing else (R4, section 5.2)."""

from gateway.fhir_out.elements import Json

FHIR_VERSION = "4.0.1"


def statement() -> Json:
    """The CapabilityStatement: of this kind of software, the same for everybody, so it needs no token."""
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": "2026-11-23",
        "kind": "capability",
        "software": {"name": "Citizen Graph"},
        "fhirVersion": FHIR_VERSION,
        "format": ["json"],
        "rest": [
            {
                "mode": "server",
                "security": {"description": "An OAuth 2.0 access token as bearer, the same as for /graphql."},
                "resource": [
                    {
                        "type": "Patient",
                        "operation": [
                            {
                                "name": "summary",
                                "definition": "http://hl7.org/fhir/uv/ips/OperationDefinition/summary",
                                "documentation": "By GET and the opaque id of one citizen.",
                            }
                        ],
                    }
                ],
            }
        ],
    }
