"""New ids: unguessable, and made without asking the system for chance each time."""

import os
from datetime import datetime

_AT_ONCE = 4096
_LONGEST = 16


class _Chance:
    """Random bytes of the system, taken some thousand at once. A forked process begins with none of its parent's."""

    def __init__(self) -> None:
        self._bytes = b""
        self._used = 0
        os.register_at_fork(after_in_child=self.forget)

    def forget(self) -> None:
        """Take new ones next."""
        self._bytes, self._used = b"", 0

    def take(self, count: int) -> bytes:
        """So many, which nobody else is given."""
        start = self._used
        if start + count > len(self._bytes):
            self._bytes, start = os.urandom(_AT_ONCE), 0
        self._used = start + count
        return self._bytes[start : start + count]


_CHANCE = _Chance()


def new_id() -> str:
    """32 hexadecimal digits: 128 bits of chance."""
    return _CHANCE.take(_LONGEST).hex()


def new_id_in_order(at: datetime) -> str:
    """32 hexadecimal digits that sort by that time: its milliseconds, and 80 bits of chance (as in RFC 9562, UUIDv7).

    A database with an index of them writes at its end, and not all over it.
    """
    return f"{int(at.timestamp() * 1000):012x}{_CHANCE.take(10).hex()}"
