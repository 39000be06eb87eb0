"""The appointment system of the city lists appointments, to whoever has its token."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.sandbox.people import by_key
from tests.sandbox.render.appointments import appointments
from tests.sandbox.servers.rest_appointments import LOOKUP, appointments_app

PHUC = by_key("phuc")
TOKEN = {"Authorization": "Bearer the-token"}


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    app = appointments_app({PHUC.personal_id: appointments(PHUC)}, token="the-token")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://hen", headers=TOKEN) as opened:
        yield opened


async def test_the_appointments_of_a_number_are_listed(http: httpx.AsyncClient) -> None:
    answer = (await http.post(LOOKUP, json={"so_dinh_danh": PHUC.personal_id})).json()
    assert answer == {"tong_so": 3, "danh_sach": appointments(PHUC)}
    assert [row["trang_thai"] for row in answer["danh_sach"]] == ["DA_DAT", "DA_HUY", "DA_DAT"]


async def test_another_number_has_an_empty_list(http: httpx.AsyncClient) -> None:
    answer = await http.post(LOOKUP, json={"so_dinh_danh": "079185998555"})
    assert (answer.status_code, answer.json()) == (200, {"tong_so": 0, "danh_sach": []})


@pytest.mark.parametrize("authorization", ["", "Bearer ", "Bearer wrong", "the-token"])
async def test_without_the_token_nothing_is_told(http: httpx.AsyncClient, authorization: str) -> None:
    asked = {"so_dinh_danh": PHUC.personal_id}
    answer = await http.post(LOOKUP, json=asked, headers={"Authorization": authorization})
    assert (answer.status_code, answer.content) == (401, b"")


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"so_dinh_danh": 79051998105}'])
async def test_a_question_about_nobody_is_a_bad_request(http: httpx.AsyncClient, body: bytes) -> None:
    assert (await http.post(LOOKUP, content=body)).status_code == 400
