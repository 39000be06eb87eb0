"""The control desk of the city does what it is told by people and scripts, and by nobody else."""

import json
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from tests.sandbox.city import City, running_city
from tests.sandbox.people import everyone


@pytest.fixture(scope="module")
def city() -> Iterator[City]:
    with running_city(gateway="http://127.0.0.1:1") as running:  # where nobody listens
        yield running


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False) as opened:
        yield opened


@pytest.fixture
async def desk(city: City) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=city.sites["control"].url, trust_env=False) as opened:
        yield opened
    city.faults.clear()


async def test_the_desk_sets_and_clears_a_fault_for_one_citizen(desk: httpx.AsyncClient, city: City) -> None:
    person = next(person for person in everyone() if not person.faults)
    wish = {"source": "hospital-a", "fault": "busy", "citizen": person.key, "seconds": 4}
    assert (await desk.post("/faults", json=wish)).status_code == 204
    found = city.faults.find("hospital-a", person.personal_id)
    assert found
    assert (found.name, found.seconds) == ("busy", 4)
    assert city.faults.find("hospital-a", None) is None
    assert (await desk.delete("/faults")).status_code == 204
    assert city.faults.find("hospital-a", person.personal_id) is None


@pytest.mark.parametrize(
    "wish",
    [
        {},
        [],
        {"source": "hospital-z", "fault": "down"},
        {"source": ["hospital-a"], "fault": "down"},
        {"source": "hospital-a", "fault": "sleepy"},
        {"source": "hospital-a", "fault": 1},
        {"source": "hospital-a", "fault": "slow", "seconds": "3"},
        {"source": "hospital-a", "fault": "slow", "seconds": True},
        {"source": "hospital-a", "fault": "slow", "seconds": -1},
        {"source": "hospital-a", "fault": "down", "citizen": "nobody"},
        {"source": "hospital-a", "fault": "down", "citizen": ["an"]},
    ],
)
async def test_the_desk_refuses_what_it_cannot_do(desk: httpx.AsyncClient, city: City, wish: object) -> None:
    assert (await desk.post("/faults", json=wish)).status_code == 400
    assert city.faults.find("hospital-a", None) is None


@pytest.mark.parametrize("path", ["/faults", "/eid/rotate-keys"])
async def test_a_form_of_a_foreign_page_turns_nothing(desk: httpx.AsyncClient, path: str) -> None:
    wish = json.dumps({"source": "hospital-a", "fault": "down"})
    answer = await desk.post(path, content=wish, headers={"Content-Type": "text/plain"})
    assert answer.status_code == 415


async def test_the_desk_gives_a_token_of_a_person_and_of_nobody_else(desk: httpx.AsyncClient) -> None:
    given = await desk.get("/people/phuc/token")
    assert given.status_code == 200
    assert given.text.count(".") == 2
    assert (await desk.get("/people/nobody/token")).status_code == 404


async def test_the_desk_lists_the_people(desk: httpx.AsyncClient) -> None:
    told = (await desk.get("/people")).json()
    assert [person["key"] for person in told] == [person.key for person in everyone()]
    assert told[0]["personalId"] == everyone()[0].personal_id


async def test_the_desk_rotates_the_keys(desk: httpx.AsyncClient, city: City, http: httpx.AsyncClient) -> None:
    async def kids() -> set[str]:
        return {key["kid"] for key in (await http.get(f"{city.issuer}/jwks")).json()["keys"]}

    before = await kids()
    assert (await desk.post("/eid/rotate-keys", json={})).status_code == 204
    both = await kids()
    assert before < both
    assert (await desk.post("/eid/rotate-keys", json={"keepOld": False})).status_code == 204
    assert not before & await kids()


async def test_the_desk_gives_tokens_that_say_nothing_and_takes_them_back(desk: httpx.AsyncClient, city: City) -> None:
    token = (await desk.get("/people/an/opaque-token")).text
    assert "." not in token
    assert city.eid.says(token)["sub"] == "an"
    assert (await desk.post("/tokens/revoke", json={"token": token})).status_code == 204
    assert city.eid.says(token) == {}
    assert (await desk.post("/tokens/revoke", json={})).status_code == 400


async def test_the_desk_knows_the_partners(desk: httpx.AsyncClient) -> None:
    """And who is none."""
    known = (await desk.get("/partners")).json()
    assert {one["client"]: one["bound"] for one in known}["clinic-b"] == "mtls"
    assert (await desk.get("/partners/clinic-a/token")).text.count(".") == 2
    assert (await desk.get("/partners/clinic-a/token", params={"purpose": "HPAYMT"})).status_code == 400
    assert (await desk.get("/partners/hospital-a/token")).status_code == 404
    assert (await desk.get("/partners/clinic-a/curl")).status_code == 502
