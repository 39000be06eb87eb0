"""Tokens of citizens by the sandbox e-ID: what a code is worth, and what a token says."""

from datetime import timedelta

import httpx
import pytest
from joserfc import jws, jwt
from joserfc.errors import JoseError

from tests.sandbox.eid import AUDIENCE, Eid
from tests.sandbox.eid.held_clock import HeldClock
from tests.sandbox.eid.visitor import _PENDING
from tests.sandbox.sign_on.walking import EXPLORER, PEOPLE, asked, choose, exchange, keys_of


async def test_published_keys_are_public_and_one_per_algorithm(http: httpx.AsyncClient) -> None:
    keys = (await http.get("/jwks")).json()["keys"]
    assert sorted(key["alg"] for key in keys) == ["ES256", "PS256", "RS256"]
    assert not any({"d", "p", "q", "k"} & set(key) for key in keys)


async def test_a_person_signs_in_and_the_access_token_follows_the_jwt_profile(
    eid: Eid, http: httpx.AsyncClient
) -> None:
    signed_in = await eid.sign_in(PEOPLE[0], level="LoA1")
    token = jwt.decode(signed_in.access_token, await keys_of(http), algorithms=["RS256"])
    assert token.header["typ"] == "at+jwt"
    expected = {
        "iss": eid.issuer,
        "aud": AUDIENCE,
        "sub": "an",
        "client_id": "citizen-app",
        "acr": "LoA1",
        "scope": "openid profile health.read consent.write",
        "citizen_pid": "079175998001",
        "birthdate": "1975-03-02",
    }
    assert expected.items() <= token.claims.items()
    assert token.claims["exp"] - token.claims["iat"] == signed_in.expires_in
    assert token.claims["auth_time"] == token.claims["iat"]
    assert token.claims["jti"]


async def test_a_code_works_once(http: httpx.AsyncClient) -> None:
    code = await choose(http)
    assert (await http.post("/token", data=exchange(code))).status_code == 200
    again = await http.post("/token", data=exchange(code))
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    ("other", "error"),
    [
        ({"code_verifier": "w" * 43}, "invalid_grant"),
        ({"code_verifier": ""}, "invalid_grant"),
        ({"redirect_uri": EXPLORER}, "invalid_grant"),
        ({"client_id": "explorer"}, "invalid_grant"),
        ({"client_id": "hospital-a"}, "invalid_client"),
        ({"code": "guess"}, "invalid_grant"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
async def test_a_code_is_worth_nothing_to_anyone_else(
    http: httpx.AsyncClient, other: dict[str, str], error: str
) -> None:
    answer = await http.post("/token", data=exchange(await choose(http), **other))
    assert answer.json()["error"] == error
    assert answer.headers["cache-control"] == "no-store"


async def test_a_code_shown_with_a_wrong_verifier_is_used_up(http: httpx.AsyncClient) -> None:
    code = await choose(http)
    await http.post("/token", data=exchange(code, code_verifier="w" * 43))
    assert (await http.post("/token", data=exchange(code))).status_code == 400


async def test_a_code_and_a_pending_page_grow_old(http: httpx.AsyncClient, clock: HeldClock) -> None:
    code = await choose(http)
    clock.pass_seconds(61)
    assert (await http.post("/token", data=exchange(code))).json()["error"] == "invalid_grant"
    found = _PENDING.search((await http.get("/authorize", params=asked(prompt="login"))).text)
    assert found is not None
    clock.pass_seconds(601)
    form = {"pending": found.group(1), "person": "an", "level": "LoA2"}
    assert (await http.post("/authorize/choice", data=form)).status_code == 400


async def test_the_token_endpoint_takes_forms_of_modest_size_only(http: httpx.AsyncClient) -> None:
    assert (await http.post("/token", json={"grant_type": "authorization_code"})).status_code == 400
    assert (await http.post("/token", data={"code": "x" * 40_000})).status_code == 413
    with_password = await http.post("/token", data=exchange("x"), auth=("citizen-app", "secret"))
    assert with_password.json()["error"] == "invalid_client"


async def test_userinfo_answers_a_living_access_token_only(eid: Eid, http: httpx.AsyncClient, clock: HeldClock) -> None:
    signed_in = await eid.sign_in("an")

    async def ask(token: str) -> int:
        answer = await http.get("/userinfo", headers={"Authorization": f"Bearer {token}"})
        return answer.status_code

    assert await ask(signed_in.access_token) == 200
    assert await ask(signed_in.id_token) == 401
    assert await ask("garbage") == 401
    assert await ask(await eid.organisation_token("hospital-a")) == 401
    clock.pass_seconds(signed_in.expires_in)
    assert await ask(signed_in.access_token) == 401


async def test_rotation_publishes_new_keys_and_withdraws_old_ones_on_demand(eid: Eid, http: httpx.AsyncClient) -> None:
    before = eid.token_for("an")
    eid.rotate(keep_old=True)
    jwt.decode(before, await keys_of(http), algorithms=["RS256"])
    between = eid.token_for("an")
    assert kid_of(between) != kid_of(before)
    eid.rotate(keep_old=False)
    for old in (before, between):
        with pytest.raises(JoseError):
            jwt.decode(old, await keys_of(http), algorithms=["RS256"])
    jwt.decode(eid.token_for("an"), await keys_of(http), algorithms=["RS256"])


def kid_of(token: str) -> str:
    return str(jws.extract_compact(token.encode()).headers()["kid"])


async def test_a_token_made_directly_can_be_bent_in_every_part(
    eid: Eid, http: httpx.AsyncClient, clock: HeldClock
) -> None:
    token = eid.token_for(
        PEOPLE[1],
        algorithm="ES256",
        header={"typ": "JWT"},
        expires_in=timedelta(seconds=5),
        citizen_pid=None,
        aud=["other"],
    )
    read = jwt.decode(token, await keys_of(http), algorithms=["ES256"])
    assert read.header["typ"] == "JWT"
    assert "citizen_pid" not in read.claims
    assert read.claims["aud"] == ["other"]
    assert read.claims["exp"] == int(clock.now().timestamp()) + 5
