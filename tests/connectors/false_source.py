"""A source that gives what the test says, for what stands round sources."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from connectors.contract import Answer, Basis, Deadline, Grant, Inquiry, Purpose, Question, Subject
from connectors.records import (
    Allergy,
    CodedText,
    Condition,
    PartialDate,
    Provenance,
    Record,
    SourceInfo,
    SourceKind,
)
from tests.sandbox.eid.held_clock import HeldClock

R = TypeVar("R", bound=Record)

AN = Subject(ref="ref-an", personal_id="079185998101", name="Trần Thị Mẫu Ân", birth_date=PartialDate("1985-02-03"))
BINH = Subject(ref="ref-binh", personal_id="079080998102", name="Lê Văn Mẫu Bình", birth_date=PartialDate("1980"))
NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


def info(key: str = "hospital") -> SourceInfo:
    return SourceInfo(id=key, name="Bệnh viện Mẫu", kind=SourceKind.HOSPITAL, protocol="false")


def allergy(source: SourceInfo, number: str = "1", text: str = "Penicillin") -> Allergy:
    told = Provenance(source=source, retrieved_at=NOW, source_record_id=number)
    return Allergy(id=number, provenance=(told,), substance=CodedText(text=text), status="active", verified=True)


def grant(subject: Subject = AN, purpose: Purpose = Purpose.SELF, basis: Basis = Basis.SELF) -> Grant:
    return Grant(subject=subject, purpose=purpose, basis=basis, about=frozenset({Allergy, Condition}))


def inquiry(clock: HeldClock, seconds: float = 5) -> Inquiry:
    return Inquiry(request_id="test", deadline=Deadline.after(seconds, clock), clock=clock)


class FalseSource:
    """Gives an answer with ``records``, or raises ``error``; waits for ``open`` where it is held.

    Counts who asked, for whom, and how many at once; ``busy`` while anybody is being answered.
    """

    def __init__(self, clock: HeldClock, **answer: Any) -> None:
        self.info = info()
        self.holds: frozenset[type[Record]] = frozenset({Allergy, Condition})
        self.deadline = 2.0
        self.answer = answer
        self.error: Callable[[], BaseException] | None = None
        self.takes = 0.0
        self.asked: list[str] = []
        self.now = self.most = 0
        self.open = asyncio.Event()
        self.open.set()
        self.busy = asyncio.Event()
        self._clock = clock

    async def ask(self, question: Question[R], grant: Grant, inquiry: Inquiry) -> Answer[R]:
        self.asked.append(grant.subject.ref)
        self.now += 1
        self.most = max(self.most, self.now)
        self.busy.set()
        try:
            await self.open.wait()
        finally:
            self.now -= 1
            if not self.now:
                self.busy.clear()
        self._clock.pass_seconds(self.takes)
        if self.error is not None:
            raise self.error()
        given: dict[str, Any] = {"records": (allergy(self.info),), "retrieved_at": self._clock.now(), **self.answer}
        return Answer(**given)

    async def close(self) -> None:
        pass
