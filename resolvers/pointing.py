"""What points to where records of a citizen lie, read once in a request, and held against what was found there."""

from collections.abc import Awaitable, Sequence
from typing import Any

from connectors.contract import Inquiry
from resolvers.asked import Asked
from resolvers.locating import Pointer, Pointers, PointersUnavailable
from resolvers.noted import Fault, Noted


class Pointing:
    """The pointers of the citizens of one request."""

    def __init__(self, pointers: Pointers, inquiry: Inquiry, noted: Noted) -> None:
        self._pointers = pointers
        self._inquiry = inquiry
        self._noted = noted
        self._read: dict[str, Sequence[Pointer] | None] = {}

    def of(self, ref: str) -> Awaitable[Sequence[Pointer] | None]:
        """The pointers of the citizen with that reference; ``None`` where they cannot be read. Begins at once."""

        async def read() -> Sequence[Pointer] | None:
            found: Sequence[Pointer] | None = None
            try:
                found = await self._pointers.of(ref)
            except PointersUnavailable as error:
                self._noted.faults.append(Fault("store", "pointers", error))
            self._read[ref] = found
            return found

        return self._inquiry.once(("pointers", ref), read)

    def measure(self, asked: Asked[Any]) -> None:
        """Count whether a source that sends pointers had sent one for what it turned out to hold."""
        pointers, source, about = self._read.get(asked.ref), asked.source.info.id, asked.question.about
        if pointers is not None:
            pointed = any(pointer.source == source and pointer.about is about for pointer in pointers)
            self._pointers.measure(source, about, pointed=pointed)
