"""The population register, as a city platform would pass it on: a citizen, and who depends on a citizen.

The fields of a citizen (``CongDan``) are those a provincial portal reads from the national population database
(Luật Căn cước 26/2023/QH15). ``MaKetQua`` is 00 found, 01 no such citizen, 02 bad request.
"""

import hmac
import re
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
from tests.sandbox.render.register_xml import Written, written

CITIZEN = "/congdan/tra-cuu"
DEPENDANTS = "/congdan/nguoi-phu-thuoc"
REPRESENTATIVES = "/congdan/nguoi-dai-dien"
_NUMBER = re.compile("[0-9]{12}")


def register_app(
    records: Mapping[str, dict[str, Any]],
    dependants: Mapping[str, Sequence[dict[str, Any]]],
    *,
    representatives: Mapping[str, Sequence[dict[str, Any]]] | None = None,
    api_key: str,
    faults: Faults | None = None,
    source: str = "population",
    form: Written = "json",
) -> Starlette:
    """Make the register.

    Args:
        records: ``CongDan`` by citizen number.
        dependants: those for whom a citizen may act, by the citizen's number; nobody when missing.
        representatives: those who may act for a citizen, by the citizen's number; nobody when missing.
        api_key: what the header X-API-Key must hold.
        faults: what goes wrong in the city; nothing when None.
        source: its name in ``faults``.
        form: how it writes its answers; it is always asked in JSON.
    """
    register = _Register(records, dependants, representatives or {}, api_key, form)
    return Starlette(
        routes=[
            Route(CITIZEN, register.citizen, methods=["POST"]),
            Route(DEPENDANTS, register.dependants, methods=["POST"]),
            Route(REPRESENTATIVES, register.representatives, methods=["POST"]),
        ],
        middleware=[Middleware(Faulty, faults=faults or Faults(), source=source, who=register.who)],
    )


class _Register:
    def __init__(
        self,
        records: Mapping[str, dict[str, Any]],
        dependants: Mapping[str, Sequence[dict[str, Any]]],
        representatives: Mapping[str, Sequence[dict[str, Any]]],
        api_key: str,
        form: Written,
    ) -> None:
        self._form = form
        self._records = records
        self._dependants = dependants
        self._representatives = representatives
        self._api_key = api_key.encode()

    async def citizen(self, request: Request) -> Response:
        """One citizen: ``{"MaKetQua": "00", "CongDan": {...}}``."""
        refused, number = await self._asked(request)
        return refused or self._said({"MaKetQua": "00", "CongDan": self._records[number]})

    async def dependants(self, request: Request) -> Response:
        """Who depends on a citizen: ``{"MaKetQua": "00", "SoDinhDanh": "...", "DanhSach": [...]}``."""
        refused, number = await self._asked(request)
        listed = list(self._dependants.get(number, ()))
        return refused or self._said({"MaKetQua": "00", "SoDinhDanh": number, "DanhSach": listed})

    async def representatives(self, request: Request) -> Response:
        """Who may act for a citizen: ``{"MaKetQua": "00", "SoDinhDanh": "...", "DanhSachDaiDien": [...]}``."""
        refused, number = await self._asked(request)
        listed = list(self._representatives.get(number, ()))
        return refused or self._said({"MaKetQua": "00", "SoDinhDanh": number, "DanhSachDaiDien": listed})

    async def _asked(self, request: Request) -> tuple[Response | None, str]:
        """The refusal of a request, or the number of a citizen who exists."""
        if not hmac.compare_digest(request.headers.get("x-api-key", "").encode(), self._api_key):
            return self._said({"MaKetQua": "03"}, 401), ""
        fields = _fields(await request.body())
        number, request_id = fields.get("SoDinhDanh"), fields.get("MaYeuCau")
        if not (isinstance(number, str) and _NUMBER.fullmatch(number) and isinstance(request_id, str) and request_id):
            return self._said({"MaKetQua": "02"}, 400), ""
        if is_about_somebody_else(request.scope):
            number = somebody_else(self._records, number)
        return (None, number) if number in self._records else (self._said({"MaKetQua": "01"}), "")

    def _said(self, answer: dict[str, Any], status: int = 200) -> Response:
        body, media_type = written(answer, self._form)
        return Response(body, status, media_type=media_type)

    def who(self, asked: Asked) -> str | None:
        """The citizen in the body."""
        number = _fields(asked.body).get("SoDinhDanh")
        return number if isinstance(number, str) else None


def _fields(body: bytes) -> dict[str, Any]:
    try:
        fields = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return fields if isinstance(fields, dict) else {}
