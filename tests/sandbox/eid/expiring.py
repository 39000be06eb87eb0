"""Things that are remembered for a while under a handle nobody can guess."""

import base64
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from connectors.clock import Clock
from tests.sandbox.eid.model import RandomBytes

Value = TypeVar("Value")

ROOM = 10_000
"""Most entries kept; beyond it the oldest goes, so that a flood of requests costs no memory."""


def handle(random: RandomBytes) -> str:
    """Give 256 bits as 43 letters, fit for an address, a cookie and a form."""
    return base64.urlsafe_b64encode(random(32)).rstrip(b"=").decode()


class Expiring(Generic[Value]):
    """A bounded memory: authorization codes, pending requests, sessions, seen assertion ids."""

    def __init__(self, clock: Clock, *, lifetime: timedelta) -> None:
        self._clock = clock
        self._lifetime = lifetime
        self._entries: OrderedDict[str, tuple[datetime, Value]] = OrderedDict()

    def put(self, name: str, value: Value) -> None:
        """Remember ``value``; entries past their time, and the oldest of too many, are let go."""
        now = self._clock.now()
        self._entries[name] = (now + self._lifetime, value)
        while self._entries:
            ends, _ = next(iter(self._entries.values()))
            if ends > now and len(self._entries) <= ROOM:
                return
            self._entries.popitem(last=False)

    def get(self, name: str) -> Value | None:
        """Give the value while it lives."""
        ends, value = self._entries.get(name, (None, None))
        return value if ends is not None and ends > self._clock.now() else None

    def take(self, name: str) -> Value | None:
        """Give the value once: the second asker gets nothing."""
        value = self.get(name)
        self._entries.pop(name, None)
        return value
