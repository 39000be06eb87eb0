"""Tokens that were found good a moment ago: the signature of each is checked once, not with every request.

Kept is what the token proved, under the SHA-256 of the token: who reads this memory has no token. What can change
meanwhile is judged with every request all the same: the time, the issuer's keys, a revocation, the holder's proof.
"""

import hashlib
from collections import OrderedDict

from msgspec import Struct

from connectors.clock import Clock
from gateway.identity.possession import Binding
from resolvers.access.caller import Caller


class Verified(Struct, frozen=True, kw_only=True):
    """What a token proved."""

    caller: Caller
    binding: Binding
    begins: int
    """Not good before; seconds since 1970."""
    ends: int
    """Not good from then on."""


class VerifiedTokens:
    """A bounded memory; what was not used for longest goes first."""

    def __init__(self, clock: Clock, *, most: int, longest: float) -> None:
        """Make an empty one.

        Args:
            clock: its stop-watch tells how long a token was kept.
            most: tokens kept at once.
            longest: seconds after which a token is judged anew.
        """
        self._clock = clock
        self._most = most
        self._longest = longest
        self._entries: OrderedDict[bytes, tuple[float, int | None, Verified]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, token: bytes) -> tuple[int | None, Verified] | None:
        """What the token proved, and by which edition of its issuer's keys; ``None`` when it has to be judged.

        A token that its issuer was asked about was proved by no key: its edition is ``None``.
        """
        name = _name(token)
        entry = self._entries.get(name)
        if entry is None:
            return None
        until, edition, verified = entry
        if until <= self._clock.monotonic():
            del self._entries[name]
            return None
        self._entries.move_to_end(name)
        return edition, verified

    def keep(self, token: bytes, verified: Verified, edition: int | None, *, longest: float | None = None) -> None:
        """Remember a token that was found good, for a shorter time where that is said."""
        left = verified.ends - self._clock.now().timestamp()
        seconds = min(left, self._longest if longest is None else min(longest, self._longest))
        self._entries[_name(token)] = (self._clock.monotonic() + seconds, edition, verified)
        if len(self._entries) > self._most:
            self._entries.popitem(last=False)


def _name(token: bytes) -> bytes:
    return hashlib.sha256(token).digest()
