"""FHIR answers that are not resources of a citizen: OperationOutcome, and JSON with FHIR's media type."""

from typing import Any

import orjson
from starlette.responses import Response

FHIR_JSON = "application/fhir+json; charset=utf-8"


class Refused(Exception):  # not an error of the server: its answer
    """A request this server answers with an OperationOutcome.

    Args:
        status: of HTTP.
        code: of the IssueType value set (http://hl7.org/fhir/issue-type).
        text: for a human reader; must not repeat values of the request.
    """

    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.code = code
        self.text = text


def outcome(severity: str, code: str, *texts: str) -> dict[str, Any]:
    """An OperationOutcome with one issue per text (R4, OperationOutcome)."""
    issues = [{"severity": severity, "code": code, "diagnostics": text} for text in texts]
    return {"resourceType": "OperationOutcome", "issue": issues}


def fhir_response(resource: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """The resource as JSON."""
    return Response(orjson.dumps(resource), status, headers, FHIR_JSON)


def refusal(refused: Refused, headers: dict[str, str] | None = None) -> Response:
    """The answer to a request that was refused."""
    return fhir_response(outcome("error", refused.code, refused.text), refused.status, headers)
