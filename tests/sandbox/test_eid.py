"""The sandbox e-ID over real sockets: walked as a client, an organisation or an attacker would."""

import base64
import hashlib
import secrets
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from authlib.deprecate import AuthlibDeprecationWarning
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

from tests.sandbox.eid import AUDIENCE, Client, Eid, city_clients, eid_app, partner_clients
from tests.sandbox.eid.assertions import ASSERTION_TYPE
from tests.sandbox.eid.held_clock import HeldClock
from tests.sandbox.eid.holder import proof
from tests.sandbox.eid.serving import address, free_socket, serving
from tests.sandbox.eid.visitor import _PENDING, _s256, assertion

with warnings.catch_warnings():
    # Authlib warns on import that it will one day prefer another client than httpx; it works with httpx today.
    warnings.simplefilter("ignore", AuthlibDeprecationWarning)
    from authlib.integrations.httpx_client import AsyncOAuth2Client

CALLBACK = "http://127.0.0.1:1/callback"
EXPLORER = "http://127.0.0.1:1/sign-in/callback"
GOODBYE = "http://127.0.0.1:1/bye"
VERIFIER = "v" * 43


@dataclass(frozen=True)
class Someone:
    key: str
    personal_id: str
    name: str
    birth_date: date
    story: str


PEOPLE = (
    Someone("an", "079175998001", "Nguyễn Thị Mẫu Ân", date(1975, 3, 2), "Two hospitals know her."),
    Someone("bao", "079085998002", "Trần Mẫu <b>Bảo</b>", date(1985, 7, 9), 'A father & "tester".'),
)


@pytest.fixture(scope="module")
def clock() -> HeldClock:
    return HeldClock()


@pytest.fixture(scope="module")
def eid(clock: HeldClock) -> Iterator[Eid]:
    bound = free_socket()
    clients = city_clients(citizen_app=[CALLBACK], explorer=[EXPLORER], after_logout=[GOODBYE])
    app = eid_app(
        issuer=address(bound),
        people=PEOPLE,
        clients=(*clients, *partner_clients()),
        clock=clock,
        random=secrets.token_bytes,
    )
    with serving(app, bound):
        yield app.state.eid


@pytest.fixture
async def http(eid: Eid) -> Any:
    async with httpx.AsyncClient(base_url=eid.issuer, trust_env=False) as client:
        yield client


def asked(**other: str | None) -> dict[str, str]:
    usual: dict[str, str | None] = {
        "response_type": "code",
        "client_id": "citizen-app",
        "redirect_uri": CALLBACK,
        "scope": "openid profile health.read",
        "state": "st",
        "nonce": "no",
        "code_challenge": _s256(VERIFIER),
        "code_challenge_method": "S256",
    }
    return {name: value for name, value in {**usual, **other}.items() if value is not None}


async def choose(http: httpx.AsyncClient, level: str = "LoA2", **other: str | None) -> str:
    """Sign in and give the code."""
    shown = await http.get("/authorize", params=asked(**other))
    found = _PENDING.search(shown.text)
    assert found is not None, shown.text
    form = {"pending": found.group(1), "person": "an", "level": level}
    return back_at(await http.post("/authorize/choice", data=form))["code"]


def back_at(answer: httpx.Response) -> dict[str, str]:
    """Give the parameters with which the client was called back."""
    assert answer.status_code == 303, answer.text
    location = answer.headers["location"]
    assert location.startswith(CALLBACK)
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


def exchange(granted: str, **other: str) -> dict[str, str]:
    usual = {
        "grant_type": "authorization_code",
        "client_id": "citizen-app",
        "code": granted,
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
    }
    return {**usual, **other}


async def keys_of(http: httpx.AsyncClient) -> KeySet:
    return KeySet.import_key_set((await http.get("/jwks")).json())


async def test_metadata_names_this_issuer_and_only_addresses_under_it(eid: Eid, http: httpx.AsyncClient) -> None:
    about = (await http.get("/.well-known/openid-configuration")).json()
    assert about["issuer"] == eid.issuer
    endpoints = [value for name, value in about.items() if name.endswith(("_endpoint", "_uri"))]
    assert len(endpoints) == 7
    assert all(value.startswith(f"{eid.issuer}/") for value in endpoints)


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


async def test_an_independent_client_signs_a_person_in(eid: Eid, http: httpx.AsyncClient) -> None:
    """Authlib's client, which knows nothing of this code, gets through the same flow."""
    verifier = secrets.token_urlsafe(40)
    async with AsyncOAuth2Client(
        client_id="explorer",
        redirect_uri=EXPLORER,
        scope="openid profile",
        code_challenge_method="S256",
        trust_env=False,
    ) as client:
        url, state = client.create_authorization_url(f"{eid.issuer}/authorize", code_verifier=verifier)
        shown = await http.get(url)
        found = _PENDING.search(shown.text)
        assert found is not None
        chosen = await http.post(
            "/authorize/choice", data={"pending": found.group(1), "person": "bao", "level": "LoA2"}
        )
        token = await client.fetch_token(
            f"{eid.issuer}/token",
            authorization_response=chosen.headers["location"],
            state=state,
            code_verifier=verifier,
        )
        told = await client.get(f"{eid.issuer}/userinfo")
    assert told.json()["name"] == "Trần Mẫu <b>Bảo</b>"
    claims = jwt.decode(token["id_token"], await keys_of(http), algorithms=["RS256"]).claims
    assert (claims["sub"], claims["aud"]) == ("bao", "explorer")


