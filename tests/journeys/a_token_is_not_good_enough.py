"""Who asks is settled in the HTTP layer, before a byte of the request is read."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.running import GRAPHQL, CityClock, Running, running_gateway
from tests.sandbox.city import City, running_city
from tests.sandbox.people import by_key


async def test_a01_without_a_token_there_is_a_challenge_and_no_data(gateway: Running, city: City) -> None:
    """RFC 6750 section 3.1: the bare schemes, because nothing was wrong with a token that was not there."""
    answer = await gateway.ask("{ me { id } }", token=None)

    assert answer.status == 401
    told = f'resource_metadata="{gateway.url}/.well-known/oauth-protected-resource"'
    assert answer.headers.get_list("www-authenticate") == [
        f'Bearer realm="citizen-graph", {told}',
        f'DPoP realm="citizen-graph", algs="ES256 PS256", {told}',
    ]
    assert answer.codes == ["UNAUTHENTICATED"]
    assert "data" not in answer.body


async def test_a20_an_expired_token_is_refused_with_a_reason(gateway: Running, city: City) -> None:
    """Beyond the leeway of thirty seconds."""
    token = city.eid.token_for("an", expires_in=timedelta(seconds=-60))
    answer = await gateway.ask("{ me { id } }", token=token)

    assert answer.status == 401
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]
    assert "expired" in answer.headers["www-authenticate"]


@pytest.mark.parametrize("placed", ["query", "cookie", "header", "body"])
async def test_a02_a_token_anywhere_else_does_not_exist(gateway: Running, city: City, placed: str) -> None:
    """Nor does any header that pretends to know who asks."""
    token = city.eid.token_for("an")
    extra: dict[str, dict[str, str]] = {
        "query": {"params": {"access_token": token}},  # type: ignore[dict-item]
        "cookie": {"headers": {"cookie": f"access_token={token}"}},  # type: ignore[dict-item]
        "header": {"headers": {"x-citizen-id": by_key("an").personal_id, "x-access-token": token}},  # type: ignore[dict-item]
        "body": {},
    }
    body = {"query": "{ me { id } }", **({"access_token": token} if placed == "body" else {})}
    async with httpx.AsyncClient(trust_env=False) as client:
        response = await client.post(f"{gateway.url}/graphql", json=body, **extra[placed])  # type: ignore[arg-type]

    assert response.status_code == 401


async def test_the_body_is_not_even_read_before_the_token_is_known(gateway: Running, city: City) -> None:
    """A broken document, a broken body and a body that is too large are all 401 to somebody without a token."""
    async with httpx.AsyncClient(trust_env=False) as client:
        for body in (b"{", b'{"query": "{ nonsense"}', b"x" * 1_000_000):
            response = await client.post(
                f"{gateway.url}/graphql", content=body, headers={"content-type": "application/json", "accept": GRAPHQL}
            )
            assert response.status_code == 401


async def test_a39_keys_may_be_rotated_while_the_gateway_runs(tmp_path: Path) -> None:
    """A token signed with a key that the gateway has never seen makes it look again, and is taken."""
    clock = CityClock()
    with running_city(clock=clock) as city, running_gateway(city, tmp_path, clock=clock) as gateway:
        before = city.eid.token_for("an")
        city.eid.rotate()
        clock.skip(30)
        after = city.eid.token_for("an")

        for token in (before, after):
            assert (await gateway.ask("{ me { id } }", token=token)).status == 200


async def test_a_client_that_knows_only_the_address_finds_out_where_to_sign_in(gateway: Running, city: City) -> None:
    """RFC 9728: from the challenge to the metadata, from there to the e-ID."""
    async with httpx.AsyncClient(trust_env=False) as client:
        refused = await client.post(f"{gateway.url}/graphql", json={"query": "{ me { id } }"})
        address = refused.headers["www-authenticate"].partition('resource_metadata="')[2].partition('"')[0]
        told = (await client.get(address)).json()
        about = (await client.get(f"{told['authorization_servers'][0]}/.well-known/openid-configuration")).json()

    assert (told["resource"], told["bearer_methods_supported"]) == (gateway.url, ["header"])
    assert about["issuer"] == city.issuer


async def test_a28_a_client_is_told_to_step_up_by_the_standard_too(gateway: Running, city: City) -> None:
    """RFC 9470, beside the error of the field; an answer without such an error has no challenge."""
    weak = await gateway.ask("{ me { id } }", token=city.eid.token_for("an", level="LoA1"))
    strong = await gateway.ask("{ me { id } }", token=city.eid.token_for("an"))

    assert (weak.status, weak.codes) == (200, ["STEP_UP_REQUIRED"])
    expected = 'Bearer realm="citizen-graph", error="insufficient_user_authentication", acr_values="LoA2"'
    assert weak.headers["www-authenticate"] == expected
    assert "www-authenticate" not in strong.headers


@pytest.mark.parametrize(
    "scope",
    [None, "", "openid", "health", "health.reading", "my.health.read", "HEALTH.READ", "*", 7, {"health.read": 1}],
)
async def test_a29_a_token_without_the_scope_asks_for_nothing(gateway: Running, city: City, scope: Any) -> None:
    """403, and which scope it is."""
    answer = await gateway.ask("{ me { id } }", token=city.eid.token_for("an", scope=scope))

    assert (answer.status, answer.codes) == (403, ["FORBIDDEN"])
    assert 'error="insufficient_scope", scope="health.read"' in answer.headers["www-authenticate"]


async def test_a36_a_token_is_taken_back(city: City, city_clock: CityClock, tmp_path: Path) -> None:
    """One that says nothing by itself and one that is signed: refused ten seconds later, everywhere."""
    clock = CityClock(city_clock.now())
    asked = 'key = "file:secrets/introspection-key.pem" -> key = "file:secrets/introspection-key.pem", tokens = "all"'
    with running_gateway(city, tmp_path, clock=clock, asked=asked) as gateway:
        for token in (city.eid.opaque_token_for("an"), city.eid.token_for("an")):
            assert (await gateway.ask("{ me { id } }", token=token)).status == 200
            city.eid.revoke(token)
            clock.skip(10)
            answer = await gateway.ask("{ me { id } }", token=token)
            assert (answer.status, answer.codes) == (401, ["UNAUTHENTICATED"])
            assert 'error="invalid_token"' in answer.headers["www-authenticate"]
