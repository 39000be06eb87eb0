"""Attack 36: tokens that say nothing by themselves, and tokens that were taken back. The issuer is on a real socket."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import msgspec
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey
from starlette.types import Receive, Scope, Send
from structlog.testing import capture_logs

from connectors.options import Duration, Secret
from gateway.identity import Fault, IssuerUnavailable, Verifier
from gateway.identity.settings import Introspection
from tests.gateway.identity.forging import NOW, bent, claims, public, rsa, settings_for
from tests.gateway.identity.hostile_issuer import Answer, HostileIssuer, Stage, as_json
from tests.gateway.identity.judging import accepted, fault_of
from tests.gateway.identity.proving import KEY, head, possession, proof, shown, words
from tests.sandbox.eid.held_clock import HeldClock

ASK = "/introspect"
OPAQUE = b"kq3-vX_0aR~7.ZpL+b/9=="
PRIVATE = ECKey.generate_key("P-256")


class Asked(HostileIssuer):
    """An issuer that keeps what it was asked."""

    forms: list[dict[str, list[str]]]

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == ASK:
            body = b""
            while True:
                message = await receive()
                body += message.get("body", b"")
                if not message.get("more_body"):
                    break
            self.forms.append(parse_qs(body.decode()))
        await super().answer(scope, receive, send)


@pytest.fixture
def issuer(stage: Stage) -> Asked:
    made = Asked(stage.issuer.address)
    made.forms = []
    made.describe(introspection_endpoint=f"{made.address}{ASK}")
    made.publish(public(rsa("k-rsa")))
    stage.issuer = made
    return made


def introspection(**other: Any) -> Introspection:
    pem = PRIVATE.as_pem(private=True).decode()
    return Introspection(**{"client_id": "citizen-graph", "key": Secret(pem), "cache": Duration(10), **other})


@asynccontextmanager
async def verifying(
    issuer: HostileIssuer, http: httpx.AsyncClient, clock: HeldClock, **other: Any
) -> AsyncIterator[Verifier]:
    settings = settings_for(issuer.address, introspection=introspection(**other))
    made = Verifier([settings], http=http, clock=clock, possession=possession(clock))
    yield made
    await made.aclose()


def says(issuer: HostileIssuer, **other: Any) -> None:
    """Let the issuer call every token good, with these claims."""
    issuer.answers[ASK] = as_json({"active": True, **claims(issuer.address, **other)})


def revokes(issuer: HostileIssuer) -> None:
    issuer.answers[ASK] = as_json({"active": False})


async def test_an_opaque_token_is_what_its_issuer_says(
    issuer: Asked, http: httpx.AsyncClient, clock: HeldClock
) -> None:
    """The gateway proves who asks; the token goes into the body."""
    says(issuer)
    async with verifying(issuer, http, clock) as verifier:
        caller = await accepted(verifier, OPAQUE)
    assert (caller.subject, caller.assurance, caller.issuer) == ("an", 2, issuer.address)
    form = {name: values[0] for name, values in issuer.forms[0].items()}
    assert (form["token"], form["client_id"]) == (OPAQUE.decode(), "citizen-graph")
    told = jwt.decode(form["client_assertion"], PRIVATE, algorithms=["ES256"])
    assert told.header["kid"] == PRIVATE.thumbprint()
    assert (told.claims["iss"], told.claims["sub"], told.claims["aud"]) == ("citizen-graph",) * 2 + (issuer.address,)
    assert told.claims["exp"] - NOW == 60


async def test_an_issuer_need_not_say_when_a_token_was_made(
    issuer: Asked, http: httpx.AsyncClient, clock: HeldClock
) -> None:
    says(issuer, iat=None, iss=None)
    async with verifying(issuer, http, clock) as verifier:
        await accepted(verifier, OPAQUE)


@pytest.mark.parametrize(
    ("other", "fault"),
    [
        ({"exp": NOW - 60}, Fault.EXPIRED),
        ({"exp": None}, Fault.MALFORMED),
        ({"nbf": NOW + 60}, Fault.NOT_YET_VALID),
        ({"aud": "another"}, Fault.WRONG_AUDIENCE),
        ({"aud": None}, Fault.WRONG_AUDIENCE),
        ({"sub": None}, Fault.UNIDENTIFIED),
        ({"citizen_pid": "1"}, Fault.UNIDENTIFIED),
        ({"iss": "http://stranger.test"}, Fault.REVOKED),
        ({"cnf": {"kid": "x"}}, Fault.SENDER_CONSTRAINED),
        ({"cnf": {"jkt": KEY.thumbprint()}}, Fault.PROOF),
    ],
)
async def test_what_an_issuer_says_is_judged_like_a_signed_token(
    issuer: Asked, http: httpx.AsyncClient, clock: HeldClock, other: dict[str, Any], fault: Fault
) -> None:
    says(issuer, **other)
    async with verifying(issuer, http, clock) as verifier:
        assert await fault_of(verifier, OPAQUE) is fault


async def test_a34_an_opaque_token_may_be_bound_too(issuer: Asked, http: httpx.AsyncClient, clock: HeldClock) -> None:
    says(issuer, cnf={"jkt": KEY.thumbprint()}, token_type="DPoP")
    nonce = possession(clock).nonces.new()
    async with verifying(issuer, http, clock) as verifier:
        await verifier.verify([b"DPoP " + OPAQUE], shown(proof(head(), words(OPAQUE, nonce))))


@pytest.mark.parametrize("token", [OPAQUE, None])
async def test_a36_a_revoked_token_is_refused_within_the_stated_delay(
    issuer: Asked, http: httpx.AsyncClient, clock: HeldClock, token: bytes | None
) -> None:
    """An opaque one and a signed one: asked about once in that time, and refused after it; then it stays refused."""
    shown_token = token or bent(issuer.address)
    says(issuer)
    async with verifying(issuer, http, clock, tokens="all") as verifier:
        for _ in range(5):
            await accepted(verifier, shown_token)
        assert issuer.times(ASK) == 1
        revokes(issuer)
        clock.pass_seconds(9)
        await accepted(verifier, shown_token)
        clock.pass_seconds(1)
        for _ in range(5):
            assert await fault_of(verifier, shown_token) is Fault.REVOKED
        assert issuer.times(ASK) == 2


async def test_a_signed_token_is_not_asked_about_unless_configured(
    issuer: Asked, http: httpx.AsyncClient, clock: HeldClock
) -> None:
    revokes(issuer)
    async with verifying(issuer, http, clock, tokens="opaque") as verifier:
        await accepted(verifier, bent(issuer.address))
    async with verifying(issuer, http, clock, tokens="signed") as verifier:
        assert await fault_of(verifier, OPAQUE) is Fault.MALFORMED
        assert await fault_of(verifier, bent(issuer.address)) is Fault.REVOKED


async def test_a_forged_token_is_not_asked_about(issuer: Asked, http: httpx.AsyncClient, clock: HeldClock) -> None:
    """The signature comes first: a stranger cannot make the gateway knock at the issuer's door with a JWT."""
    says(issuer)
    async with verifying(issuer, http, clock, tokens="all") as verifier:
        assert await fault_of(verifier, bent(issuer.address)[:-8] + b"AAAAAAAA") is Fault.UNTRUSTED
    assert issuer.times(ASK) == 0


