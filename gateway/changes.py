"""What changed, and that there are notices, for whoever listens in this process. No copy of anything, and no number.

A listener that is slow loses nothing but repetition: what it has not taken yet is kept once per source and class.
"""

import asyncio
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

from resolvers.changes import Heard


class Listening:
    """The changes about one citizen from when the listening began."""

    def __init__(self) -> None:
        self._waiting: dict[Hashable, Heard] = {}
        self._some = asyncio.Event()

    def put(self, change: Heard) -> None:
        """Keep a change until it is taken; of the same source and class only the newest."""
        known = self._waiting.get(change.topic)
        if known is None or known.at <= change.at:
            self._waiting[change.topic] = change
        self._some.set()

    async def take(self) -> Heard:
        """The next change, as soon as there is one. Who stops waiting takes none away."""
        await self._some.wait()
        change = self._waiting.pop(next(iter(self._waiting)))
        if not self._waiting:
            self._some.clear()
        return change


class Changes:
    """Passes changes on. One per process."""

    def __init__(self) -> None:
        self._listening: dict[str, set[Listening]] = {}

    def publish(self, ref: str, change: Heard) -> None:
        """Tell everybody who listens about the citizen with that reference. Returns at once."""
        for listening in self._listening.get(ref, ()):
            listening.put(change)

    @contextmanager
    def listen(self, ref: str) -> Iterator[Listening]:
        """Hear of changes about that citizen for as long as the block lasts.

        Whether the listener may hear of them is for the listener to have asked.
        """
        listening = Listening()
        others = self._listening.setdefault(ref, set())
        others.add(listening)
        try:
            yield listening
        finally:
            others.discard(listening)
            if not others and self._listening.get(ref) is others:
                del self._listening[ref]
