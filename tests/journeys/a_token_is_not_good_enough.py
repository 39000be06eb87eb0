"""Who asks is settled in the HTTP layer, before a byte of the request is read."""

from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from tests.running import GRAPHQL, CityClock, Running, running_gateway
from tests.sandbox.city import City, running_city
from tests.sandbox.people import by_key


async def test_a01_without_a_token_there_is_a_challenge_and_no_data(gateway: Running, city: City) -> None:
    """RFC 6750 section 3.1: the bare schemes, because nothing was wrong with a token that was not there."""
    answer = await gateway.ask("{ me { id } }", token=None)

    assert answer.status == 401
    assert answer.headers.get_list("www-authenticate") == [
        'Bearer realm="citizen-graph"',
        'DPoP realm="citizen-graph", algs="ES256 PS256"',
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
