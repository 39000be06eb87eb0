"""Xuân opens the paper of her stay: it comes through the gateway as a file, and to nobody else."""

import base64
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.running import Running
from tests.sandbox.city import City

DOCUMENTS = """{ me { documents { nodes { id title contentType sizeBytes url } completeness { complete } }
  encounters { nodes { documents { url } } } } }"""


async def address(gateway: Running, city: City, who: str = "xuan") -> str:
    """Where the paper of the stay lies."""
    me = (await gateway.ask(DOCUMENTS, token=city.eid.token_for(who))).data["me"]
    (paper,) = [node for node in me["documents"]["nodes"] if node["url"]]
    return str(paper["url"])


async def fetched(gateway: Running, path: str, token: str | None, method: str = "GET") -> httpx.Response:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
        return await client.request(method, gateway.url + path, headers=headers)


async def test_the_paper_comes_as_a_file(gateway: Running, city: City) -> None:
    """Of the announced length and type, to be saved; nothing between may keep it, and it can do nothing."""
    me = (await gateway.ask(DOCUMENTS, token=city.eid.token_for("xuan"))).data["me"]
    (paper,) = [node for node in me["documents"]["nodes"] if node["url"]]
    response = await fetched(gateway, paper["url"], city.eid.token_for("xuan"))

    assert response.status_code == 200
    assert response.content.startswith(b"%PDF-1.4")
    assert len(response.content) == paper["sizeBytes"] == int(response.headers["content-length"]) > 256 * 1024
    assert response.headers["content-type"] == "application/pdf"
    assert response.headers["content-disposition"] == 'attachment; filename="document.pdf"'
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert paper["url"] in {one["url"] for visit in me["encounters"]["nodes"] for one in visit["documents"]}


async def test_the_address_tells_nothing(gateway: Running, city: City) -> None:
    """Neither the number, nor the source, nor the record; it is the same every time."""
    path = await address(gateway, city)
    sealed = base64.urlsafe_b64decode(path.removeprefix("/documents/") + "==")

    assert path == await address(gateway, city)
    for said in (b"079158998108", b"hospital", b"Binary"):
        assert said not in path.encode()
        assert said not in sealed


async def test_the_address_is_the_same_whatever_else_is_read(gateway: Running, city: City) -> None:
    """It leads to the paper also where nobody asked for an id."""
    nodes = (await gateway.ask("{me{documents{nodes{url}}}}", token=city.eid.token_for("xuan"))).data["me"]["documents"]
    (url,) = {node["url"] for node in nodes["nodes"]} - {None}

    assert url == await address(gateway, city)
    assert (await fetched(gateway, url, city.eid.token_for("xuan"))).status_code == 200


@pytest.mark.parametrize("who", ["bao", "hanh", "ti"])
async def test_a31_an_address_is_no_right(gateway: Running, city: City, who: str) -> None:
    """Whoever finds it is judged as in the graph; forbidden and unknown look alike."""
    path = await address(gateway, city)
    stolen = await fetched(gateway, path, city.eid.token_for(who))
    unknown = await fetched(gateway, f"/documents/{'A' * len(path)}", city.eid.token_for(who))

    assert stolen.status_code == unknown.status_code == 404
    assert stolen.json()["errors"] == unknown.json()["errors"]


async def test_without_a_token_there_is_a_challenge(gateway: Running, city: City) -> None:
    """As at the graph; and other methods are not taken."""
    path = await address(gateway, city)
    response = await fetched(gateway, path, None)

    assert response.status_code == 401
    assert response.headers["www-authenticate"].startswith("Bearer")
    assert (await fetched(gateway, path, city.eid.token_for("xuan"), "POST")).status_code == 405


@pytest.mark.parametrize("turned", [0, 7, -1])
async def test_an_address_that_was_changed_is_none(gateway: Running, city: City, turned: int) -> None:
    """Nobody makes one but this gateway."""
    path = await address(gateway, city)
    place = len("/documents/") + turned if turned >= 0 else len(path) - 2
    other = path[:place] + ("A" if path[place] != "A" else "B") + path[place + 1 :]

    assert (await fetched(gateway, other, city.eid.token_for("xuan"))).status_code == 404


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ("down", 502, "SOURCE_UNAVAILABLE"),
        ("garbage", 502, "SOURCE_UNAVAILABLE"),
        ("wrong_person", 502, "SOURCE_UNAVAILABLE"),
    ],
)
async def test_f12_what_its_source_does_not_tell_of_now_is_not_opened(
    gateway: Running, city: City, fault: str, status: int, code: str
) -> None:
    """Also where it answers about somebody else: nothing of an earlier answer opens anything."""
    path = await address(gateway, city)
    city.faults.set("hospital-a", fault)
    response = await fetched(gateway, path, city.eid.token_for("xuan"))

    assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (status, code)


@pytest.fixture
def binary(city: City) -> Iterator[dict[str, Any]]:
    """The content as hospital A holds it; put right again afterwards."""
    about = next(
        one
        for one in city.contents.resources["hospital-a"]
        if one["resourceType"] == "Patient" and "079158998108" in str(one["identifier"])
    )
    reference = f"Patient/{about['id']}"
    (found,) = (
        one
        for one in city.contents.resources["hospital-a"]
        if one["resourceType"] == "Binary" and one["securityContext"]["reference"] == reference
    )
    kept = dict(found)
    yield found
    found.clear()
    found.update(kept)


async def test_f09_a_page_that_calls_itself_a_paper_is_not_passed_on(
    gateway: Running, city: City, binary: dict[str, Any]
) -> None:
    """Whatever type it has."""
    path = await address(gateway, city)
    binary["data"] = base64.b64encode(b"<html><script>steal()</script></html>").decode()
    for media_type in ("application/pdf", "text/html"):
        binary["contentType"] = media_type
        response = await fetched(gateway, path, city.eid.token_for("xuan"))
        assert response.status_code == 502
        assert response.json()["errors"][0]["extensions"]["code"] == "SOURCE_INVALID_RESPONSE"
        assert "steal" not in response.text


async def test_a_source_without_contents_gives_no_address(gateway: Running, city: City) -> None:
    """The health station's papers are known; to read them there is no way."""
    query = "{ me { documents { nodes { url provenance { source { protocol } } } } } }"
    nodes = (await gateway.ask(query, token=city.eid.token_for("xuan"))).data["me"]["documents"]["nodes"]

    assert {bool(node["url"]) for node in nodes if node["provenance"][0]["source"]["protocol"] == "fhir"} == {True}
    assert not [node for node in nodes if node["url"] and node["provenance"][0]["source"]["protocol"] != "fhir"]
