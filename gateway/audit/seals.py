"""Seals: nobody who can write to the store alone can make a row that looks as if a gateway had written it."""

import hmac
from collections.abc import Sequence

_LENGTH = 16


class Sealer:
    """Seals with the newest of our keys, and knows the seals of the earlier ones."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        """Derive a key for seals of each.

        Args:
            keys: the identifier keys, the newest first.
        """
        # Each key is taken in once: a seal of some bytes would cost as much again for that.
        self._keys = [hmac.new(hmac.digest(key, b"access log", "sha256"), digestmod="sha256") for key in keys]

    def entry(self, place: int, leaf: bytes) -> bytes:
        """Of an entry at its place in the log."""
        return _seal(self._keys[0], _of_entry(place, leaf))

    def head(self, size: int, peaks: bytes) -> bytes:
        """Of the end of the log."""
        return _seal(self._keys[0], _of_head(size, peaks))

    def line(self, content: bytes) -> bytes:
        """Of a line in the spool."""
        return _seal(self._keys[0], b"line" + content)

    def fits_entry(self, seal: bytes, place: int, leaf: bytes) -> bool:
        """Whether that is the seal of this entry."""
        return self._fits(seal, _of_entry(place, leaf))

    def fits_head(self, seal: bytes, size: int, peaks: bytes) -> bool:
        """Whether that is the seal of this end. An empty log needs none."""
        return self._fits(seal, _of_head(size, peaks)) if size else not peaks

    def fits_line(self, seal: bytes, content: bytes) -> bool:
        """Whether that is the seal of this line."""
        return self._fits(seal, b"line" + content)

    def _fits(self, seal: bytes, content: bytes) -> bool:
        return any(hmac.compare_digest(seal, _seal(key, content)) for key in self._keys)


def _of_entry(place: int, leaf: bytes) -> bytes:
    return b"entry" + place.to_bytes(8) + leaf


def _of_head(size: int, peaks: bytes) -> bytes:
    return b"head" + size.to_bytes(8) + peaks


def _seal(key: hmac.HMAC, content: bytes) -> bytes:
    sealing = key.copy()
    sealing.update(content)
    return sealing.digest()[:_LENGTH]