@pytest.mark.parametrize(
    "trouble",
    [
        Answer(status=503),
        Answer(status=401, body=b'{"error": "invalid_client"}'),
        Answer(status=302, headers=((b"location", b"/elsewhere"),)),
        Answer(b""),
        Answer(b"[]"),
        Answer(b'{"active": "true"}'),
        Answer(b'{"active": 1}'),
        Answer(b"{}"),
        Answer(b'{"active": false, "active": true}'),
        Answer(b"x" * 1_000_000),
        Answer(hangs=True),
    ],
)
async def test_a36_f24_while_the_issuer_does_not_say_nobody_is_let_in(
    issuer: Asked, http: httpx.AsyncClient, clock: HeldClock, trouble: Answer
) -> None:
    """Nor on what it said too long ago; and it is no 401, for the token may be good."""
    says(issuer)
    deadline = Duration(0.2 if trouble.hangs else 2)
    async with verifying(issuer, http, clock, deadline=deadline) as verifier:
        await accepted(verifier, OPAQUE)
        issuer.answers[ASK] = trouble
        await accepted(verifier, OPAQUE)
        clock.pass_seconds(10)
        with capture_logs() as events, pytest.raises(IssuerUnavailable):
            await verifier.verify([b"Bearer " + OPAQUE])
    assert [event["event"] for event in events] == ["identity.introspection_failed"]
    assert OPAQUE.decode() not in json.dumps(events)


