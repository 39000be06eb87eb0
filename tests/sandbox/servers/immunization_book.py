"""The vaccination book: sign-in, lookup by number, and two histories of an entry.

The envelope ``{code, message, data}``, the sign-in and the rows are those of the book's application for families. The
lookup by number is the city's own: no contract for partners is published.
"""

import hmac
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import orjson
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.clock import Clock
from tests.sandbox.faults import Faults, is_about_somebody_else, somebody_else
from tests.sandbox.faulty import Asked, Faulty, parse_pairs

AUTH = "/auth"
LOOKUP = "/doi_tuong/tra_cuu"
BY_ANTIGEN = "/lich_su_tiem/khang_nguyen"
BY_PRODUCT = "/lich_su_tiem/vacxin"
TOKEN_LIFE = timedelta(hours=1)

Json = dict[str, Any]


def immunization_book_app(
    entries: Mapping[str, Json],
    *,
    phone: str,
    password: str,
    clock: Clock,
    faults: Faults | None = None,
    source: str = "vaccination-book",
) -> Starlette:
    """Make the book.

    Args:
        entries: ``thanh_vien``, ``khang_nguyen`` and ``vacxin`` of each person, by citizen number.
        phone: of the one account that may ask.
        password: of the same.
        clock: for the life of a token.
        faults: what goes wrong in the city; nothing when None.
        source: its name in ``faults``.
    """
    book = _Book(entries, phone, password, clock)
    return Starlette(
        routes=[
            Route(AUTH, book.auth, methods=["POST"]),
            Route(LOOKUP, book.lookup, methods=["POST"]),
            Route(BY_ANTIGEN, book.by_antigen),
            Route(BY_PRODUCT, book.by_product),
        ],
        middleware=[Middleware(Faulty, faults=faults or Faults(), source=source, who=book.who)],
    )


class _Book:
    def __init__(self, entries: Mapping[str, Json], phone: str, password: str, clock: Clock) -> None:
        self._entries = entries
        self._numbers = {str(entry["thanh_vien"]["doi_tuong_id"]): number for number, entry in entries.items()}
        self._account = {"phoneNumber": phone, "pass": password}
        self._clock = clock
        self._key = OctKey.import_key(f"{phone}:{password}:{id(self)}".encode())

    async def auth(self, request: Request) -> Response:
        """A token for the account."""
        given = _fields(await request.body())
        right = [
            hmac.compare_digest(str(given.get(name, "")).encode(), own.encode()) for name, own in self._account.items()
        ]
        if not all(right):
            return _said(None, code=0, message="Sai số điện thoại hoặc mật khẩu")
        ends = int((self._clock.now() + TOKEN_LIFE).timestamp())
        token = jwt.encode({"alg": "HS256"}, {"sub": "account", "exp": ends}, self._key)
        return _said({"user_info": {"thue_bao_id": 1, "ho_ten": "Tài khoản Mẫu"}, "token": token})

    async def lookup(self, request: Request) -> Response:
        """The entry of a number, in a list as ``GET /thanh_vien`` gives it; an empty one for whoever has none."""
        if not self._signed_in(request):
            return Response(status_code=401)
        number = str(_fields(await request.body()).get("dinh_danh", ""))
        if is_about_somebody_else(request.scope):
            number = somebody_else(self._entries, number)
        return _said([self._entries[number]["thanh_vien"]] if number in self._entries else [])

    async def by_antigen(self, request: Request) -> Response:
        """A row for each antigen of each dose."""
        return self._history(request, "khang_nguyen")

    async def by_product(self, request: Request) -> Response:
        """A row for each dose."""
        return self._history(request, "vacxin")

    def _history(self, request: Request, view: str) -> Response:
        if not self._signed_in(request):
            return Response(status_code=401)
        number = self._numbers.get(request.query_params.get("doi_tuong_id", ""))
        return _said(self._entries[number][view] if number else [])

    def _signed_in(self, request: Request) -> bool:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        try:
            ends = jwt.decode(token, self._key, algorithms=["HS256"]).claims["exp"]
        except (JoseError, ValueError):
            return False
        return bool(ends > self._clock.now().timestamp())

    def who(self, asked: Asked) -> str | None:
        """The citizen in the body of a lookup, or behind the id of a history."""
        number = _fields(asked.body).get("dinh_danh")
        return (
            number
            if isinstance(number, str)
            else self._numbers.get(dict(parse_pairs(asked.query)).get("doi_tuong_id", ""))
        )


def _fields(body: bytes) -> Json:
    try:
        fields = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return fields if isinstance(fields, dict) else {}


def _said(data: Any, *, code: int = 1, message: str = "Thành công") -> Response:
    return Response(orjson.dumps({"code": code, "message": message, "data": data}), media_type="application/json")
