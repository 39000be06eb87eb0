"""The insurance portal of the city is as awkward as the real one, and as strict."""

import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from tests.sandbox.eid.held_clock import HeldClock
from tests.sandbox.servers.insurance import CARD, CO_PAYMENTS, DETAILS, HISTORY, OLDER_HISTORY, TAKE, insurance_app
from tests.sandbox.servers.insurance_account import Account
from tests.sandbox.servers.insurance_match import plain
from tests.sandbox.small import AN, BINH, cards, histories

STAFF = "079185998999"
MD5 = hashlib.md5(b"secret", usedforsecurity=False).hexdigest()
LOG_IN = {"username": "79981_BV", "password": MD5}
ASKED = {
    "maThe": "DN4797999998101",
    "hoTen": "Trần Thị Mẫu Ân",
    "ngaySinh": "03/02/1985",
    "hoTenCb": "Nguyễn Thị Mẫu Trực",
    "cccdCb": STAFF,
}


FILES = {"1": {"maKetQua": "000", "hoSoKCB": {"xml1": {"MaThe": "DN4797999998101", "HoTen": "Trần Thị Mẫu Ân"}}}}
VISIT = {"maHoSo": "1", "ngayVao": "202608120815", "ngayRa": "202608121030"}
HELD = {**histories(), BINH: {"maKetQua": "000", "ghiChu": "", "dsLichSuKCB2025": [VISIT]}}


class Desk:
    """A facility at the portal."""

    def __init__(self, http: httpx.AsyncClient, clock: HeldClock, app: Starlette) -> None:
        self.http = http
        self.clock = clock
        self.app = app
        self.query: dict[str, str] = {}

    async def log_in(self) -> None:
        key = (await self.http.post(TAKE, data=LOG_IN)).json()["APIKey"]
        self.query = {**LOG_IN, "token": key["access_token"], "id_token": key["id_token"]}

    async def card(self, **changes: Any) -> Any:
        return await self._form(CARD, {**ASKED, **changes})

    async def history(self, **changes: Any) -> Any:
        return await self._form(HISTORY, {**ASKED, **changes})

    async def _form(self, path: str, fields: dict[str, Any]) -> Any:
        answer = await self.http.post(path, params=self.query, data=fields)
        assert answer.status_code == 200
        return answer.json()


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    clock = HeldClock()
    account = Account("79981_BV", "secret", {STAFF: "Nguyễn Thị Mẫu Trực"})
    paid = {AN: {"MaKetQua": "200", "DataCCT": []}}
    app = insurance_app(cards(), HELD, files=FILES, co_payments=paid, account=account, clock=clock)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://vss") as http:
        made = Desk(http, clock, app)
        await made.log_in()
        yield made


@pytest.mark.parametrize("way", ["data", "json"])
@pytest.mark.parametrize("password", [MD5, MD5.upper()])
async def test_a_token_is_given_for_form_and_json(desk: Desk, way: str, password: str) -> None:
    answer = await desk.http.request("POST", TAKE, **{way: {**LOG_IN, "password": password}})  # type: ignore[arg-type]  # data or json
    key = answer.json()["APIKey"]
    assert answer.json()["maKetQua"] == "200"
    assert key["token_type"] == "Bearer"
    assert datetime.fromisoformat(key["expires_in"]) == datetime(2026, 11, 23, 5, 10, tzinfo=UTC)


@pytest.mark.parametrize("change", [{"password": "secret"}, {"password": "é"}, {"username": "other"}, {"username": ""}])
async def test_wrong_credentials_are_a_code_not_a_status(desk: Desk, change: dict[str, str]) -> None:
    answer = await desk.http.post(TAKE, data={**LOG_IN, **change})
    assert (answer.status_code, answer.json()["maKetQua"], "APIKey" in answer.json()) == (200, "401", False)


async def test_a_right_check_gives_the_card(desk: Desk) -> None:
    assert await desk.card() == cards()[AN]


async def test_the_card_check_takes_json_too(desk: Desk) -> None:
    answer = await desk.http.post(CARD, params=desk.query, json=ASKED)
    assert answer.json() == cards()[AN]


@pytest.mark.parametrize("code", ["DN4797999998101", "GD4797999998101", "7999998101", AN])
async def test_every_number_of_the_holder_finds_the_card(desk: Desk, code: str) -> None:
    assert (await desk.card(maThe=code))["maKetQua"] == "000"


@pytest.mark.parametrize("name", ["TRAN THI MAU AN", "trần thị  mẫu ân", "Trần Thị Mẫu Ân"])
async def test_names_are_compared_without_marks_case_and_spacing(desk: Desk, name: str) -> None:
    assert (await desk.card(hoTen=name))["maKetQua"] == "000"