async def test_a40_an_endpoint_at_another_place_is_not_asked(
    issuer: Asked, http: httpx.AsyncClient, clock: HeldClock
) -> None:
    """It would learn our tokens."""
    issuer.describe(introspection_endpoint="http://127.0.0.1:1/introspect")
    async with verifying(issuer, http, clock) as verifier:
        with pytest.raises(IssuerUnavailable):
            await verifier.verify([b"Bearer " + OPAQUE])


async def test_many_who_show_one_token_cause_one_question(
    issuer: Asked, http: httpx.AsyncClient, clock: HeldClock
) -> None:
    """And one who goes away does not end it."""
    says(issuer)
    async with verifying(issuer, http, clock) as verifier:
        asking = [asyncio.create_task(accepted(verifier, OPAQUE)) for _ in range(20)]
        await asyncio.sleep(0)
        asking[0].cancel()
        done = await asyncio.gather(*asking, return_exceptions=True)
    assert [isinstance(one, BaseException) for one in done] == [True] + [False] * 19
    assert issuer.times(ASK) == 1


async def test_more_invented_tokens_than_allowed_are_not_asked_about(
    issuer: Asked, http: httpx.AsyncClient, clock: HeldClock
) -> None:
    revokes(issuer)
    async with verifying(issuer, http, clock, concurrency=2) as verifier:
        tokens = [b"Bearer invented-%d" % number for number in range(20)]
        done = await asyncio.gather(*(verifier.verify([token]) for token in tokens), return_exceptions=True)
    assert [one for one in done if isinstance(one, IssuerUnavailable)] and issuer.times(ASK) == 2


async def test_an_opaque_token_is_shown_to_one_issuer_alone(http: httpx.AsyncClient, clock: HeldClock) -> None:
    two = [settings_for(f"http://{name}.test", introspection=introspection()) for name in ("one", "two")]
    with pytest.raises(ValueError, match="one issuer alone"):
        Verifier(two, http=http, clock=clock)


@pytest.mark.parametrize(
    "wrong",
    [
        {"key": None},
        {"identity": Path("x")},
        {"key": Secret("no key")},
        {"key": Secret(PRIVATE.as_pem(private=False).decode())},
        {"key": Secret(ECKey.generate_key("P-384").as_pem(private=True).decode())},
        {"key": Secret(OctKey.generate_key(256).as_dict()["k"].__str__())},
        {"client_id": ""},
        {"cache": Duration(301)},
        {"deadline": Duration(0)},
        {"concurrency": 0},
    ],
)
def test_a90_bad_settings_are_refused_by_name(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"^introspection"):
        introspection(**wrong)


def test_an_rsa_key_will_do() -> None:
    assert introspection(key=Secret(RSAKey.generate_key(2048).as_pem(private=True).decode())).takes_opaque


def test_an_address_without_protection_is_refused() -> None:
    asked = introspection(url="http://e-id.example/introspect")
    with pytest.raises((ValueError, msgspec.ValidationError), match=r"introspection\.url"):
        settings_for("https://e-id.example", allow_http=False, introspection=asked)
