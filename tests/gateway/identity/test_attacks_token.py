"""Attacks 0 to 11 and 25 to 27, numbered as in the project's list: the signature and the form of a token.

Each must end in one plain refusal that tells nothing.
"""

import base64
import hashlib
import hmac
import json
import random
import time
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc.jwk import Key
from structlog.testing import capture_logs

from gateway.identity import Fault, InvalidToken, Verifier
from tests.gateway.identity.forging import (
    NUMBER,
    base64url,
    claims,
    compact,
    ec,
    header,
    pss,
    public,
    rsa,
    segment,
    settings_for,
)
from tests.gateway.identity.hostile_issuer import HostileIssuer
from tests.gateway.identity.judging import accepted, all_refused, fault_of, fault_of_headers
from tests.sandbox.eid.held_clock import HeldClock

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@pytest.fixture
def good(lasting_issuer: HostileIssuer) -> bytes:
    """An honest token: every attack starts from one that would be taken."""
    return compact(header(), claims(lasting_issuer.address))


async def test_a00_the_honest_token_is_taken(verifier: Verifier, good: bytes) -> None:
    """The control: without it every test below could pass for a wrong reason."""
    assert (await accepted(verifier, good)).personal_id == NUMBER


async def test_a01_no_header_or_another_scheme(verifier: Verifier, good: bytes) -> None:
    nothing: list[list[bytes]] = [[], [b""], [b"Bearer"], [b"Bearer "], [b"Basic " + good], [good], [b"DPoP"]]
    for headers in nothing:
        assert await fault_of_headers(verifier, headers) is Fault.MISSING
    assert await fault_of_headers(verifier, [b"DPoP " + good]) is Fault.UNBOUND


async def test_a02_the_verifier_is_given_the_authorization_header_and_nothing_else(verifier: Verifier) -> None:
    """A token elsewhere cannot count: there is no way to hand one in. The challenge names the schemes alone."""
    with pytest.raises(InvalidToken) as caught:
        await verifier.verify([])
    assert caught.value.challenges("graph")[0] == 'Bearer realm="graph"'


async def test_a03_two_headers_or_a_list_of_tokens(verifier: Verifier, good: bytes) -> None:
    twice = b"Bearer " + good
    for headers in ([twice, twice], [twice, b""], [twice + b", " + twice], [twice + b"," + good], [twice + b" x"]):
        assert await fault_of_headers(verifier, headers) is Fault.MALFORMED


async def test_a04_alg_none_in_any_spelling(verifier: Verifier, good: bytes, lasting_issuer: HostileIssuer) -> None:
    body = segment(claims(lasting_issuer.address))
    spellings: list[Any] = ["none", "None", "NONE", "nOnE", "", None, ["RS256"], {"a": "RS256"}, 256, True]
    headers = [{**header(), "alg": alg} for alg in spellings] + [header(alg=None)]
    signature = good.split(b".")[2]
    unsigned = [segment(head) + b"." + body + b"." + tail for head in headers for tail in (b"", signature, b"AA")]
    await all_refused(verifier, unsigned, Fault.UNTRUSTED, Fault.MALFORMED)


def hmac_signed(secret: bytes, algorithm: str, issuer: HostileIssuer) -> bytes:
    digest = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}[algorithm]
    signed = segment(header(algorithm=algorithm)) + b"." + segment(claims(issuer.address))
    return signed + b"." + base64url(hmac.new(secret, signed, digest).digest())


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
async def test_a05_hmac_keyed_with_the_public_key(
    verifier: Verifier, lasting_issuer: HostileIssuer, algorithm: str
) -> None:
    key = rsa("k-rsa")
    jwk = public(key)[0]
    modulus = jwk["n"].encode()
    native = key.public_key
    secrets: list[bytes] = [
        native.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        native.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        json.dumps(jwk).encode(),
        modulus,
        base64.urlsafe_b64decode(modulus + b"=="),
    ]
    tokens = [hmac_signed(secret, algorithm, lasting_issuer) for secret in secrets]
    await all_refused(verifier, tokens, Fault.UNTRUSTED)


async def test_a06_hmac_with_a_guessable_key(verifier: Verifier, lasting_issuer: HostileIssuer) -> None:
    secrets = [b"", b"secret", b"password", b"k-rsa", lasting_issuer.address.encode()]
    await all_refused(verifier, [hmac_signed(s, "HS256", lasting_issuer) for s in secrets], Fault.UNTRUSTED)


