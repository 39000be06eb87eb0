"""Answers questions out of what the portal says: cards, insured visits, what was paid towards them, and their details.

The portal says 200 to everything; the business code in the body decides. Its answers carry no citizen number, so
name and birth date, which it also compares itself, must be those that are proven.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, ClassVar, TypeVar

import httpx

from connectors.clock import Clock, today
from connectors.contract import Answer, Deadline, Grant, Greeting, Inquiry, Question
from connectors.errors import Garbled
from connectors.options import chosen
from connectors.records import Claim, CoPayment, Coverage, Medication, Observation, Record, SourceInfo
from connectors.stamping import Stamp
from connectors.vss import co_payments, details, mapping
from connectors.vss.business_codes import CO_PAYMENTS_FOUND, NO_CO_PAYMENTS, Finding, finding
from connectors.vss.desk import Asking, Desk, citizen
from connectors.vss.details import VisitDetails
from connectors.vss.holder import require_holder
from connectors.vss.options import VssOptions
from connectors.vss.portal import Portal
from connectors.vss.report import reports_of
from connectors.work import in_time

R = TypeVar("R", bound=Record)

_FROM_DETAILS: frozenset[type[Record]] = frozenset({Medication, Observation})
_MOST_ENTRIES = 2000
"""More entries of co-payments than this are cut off: they are those of one year."""


class VssSource:
    """One account at the portal, as a source."""

    options: ClassVar[type[VssOptions]] = VssOptions
    can_hold: ClassVar[frozenset[type[Record]]] = frozenset({Coverage, Claim, CoPayment, *_FROM_DETAILS})
    reports = staticmethod(reports_of)

    def __init__(
        self, key: str, options: VssOptions, *, clock: Clock, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self.info = SourceInfo(
            id=key, name=options.name, kind=options.category, protocol=options.kind, facility_code=options.facility
        )
        self.holds = chosen(key, options, self.can_hold, unless_named=_FROM_DETAILS)
        slow: Mapping[type[Record], float] = {CoPayment: float(options.co_payments_deadline)}
        self._deadlines = {about: slow.get(about, float(options.deadline)) for about in self.holds}
        self.deadline = max(self._deadlines.values())
        self._clock = clock
        self._portal = Portal(options, clock=clock, transport=transport)
        self._desk = Desk(self.info, self._portal, most_details=options.details, clock=clock)

    async def ask(self, question: Question[R], grant: Grant, inquiry: Inquiry) -> Answer[R]:
        """The records of that class. Slices are left to whoever asked.

        Raises:
            SourceError: no usable answer; ``WrongPerson`` also where the portal says that name or birth date differ.
        """
        grant.require(question.about)
        deadline = inquiry.deadline.within(self._deadlines[question.about])
        asking = Asking(question, grant.subject, inquiry, deadline)
        # What is shared with a question that has more time must not take this one longer.
        return await in_time(HELD[question.about](self, asking), deadline)

    async def close(self) -> None:
        """Let go of connections. Idempotent."""
        await self._portal.close()

    async def greet(self, deadline: Deadline) -> Greeting:
        """Sign in."""
        await self._portal.greet(deadline)
        return Greeting("the portal accepts the account")

    async def _coverages(self, asking: Asking) -> Answer[Coverage]:
        checked = await self._desk.checked(asking)
        stamp = Stamp(self.info, asking.subject, checked.at)
        records, dropped = mapping.coverages(checked.answer, checked.found, stamp, today=today(self._clock))
        return Answer(records=records, retrieved_at=checked.at, dropped=dropped)

    async def _claims(self, asking: Asking) -> Answer[Claim]:
        history = await self._desk.history(asking)
        claims = {visited.claim.id: visited.claim for visited in history.visits}
        dropped, truncated = history.dropped, history.truncated
        if asking.question.in_detail:
            looked_up = await self._desk.details(asking, history, since=asking.question.since)
            truncated = truncated or bool(looked_up.failures)
            for visit in looked_up.visits:
                claims[visit.claim.id], unreadable = details.detailed(visit.claim, visit.details)
                dropped += unreadable
        return Answer(records=tuple(claims.values()), retrieved_at=history.at, dropped=dropped, truncated=truncated)

    async def _medications(self, asking: Asking) -> Answer[Medication]:
        return await self._of_details(asking, details.medications)

    async def _observations(self, asking: Asking) -> Answer[Observation]:
        return await self._of_details(asking, details.observations)

    async def _of_details(
        self, asking: Asking, made: Callable[[VisitDetails, Stamp], tuple[Sequence[R], int]]
    ) -> Answer[R]:
        """The records that stand in the details of visits. A visit without its details may hide some of them."""
        history = await self._desk.history(asking)
        looked_up = await self._desk.details(asking, history, since=asking.question.since)
        if looked_up.failures and not looked_up.visits:
            raise looked_up.failures[0]
        stamp = Stamp(self.info, asking.subject, self._clock.now())
        records: list[R] = []
        dropped = history.dropped
        for visit in looked_up.visits:
            found, unreadable = made(visit, stamp)
            records += found
            dropped += unreadable
        return Answer(
            records=tuple(records),
            retrieved_at=stamp.retrieved_at,
            dropped=dropped,
            truncated=history.truncated or len(looked_up.visits) < len(history.visits),
        )

    async def _co_payments(self, asking: Asking) -> Answer[CoPayment]:
        checked = await self._desk.checked(asking)
        if checked.found is Finding.NO_CARD:
            return Answer(records=(), retrieved_at=checked.at)
        number = mapping.current_card(checked.answer) or asking.subject.personal_id
        answer = await self._portal.co_payments(citizen(asking.subject, number), asking.deadline)
        at = self._clock.now()
        if answer.code == NO_CO_PAYMENTS:
            return Answer(records=(), retrieved_at=at)
        if answer.code != CO_PAYMENTS_FOUND:
            finding(answer.code)
            raise Garbled("a business code that belongs to a card")
        entries = answer.entries or []
        if answer.holder:
            require_holder(answer.holder.name, answer.holder.birth_date, asking.subject)
        elif entries:
            raise Garbled("co-payments of nobody")
        records, dropped = co_payments.co_payments(entries[:_MOST_ENTRIES], Stamp(self.info, asking.subject, at))
        return Answer(records=records, retrieved_at=at, dropped=dropped, truncated=len(entries) > _MOST_ENTRIES)


HELD: Mapping[type[Record], Callable[[VssSource, Asking], Awaitable[Answer[Any]]]] = {
    Coverage: VssSource._coverages,  # noqa: SLF001 - the table of this very class
    Claim: VssSource._claims,  # noqa: SLF001 - as above
    CoPayment: VssSource._co_payments,  # noqa: SLF001 - as above
    Medication: VssSource._medications,  # noqa: SLF001 - as above
    Observation: VssSource._observations,  # noqa: SLF001 - as above
}
"""How a class of record is answered."""