async def test_the_page_shows_everybody_escaped_and_runs_no_script(http: httpx.AsyncClient) -> None:
    shown = await http.get("/authorize", params=asked())
    assert "Nguyễn Thị Mẫu Ân" in shown.text
    assert "Two hospitals know her." in shown.text
    assert "&lt;b&gt;Bảo&lt;/b&gt;" in shown.text
    assert "<script" not in shown.text
    assert not any(person.personal_id in shown.text for person in PEOPLE)
    policy = shown.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    # Chromium applies form-action to the redirect after the form as well.
    assert "form-action 'self' http://127.0.0.1:1;" in policy


async def test_the_style_is_the_one_the_policy_allows(http: httpx.AsyncClient) -> None:
    shown = await http.get("/authorize", params=asked())
    style = shown.text.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in shown.headers["content-security-policy"]


@pytest.mark.parametrize(
    "other",
    [
        {"client_id": "stranger"},
        {"client_id": "hospital-a"},
        {"redirect_uri": CALLBACK + "/"},
        {"redirect_uri": "http://127.0.0.1:1/elsewhere"},
        {"redirect_uri": None},
    ],
)
async def test_nothing_is_sent_to_an_address_that_is_not_the_clients(
    http: httpx.AsyncClient, other: dict[str, str | None]
) -> None:
    answer = await http.get("/authorize", params=asked(**other))
    assert answer.status_code == 400
    assert "location" not in answer.headers


async def test_a_repeated_parameter_is_refused(http: httpx.AsyncClient) -> None:
    answer = await http.get("/authorize", params=[*asked().items(), ("state", "two")])
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("other", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "unsupported_response_type"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"scope": "openid everything"}, "invalid_scope"),
        ({"request": "x"}, "request_not_supported"),
        ({"request_uri": "x"}, "request_uri_not_supported"),
        ({"prompt": "none"}, "login_required"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
    ],
)
async def test_a_bad_request_goes_back_with_its_error_state_and_issuer(
    eid: Eid, http: httpx.AsyncClient, other: dict[str, str | None], error: str
) -> None:
    back = back_at(await http.get("/authorize", params=asked(**other)))
    assert (back["error"], back["state"], back["iss"]) == (error, "st", eid.issuer)
    assert "code" not in back


@pytest.mark.parametrize("form", [{"person": "nobody"}, {"level": "LoA9"}, {"pending": "unknown"}])
async def test_a_choice_that_was_not_offered_signs_nobody_in(http: httpx.AsyncClient, form: dict[str, str]) -> None:
    found = _PENDING.search((await http.get("/authorize", params=asked())).text)
    assert found is not None
    usual = {"pending": found.group(1), "person": "an", "level": "LoA2"}
    answer = await http.post("/authorize/choice", data={**usual, **form})
    assert answer.status_code == 400
    assert "set-cookie" not in answer.headers


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


async def test_a_session_answers_without_a_page_until_more_is_asked(http: httpx.AsyncClient, clock: HeldClock) -> None:
    await choose(http, level="LoA1")
    silent = back_at(await http.get("/authorize", params=asked(prompt="none", acr_values="LoA1")))
    assert "code" in silent
    clock.pass_seconds(120)
    for more in ({"acr_values": "LoA2"}, {"prompt": "login"}, {"acr_values": "LoA1", "max_age": "60"}):
        assert (await http.get("/authorize", params=asked(**more))).status_code == 200


async def test_signing_out_ends_the_session_and_goes_back_to_registered_addresses_only(
    eid: Eid, http: httpx.AsyncClient
) -> None:
    signed_in = await eid.sign_in("an", client_id="explorer")
    await choose(http)
    to_stranger = {"id_token_hint": signed_in.id_token, "post_logout_redirect_uri": "http://127.0.0.1:1/x"}
    assert (await http.get("/logout", params=to_stranger)).status_code == 400
    assert "code" in back_at(await http.get("/authorize", params=asked(prompt="none")))
    home = {"id_token_hint": signed_in.id_token, "post_logout_redirect_uri": GOODBYE, "state": "s"}
    answer = await http.get("/logout", params=home)
    assert answer.headers["location"] == f"{GOODBYE}?state=s"
    assert back_at(await http.get("/authorize", params=asked(prompt="none")))["error"] == "login_required"


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
