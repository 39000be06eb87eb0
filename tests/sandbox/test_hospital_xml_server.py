"""The health station's service keeps its contract, so that a client which passes here passes there."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.sandbox.people import by_key, everyone
from tests.sandbox.populate import contents_of
from tests.sandbox.render.hospital_xml import wrapped
from tests.sandbox.servers.hospital_xml import LOOKUP, hospital_xml_app

KEY = {"X-API-Key": "khoa-mau"}
BAO = by_key("bao").personal_id


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    app = hospital_xml_app(contents_of(everyone()).dossiers, api_key="khoa-mau")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://station.invalid") as opened:
        yield opened


async def test_a_visitor_has_an_envelope_and_a_stranger_an_empty_wrapper(http: httpx.AsyncClient) -> None:
    known = await http.post(LOOKUP, json={"SO_CCCD": BAO, "MA_YEU_CAU": "1"}, headers=KEY)
    assert known.headers["content-type"] == "application/xml"
    assert known.content.count(b"<GIAMDINHHS>") == 1
    assert BAO.encode() not in known.content, "what is said about people is packed"
    unknown = await http.post(LOOKUP, json={"SO_CCCD": "079090998103", "MA_YEU_CAU": "1"}, headers=KEY)
    assert (unknown.status_code, unknown.content) == (200, wrapped(()))


@pytest.mark.parametrize("headers", [{}, {"X-API-Key": "khoa-khac"}])
async def test_without_the_key_nothing_is_told(http: httpx.AsyncClient, headers: dict[str, str]) -> None:
    answer = await http.post(LOOKUP, json={"SO_CCCD": BAO, "MA_YEU_CAU": "1"}, headers=headers)
    assert (answer.status_code, answer.text) == (401, "Unauthorized")


@pytest.mark.parametrize("asked", [{}, [], {"SO_CCCD": BAO}, {"SO_CCCD": "1", "MA_YEU_CAU": "1"}, {"SO_CCCD": 7}])
async def test_half_a_question_is_refused(http: httpx.AsyncClient, asked: Any) -> None:
    """A number of twelve digits, and the id of the request."""
    assert (await http.post(LOOKUP, json=asked, headers=KEY)).status_code == 400
