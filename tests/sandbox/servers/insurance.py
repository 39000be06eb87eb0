"""The insurance portal: token, card check, visits and co-payments, in the shape Vietnam Social Security gives them.

Every answer has HTTP status 200; ``maKetQua`` in the body says how it went (appendix 03 of VSS letter
1923/BHXH-CNTT of 20/06/2024; history after letter 2746/BHXH-CNTT). The portal is awkward, and so is this one: the
credentials stand in the query string, the password is an MD5, the token expires after ten minutes and works only
from the address that fetched it, and the history refuses the JSON that the card check takes. Co-payments want their
credentials in headers, and the older history is still there under its own names.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.clock import Clock
from tests.sandbox.faults import Faults, is_about_somebody_else, somebody_else
from tests.sandbox.faulty import Asked, Faulty, parse_pairs
from tests.sandbox.servers.insurance_account import Account, Tokens
from tests.sandbox.servers.insurance_match import Book, Wrong

TAKE = "/api/token/take"
CARD = "/api/egw/KQNhanLichSuKCB2024"
HISTORY = "/api/egw/Lskcb2025"
OLDER_HISTORY = "/api/egw/KQNhanLichSuKCB"
DETAILS = "/api/egw/nhanHoSoKCBChiTiet"
CO_PAYMENTS = "/api/TraCuuCCT/TraCuuTienMCCT"
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


def insurance_app(
    cards: Mapping[str, dict[str, Any]],
    histories: Mapping[str, dict[str, Any]],
    *,
    files: Mapping[str, dict[str, Any]] = MappingProxyType({}),
    co_payments: Mapping[str, dict[str, Any]] = MappingProxyType({}),
    account: Account,
    clock: Clock,
    faults: Faults | None = None,
    source: str = "insurance",
) -> Starlette:
    """Make the portal.

    Args:
        cards: the answer to a right card check, by citizen number.
        histories: the answer to a right history request, by citizen number.
        files: the details of a visit, by the number of its file.
        co_payments: the answer to a right question about co-payments, by citizen number.
        account: the one facility account that may ask.
        clock: for the life of a token.
        faults: what goes wrong in the city; nothing when None.
        source: its name in ``faults``.
    """
    portal = _Portal(Book(cards), histories, files, co_payments, account, Tokens(account, clock))
    return Starlette(
        routes=[
            Route(TAKE, portal.take, methods=["POST"]),
            Route(CARD, portal.card, methods=["POST"]),
            Route(HISTORY, portal.history, methods=["POST"]),
            Route(OLDER_HISTORY, portal.older_history, methods=["POST"]),
            Route(DETAILS, portal.details, methods=["POST"]),
            Route(CO_PAYMENTS, portal.co_payments, methods=["POST"]),
        ],
        middleware=[Middleware(Faulty, faults=faults or Faults(), source=source, who=portal.who)],
    )


class _Portal:
    def __init__(
        self,
        book: Book,
        histories: Mapping[str, dict[str, Any]],
        files: Mapping[str, dict[str, Any]],
        co_payments: Mapping[str, dict[str, Any]],
        account: Account,
        tokens: Tokens,
    ) -> None:
        self._book = book
        self._histories = histories
        self._files = files
        self._co_payments = co_payments
        self._account = account
        self._tokens = tokens

    async def take(self, request: Request) -> Response:
        """A token for a user name and the MD5 of its password, given as a form or as JSON."""
        given = _fields(request.headers.get("content-type", ""), await request.body())
        if not self._account.admits(given.get("username", ""), given.get("password", "")):
            return _code("401")
        return _json({"maKetQua": "200", "APIKey": self._tokens.take(_address(request))})

    async def card(self, request: Request) -> Response:
        """The card check: credentials and token in the query, the citizen in a form or in JSON."""
        return await self._about(request, self._book.cards) if self._is_known(request) else _code("401")

    async def history(self, request: Request) -> Response:
        """The visits: token in the query, the citizen in a form and in nothing else."""
        query = dict(parse_pairs(request.scope["query_string"]))
        if not self._tokens.valid(query.get("token", ""), _address(request)):
            return _code("401")
        if _media_type(request.headers.get("content-type", "")) != FORM:
            return _code("205")
        return await self._about(request, self._histories)

    async def older_history(self, request: Request) -> Response:
        """The visits as the portal gave them before: account in the query, days without a time, another list."""
        if not self._is_known(request):
            return _code("401")
        return await self._about(request, {number: _older(answer) for number, answer in self._histories.items()})

    async def details(self, request: Request) -> Response:
        """What was done and charged in one visit; all of the question stands in the query."""
        if not self._is_known(request):
            return _code("401")
        file = dict(parse_pairs(request.scope["query_string"])).get("maHoSo", "")
        if is_about_somebody_else(request.scope):
            file = self._file_of_somebody_else(file)
        return _json(self._files[file]) if file in self._files else _code("205")

    async def co_payments(self, request: Request) -> Response:
        """What was paid towards visits: token and account in headers, the citizen in JSON."""
        fields = _json_fields(await request.body())
        token, id_token, password = (
            request.headers.get(name, "") for name in ("accesstoken", "tokenid", "passwordhash")
        )
        admitted = self._account.admits(fields.get("username", ""), password)
        if not admitted or not self._tokens.valid(token, _address(request), id_token):
            return _json({"MaKetQua": "401", "GhiChu": NOTES["401"]})
        try:
            citizen = self._book.citizen(fields)
        except Wrong as wrong:
            return _json({"MaKetQua": "204" if wrong.code == "050" else "400", "GhiChu": ""})
        if is_about_somebody_else(request.scope):
            citizen = somebody_else(self._co_payments, citizen)
        return _json(self._co_payments.get(citizen, {"MaKetQua": "204", "GhiChu": "", "DataCCT": []}))

    def _is_known(self, request: Request) -> bool:
        """Whether the query carries a living token and the account that fetched it."""
        query = dict(parse_pairs(request.scope["query_string"]))
        return self._account.admits(query.get("username", ""), query.get("password", "")) and self._tokens.valid(
            query.get("token", ""), _address(request), query.get("id_token", "")
        )

    def _file_of_somebody_else(self, file: str) -> str:
        """The file of a visit of another person."""
        own = self._holder_of(file)
        return next((other for other in sorted(self._files) if self._holder_of(other) != own), file)

    def _holder_of(self, file: str) -> str:
        return str(self._files.get(file, {}).get("hoSoKCB", {}).get("xml1", {}).get("HoTen"))

    async def _about(self, request: Request, answers: Mapping[str, dict[str, Any]]) -> Response:
        """The answer about the citizen in the body, once staff member, name and birth date are right."""
        fields = _fields(request.headers.get("content-type", ""), await request.body())
        try:
            self._account.check_staff(fields.get("hoTenCb", ""), fields.get("cccdCb", ""))
            citizen = self._book.citizen(fields)
        except Wrong as wrong:
            return _code(wrong.code)
        if is_about_somebody_else(request.scope):
            citizen = somebody_else(self._book.insured, citizen)
        return _json(answers[citizen]) if citizen in answers else _code("050")

    def who(self, asked: Asked) -> str | None:
        """The citizen whose card, BHXH number or citizen number stands in the body, or whose visit in the query."""
        fields = _json_fields(asked.body) or dict(parse_pairs(asked.body))
        file = self._files.get(dict(parse_pairs(asked.query)).get("maHoSo", ""), {})
        return self._book.holder(fields.get("maThe") or file.get("hoSoKCB", {}).get("xml1", {}).get("MaThe", ""))


def _fields(content_type: str, body: bytes) -> dict[str, str]:
    """The text fields of a body in either encoding; an unreadable body has none."""
    if _media_type(content_type) == JSON:
        return _json_fields(body)
    return dict(parse_pairs(body)) if _media_type(content_type) == FORM else {}


def _json_fields(body: bytes) -> dict[str, str]:
    try:
        fields = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    if not isinstance(fields, dict):
        return {}
    return {name: value for name, value in fields.items() if isinstance(value, str)}


def _media_type(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def _older(answer: Mapping[str, Any]) -> dict[str, Any]:
    """A history as it was before 2025."""
    visits = [
        {
            **{name: value for name, value in visit.items() if name not in ("ngayVao", "ngayRa")},
            "tuNgay": _slashed(visit["ngayVao"]),
            "denNgay": _slashed(visit["ngayRa"]),
        }
        for visit in answer["dsLichSuKCB2025"] or ()
    ]
    return {"maKetQua": answer["maKetQua"], "ghiChu": "", "dsLichSuKCB": visits}


def _slashed(moment: str) -> str:
    return f"{moment[6:8]}/{moment[4:6]}/{moment[:4]}"


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _code(code: str) -> Response:
    return _json({"maKetQua": code, "ghiChu": NOTES[code]})


def _json(answer: Mapping[str, Any]) -> Response:
    return Response(orjson.dumps(answer), media_type=JSON)


NOTES = {
    "050": "Không thấy thông tin thẻ BHYT",
    "054": "Số CCCD của cán bộ tra cứu chưa đăng ký",
    "055": "Họ tên cán bộ tra cứu không đúng",
    "060": "Thẻ sai họ tên",
    "061": "Thẻ sai họ tên (đúng ký tự đầu)",
    "070": "Thẻ sai ngày sinh",
    "205": "Lỗi sai định dạng tham số",
    "401": "Lỗi xác thực tài khoản",
}
"""Sentences of ours for the codes of the portal that this server decides itself."""
