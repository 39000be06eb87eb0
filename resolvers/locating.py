"""Which sources to ask: those that always are, those to which something points, and a few more.

A citizen is known to a handful of the city's places of care. What points to them: the content-free *pointers* that
sources send, the insurer's visits, the facility where the citizen is registered, and what the caller named. Of all
other sources that could hold something, only so many are asked that a question costs the same whether five hundred
or five thousand are configured; the rest is declared as not asked.

Choosing costs what is chosen, not what is configured: sources lie ready by class of record. Whom to probe is read off
a ring on which sources and citizens have a fixed place by their hashes: the same citizen has the same probes every
time, whatever the order of the configuration, and all of the city's questions do not fall on the same few hospitals.
"""

from bisect import bisect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from hashlib import blake2b
from typing import Protocol

from msgspec import Struct

from connectors.contract import Question, Source
from connectors.records import FoundBy, Record, SourceInfo, SourceKind
from resolvers.patience import Patience


class Pointer(Struct, frozen=True, kw_only=True):
    """A source's word that it holds something of a class about a citizen, and since when; never what."""

    source: str
    about: type[Record]
    latest: date | None = None
    """Date of the newest record, where the source told it."""


Trusted = frozenset[tuple[str, type[Record]]]
"""Sources and classes whose pointers are complete: where none is, nothing is held."""


class PointersUnavailable(Exception):
    """Nobody can tell now what points where."""


class Pointers(Protocol):
    """What the sources told about where records lie."""

    @property
    def trusted(self) -> Trusted:
        """Whose pointers can be relied upon. The same object until it changes."""

    async def of(self, ref: str) -> Sequence[Pointer]:
        """Every pointer of the citizen with that reference.

        Raises:
            PointersUnavailable: nobody can tell now.
        """

    def measure(self, source: str, about: type[Record], *, pointed: bool) -> None:
        """Count an answer with records: whether a pointer had told of it. Returns at once and never raises."""


class NoPointers:
    """No source sends any."""

    trusted: Trusted = frozenset()

    async def of(self, ref: str) -> Sequence[Pointer]:  # noqa: ARG002 - the protocol's
        """None."""
        return ()

    def measure(self, source: str, about: type[Record], *, pointed: bool) -> None:
        """Nothing to measure."""


class Named(Struct, frozen=True):
    """Whom the caller wants asked, and nobody else."""

    sources: tuple[str, ...] = ()
    """Keys of sources."""
    facility: str | None = None
    """Code of a facility: its own sources are asked, and the registers. Of no effect where no source has that code."""


class Shelf(Struct, frozen=True):
    """The sources that may hold one class of record, ready to be chosen from."""

    always: tuple[Source, ...]
    holders: Mapping[str, Source]
    """All of them, by key."""
    trusted: frozenset[str]
    """Those where no pointer means that nothing is held."""
    unknown: "Ring"
    """Those that may or may not hold something."""
    unknown_without_pointers: "Ring"
    """The same for when pointers cannot be read."""
    fed: bool
    """Whether any of them sends pointers."""
    meeting: bool
    """Whether records of more than one source may come together."""
    at_once: tuple[Source, ...] | None
    """Whom every citizen has asked at once, when nobody says otherwise; ``None`` where that depends on the citizen."""

    def indicated(self, pointers: Iterable[Pointer], question: Question[Record]) -> Iterator[Source]:
        """The sources to which those pointers lead.

        Where a source's pointers of the class are not complete, one of another class will do: it knows the citizen.
        """
        seen = set()
        for pointer in pointers:
            source = self.holders.get(pointer.source)
            if source is None or pointer.source in seen:
                continue
            if pointer.source not in self.trusted or (pointer.about is question.about and _reaches(pointer, question)):
                seen.add(pointer.source)
                yield source


class Ring:
    """Sources in the order of their hashes."""

    def __init__(self, sources: Iterable[Source]) -> None:
        self._sources = sorted(sources, key=lambda source: _place(source.info.id))
        self._places = [_place(source.info.id) for source in self._sources]
        self.ids = frozenset(source.info.id for source in self._sources)

    def __len__(self) -> int:
        return len(self._sources)

    def all_from(self, ref: str) -> Iterator[Source]:
        """Every source once, beginning at the citizen's own place."""
        first = bisect(self._places, ref)
        for number in range(len(self._sources)):
            yield self._sources[(first + number) % len(self._sources)]


