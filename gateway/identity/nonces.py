"""Nonces that this gateway gives to clients (RFC 9449 section 9): no state, all gateways with one secret know them.

A nonce tells when it was made, sealed. So a proof cannot be made in advance, by somebody who has the key for a moment.
"""

import hmac

from joserfc.util import urlsafe_b64decode, urlsafe_b64encode

from connectors.clock import Clock

_SEAL_BYTES = 16
_PURPOSE = b"citizen-graph dpop nonce"
_AHEAD = 5
"""Seconds by which the clocks of two gateways may differ."""


class Nonces:
    """Makes nonces, and knows its own again."""

    def __init__(self, secret: bytes, *, clock: Clock, lifetime: float) -> None:
        self._key = hmac.digest(secret, _PURPOSE, "sha256")
        self._clock = clock
        self._lifetime = lifetime

    def new(self) -> str:
        """Give one."""
        made_at = int(self._clock.now().timestamp()).to_bytes(8, "big")
        return urlsafe_b64encode(made_at + self._seal(made_at)).decode()

    def takes(self, nonce: object) -> bool:
        """Whether this is one of ours, and not too old."""
        if not isinstance(nonce, str) or len(nonce) > 64 or not nonce.isascii():
            return False
        try:
            raw = urlsafe_b64decode(nonce.encode())
        except ValueError:
            return False
        made_at, seal = raw[:8], raw[8:]
        if not hmac.compare_digest(seal, self._seal(made_at)):
            return False
        age = self._clock.now().timestamp() - int.from_bytes(made_at, "big")
        return -_AHEAD <= age <= self._lifetime

    def _seal(self, made_at: bytes) -> bytes:
        return hmac.digest(self._key, made_at, "sha256")[:_SEAL_BYTES]
