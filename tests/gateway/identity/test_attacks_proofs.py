"""Attack 34: tokens that are bound to a key, and proofs that prove nothing."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from joserfc.jwk import ECKey, OctKey, RSAKey

from gateway.identity import Fault, InvalidToken, Verifier
from gateway.identity.dpop_settings import DpopSettings, ReplaySettings
from gateway.identity.errors import ReplaysUnavailable
from gateway.identity.possession import Possession, Shown
from tests.gateway.identity.forging import NOW, NUMBER, bent, claims, compact, header, rsa, segment, settings_for
from tests.gateway.identity.hostile_issuer import HostileIssuer
from tests.gateway.identity.proving import KEY, bound, head, possession, proof, shown, words
from tests.sandbox.eid.held_clock import HeldClock

OTHER = ECKey.generate_key("P-256")


@pytest.fixture
def judge(clock: HeldClock) -> Possession:
    return possession(clock)


@pytest.fixture
async def strict(
    lasting_issuer: HostileIssuer, http: httpx.AsyncClient, clock: HeldClock, judge: Possession
) -> AsyncIterator[Verifier]:
    made = Verifier([settings_for(lasting_issuer.address)], http=http, clock=clock, possession=judge)
    yield made
    await made.aclose()


@pytest.fixture
def token(lasting_issuer: HostileIssuer) -> bytes:
    return bound(lasting_issuer.address)


@pytest.fixture
def nonce(judge: Possession) -> str:
    return judge.nonces.new()


async def refused(verifier: Verifier, token: bytes, what: Shown, *, scheme: bytes = b"DPoP ") -> InvalidToken:
    """The refusal, which tells nothing of token, proof or citizen."""
    with pytest.raises(InvalidToken) as caught:
        await verifier.verify([scheme + token], what)
    told = f"{caught.value} {caught.value.cause} {caught.value.headers('r')}"
    assert NUMBER not in told and token[:24].decode() not in told
    assert not [one for one in what.proofs if one[:40].decode("latin-1") in told and len(one) > 40]
    return caught.value


async def test_a_bound_token_is_taken_from_its_holder(strict: Verifier, token: bytes, nonce: str) -> None:
    """By each algorithm, with each new proof."""
    for _ in range(2):
        assert (await strict.verify([b"DPoP " + token], shown(proof(head(), words(token, nonce))))).subject == "an"


async def test_a_holder_may_have_an_rsa_key(strict: Verifier, lasting_issuer: HostileIssuer, nonce: str) -> None:
    key = RSAKey.generate_key(2048)
    token = bound(lasting_issuer.address, key)
    made = proof(head(key, alg="PS256"), words(token, nonce), key=key, sign="PS256")
    assert (await strict.verify([b"dpop " + token], shown(made))).subject == "an"


@pytest.mark.parametrize(
    "written",
    [
        "HTTPS://GRAPH.test/graphql",
        "https://graph.test:443/graphql",
        "https://graph.test/graphql?query=x",
        "https://graph.test/graphql#x",
        "https://graph.test/%67raphql",
    ],
)
async def test_an_address_may_be_written_in_other_ways(
    strict: Verifier, token: bytes, nonce: str, written: str
) -> None:
    """RFC 9449 section 4.3, RFC 3986 sections 6.2.2 and 6.2.3."""
    await strict.verify([b"DPoP " + token], shown(proof(head(), words(token, nonce, htu=written))))


async def test_a34_no_proof_or_two(strict: Verifier, token: bytes, nonce: str) -> None:
    made = proof(head(), words(token, nonce))
    for proofs in ((), (made, made), (b"",), (made + b"," + made,)):
        error = await refused(strict, token, shown(*proofs))
        assert error.challenges("r")[0].startswith('DPoP realm="r", error="invalid_dpop_proof"')


async def test_a34_a_bound_token_is_no_bearer_token(strict: Verifier, token: bytes, nonce: str) -> None:
    """Also with a good proof beside it: whoever checks no proof elsewhere would have taken it."""
    for what in (shown(), shown(proof(head(), words(token, nonce)))):
        error = await refused(strict, token, what, scheme=b"Bearer ")
        assert (error.fault, error.status) == (Fault.PROOF, 401)
        assert error.challenges("r")[0].startswith("DPoP ")


async def test_a34_a_bearer_token_is_no_bound_one(strict: Verifier, lasting_issuer: HostileIssuer, nonce: str) -> None:
    plain = bent(lasting_issuer.address)
    assert (await refused(strict, plain, shown(proof(head(), words(plain, nonce))))).fault is Fault.UNBOUND


@pytest.mark.parametrize(
    "cnf",
    [
        {"jwk": {"kty": "EC"}},
        {"jkt": "x"},
        {"jkt": 7},
        {"jkt": None},
        {"x5t#S256": "x"},
        {"kid": "k"},
        {"jkt": "A" * 43, "jku": "https://stranger.example"},
        {},
        [],
        "x",
        7,
        None,
    ],
)
async def test_a34_a35_a_token_that_is_bound_in_an_unknown_way_is_taken_from_nobody(
    strict: Verifier, lasting_issuer: HostileIssuer, nonce: str, cnf: Any
) -> None:
    raw = json.dumps({**claims(lasting_issuer.address), "cnf": cnf}).encode()
    unknown = compact(header(), raw)
    for scheme in (b"DPoP ", b"Bearer "):
        error = await refused(strict, unknown, shown(proof(head(), words(unknown, nonce))), scheme=scheme)
        assert error.fault is Fault.SENDER_CONSTRAINED


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"jti": None}, id="no_jti"),
        pytest.param({"jti": ""}, id="empty_jti"),
        pytest.param({"jti": 7}, id="number_as_jti"),
        pytest.param({"jti": "x" * 257}, id="long_jti"),
        pytest.param({"htm": "GET"}, id="other_method"),
        pytest.param({"htm": "post"}, id="method_in_lower_case"),
        pytest.param({"htm": None}, id="no_method"),
        pytest.param({"htu": "https://graph.test/events"}, id="other_path"),
        pytest.param({"htu": "https://graph.test/graphql/"}, id="path_with_slash"),
        pytest.param({"htu": "http://graph.test/graphql"}, id="plain_http"),
        pytest.param({"htu": "https://graph.test:8443/graphql"}, id="other_port"),
        pytest.param({"htu": "https://graph.test.example/graphql"}, id="other_host"),
        pytest.param({"htu": "https://graph.test@stranger.example/graphql"}, id="user_that_looks_like_us"),
        pytest.param({"htu": "https://me@graph.test/graphql"}, id="user"),
        pytest.param({"htu": "/graphql"}, id="path_alone"),
        pytest.param({"htu": "https://graph.test:x/graphql"}, id="no_port"),
        pytest.param({"htu": "https://[x/graphql"}, id="no_host"),
        pytest.param({"htu": "https://graph.test/%ff"}, id="no_utf8"),
        pytest.param({"htu": ["https://graph.test/graphql"]}, id="list_as_address"),
        pytest.param({"htu": None}, id="no_address"),
        pytest.param({"iat": NOW - 61}, id="old"),
        pytest.param({"iat": NOW + 11}, id="future"),
        pytest.param({"iat": str(NOW)}, id="text_as_time"),
        pytest.param({"iat": True}, id="true_as_time"),
        pytest.param({"iat": float(NOW)}, id="fraction"),
        pytest.param({"iat": None}, id="no_time"),
        pytest.param({"ath": None}, id="no_token"),
        pytest.param({"ath": "A" * 43}, id="other_token"),
        pytest.param({"ath": "\udc80"}, id="no_text"),
        pytest.param({"ath": 7}, id="number_as_token"),
    ],
)
async def test_a34_a_proof_of_something_else(strict: Verifier, token: bytes, nonce: str, other: dict[str, Any]) -> None:
    assert (await refused(strict, token, shown(proof(head(), words(token, nonce, **other))))).fault is Fault.PROOF


@pytest.mark.parametrize(
    "member",
    [
        {"typ": "JWT"},
        {"typ": "at+jwt"},
        {"typ": None},
        {"typ": ["dpop+jwt"]},
        {"alg": "none"},
        {"alg": "HS256"},
        {"alg": "RS256"},
        {"alg": "ES384"},
        {"alg": "PS256"},
        {"alg": None},
        {"alg": ["ES256"]},
        {"jwk": None},
        {"jwk": "text"},
        {"jwk": {}},
        {"jwk": {"kty": "oct", "k": "AAAA"}},
        {"jwk": dict(KEY.as_dict(private=True))},
        {"jwk": {**KEY.as_dict(private=False), "use": "enc"}},
        {"jwk": dict(OTHER.as_dict(private=False))},
        {"jwk": {**KEY.as_dict(private=False), "y": "AA"}},
        {"jku": "https://stranger.example"},
        {"x5c": ["AA"]},
        {"crit": ["b64"], "b64": False},
    ],
)
async def test_a34_a_header_that_a_proof_does_not_have(
    strict: Verifier, token: bytes, nonce: str, member: dict[str, Any]
) -> None:
    assert (await refused(strict, token, shown(proof(head(**member), words(token, nonce))))).fault is Fault.PROOF


async def test_a34_signatures_that_prove_nothing(strict: Verifier, token: bytes, nonce: str) -> None:
    """Without any, by another key, with the public key as a secret, over other words."""
    made, body = proof(head(), words(token, nonce)), words(token, nonce)
    signed, _, signature = made.rpartition(b".")
    secret = OctKey.import_key(str(KEY.as_dict(private=False)["x"]))
    for forged in (
        signed + b".",
        signed,
        signed + b".AAAA",
        proof(head(), body, key=OTHER),
        proof(head(OTHER), body, key=OTHER),
        proof(head(alg="HS256"), body, key=secret, sign="HS256"),
        segment(head(alg="none")) + b"." + segment(body) + b".",
        segment(head()) + b"." + segment(body) + b"." + signature,
        proof(head(), b"[]"),
        proof(head(), b"{"),
        proof(head(), b'{"jti": "a", "jti": "b"}'),
        proof(head(), b"\xff"),
        b"a.b.c",
        b"x" * 5_000,
        proof(head(rsa("k-rsa"), alg="PS256"), body, key=rsa("k-rsa"), sign="RS256"),
    ):
        assert (await refused(strict, token, shown(forged))).fault is Fault.PROOF


async def test_a34_a_proof_is_good_once(strict: Verifier, token: bytes, nonce: str, clock: HeldClock) -> None:
    """Also at another moment, until it is too old by itself."""
    what = shown(proof(head(), words(token, nonce)))
    await strict.verify([b"DPoP " + token], what)
    for seconds in (0, 30, 30, 1, 19, 1):
        clock.pass_seconds(seconds)
        assert (await refused(strict, token, what)).fault is Fault.PROOF


async def test_a34_of_twelve_at_once_one_is_taken(strict: Verifier, token: bytes, nonce: str) -> None:
    what = shown(proof(head(), words(token, nonce)))
    done = await asyncio.gather(*(strict.verify([b"DPoP " + token], what) for _ in range(12)), return_exceptions=True)
    assert len([one for one in done if not isinstance(one, BaseException)]) == 1
    assert {type(one) for one in done if isinstance(one, BaseException)} == {InvalidToken}


async def test_the_same_name_by_another_key_is_another_proof(
    strict: Verifier, lasting_issuer: HostileIssuer, nonce: str
) -> None:
    """Nobody can use up the proofs of somebody else."""
    for key in (KEY, OTHER):
        token = bound(lasting_issuer.address, key)
        made = proof(head(key), words(token, nonce, jti="1"), key=key)
        await strict.verify([b"DPoP " + token], shown(made))


@pytest.mark.parametrize("wrong", [None, "", "x", "A" * 32, "\u00e9", 7, "A" * 65])
async def test_a34_a_proof_without_a_nonce_of_ours_is_told_one(strict: Verifier, token: bytes, wrong: Any) -> None:
    """RFC 9449 section 9; with it the next proof is taken."""
    error = await refused(strict, token, shown(proof(head(), words(token, wrong))))
    told = dict(error.headers("r"))
    assert told["WWW-Authenticate"].startswith('DPoP realm="r", error="use_dpop_nonce"')
    await strict.verify([b"DPoP " + token], shown(proof(head(), words(token, told["DPoP-Nonce"]))))


async def test_a34_a_nonce_ends(strict: Verifier, lasting_issuer: HostileIssuer, nonce: str, clock: HeldClock) -> None:
    """A proof cannot be made in advance by somebody who has the key for a moment."""
    token = bound(lasting_issuer.address, exp=NOW + 2_000)
    clock.pass_seconds(300)
    await strict.verify([b"DPoP " + token], shown(proof(head(), words(token, nonce, iat=NOW + 300))))
    clock.pass_seconds(1)
    error = await refused(strict, token, shown(proof(head(), words(token, nonce, iat=NOW + 301))))
    assert error.fault is Fault.NONCE


async def test_every_gateway_with_the_same_secret_knows_a_nonce(clock: HeldClock) -> None:
    nonce = possession(clock).nonces.new()
    assert possession(clock).nonces.takes(nonce)
    assert not possession(clock, secret=b"another").nonces.takes(nonce)


async def test_without_room_to_remember_a_proof_none_is_taken(
    lasting_issuer: HostileIssuer, http: httpx.AsyncClient, clock: HeldClock
) -> None:
    """Nothing that is still good is forgotten; once it is too old, there is room again."""
    judge = possession(clock, settings=DpopSettings(replays=ReplaySettings(most=2)))
    verifier = Verifier([settings_for(lasting_issuer.address)], http=http, clock=clock, possession=judge)
    token = bound(lasting_issuer.address)

    async def ask() -> None:
        now = int(clock.now().timestamp())
        made = proof(head(), words(token, judge.nonces.new(), iat=now))
        await verifier.verify([b"DPoP " + token], shown(made))

    await ask()
    await ask()
    with pytest.raises(ReplaysUnavailable) as caught:
        await ask()
    assert (caught.value.status, caught.value.headers("r")) == (503, [("Retry-After", "5")])
    clock.pass_seconds(81)
    await ask()


async def test_a90_bounds_that_make_no_sense_are_refused() -> None:
    for wrong in ({"proof_lifetime": 0}, {"leeway": 61}, {"nonce_lifetime": float("nan")}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            DpopSettings(**wrong)
    with pytest.raises(ValueError, match="url"):
        ReplaySettings(backend="redis")
