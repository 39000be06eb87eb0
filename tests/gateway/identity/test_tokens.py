"""The verifier with honest tokens: the sandbox e-ID's over HTTP, and the shapes the standards allow."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from gateway.identity import Fault, IssuerSettings, Verifier
from resolvers.access.caller import CallerKind
from tests.gateway.identity.forging import claims, compact, ec, header, pss, settings_for
from tests.gateway.identity.hostile_issuer import HostileIssuer
from tests.gateway.identity.judging import accepted, fault_of, fault_of_headers
from tests.sandbox.eid import AUDIENCE, Eid, city_clients, eid_app
from tests.sandbox.eid.held_clock import HeldClock
from tests.sandbox.eid.serving import address, free_socket, serving


@dataclass(frozen=True)
class Someone:
    key: str = "an"
    personal_id: str = "079175998001"
    name: str = "Nguyễn Thị Mẫu Ân"
    birth_date: date = date(1975, 3, 2)
    story: str = "Two hospitals know her."


@pytest.fixture(scope="module")
def eid() -> Iterator[Eid]:
    bound = free_socket()
    app = eid_app(
        issuer=address(bound),
        people=[Someone()],
        clients=city_clients(citizen_app=["http://127.0.0.1:1/a"], explorer=["http://127.0.0.1:1/e"]),
        clock=HeldClock(),
        random=secrets.token_bytes,
    )
    with serving(app, bound):
        yield app.state.eid


def city_settings(eid: Eid) -> IssuerSettings:
    return settings_for(eid.issuer, audiences=(AUDIENCE,))


@pytest.fixture
def at_eid(eid: Eid, http: httpx.AsyncClient, clock: HeldClock) -> Verifier:
    return Verifier([city_settings(eid)], http=http, clock=clock)


async def test_somebody_who_signed_in_at_the_sandbox_e_id_is_known(eid: Eid, at_eid: Verifier) -> None:
    signed_in = await eid.sign_in("an", level="LoA1")
    caller = await accepted(at_eid, signed_in.access_token.encode())
    assert (caller.kind, caller.subject, caller.personal_id) == (CallerKind.CITIZEN, "an", "079175998001")
    assert (caller.assurance, caller.client_id, caller.birth_date) == (1, "citizen-app", date(1975, 3, 2))
    assert "health.read" in caller.scopes


async def test_the_id_token_of_the_same_sign_in_is_refused(eid: Eid, at_eid: Verifier) -> None:
    signed_in = await eid.sign_in("an")
    assert await fault_of(at_eid, signed_in.id_token.encode()) is Fault.WRONG_TYPE


async def test_an_organisation_is_known_by_its_own_token(eid: Eid, at_eid: Verifier) -> None:
    caller = await accepted(at_eid, (await eid.organisation_token("hospital-a")).encode())
    assert (caller.kind, caller.client_id, caller.personal_id) == (CallerKind.ORGANISATION, "hospital-a", None)


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "PS256"])
async def test_each_algorithm_of_the_e_id_is_taken(eid: Eid, at_eid: Verifier, algorithm: str) -> None:
    token = eid.token_for("an", algorithm=algorithm)
    assert (await accepted(at_eid, token.encode())).subject == "an"


async def test_tokens_of_two_issuers_are_each_judged_by_their_own_keys(
    eid: Eid, lasting_issuer: HostileIssuer, http: httpx.AsyncClient, clock: HeldClock
) -> None:
    both = Verifier([city_settings(eid), settings_for(lasting_issuer.address)], http=http, clock=clock)
    assert await both.warm()
    assert (await accepted(both, eid.token_for("an").encode())).issuer == eid.issuer
    own = compact(header(), claims(lasting_issuer.address))
    assert (await accepted(both, own)).issuer == lasting_issuer.address
    assert await fault_of(both, compact(header(), claims(eid.issuer))) is Fault.UNTRUSTED
    await both.aclose()


@pytest.mark.parametrize("prefix", [b"Bearer ", b"bearer ", b"BEARER ", b"Bearer   ", b" Bearer "])
async def test_the_scheme_is_known_in_any_case(
    verifier: Verifier, lasting_issuer: HostileIssuer, prefix: bytes
) -> None:
    token = compact(header(), claims(lasting_issuer.address))
    assert (await verifier.verify([prefix + token])).subject == "an"


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ({"typ": "application/at+jwt"}, {}),
        ({"typ": "AT+JWT"}, {}),
        ({"x5t": "abc", "unheard-of": 1}, {}),
        ({}, {"aud": ["other", "urn:test:gateway"]}),
        ({}, {"nbf": 1}),
        ({}, {"scope": None}),
        ({}, {"auth_time": None}),
    ],
)
async def test_what_the_standards_allow_is_taken(
    verifier: Verifier, lasting_issuer: HostileIssuer, head: dict[str, Any], body: dict[str, Any]
) -> None:
    token = compact(header(**head), claims(lasting_issuer.address, **body))
    assert (await accepted(verifier, token)).subject == "an"


async def test_each_kind_of_key_is_taken_by_its_own_algorithm(
    verifier: Verifier, lasting_issuer: HostileIssuer
) -> None:
    body = claims(lasting_issuer.address)
    by_curve = compact(header("k-ec", "ES256"), body, key=ec("k-ec"), sign="ES256")
    by_pss = compact(header("k-ps", "PS256"), body, key=pss("k-ps"), sign="PS256")
    assert (await accepted(verifier, by_curve)).subject == "an"
    assert (await accepted(verifier, by_pss)).subject == "an"


async def test_times_are_judged_with_leeway_to_the_second(
    verifier: Verifier, lasting_issuer: HostileIssuer, clock: HeldClock
) -> None:
    token = compact(header(), claims(lasting_issuer.address))
    clock.pass_seconds(600 + 29)
    await accepted(verifier, token)
    clock.pass_seconds(1)
    assert await fault_of(verifier, token) is Fault.EXPIRED
    clock.pass_seconds(-630 - 30)
    await accepted(verifier, token)
    clock.pass_seconds(-1)
    assert await fault_of(verifier, token) is Fault.NOT_YET_VALID


async def test_a_token_of_the_e_id_runs_out(eid: Eid, at_eid: Verifier, clock: HeldClock) -> None:
    token = eid.token_for("an", expires_in=timedelta(seconds=10)).encode()
    await accepted(at_eid, token)
    clock.pass_seconds(40)
    assert await fault_of(at_eid, token) is Fault.EXPIRED


async def test_plain_jwt_as_type_is_taken_only_from_an_issuer_that_is_configured_so(
    lasting_issuer: HostileIssuer, verifier: Verifier, http: httpx.AsyncClient, clock: HeldClock
) -> None:
    token = compact(header(typ="JWT"), claims(lasting_issuer.address))
    assert await fault_of(verifier, token) is Fault.WRONG_TYPE
    lenient = settings_for(lasting_issuer.address, token_types=("at+jwt", "JWT"))
    with capture_logs() as events:
        lax = Verifier([lenient], http=http, clock=clock)
    assert [event["setting"] for event in events] == ["allow_http", "token_types"]
    assert (await accepted(lax, token)).subject == "an"
    as_id_token = compact(header(typ="JWT"), claims(lasting_issuer.address, nonce="n"))
    assert await fault_of(lax, as_id_token) is Fault.WRONG_TYPE


def test_an_issuer_is_configured_once(http: httpx.AsyncClient, clock: HeldClock) -> None:
    one = settings_for("http://issuer.test")
    with pytest.raises(ValueError, match="twice"):
        Verifier([one, one], http=http, clock=clock)


async def test_no_issuers_means_no_callers(http: httpx.AsyncClient, clock: HeldClock) -> None:
    nobody = Verifier([], http=http, clock=clock)
    assert await fault_of(nobody, compact(header(), claims("http://issuer.test"))) is Fault.UNTRUSTED
    assert await fault_of_headers(nobody, []) is Fault.MISSING
