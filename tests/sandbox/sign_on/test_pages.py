"""The pages of the sandbox e-ID over real sockets: walked as a client or an attacker would."""

import base64
import hashlib
import secrets
import warnings

import httpx
import pytest
from authlib.deprecate import AuthlibDeprecationWarning
from joserfc import jwt

from tests.sandbox.eid import Eid
from tests.sandbox.eid.held_clock import HeldClock
from tests.sandbox.eid.visitor import _PENDING
from tests.sandbox.sign_on.walking import CALLBACK, EXPLORER, GOODBYE, PEOPLE, asked, back_at, choose, keys_of

with warnings.catch_warnings():
    # Authlib warns on import that it will one day prefer another client than httpx; it works with httpx today.
    warnings.simplefilter("ignore", AuthlibDeprecationWarning)
    from authlib.integrations.httpx_client import AsyncOAuth2Client


async def test_metadata_names_this_issuer_and_only_addresses_under_it(eid: Eid, http: httpx.AsyncClient) -> None:
    about = (await http.get("/.well-known/openid-configuration")).json()
    assert about["issuer"] == eid.issuer
    endpoints = [value for name, value in about.items() if name.endswith(("_endpoint", "_uri"))]
    assert len(endpoints) == 7
    assert all(value.startswith(f"{eid.issuer}/") for value in endpoints)


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
