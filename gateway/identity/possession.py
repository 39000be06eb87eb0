"""Is it the holder who shows the token? Tokens that are bound to a key or a certificate, and what proves either.

A bound token is worth nothing to a thief: it is taken with a fresh proof of the key (DPoP, RFC 9449), or over a
connection that proved the certificate (RFC 8705). A token bound in a way that is not known here is refused: taken as a
plain bearer token, a stolen one would do.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from joserfc.util import urlsafe_b64encode
from msgspec import Struct

from connectors.clock import Clock
from gateway.identity.credentials import Credentials
from gateway.identity.dpop import Expected, ProofReader
from gateway.identity.dpop_settings import DpopSettings
from gateway.identity.errors import Fault, InvalidToken
from gateway.identity.nonces import Nonces
from gateway.identity.replays import Replays, replays_of

_THUMBPRINT = re.compile(r"[A-Za-z0-9_-]{43}")
_METHODS = {"jkt": "key", "x5t#S256": "certificate"}


class Shown(Struct, frozen=True, kw_only=True):
    """What a request shows beside its token."""

    method: str = ""
    path: str = ""
    """As received, without the query."""
    proofs: Sequence[bytes] = ()
    """Values of all ``DPoP`` headers."""
    certificate: str | None = None
    """Thumbprint of the client certificate that its connection proved: SHA-256 in base64url, as in ``x5t#S256``."""


NOTHING = Shown()


class Binding(Struct, frozen=True):
    """To what a token is bound: thumbprints, as its ``cnf`` gives them."""

    key: str | None = None
    certificate: str | None = None


def binding_of(claims: Mapping[str, Any]) -> Binding:
    """Give what the claim ``cnf`` says (RFC 7800).

    Raises:
        InvalidToken: it is bound in a way that is not known here, or to nothing that can be read.
    """
    if "cnf" not in claims:
        return Binding()
    confirmation = claims["cnf"]
    if not isinstance(confirmation, dict) or not confirmation or not confirmation.keys() <= _METHODS.keys():
        raise InvalidToken(Fault.SENDER_CONSTRAINED, cause="the token is bound in a way that is not known (cnf)")
    if not all(isinstance(one, str) and _THUMBPRINT.fullmatch(one) for one in confirmation.values()):
        raise InvalidToken(Fault.SENDER_CONSTRAINED, cause="a thumbprint of cnf cannot be read")
    return Binding(**{_METHODS[name]: value for name, value in confirmation.items()})


class Possession:
    """Judges whether what a request shows fits what its token is bound to."""

    def __init__(
        self,
        *,
        clock: Clock,
        address: str = "",
        secret: bytes | None = None,
        settings: DpopSettings | None = None,
        replays: Replays | None = None,
    ) -> None:
        """Make the judge.

        Args:
            clock: the wall clock judges proofs, the stop-watch how long they are remembered.
            address: scheme and host under which callers reach this gateway: proofs must be made for it.
            secret: shared by all gateways behind that address, so that each takes the other's nonces.
            settings: how long a proof and a nonce are good.
            replays: remembers which proofs were used; this process's own memory when not given.
        """
        bounds = settings or DpopSettings()
        self.nonces = Nonces(secret or secrets.token_bytes(32), clock=clock, lifetime=bounds.nonce_lifetime)
        self._replays = replays or replays_of(bounds.replays, clock)
        self._proofs = ProofReader(settings=bounds, nonces=self.nonces, replays=self._replays, clock=clock)
        self._address = address

    async def check(self, binding: Binding, credentials: Credentials, shown: Shown) -> None:
        """Pass if the request proves all that the token is bound to.

        Raises:
            InvalidToken: it does not.
            ReplaysUnavailable: nobody can say whether the proof was used before.
        """
        if binding.certificate is not None and not _same(binding.certificate, shown.certificate):
            raise InvalidToken(Fault.CERTIFICATE, cause="the connection does not prove the token's certificate")
        if binding.key is None:
            if credentials.scheme == "DPoP":
                raise InvalidToken(Fault.UNBOUND, cause="a token without a key is shown as DPoP")
            return
        if credentials.scheme != "DPoP":
            raise InvalidToken(Fault.PROOF, cause="a token that is bound to a key is shown as a bearer token")
        expected = Expected(
            method=shown.method,
            address=self._address,
            path=shown.path,
            token_hash=urlsafe_b64encode(hashlib.sha256(credentials.token).digest()).decode(),
            key=binding.key,
        )
        await self._proofs.check(shown.proofs, expected)

    async def aclose(self) -> None:
        """Let go of what is open."""
        await self._replays.aclose()


def _same(one: str, other: str | None) -> bool:
    return other is not None and hmac.compare_digest(one, other)
