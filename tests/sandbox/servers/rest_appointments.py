"""The city's appointment system: one operation, as a small system is written that knows no standard."""

import hmac
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.sandbox.faults import Faults, is_about_somebody_else, somebody_else
from tests.sandbox.faulty import Asked, Faulty

LOOKUP = "/lich-hen/tra-cuu"


def appointments_app(
    appointments: Mapping[str, Sequence[dict[str, Any]]],
    *,
    token: str,
    faults: Faults | None = None,
    source: str = "appointments",
) -> Starlette:
    """Make the system.

    Args:
        appointments: by citizen number.
        token: what ``Authorization: Bearer`` must hold.
        faults: what goes wrong in the city; nothing when None.
        source: its name in ``faults``.
    """

    async def lookup(request: Request) -> Response:
        """``{"tong_so": 1, "danh_sach": [...]}``; an empty list for whoever has no appointment."""
        given = request.headers.get("authorization", "").encode()
        if not hmac.compare_digest(given, f"Bearer {token}".encode()):
            return Response(status_code=401)
        number = _number(await request.body())
        if number is None:
            return Response(status_code=400)
        if is_about_somebody_else(request.scope):
            number = somebody_else(appointments, number)
        found = list(appointments.get(number, ()))
        return Response(orjson.dumps({"tong_so": len(found), "danh_sach": found}), media_type="application/json")

    return Starlette(
        routes=[Route(LOOKUP, lookup, methods=["POST"])],
        middleware=[Middleware(Faulty, faults=faults or Faults(), source=source, who=_who)],
    )


def _who(asked: Asked) -> str | None:
    """The citizen in the body."""
    return _number(asked.body)


def _number(body: bytes) -> str | None:
    try:
        fields = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    number = fields.get("so_dinh_danh") if isinstance(fields, dict) else None
    return number if isinstance(number, str) else None
