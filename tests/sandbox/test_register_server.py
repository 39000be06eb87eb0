"""The population register of the city answers its two questions, to those with the key."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.sandbox.servers.register import CITIZEN, DEPENDANTS, register_app
from tests.sandbox.small import AN, BINH, citizens, contents

KEY = {"X-API-Key": "key-of-the-register"}


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    app = register_app(citizens(), contents().dependants, api_key=KEY["X-API-Key"])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://reg", headers=KEY) as opened:
        yield opened


def about(number: Any) -> dict[str, Any]:
    return {"SoDinhDanh": number, "MaYeuCau": "request-1"}


async def test_a_citizen_is_found(http: httpx.AsyncClient) -> None:
    answer = await http.post(CITIZEN, json=about(AN))
    assert answer.json() == {"MaKetQua": "00", "CongDan": citizens()[AN]}


async def test_dependants_are_listed(http: httpx.AsyncClient) -> None:
    answer = (await http.post(DEPENDANTS, json=about(AN))).json()
    assert [entry["CongDan"]["SoDinhDanh"] for entry in answer["DanhSach"]] == [BINH]


async def test_somebody_without_dependants_has_an_empty_list(http: httpx.AsyncClient) -> None:
    answer = (await http.post(DEPENDANTS, json=about(BINH))).json()
    assert answer == {"MaKetQua": "00", "SoDinhDanh": BINH, "DanhSach": []}


@pytest.mark.parametrize("path", [CITIZEN, DEPENDANTS])
async def test_an_unknown_number_is_01(http: httpx.AsyncClient, path: str) -> None:
    answer = await http.post(path, json=about("079185998555"))
    assert (answer.status_code, answer.json()) == (200, {"MaKetQua": "01"})


@pytest.mark.parametrize("path", [CITIZEN, DEPENDANTS])
@pytest.mark.parametrize("key", ["", "wrong", "key-of-the-registe"])
async def test_without_the_key_nothing_is_told(http: httpx.AsyncClient, path: str, key: str) -> None:
    for number in (AN, "079185998555"):
        answer = await http.post(path, json=about(number), headers={"X-API-Key": key})
        assert (answer.status_code, answer.json()) == (401, {"MaKetQua": "03"})


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"SoDinhDanh": 79185998101, "MaYeuCau": "1"}', b'{"SoDinhDanh": "1", "MaYeuCau": "1"}']
)
async def test_a_bad_request_is_02(http: httpx.AsyncClient, body: bytes) -> None:
    answer = await http.post(CITIZEN, content=body)
    assert (answer.status_code, answer.json()) == (400, {"MaKetQua": "02"})


async def test_a_request_without_a_number_of_its_own_is_refused(http: httpx.AsyncClient) -> None:
    assert (await http.post(CITIZEN, json={"SoDinhDanh": AN, "MaYeuCau": ""})).status_code == 400
