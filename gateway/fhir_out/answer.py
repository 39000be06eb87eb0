"""How this endpoint writes: FHIR's JSON, refusals as OperationOutcome; and which media types it can be asked for."""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from gateway.answer import Answer
from gateway.errors import RequestError
from gateway.fhir_out.outcome import refusal

MEDIA_TYPE = b"application/fhir+json"
_TAKEN = frozenset({"application/fhir+json", "application/json", "application/*", "*/*"})
_FORMATS = frozenset({"json", "application/json", "application/fhir+json"})
_NO_WEIGHT = re.compile(r"q=0(?:\.0{0,3})?")
JSON = msgspec.json.Encoder(decimal_format="number")
"""A number keeps the digits that the source wrote."""


class FhirAnswer(Answer):
    """The one answer to a request."""

    async def tell(self, content: dict[str, Any]) -> None:
        """Send a resource."""
        await self._resource(200, content)

    async def refuse(self, error: RequestError) -> None:
        """Send the refusal as OperationOutcome; an answer that has begun can only be left unfinished."""
        error = await self.refusing(error)
        if self._begun:
            self.status = error.status
            return
        await self._resource(error.status, refusal(error), error.headers)

    async def _resource(self, status: int, content: dict[str, Any], headers: Sequence[tuple[str, str]] = ()) -> None:
        await self._whole(status, JSON.encode(content), MEDIA_TYPE, headers)


def require_format(accept: Sequence[bytes], query: bytes) -> None:
    """Refuse who does not take FHIR R4 in JSON. ``_format`` goes before ``Accept`` (R4, section 3.1.0.1.11).

    Raises:
        RequestError: 406; 400 for a parameter that is not known, for what is ignored is thought to be heeded.
    """
    asked = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    if any(name != "_format" for name, _ in asked):
        raise RequestError(400, "BAD_REQUEST", "No parameter but '_format' is taken.")
    if asked:
        taken = all(value.strip().lower() in _FORMATS for _, value in asked)
    else:
        wishes = b",".join(accept).decode("latin-1").split(",") if accept else ["*/*"]
        taken = any(map(_is_ours, wishes))
    if not taken:
        raise RequestError(406, "NOT_ACCEPTABLE", "Answers are application/fhir+json of FHIR R4.")


def _is_ours(wish: str) -> bool:
    wanted, *parameters = (piece.strip().lower() for piece in wish.split(";"))
    other_version = any(p.startswith("fhirversion=") and p.strip('"') != "fhirversion=4.0" for p in parameters)
    return wanted in _TAKEN and not other_version and not any(map(_NO_WEIGHT.fullmatch, parameters))
