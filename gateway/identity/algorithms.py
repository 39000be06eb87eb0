"""The signatures we know, and which published keys are fit for them."""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey
from joserfc.util import urlsafe_b64decode

PublicKey = RSAKey | ECKey

LEAST_RSA_BITS, MOST_RSA_BITS = 2048, 8192
"""RFC 7518 section 3.3 asks for 2048; the upper bound keeps one hostile key from costing seconds per signature."""

MOST_EXPONENT = 2**32
_PRIVATE_MEMBERS = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}
_MOST_KID = 256


class Needs(NamedTuple):
    """Which key an algorithm needs."""

    key_type: str
    curve: str | None


ALGORITHMS: Mapping[str, Needs] = {
    **{f"{family}{bits}": Needs("RSA", None) for family in ("RS", "PS") for bits in (256, 384, 512)},
    "ES256": Needs("EC", "P-256"),
    "ES384": Needs("EC", "P-384"),
    "ES512": Needs("EC", "P-521"),
}
"""Public-key signatures of RFC 7518 section 3.1. ``none`` and the HMAC family are not merely off: they are not here."""


class UnfitKey(Exception):
    """A published key that must not be used; the text says why and quotes nothing of it."""


def public_key(jwk: Any, algorithms: Collection[str]) -> PublicKey:
    """Give a published key (RFC 7517 section 4) if it is fit for one of ``algorithms``.

    Raises:
        UnfitKey: weak, symmetric, private, for encryption, for another algorithm, nameless, or broken.
    """
    if not isinstance(jwk, dict):
        raise UnfitKey("not an object")
    _check_members(jwk)
    fitting = [name for name in algorithms if _is_made_for(jwk, name)]
    if not fitting:
        raise UnfitKey("not for an allowed algorithm")
    if jwk["kty"] == "RSA":
        _check_modulus(jwk)
    try:
        return RSAKey.import_key(jwk) if jwk["kty"] == "RSA" else ECKey.import_key(jwk)
    except (JoseError, ValueError, TypeError, KeyError):
        raise UnfitKey("broken") from None


def fits(key: PublicKey, algorithm: str) -> bool:
    """Whether a key that was found fit in general may check a signature of this algorithm."""
    return _is_made_for(key.dict_value, algorithm)


def _is_made_for(jwk: Mapping[str, Any], algorithm: str) -> bool:
    needs = ALGORITHMS[algorithm]
    return (
        jwk.get("kty") == needs.key_type
        and (needs.curve is None or jwk.get("crv") == needs.curve)
        and jwk.get("alg", algorithm) == algorithm
    )


def _check_members(jwk: dict[str, Any]) -> None:
    kid = jwk.get("kid")
    if not isinstance(kid, str) or not 0 < len(kid) <= _MOST_KID:
        raise UnfitKey("without a usable key id")
    if jwk.keys() & _PRIVATE_MEMBERS:
        raise UnfitKey("symmetric or private")
    if jwk.get("use", "sig") != "sig":
        raise UnfitKey("not for signatures")
    operations = jwk.get("key_ops", ["verify"])
    if not isinstance(operations, list) or "verify" not in operations:
        raise UnfitKey("not for verifying")


def _check_modulus(jwk: dict[str, Any]) -> None:
    bits, exponent = _number(jwk.get("n")).bit_length(), _number(jwk.get("e"))
    if not LEAST_RSA_BITS <= bits <= MOST_RSA_BITS:
        raise UnfitKey("RSA of a wrong size")
    if not (2 < exponent < MOST_EXPONENT and exponent % 2):
        raise UnfitKey("RSA with a wrong exponent")


def _number(text: Any) -> int:
    """Give a Base64urlUInt (RFC 7518 section 2)."""
    if not isinstance(text, str):
        raise UnfitKey("broken")
    try:
        return int.from_bytes(urlsafe_b64decode(text.encode()), "big")
    except ValueError:
        raise UnfitKey("broken") from None