class Directory:
    """The configured sources, ready to be chosen from. Made once, used by every request."""

    def __init__(
        self,
        sources: Sequence[Source],
        *,
        pointers: Pointers | None = None,
        probing: int = 8,
        insurance: float = 1.0,
    ) -> None:
        """Put the sources in order.

        Args:
            sources: in the order of the configuration.
            pointers: what sources told about where records lie.
            probing: how many sources to which nothing points are asked for a class of record.
            insurance: seconds at most that a request waits for the insurer to say where the citizen has been.
        """
        self.sources = tuple(sources)
        self.pointers: Pointers = pointers or NoPointers()
        self.probing = probing
        self.insurance = insurance
        self.insurers = tuple(source for source in sources if source.info.kind is SourceKind.INSURANCE)
        self.patience = Patience()
        """With these sources, of whichever request."""
        self._rank = {source.info.id: rank for rank, source in enumerate(sources)}
        self._at: dict[str, list[Source]] = {}
        for source in sources:
            if source.info.facility_code is not None:
                self._at.setdefault(source.info.facility_code, []).append(source)
        self._senders = {
            (sender.issuer, sender.client): source.info.id
            for source in sources
            if (sender := source.info.sender) is not None
        }
        self._shelves: dict[type[Record], Shelf] = {}
        self._trusted: Trusted = self.pointers.trusted

    def shelf(self, about: type[Record]) -> Shelf:
        """The sources that may hold such a record."""
        trusted = self.pointers.trusted
        if trusted is not self._trusted:
            self._trusted = trusted
            self._shelves.clear()
        shelf = self._shelves.get(about)
        if shelf is None:
            shelf = self._shelves[about] = self._filled(about)
        return shelf

    def knows(self, source: str) -> bool:
        """Whether there is a source of that key."""
        return source in self._rank

    def info(self, source: str) -> SourceInfo | None:
        """How the source of that key is; ``None`` where there is none."""
        rank = self._rank.get(source)
        return None if rank is None else self.sources[rank].info

    def sent_by(self, issuer: str | None, client: str) -> str | None:
        """The key of the source for which that client sends events; ``None`` stands for an issuer that was not said."""
        return self._senders.get((issuer, client))

    def at(self, facility: str, shelf: Shelf) -> list[Source]:
        """The sources of that facility which the shelf holds."""
        return [source for source in self._at.get(facility, ()) if source.info.id in shelf.holders]

    def named(self, named: Named, shelf: Shelf) -> list[Source] | None:
        """Whom alone to ask for what the caller named; ``None`` where that says nothing about sources."""
        if named.sources:
            return self.ordered(shelf.holders[key] for key in set(named.sources) if key in shelf.holders)
        if named.facility is not None and named.facility in self._at:
            return self.ordered({*shelf.always, *self.at(named.facility, shelf)})
        return None

    def ordered(self, sources: Iterable[Source]) -> list[Source]:
        """The sources in the order of the configuration."""
        return sorted(sources, key=lambda source: self._rank[source.info.id])

    def _filled(self, about: type[Record]) -> Shelf:
        holders = [source for source in self.sources if about in source.holds]
        others = [source for source in holders if source.info.found_by is not FoundBy.ALWAYS]
        fed = [source for source in others if source.info.found_by is FoundBy.POINTERS]
        trusted = frozenset(source.info.id for source in fed if (source.info.id, about) in self._trusted)
        return Shelf(
            always=tuple(source for source in holders if source.info.found_by is FoundBy.ALWAYS),
            meeting=len(holders) > 1,
            at_once=tuple(holders) if not trusted and len(others) <= self.probing else None,
            holders={source.info.id: source for source in holders},
            trusted=trusted,
            unknown=Ring(source for source in others if source.info.id not in trusted),
            unknown_without_pointers=Ring(others),
            fed=bool(fed),
        )


def _reaches(pointer: Pointer, question: Question[Record]) -> bool:
    """Whether what is pointed to is new enough for the question."""
    return question.since is None or pointer.latest is None or pointer.latest >= question.since


def _place(source: str) -> str:
    """A source's place on the ring, of the form of a citizen's reference."""
    return blake2b(source.encode(), digest_size=16).hexdigest()
