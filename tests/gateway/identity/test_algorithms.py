"""Which published keys are fit for use."""

from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey, OKPKey

from gateway.identity.algorithms import ALGORITHMS, UnfitKey, fits, public_key
from tests.gateway.identity.forging import base64url, ec, pss, public, rsa

USUAL = ("RS256", "PS256", "ES256")


def jwk(**other: Any) -> dict[str, Any]:
    whole = {**public(rsa("k-rsa"))[0], **other}
    return {name: value for name, value in whole.items() if value is not None}


def test_no_algorithm_without_a_public_key_is_known() -> None:
    assert not [name for name in ALGORITHMS if name[:2] not in {"RS", "PS", "ES"}]


@pytest.mark.parametrize("key", [rsa("k-rsa"), pss("k-ps"), ec("k-ec")])
def test_sound_keys_are_taken(key: Any) -> None:
    assert public_key(public(key)[0], USUAL).kid == key.kid


def test_a_key_fits_its_own_algorithm_only() -> None:
    published = public_key(public(pss("k-ps"))[0], USUAL)
    assert [name for name in ALGORITHMS if fits(published, name)] == ["PS256"]
    free = public_key(jwk(alg=None), USUAL)
    assert [name for name in USUAL if fits(free, name)] == ["RS256", "PS256"]
    assert fits(public_key(public(ec("k-ec"))[0], USUAL), "ES256")


@pytest.mark.parametrize(
    ("published", "reason"),
    [
        ("text", "not an object"),
        (jwk(kid=None), "without a usable key id"),
        (jwk(kid=7), "without a usable key id"),
        (jwk(kid=""), "without a usable key id"),
        (jwk(kid="k" * 257), "without a usable key id"),
        (jwk(use="enc"), "not for signatures"),
        (jwk(use=["sig"]), "not for signatures"),
        (jwk(key_ops=["encrypt"]), "not for verifying"),
        (jwk(key_ops="verify"), "not for verifying"),
        (jwk(alg="RSA-OAEP"), "not for an allowed algorithm"),
        (jwk(alg="RS512"), "not for an allowed algorithm"),
        (jwk(alg=["RS256"]), "not for an allowed algorithm"),
        (jwk(kty="oct"), "not for an allowed algorithm"),
        (jwk(kty=None), "not for an allowed algorithm"),
        (jwk(n=base64url((2**1023 + 1).to_bytes(128, "big")).decode()), "RSA of a wrong size"),
        (jwk(n=base64url((2**8192 + 1).to_bytes(1025, "big")).decode()), "RSA of a wrong size"),
        (jwk(e="AQ"), "RSA with a wrong exponent"),
        (jwk(e="Ag"), "RSA with a wrong exponent"),
        (jwk(e=base64url(b"\x01" * 5).decode()), "RSA with a wrong exponent"),
        (jwk(n="§"), "broken"),
        (jwk(n=5), "broken"),
        (jwk(n=None), "broken"),
        (dict(rsa("k-rsa").as_dict(private=True)), "symmetric or private"),
        (dict(OctKey.generate_key(256, {"kid": "o"}).as_dict()), "symmetric or private"),
        ({**public(ec("k-ec"))[0], "x": "AA"}, "broken"),
        ({**public(ec("k-ec"))[0], "y": None}, "broken"),
        (public(ec("k-384", "P-384"))[0], "not for an allowed algorithm"),
        (public(ec("k-koblitz", "secp256k1"))[0], "not for an allowed algorithm"),
        (public(OKPKey.generate_key("Ed25519", {"kid": "e"}))[0], "not for an allowed algorithm"),
    ],
)
def test_an_unfit_key_is_refused_with_its_reason(published: Any, reason: str) -> None:
    with pytest.raises(UnfitKey, match=f"^{reason}$"):
        public_key(published, USUAL)


def test_a_point_off_the_curve_is_refused() -> None:
    """An invalid-curve key must not get as far as a signature check."""
    point = public(ECKey.generate_key("P-256", {"kid": "x"}))[0]
    with pytest.raises(UnfitKey, match=r"^broken$"):
        public_key({**point, "y": point["x"]}, USUAL)
