"""The health station's service: everything that it reported about a citizen, in the claims XML.

``POST /ho-so/tra-cuu`` with ``{"SO_CCCD": "...", "MA_YEU_CAU": "..."}``; an unknown citizen has an empty wrapper.
"""

import hmac
import re
from collections.abc import Mapping
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from tests.sandbox.faults import Faults, is_about_somebody_else, somebody_else
from tests.sandbox.faulty import Asked, Faulty
from tests.sandbox.render.hospital_xml import wrapped

LOOKUP = "/ho-so/tra-cuu"
_NUMBER = re.compile("[0-9]{12}")


def hospital_xml_app(
    dossiers: Mapping[str, bytes], *, api_key: str, faults: Faults | None = None, source: str = "health-station"
) -> Starlette:
    """Make the service.

    Args:
        dossiers: wrapper of envelopes by citizen number.
        api_key: what the header X-API-Key must hold.
        faults: what goes wrong in the city; nothing when None.
        source: its name in ``faults``.
    """
    station = _Station(dossiers, api_key)
    return Starlette(
        routes=[Route(LOOKUP, station.lookup, methods=["POST"])],
        middleware=[Middleware(Faulty, faults=faults or Faults(), source=source, who=station.who)],
    )


class _Station:
    def __init__(self, dossiers: Mapping[str, bytes], api_key: str) -> None:
        self._dossiers = dossiers
        self._api_key = api_key.encode()

    async def lookup(self, request: Request) -> Response:
        """The dossiers of one citizen."""
        if not hmac.compare_digest(request.headers.get("x-api-key", "").encode(), self._api_key):
            return PlainTextResponse("Unauthorized", 401)
        fields = _fields(await request.body())
        number, request_id = fields.get("SO_CCCD"), fields.get("MA_YEU_CAU")
        if not (isinstance(number, str) and _NUMBER.fullmatch(number) and isinstance(request_id, str) and request_id):
            return PlainTextResponse("Bad Request", 400)
        if is_about_somebody_else(request.scope):
            number = somebody_else(self._dossiers, number)
        return Response(self._dossiers.get(number, wrapped(())), media_type="application/xml")

    def who(self, asked: Asked) -> str | None:
        """The citizen in the body."""
        number = _fields(asked.body).get("SO_CCCD")
        return number if isinstance(number, str) else None


def _fields(body: bytes) -> dict[str, Any]:
    try:
        fields = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return fields if isinstance(fields, dict) else {}
