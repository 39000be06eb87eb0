"""Tokens of organisations by the sandbox e-ID: what they must prove, and who may ask about tokens."""

import secrets
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from tests.sandbox.eid import AUDIENCE, Client, Eid
from tests.sandbox.eid.assertions import ASSERTION_TYPE
from tests.sandbox.eid.held_clock import HeldClock
from tests.sandbox.eid.holder import proof
from tests.sandbox.eid.visitor import assertion
from tests.sandbox.sign_on.walking import keys_of


async def test_a_system_gets_a_token_that_names_its_organisation(eid: Eid, http: httpx.AsyncClient) -> None:
    token = await eid.organisation_token("hospital-a")
    claims = jwt.decode(token, await keys_of(http), algorithms=["PS256"]).claims
    assert (claims["sub"], claims["client_id"], claims["organisation"]) == ("hospital-a", "hospital-a", "79981")
    assert not claims.keys() & {"citizen_pid", "purpose_of_use", "professional_id", "cnf"}


@pytest.mark.parametrize("client_id", ["clinic-a", "clinic-b", "station", "insurer", "operator"])
async def test_a_partner_gets_a_bound_token_for_its_purpose_in_the_name_of_somebody(
    eid: Eid, http: httpx.AsyncClient, client_id: str
) -> None:
    holder = await eid.partner(client_id)
    claims = jwt.decode(holder.token, await keys_of(http), algorithms=["PS256"]).claims
    client = next(one for one in eid.partners if one.client_id == client_id)
    assert claims["purpose_of_use"] == client.purposes[0]
    assert claims.get("professional_id") == client.somebody
    assert claims["cnf"].keys() == ({"x5t#S256"} if client_id == "clinic-b" else {"jkt"})


@pytest.mark.parametrize("asked", [{"purpose": "HPAYMT"}, {"professional": "nobody"}, {"scope": "events:write"}])
async def test_a_partner_gets_no_token_for_what_was_not_agreed(eid: Eid, asked: dict[str, str]) -> None:
    with pytest.raises(AssertionError, match="invalid_"):
        await eid.partner("clinic-a", **asked)


async def test_a_bound_token_needs_a_good_proof_of_its_key(eid: Eid, clock: HeldClock) -> None:
    where, now = f"{eid.issuer}/token", clock.now().timestamp()
    key, used = ECKey.generate_key("P-256"), ""
    for bad in (
        None,
        "x",
        proof(key, "GET", where, now=now),
        proof(key, "POST", f"{eid.issuer}/introspect", now=now),
        proof(key, "POST", where, now=now - 61),
        used := proof(key, "POST", where, now=now),
    ):
        if bad == used:
            await eid._client_token("clinic-a", proof=bad)
        with pytest.raises(AssertionError, match="invalid_dpop_proof"):
            await eid._client_token("clinic-a", proof=bad)


async def introspected(eid: Eid, http: httpx.AsyncClient, clock: HeldClock, token: str, who: str) -> httpx.Response:
    now = int(clock.now().timestamp())
    signed = assertion(eid.client(who), audience=f"{eid.issuer}/introspect", now=now, name=secrets.token_hex(8))
    form = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": signed, "token": token}
    return await http.post("/introspect", data=form)


async def test_the_gateway_alone_may_ask_whether_a_token_is_good(
    eid: Eid, http: httpx.AsyncClient, clock: HeldClock
) -> None:
    """Of one that is not, it hears that and nothing more (RFC 7662 section 2.2)."""
    opaque, signed = eid.opaque_token_for("an"), eid.token_for("an")
    assert (await introspected(eid, http, clock, opaque, "hospital-a")).status_code == 401
    for token in (opaque, signed):
        said = (await introspected(eid, http, clock, token, "citizen-graph")).json()
        assert (said["active"], said["sub"], said["aud"]) == (True, "an", AUDIENCE)
        await http.post("/revoke", data={"token": token, "client_id": "explorer"})
        assert (await introspected(eid, http, clock, token, "citizen-graph")).json()["active"]
        await http.post("/revoke", data={"token": token, "client_id": "citizen-app"})
        assert (await introspected(eid, http, clock, token, "citizen-graph")).json() == {"active": False}
    assert (await introspected(eid, http, clock, "never-was", "citizen-graph")).json() == {"active": False}


async def ask_as(http: httpx.AsyncClient, signed: str, **other: str) -> httpx.Response:
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": signed,
    }
    return await http.post("/token", data={**form, **other})


def signed_by(eid: Eid, client: Client, clock: HeldClock, **other: Any) -> str:
    now = int(clock.now().timestamp())
    return assertion(client, audience=eid.issuer, now=now, name=secrets.token_hex(8), **other)


async def test_an_assertion_cannot_be_replayed(eid: Eid, http: httpx.AsyncClient, clock: HeldClock) -> None:
    signed = signed_by(eid, eid.client("hospital-a"), clock)
    assert (await ask_as(http, signed)).status_code == 200
    again = await ask_as(http, signed)
    assert (again.status_code, again.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize(
    "other",
    [
        {"sub": "insurer"},
        {"iss": "insurer"},
        {"iss": "citizen-app"},
        {"aud": "https://elsewhere.example"},
        {"exp": 0},
        {"exp": 99_999_999_999},
        {"exp": None},
        {"jti": ""},
        {"jti": None},
    ],
)
async def test_a_wrong_assertion_is_refused(
    eid: Eid, http: httpx.AsyncClient, clock: HeldClock, other: dict[str, Any]
) -> None:
    answer = await ask_as(http, signed_by(eid, eid.client("hospital-a"), clock, **other))
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


async def test_an_assertion_by_another_key_or_for_more_scopes_is_refused(
    eid: Eid, http: httpx.AsyncClient, clock: HeldClock
) -> None:
    hospital = eid.client("hospital-a")
    forged = Client(
        client_id="hospital-a",
        name="",
        scopes=(),
        algorithm="ES256",
        key=ECKey.generate_key("P-256", auto_kid=True),
    )
    assert (await ask_as(http, signed_by(eid, forged, clock))).json()["error"] == "invalid_client"
    assert (await ask_as(http, "garbage")).json()["error"] == "invalid_client"
    greedy = await ask_as(http, signed_by(eid, hospital, clock), scope="openid")
    assert greedy.json()["error"] == "invalid_scope"
