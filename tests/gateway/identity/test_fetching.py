"""Fetching a key set: bounds in size, time and direction."""

import gzip
import json
from typing import Any

import httpx
import pytest

from gateway.identity import open_client
from gateway.identity.fetching import MOST_BYTES, BadAnswer, fetch_jwks
from tests.gateway.identity.forging import public, rsa, settings_for
from tests.gateway.identity.hostile_issuer import DISCOVERY, JWKS, Answer, HostileIssuer, as_json

GOOD = json.dumps({"keys": []}).encode()


async def test_keys_are_found_through_discovery(issuer: HostileIssuer, http: httpx.AsyncClient) -> None:
    assert await fetch_jwks(http, settings_for(issuer.address)) == public(rsa("k-rsa"))
    assert issuer.asked == [DISCOVERY, JWKS]


async def test_a_configured_address_needs_no_discovery(issuer: HostileIssuer) -> None:
    """Also proves that the client the gateway really uses can fetch."""
    settings = settings_for("https://other.example", jwks_url=f"{issuer.address}{JWKS}")
    async with open_client() as http:
        assert await fetch_jwks(http, settings) == public(rsa("k-rsa"))
    assert issuer.asked == [JWKS]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer(status=500), "status 500"),
        (Answer(GOOD, status=204), "status 204"),
        (Answer(status=302, headers=((b"location", b"/elsewhere"),)), "status 302"),
        (Answer(b"<html>log in</html>"), "something else"),
        (Answer(b""), "something else"),
        (Answer(b'{"keys": [], "keys": []}'), "something else"),
        (Answer(b"[" * 100_000), "something else"),
        (Answer(b'{"keys": "none"}'), "not a key set"),
        (Answer(b"{}"), "not a key set"),
        (Answer(GOOD + b" " * MOST_BYTES), "too long"),
        (Answer(b" " * 10_000_000), "too long"),
        (Answer(gzip.compress(GOOD), headers=((b"content-encoding", b"gzip"),)), "packed"),
        (Answer(hangs=True), "not in time|no answer in time"),
    ],
)
async def test_a_bad_answer_is_refused(
    issuer: HostileIssuer, http: httpx.AsyncClient, answer: Answer, reason: str
) -> None:
    issuer.answers[JWKS] = answer
    issuer.answers["/elsewhere"] = Answer(GOOD)
    with pytest.raises(BadAnswer, match=reason):
        await fetch_jwks(http, settings_for(issuer.address, fetch_deadline=0.2 if answer.hangs else 2))
    assert "/elsewhere" not in issuer.asked


async def test_an_answer_just_within_the_bound_is_taken(issuer: HostileIssuer, http: httpx.AsyncClient) -> None:
    issuer.answers[JWKS] = Answer(GOOD + b" " * (MOST_BYTES - len(GOOD)))
    assert await fetch_jwks(http, settings_for(issuer.address)) == []


@pytest.mark.parametrize(
    "about",
    [
        {"issuer": "https://other.example"},
        {"issuer": None},
        {"jwks_uri": "https://other.example/jwks"},
        {"jwks_uri": "http://127.0.0.1:1/jwks"},
        {"jwks_uri": "https://127.0.0.1/jwks"},
        {"jwks_uri": "http://[broken"},
        {"jwks_uri": "http://127.0.0.1:99999999/"},
        {"jwks_uri": ["/jwks"]},
        {"jwks_uri": None},
        {"jwks_uri": "/jwks"},
    ],
)
async def test_discovery_must_name_this_issuer_and_keys_at_its_own_place(
    issuer: HostileIssuer, http: httpx.AsyncClient, about: dict[str, Any]
) -> None:
    issuer.describe(**about)
    with pytest.raises(BadAnswer, match="discovery"):
        await fetch_jwks(http, settings_for(issuer.address))
    assert issuer.asked == [DISCOVERY]


async def test_an_address_that_is_none_is_refused(issuer: HostileIssuer, http: httpx.AsyncClient) -> None:
    issuer.describe(jwks_uri=f"{issuer.address}/\x00")
    with pytest.raises(BadAnswer, match="not reachable"):
        await fetch_jwks(http, settings_for(issuer.address))


async def test_an_issuer_that_does_not_listen_is_unreachable(http: httpx.AsyncClient) -> None:
    with pytest.raises(BadAnswer, match=r"^not reachable: ConnectError$"):
        await fetch_jwks(http, settings_for("http://127.0.0.1:1"))


async def test_an_issuer_with_a_path_is_discovered_under_its_path(
    issuer: HostileIssuer, http: httpx.AsyncClient
) -> None:
    issuer.answers["/realm" + DISCOVERY] = as_json(
        {"issuer": f"{issuer.address}/realm/", "jwks_uri": f"{issuer.address}{JWKS}"}
    )
    assert await fetch_jwks(http, settings_for(f"{issuer.address}/realm/"))
