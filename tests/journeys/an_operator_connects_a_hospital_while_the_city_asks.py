"""The operator changes the configuration of a gateway that is serving, and no request is dropped."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.gateway.sink import listening
from tests.running import CityClock, Running, running_gateway
from tests.sandbox.city import City

ALLERGIES = "{ me { allergies { nodes { id } completeness { sources { source { id } state } } } } }"
HOSPITAL_B = "[sources.hospital-b]"


@pytest.fixture
def own(whole_city: City, city: City, city_clock: CityClock, tmp_path: Path) -> Iterator[Running]:
    """A gateway whose configuration this story may change."""
    with running_gateway(whole_city, tmp_path, clock=city_clock, patient='deadline = "2s" -> deadline = "20s"') as one:
        yield one


def without_hospital_b(text: str) -> str:
    begin = text.index(HOSPITAL_B)
    return text[:begin] + text[text.index("[sources.vaccination]", begin) :]


async def reload(gateway: Running) -> tuple[int, Any]:
    async with httpx.AsyncClient(trust_env=False, base_url=gateway.admin) as http:
        answer = await http.post("/reload")
    return answer.status_code, answer.json()


async def states(gateway: Running, city: City) -> dict[str, str]:
    data = (await gateway.ask(ALLERGIES, token=city.eid.token_for("an"))).data
    rows = data["me"]["allergies"]["completeness"]["sources"]
    return {row["source"]["id"]: row["state"] for row in rows}


async def test_a_hospital_goes_and_comes_without_a_dropped_request(own: Running, city: City) -> None:
    """A request that was under way is answered by the hospital that is no longer configured."""
    path = own.folder / "sources.toml"
    whole = path.read_text(encoding="utf-8")
    city.faults.set("hospital-b", "hang")
    under_way = asyncio.ensure_future(states(own, city))
    assert await asyncio.to_thread(city.seen["hospital-b"].wait_until, lambda seen: seen.in_flight == 1)

    path.write_text(without_hospital_b(whole), encoding="utf-8")
    status, told = await reload(own)
    assert (status, told["sources"]["removed"]) == (200, ["hospital-b"])
    assert len(told["sources"]["kept"]) == len(city.addresses) - 1
    assert await states(own, city) == {"hospital-a": "ANSWERED"}

    city.faults.clear("hospital-b")
    assert await under_way == {"hospital-a": "ANSWERED", "hospital-b": "ANSWERED"}

    path.write_text(whole, encoding="utf-8")
    assert (await reload(own))[1]["sources"]["added"] == ["hospital-b"]
    assert await states(own, city) == {"hospital-a": "ANSWERED", "hospital-b": "ANSWERED"}


async def test_a91_a_mistake_keeps_the_old_configuration_and_says_why(own: Running, city: City) -> None:
    """To whoever asked for the reading, in the log, and in /health until the next one."""
    path = own.folder / "sources.toml"
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole.replace("identifier_system", "identifer_system"), encoding="utf-8")
    with listening() as sink:
        status, told = await reload(own)
    async with httpx.AsyncClient(trust_env=False, base_url=own.admin) as http:
        health = (await http.get("/health")).json()

    sentence = "sources.hospital-a: unknown key 'identifer_system'; did you mean 'identifier_system'?"
    assert (status, told["refused"]) == (422, sentence)
    assert health["reloaded"]["refused"] == sentence
    (line,) = [event for event in sink.events if event["event"] == "reload_refused"]
    assert (line["reason"], line["log_level"]) == (sentence, "error")
    assert await states(own, city) == {"hospital-a": "ANSWERED", "hospital-b": "ANSWERED"}


async def test_an_unchanged_source_keeps_what_is_known_of_it(own: Running, city: City) -> None:
    """Hospital B was found failing; a reading of the same file is no news of its health."""
    city.faults.set("hospital-b", "down")
    await states(own, city)
    await reload(own)
    async with httpx.AsyncClient(trust_env=False, base_url=own.admin) as http:
        assert (await http.get("/health")).json()["failing"] == ["hospital-b"]


async def test_a_stronger_sign_in_is_wanted_from_the_next_request_on(own: Running, city: City) -> None:
    """And what cannot change under way is named."""
    path = own.folder / "gateway.toml"
    text = path.read_text(encoding="utf-8")
    text = text.replace("[authentication]", "[authentication]\nrequired_assurance = 3")
    path.write_text(text.replace("introspection = true", "introspection = false"), encoding="utf-8")
    status, told = await reload(own)

    assert (status, told["restart"]) == (200, ["server.introspection"])
    assert (await own.ask(ALLERGIES, token=city.eid.token_for("an"))).codes == ["STEP_UP_REQUIRED"]
