"""Hospitals, a health station, an insurer and the operator ask, each with a token that only they can use."""

from typing import Any

import httpx
import pytest

from tests.running import Running
from tests.sandbox.city import City
from tests.sandbox.eid import Holder

QUERY = "{ vocabularies { __typename } }"
PARTNERS = ["clinic-a", "clinic-b", "station", "insurer", "operator"]


@pytest.mark.parametrize("client", PARTNERS)
async def test_each_partner_is_let_in_with_its_token_and_its_proof(gateway: Running, city: City, client: str) -> None:
    """Proved by a key or a certificate; the first request hears of a nonce, the others use it."""
    holder = await city.eid.partner(client)
    for _ in range(3):
        assert (await gateway.ask_as(holder, QUERY)).status == 200


@pytest.mark.parametrize("client", PARTNERS)
async def test_a34_a35_a_stolen_token_is_worth_nothing(gateway: Running, city: City, client: str) -> None:
    """Neither as a bearer token nor with the thief's own key."""
    token = (await city.eid.partner(client)).token
    thief = await city.eid.partner("station" if client != "station" else "clinic-a")
    thief.token = token
    assert (await gateway.ask(QUERY, token=token)).status == 401
    answer = await gateway.ask_as(thief, QUERY)

    assert (answer.status, answer.codes) == (401, ["UNAUTHENTICATED"])
    assert token not in str(answer.body)


async def test_a34_a_proof_is_good_for_one_request(gateway: Running, city: City) -> None:
    holder = await city.eid.partner("clinic-a")
    await gateway.ask_as(holder, QUERY)
    address = f"{gateway.url}/graphql"
    shown = holder.headers("POST", address)
    async with httpx.AsyncClient(trust_env=False) as http:
        statuses = [(await http.post(address, json={"query": QUERY}, headers=shown)).status_code for _ in range(3)]

    assert statuses == [200, 401, 401]


@pytest.mark.parametrize(
    ("purpose", "professional", "told"),
    [
        ("HPAYMT", "000981/MAU-CCHN", "no purpose of use"),
        (None, "000981/MAU-CCHN", "no purpose of use"),
        ("TREAT", None, "does not name the professional"),
    ],
)
async def test_a33_a_clinicians_token_says_why_and_who(
    gateway: Running, city: City, purpose: str | None, professional: str | None, told: str
) -> None:
    """403 before anything is asked, and what another token would have to say."""
    client = next(one for one in city.eid.partners if one.client_id == "clinic-a")
    token = city.eid.token_for(
        "an",
        algorithm="PS256",
        sub="clinic-a",
        client_id="clinic-a",
        citizen_pid=None,
        purpose_of_use=purpose,
        professional_id=professional,
        cnf={"jkt": client.holding.thumbprint()},
    )
    answer = await gateway.ask_as(Holder(token, key=client.holding, clock=city.clock), QUERY)

    assert (answer.status, answer.codes) == (403, ["FORBIDDEN"])
    assert told in answer.body["errors"][0]["message"]
    assert 'error="insufficient_scope"' in answer.headers["www-authenticate"]


async def test_a_partner_signs_with_what_was_agreed(gateway: Running, city: City) -> None:
    """RS256 is for citizens' tokens."""
    client = next(one for one in city.eid.partners if one.client_id == "clinic-a")
    bound: dict[str, Any] = {"cnf": {"jkt": client.holding.thumbprint()}, "client_id": "clinic-a", "citizen_pid": None}
    token = city.eid.token_for("an", algorithm="RS256", sub="clinic-a", **bound)
    assert (await gateway.ask_as(Holder(token, key=client.holding, clock=city.clock), QUERY)).status == 401
