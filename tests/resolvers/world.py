"""A world without a network for the resolvers: sources that say what a test tells them to, and a clock that stands."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from msgspec import structs

from connectors.clock import Clock
from connectors.contract import (
    Answer,
    Basis,
    Deadline,
    Grant,
    Inquiry,
    Purpose,
    Question,
    Refused,
    SourceState,
    Subject,
)
from connectors.errors import SourceError
from connectors.records import (
    CodedText,
    Condition,
    ConditionStatus,
    FoundBy,
    Provenance,
    Record,
    SourceInfo,
    SourceKind,
)
from resolvers.locating import Pointer, PointersUnavailable, Trusted
from tests.sandbox.eid.held_clock import HeldClock

NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
SUBJECT = Subject(ref="a" * 32, personal_id="079187998112", name="Mẫu", birth_date=None)

Said = Sequence[Record] | Exception | Callable[[], Any]


class FalseSource:
    """A source without a protocol. What it says to a class of record is a list, an error, or something to wait for."""

    def __init__(
        self,
        key: str,
        says: Mapping[type[Record], Said],
        *,
        deadline: float = 2.0,
        found_by: FoundBy = FoundBy.ALWAYS,
        facility: str | None = None,
        kind: SourceKind = SourceKind.HOSPITAL,
    ) -> None:
        self.info = structs.replace(info(key), found_by=found_by, facility_code=facility, kind=kind)
        self.holds = frozenset(says)
        self.deadline = deadline
        self.asked: list[Question[Any]] = []
        self._says = says

    async def ask(self, question: Question[Any], grant: Grant, inquiry: Inquiry) -> Answer[Any]:
        """Say it."""
        grant.require(question.about)
        self.asked.append(question)
        said = self._says[question.about]
        if isinstance(said, Exception):
            raise said
        if callable(said):
            waited = await said()
            return waited if isinstance(waited, Answer) else Answer(records=tuple(waited), retrieved_at=NOW)
        return Answer(records=tuple(said), retrieved_at=NOW)

    async def close(self) -> None:
        """Nothing to let go of."""


class KnownPointers:
    """Pointers that a test makes up. ``down`` is a store that cannot be read."""

    def __init__(self, *pointers: Pointer, trusted: Trusted = frozenset(), ref: str = SUBJECT.ref) -> None:
        self.pointers = pointers
        self.trusted = trusted
        self.down = False
        self.reads = 0
        self.measured: list[tuple[str, type[Record], bool]] = []
        self._ref = ref

    async def of(self, ref: str) -> Sequence[Pointer]:
        """Those of the one citizen."""
        self.reads += 1
        if self.down:
            raise PointersUnavailable
        return self.pointers if ref == self._ref else ()

    def measure(self, source: str, about: type[Record], *, pointed: bool) -> None:
        """Note it."""
        self.measured.append((source, about, pointed))


def info(key: str) -> SourceInfo:
    """How a source is shown."""
    return SourceInfo(id=key, name=key, kind=SourceKind.HOSPITAL, protocol="false")


def condition(record_id: str, *, onset: Any = None, source: str = "a", recorded: Any = None) -> Condition:
    """A record of which only id and dates matter."""
    return Condition(
        id=record_id,
        provenance=(Provenance(source=info(source), retrieved_at=NOW, source_record_id=record_id),),
        code=CodedText(text="x"),
        status=ConditionStatus.ACTIVE,
        verified=True,
        onset=onset,
        recorded=recorded,
    )


def grant(*about: type[Record], subject: Subject = SUBJECT) -> Grant:
    """A grant, as the permit office would give it."""
    return Grant(subject=subject, purpose=Purpose.SELF, basis=Basis.SELF, about=frozenset(about))


REFUSED = Refused(state=SourceState.NOT_PERMITTED)
"""Instead of a grant."""


def inquiry(clock: Clock | None = None, *, seconds: float = 5.0) -> Inquiry:
    """One request."""
    clock = clock or HeldClock()
    return Inquiry(request_id="request-1", deadline=Deadline.after(seconds, clock), clock=clock)


async def for_ever() -> list[Record]:
    """A source that never says anything."""
    await asyncio.Event().wait()
    return []


class Failing(SourceError):
    """A failure that no line of ours foresaw."""
