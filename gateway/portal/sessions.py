"""Who is signed in to the explorer: kept in memory, found by a random cookie, forgotten when the token ends."""

import secrets
from collections import OrderedDict
from datetime import datetime
from typing import Generic, TypeVar

from msgspec import Struct

from connectors.clock import Clock

V = TypeVar("V")


class _Kept(Struct, Generic[V], frozen=True):
    value: V
    until: datetime


class Sessions(Generic[V]):
    """Values under unguessable names, each until its time; the oldest goes when there are too many."""

    def __init__(self, clock: Clock, *, most: int = 1000) -> None:
        self._clock = clock
        self._most = most
        self._kept: OrderedDict[str, _Kept[V]] = OrderedDict()

    def keep(self, value: V, *, until: datetime) -> str:
        """Keep the value; give its name, of 256 random bits."""
        self._forget_ended()
        name = secrets.token_urlsafe(32)
        self._kept[name] = _Kept(value, until)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return name

    def get(self, name: str) -> V | None:
        """The value of that name, if its time has not come."""
        kept = self._kept.get(name)
        return kept.value if kept and self._clock.now() < kept.until else None

    def take(self, name: str) -> V | None:
        """The same, once."""
        value = self.get(name)
        self._kept.pop(name, None)
        return value

    def _forget_ended(self) -> None:
        """A token that has ended is of no use to its owner, and of some to whoever reads our memory."""
        now = self._clock.now()
        for name in [name for name, kept in self._kept.items() if kept.until <= now]:
            del self._kept[name]