async def test_a07_signature_stripped_cut_extended_or_payload_swapped(
    verifier: Verifier, good: bytes, lasting_issuer: HostileIssuer
) -> None:
    head, body, signature = good.split(b".")
    other = segment(claims(lasting_issuer.address, citizen_pid="079085998002"))
    tokens = [
        b".".join(parts)
        for parts in (
            (head, body, b""),
            (head, body),
            (head, body, signature[:-4]),
            (head, body, signature + b"AAAA"),
            (head, body, b"A" * len(signature)),
            (head, other, signature),
            (segment(header(extra=1)), body, signature),
        )
    ]
    await all_refused(verifier, tokens, Fault.UNTRUSTED, Fault.MALFORMED)


def as_32_bytes(value: int) -> bytes:
    return value.to_bytes(32, "big")


async def test_a08_degenerate_ecdsa_signatures(verifier: Verifier, lasting_issuer: HostileIssuer) -> None:
    signed = segment(header("k-ec", "ES256")) + b"." + segment(claims(lasting_issuer.address))
    honest = base64.urlsafe_b64decode(
        compact(header("k-ec", "ES256"), claims(lasting_issuer.address), key=ec("k-ec"), sign="ES256").split(b".")[2]
        + b"=="
    )
    r, s = honest[:32], honest[32:]
    signatures = [
        as_32_bytes(0) + as_32_bytes(0),
        as_32_bytes(P256_ORDER) + as_32_bytes(1),
        as_32_bytes(1) + as_32_bytes(0),
        as_32_bytes(P256_ORDER) + as_32_bytes(P256_ORDER),
        as_32_bytes(1) + as_32_bytes(1),
        b"\x00" * 8 + r + s,
        b"\x00" + r + b"\x00" + s,
        b"\x30\x44\x02\x20" + r + b"\x02\x20" + s,
        r,
        b"",
    ]
    await accepted(verifier, signed + b"." + base64url(honest))
    tokens = [signed + b"." + base64url(signature) for signature in signatures]
    await all_refused(verifier, tokens, Fault.UNTRUSTED, Fault.MALFORMED)


async def test_a09_another_curve_or_key_type(issuer: HostileIssuer, http: httpx.AsyncClient, clock: HeldClock) -> None:
    p384, koblitz = ec("k-384", "P-384"), ec("k-k1", "secp256k1")
    issuer.publish(public(rsa("k-rsa"), ec("k-ec"), p384, koblitz))
    verifier = Verifier([settings_for(issuer.address)], http=http, clock=clock)
    body = claims(issuer.address)
    tokens = [
        compact(header("k-384", "ES384"), body, key=p384, sign="ES384"),
        compact(header("k-384", "ES256"), body, key=p384, sign="ES384"),
        compact(header("k-k1", "ES256K"), body, key=koblitz, sign="ES256K"),
        compact(header("k-k1", "ES256"), body, key=koblitz, sign="ES256K"),
        compact(header("k-rsa", "ES256"), body, key=ec("k-ec"), sign="ES256"),
        compact(header("k-ec", "RS256"), body),
    ]
    await all_refused(verifier, tokens, Fault.UNTRUSTED)
    assert (await accepted(verifier, compact(header(), body))).subject == "an"


async def test_a10_signed_by_a_stranger_or_with_a_key_made_for_another_algorithm(
    verifier: Verifier, lasting_issuer: HostileIssuer
) -> None:
    body = claims(lasting_issuer.address)
    tokens = [
        compact(header(), body, key=rsa("stranger")),
        compact(header("k-ec", "ES256"), body, key=ec("stranger-ec"), sign="ES256"),
        compact(header("k-ps", "RS256"), body, key=pss("k-ps")),
        compact(header("k-rsa", "PS256"), body, key=free_of_algorithm(rsa("k-rsa")), sign="PS256"),
    ]
    await all_refused(verifier, tokens, Fault.UNTRUSTED)


def free_of_algorithm(key: Any) -> Key:
    """Give the same private key without its own ``alg``, as an attacker inside the issuer would use it."""
    members = {name: value for name, value in key.as_dict(private=True).items() if name != "alg"}
    return type(key).import_key(members)  # type: ignore[no-any-return]  # the class of a key makes keys


