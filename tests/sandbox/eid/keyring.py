"""The signing keys of the sandbox e-ID, and their rotation."""

from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey
from joserfc.jws import JWSRegistry

ALGORITHMS = ("RS256", "ES256", "PS256")
SigningKey = RSAKey | ECKey


@dataclass(frozen=True, slots=True)
class Generation:
    """One key per algorithm, made together and withdrawn together."""

    keys: dict[str, SigningKey]


def new_generation() -> Generation:
    """Make fresh keys: RSA 2048 for RS256 and PS256, P-256 for ES256.

    The randomness is the machine's own: no library lets a signing key be drawn from a generator passed in.
    """
    return Generation({algorithm: _new_key(algorithm) for algorithm in ALGORITHMS})


def _new_key(algorithm: str) -> SigningKey:
    key: SigningKey
    if algorithm == "ES256":
        key = ECKey.generate_key("P-256", {"use": "sig", "alg": algorithm})
    else:
        key = RSAKey.generate_key(2048, {"use": "sig", "alg": algorithm})
    key.ensure_kid()
    return key


class KeyRing:
    """Signs with the newest generation, publishes all that are not withdrawn."""

    def __init__(self) -> None:
        self._generations: tuple[Generation, ...] = (new_generation(),)

    def rotate(self, *, keep_old: bool) -> None:
        """Sign with new keys from now on; without ``keep_old`` the old ones leave the published set at once."""
        old = self._generations if keep_old else ()
        self._generations = (*old, new_generation())

    def signing(self, algorithm: str) -> SigningKey:
        """Give the newest private key for ``algorithm``."""
        return self._generations[-1].keys[algorithm]

    def sign(self, claims: dict[str, Any], *, algorithm: str, header: dict[str, Any]) -> str:
        """Give a compact JWS; ``header`` wins over the ``alg`` and ``kid`` of the key."""
        key = self.signing(algorithm)
        whole = {"alg": algorithm, "kid": key.kid, **header}
        registry = JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)
        return jwt.encode(whole, claims, key, registry=registry, default_type=None)

    def verify(self, token: str) -> jwt.Token:
        """Give a token of our own, checked for its signature only.

        Raises:
            JoseError: the signature is not one of a key that is published now.
        """
        return jwt.decode(token, self._published(), algorithms=list(ALGORITHMS))

    def jwks(self) -> dict[str, Any]:
        """Give the key set as published (RFC 7517 section 5): public members only."""
        return dict(self._published().as_dict(private=False))

    def _published(self) -> KeySet:
        return KeySet([key for generation in self._generations for key in generation.keys.values()])
