"""The vaccination book of the city answers as the book's own application is answered."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.sandbox.eid.held_clock import HeldClock
from tests.sandbox.people import by_key
from tests.sandbox.render.immunization_book import contents
from tests.sandbox.servers.immunization_book import (
    AUTH,
    BY_ANTIGEN,
    BY_PRODUCT,
    LOOKUP,
    TOKEN_LIFE,
    immunization_book_app,
)

LAN = by_key("lan")
ACCOUNT = {"phoneNumber": "0900000999", "pass": "mat-khau-mau"}


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock()


@pytest.fixture
async def http(clock: HeldClock) -> AsyncIterator[httpx.AsyncClient]:
    entries = {LAN.personal_id: contents(LAN) or {}}
    app = immunization_book_app(entries, phone=ACCOUNT["phoneNumber"], password=ACCOUNT["pass"], clock=clock)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://book") as opened:
        yield opened


async def signed_in(http: httpx.AsyncClient) -> dict[str, str]:
    answer = (await http.post(AUTH, json=ACCOUNT)).json()
    assert (answer["code"], answer["message"]) == (1, "Thành công")
    return {"Authorization": f"Bearer {answer['data']['token']}"}


async def test_an_entry_is_found_by_number_and_leads_to_two_views_of_its_doses(http: httpx.AsyncClient) -> None:
    headers = await signed_in(http)
    (entry,) = (await http.post(LOOKUP, json={"dinh_danh": LAN.personal_id}, headers=headers)).json()["data"]
    asked = {"doi_tuong_id": entry["doi_tuong_id"]}
    rows, products = [
        (await http.get(path, params=asked, headers=headers)).json()["data"] for path in (BY_ANTIGEN, BY_PRODUCT)
    ]
    assert len(rows) > len(products) > 5
    assert {row["lich_su_tiem_id"] for row in rows} == {row["lich_su_tiem_id"] for row in products}


async def test_whoever_has_no_entry_has_an_empty_list(http: httpx.AsyncClient) -> None:
    headers = await signed_in(http)
    assert (await http.post(LOOKUP, json={"dinh_danh": "079300998555"}, headers=headers)).json()["data"] == []
    assert (await http.get(BY_ANTIGEN, params={"doi_tuong_id": 1}, headers=headers)).json()["data"] == []


@pytest.mark.parametrize("given", [{}, [], {**ACCOUNT, "pass": "x"}, {**ACCOUNT, "phoneNumber": ""}])
async def test_another_account_gets_no_token(http: httpx.AsyncClient, given: Any) -> None:
    answer = (await http.post(AUTH, json=given)).json()
    assert (answer["code"], answer["data"]) == (0, None)


@pytest.mark.parametrize("bearer", ["", "x", "e30.e30.x", "é"])
async def test_without_a_token_of_its_own_it_tells_nothing(http: httpx.AsyncClient, bearer: str) -> None:
    headers = {b"Authorization": f"Bearer {bearer}".encode()}
    assert (await http.post(LOOKUP, json={"dinh_danh": LAN.personal_id}, headers=headers)).status_code == 401
    for path in (BY_ANTIGEN, BY_PRODUCT):
        assert (await http.get(path, params={"doi_tuong_id": LAN.book_entry}, headers=headers)).status_code == 401


async def test_a_token_ends(http: httpx.AsyncClient, clock: HeldClock) -> None:
    headers = await signed_in(http)
    clock.pass_seconds((TOKEN_LIFE - timedelta(seconds=1)).total_seconds())
    assert (await http.post(LOOKUP, json={"dinh_danh": "1"}, headers=headers)).status_code == 200
    clock.pass_seconds(1)
    assert (await http.post(LOOKUP, json={"dinh_danh": "1"}, headers=headers)).status_code == 401