async def test_a11_weak_symmetric_and_encryption_keys_in_the_key_set_are_ignored(
    issuer: HostileIssuer, http: httpx.AsyncClient, clock: HeldClock
) -> None:
    weak = {**public(rsa("k-weak"))[0], "n": base64url((2**1023 + 1).to_bytes(128, "big")).decode()}
    shared = {"kty": "oct", "kid": "k-oct", "k": base64url(b"x" * 32).decode(), "alg": "HS256"}
    hidden = {**public(rsa("k-enc"))[0], "use": "enc"}
    issuer.publish([weak, shared, hidden, *public(rsa("k-rsa"))])
    verifier = Verifier([settings_for(issuer.address)], http=http, clock=clock)
    body = claims(issuer.address)
    tokens = [
        compact(header("k-weak"), body, key=rsa("k-weak")),
        compact(header("k-oct"), body),
        compact(header("k-enc"), body, key=rsa("k-enc")),
    ]
    with capture_logs() as events:
        await all_refused(verifier, tokens, Fault.UNTRUSTED)
    assert [event["event"] for event in events] == ["identity.key_ignored"] * 3
    assert (await accepted(verifier, compact(header(), body))).subject == "an"


async def test_a25_too_long_too_wide_or_too_deep_is_refused_quickly(
    verifier: Verifier, lasting_issuer: HostileIssuer
) -> None:
    body = json.dumps(claims(lasting_issuer.address)).encode()[:-1]
    wide = json.dumps({str(number): number for number in range(10_000)}).encode()[1:-1]
    tokens = [
        compact(header(), body + b', "x": "' + b"y" * 20_000 + b'"}'),
        compact(header(), body + b", " + wide + b"}"),
        compact(header(), body + b', "x": ' + b"[" * 20_000 + b"]" * 20_000 + b"}"),
        compact(header(), body + b', "x": ' + b"[" * 2_500 + b"]" * 2_500 + b"}"),
        compact(b'{"x": ' + b"[" * 2_500 + b"]" * 2_500 + b"}", body + b"}"),
        b"A" * 1_000_000,
        b"." * 1_000_000,
    ]
    begun = time.perf_counter()
    await all_refused(verifier, tokens, Fault.MALFORMED)
    assert time.perf_counter() - begun < 2


async def test_a26_garbage(verifier: Verifier, good: bytes, lasting_issuer: HostileIssuer) -> None:
    head, body, signature = good.split(b".")
    flattened = json.dumps({"protected": head.decode(), "payload": body.decode(), "signature": signature.decode()})
    nested = compact({**header(), "cty": "JWT"}, good)
    tokens = [
        b"x",
        b"..",
        b"a.b.c",
        b"\xff\xfe.\x00.\x01",
        head + b"." + body,
        good + b"." + signature,
        good + b"." + signature + b"." + signature,
        head + b".!!!." + signature,
        head + b"." + body + b"==." + signature,
        head + b"." + base64url(b'{"iss":') + b"." + signature,
        head + b"." + base64url(b'{"iss": "\xff"}') + b"." + signature,
        compact(header(), b'{"exp": NaN}'),
        compact(header(), b"[]"),
        compact(header(), b"null"),
        compact(b'"RS256"', segment(claims(lasting_issuer.address))),
        flattened.encode(),
        nested,
        good.replace(b".", b"\n."),
        good + b"\n",
    ]
    await all_refused(verifier, tokens, Fault.MALFORMED, Fault.UNTRUSTED)


async def test_a27_two_hundred_random_mutations_never_verify(verifier: Verifier, good: bytes) -> None:
    chance = random.Random(27)  # noqa: S311 (mutations, not secrets)
    alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/,"
    for _ in range(200):
        token = mutated(good, chance, alphabet)
        if token != good:
            assert await fault_of(verifier, token)


def mutated(token: bytes, chance: random.Random, alphabet: bytes) -> bytes:
    """Change, drop, insert, swap or cut at one to three random places."""
    letters = bytearray(token)
    for _ in range(chance.randint(1, 3)):
        place, other = chance.randrange(len(letters)), chance.randrange(len(letters))
        match chance.randrange(5):
            case 0:
                letters[place] = chance.choice(alphabet)
            case 1:
                del letters[place]
            case 2:
                letters.insert(place, chance.choice(alphabet))
            case 3:
                letters[place], letters[other] = letters[other], letters[place]
            case _:
                del letters[place : place + chance.randint(1, 20)]
    return bytes(letters)