def test_the_letter_d_with_stroke_is_a_d() -> None:
    assert plain("Đỗ Đình Mẫu") == "DO DINH MAU"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"hoTen": "Lê Thị Mẫu Ân"}, "060"),
        ({"hoTen": "Tống Thị Mẫu Ân"}, "061"),
        ({"ngaySinh": "04/02/1985"}, "070"),
        ({"ngaySinh": "1985"}, "070"),
        ({"ngaySinh": "03021985"}, "205"),
        ({"maThe": "DN4797999998999"}, "050"),
        ({"maThe": "079185998555"}, "050"),
        ({"maThe": "short"}, "205"),
        ({"hoTen": " "}, "205"),
        ({"cccdCb": BINH}, "054"),
        ({"hoTenCb": "Nguyễn Thị Mẫu Khác"}, "055"),
        ({"cccdCb": ""}, "205"),
    ],
)
async def test_what_does_not_fit_has_its_code_at_both_doors(desk: Desk, changes: dict[str, str], code: str) -> None:
    card, history = await desk.card(**changes), await desk.history(**changes)
    assert (card["maKetQua"], history["maKetQua"]) == (code, code)
    assert set(card) == {"maKetQua", "ghiChu"}


@pytest.mark.parametrize(("birth", "code"), [("1980", "000"), ("05/06/1980", "000"), ("05/06/1981", "070")])
async def test_a_card_with_a_year_only_is_content_with_any_day_of_it(desk: Desk, birth: str, code: str) -> None:
    asked = {"maThe": BINH, "hoTen": "Lê Văn Mẫu Bình", "ngaySinh": birth}
    assert (await desk.card(**asked))["maKetQua"] == code


async def test_the_history_is_given_for_a_form(desk: Desk) -> None:
    assert await desk.history() == histories()[AN]


async def test_the_history_refuses_json(desk: Desk) -> None:
    answer = await desk.http.post(HISTORY, params=desk.query, json=ASKED)
    assert (answer.status_code, answer.json()["maKetQua"]) == (200, "205")


async def test_a_token_dies_after_ten_minutes(desk: Desk) -> None:
    desk.clock.pass_seconds(599)
    assert (await desk.card())["maKetQua"] == "000"
    desk.clock.pass_seconds(1)
    assert (await desk.card())["maKetQua"] == "401"
    assert (await desk.history())["maKetQua"] == "401"


async def test_a_token_works_only_from_the_address_that_fetched_it(desk: Desk) -> None:
    elsewhere = httpx.ASGITransport(desk.app, client=("10.0.0.9", 1))
    async with httpx.AsyncClient(transport=elsewhere, base_url="http://vss") as http:
        answer = await http.post(CARD, params=desk.query, data=ASKED)
    assert answer.json()["maKetQua"] == "401"


@pytest.mark.parametrize("change", ["token", "id_token", "username", "password"])
@pytest.mark.parametrize("value", ["", "1", "1795410000.x", "²"])
async def test_the_card_check_wants_all_four_in_the_query(desk: Desk, change: str, value: str) -> None:
    desk.query[change] = value
    assert (await desk.card())["maKetQua"] == "401"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'{"maThe": 1}', b"\xff=\xff"])
@pytest.mark.parametrize("media", ["application/json", "application/x-www-form-urlencoded", "text/plain"])
async def test_an_unreadable_body_is_205(desk: Desk, body: bytes, media: str) -> None:
    answer = await desk.http.post(CARD, params=desk.query, content=body, headers={"Content-Type": media})
    assert (answer.status_code, answer.json()["maKetQua"]) == (200, "205")


def test_an_account_does_not_print_its_secrets() -> None:
    shown = repr(Account("79981_BV", "secret", {STAFF: "Mẫu"}))
    assert "secret" not in shown
    assert STAFF not in shown


async def test_the_older_history_has_other_names_and_days_alone(desk: Desk) -> None:
    fields = {**ASKED, "maThe": BINH, "hoTen": "Lê Văn Mẫu Bình", "ngaySinh": "1980"}
    answer = await desk.http.post(OLDER_HISTORY, params=desk.query, data=fields)
    assert answer.json()["dsLichSuKCB"] == [{"maHoSo": "1", "tuNgay": "12/08/2026", "denNgay": "12/08/2026"}]
    assert (await desk.http.post(OLDER_HISTORY, data=fields)).json()["maKetQua"] == "401"


async def test_details_are_found_by_the_number_of_the_file(desk: Desk) -> None:
    """All of the question stands in the query."""
    answers = [await desk.http.post(DETAILS, params={**desk.query, "maHoSo": file}) for file in ("1", "2")]
    assert [answer.json()["maKetQua"] for answer in answers] == ["000", "205"]
    assert (await desk.http.post(DETAILS, params={"maHoSo": "1"})).json()["maKetQua"] == "401"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, "200"),
        ({"maThe": BINH, "hoTen": "Lê Văn Mẫu Bình", "ngaySinh": "1980"}, "204"),
        ({"maThe": "DN4797999998999"}, "204"),
        ({"hoTen": "Lê Thị Mẫu Ân"}, "400"),
        ({"username": "other"}, "401"),
    ],
)
async def test_co_payments_want_the_account_in_headers(desk: Desk, changes: dict[str, str], code: str) -> None:
    headers = {"accessToken": desk.query["token"], "tokenId": desk.query["id_token"], "passwordHash": MD5}
    asked = {"username": "79981_BV", **ASKED, **changes}
    assert (await desk.http.post(CO_PAYMENTS, json=asked, headers=headers)).json()["MaKetQua"] == code
    assert (await desk.http.post(CO_PAYMENTS, json=asked)).json()["MaKetQua"] == "401"
