"""Asks as the description says: one call per question, JSON both ways."""

from typing import ClassVar, TypeVar, cast

import httpx
import msgspec

from connectors.clock import Clock
from connectors.contract import Answer, Grant, Inquiry, Question
from connectors.http import Line
from connectors.options import chosen
from connectors.records import Record, SourceInfo
from connectors.rest import mapping
from connectors.rest.options import RestOptions
from connectors.rest.recipes import CAN_HOLD, plans
from connectors.rest.report import reports_of
from connectors.stamping import Stamp
from connectors.work import aside

R = TypeVar("R", bound=Record)

_JSON = msgspec.json.Decoder(float_hook=str)
"""Numbers with a fraction stay the text that the source wrote: ``values`` reads them."""


class RestSource:
    """One described system, as a source."""

    options: ClassVar[type[RestOptions]] = RestOptions
    can_hold: ClassVar[frozenset[type[Record]]] = CAN_HOLD
    reports = staticmethod(reports_of)

    def __init__(
        self, key: str, options: RestOptions, *, clock: Clock, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self.info = SourceInfo(
            id=key, name=options.name, kind=options.category, protocol=options.kind, facility_code=options.facility
        )
        self._plans = plans(key, options.records)
        self.holds = chosen(key, options, frozenset(self._plans))
        self.deadline = float(options.deadline)
        self._clock = clock
        self._line = Line(options, clock=clock, transport=transport)

    async def ask(self, question: Question[R], grant: Grant, inquiry: Inquiry) -> Answer[R]:
        """Every record of that class that the source has under the citizen's number. Slices are left to whoever asked.

        Raises:
            SourceError: no usable answer.
        """
        grant.require(question.about)
        plan, subject = self._plans[question.about], grant.subject
        deadline = inquiry.deadline.within(self.deadline)
        reply = await self._line.send(
            plan.recipe.method,
            plan.recipe.path,
            deadline=deadline,
            params=plan.query(subject.personal_id),
            json=plan.body(subject.personal_id),
            accept=frozenset({200, *plan.recipe.empty}),
            # A question changes nothing, whichever method carries it: it may be repeated.
            repeatable=True,
        )
        at = self._clock.now()
        if reply.status != 200:
            return Answer(records=(), retrieved_at=at)
        found = await aside(
            lambda: mapping.found(plan, reply.decode(_JSON), Stamp(self.info, subject, at)),
            deadline,
            size=len(reply.body),
        )
        # The plan of a class of record makes records of that class.
        records = cast("tuple[R, ...]", found.records)
        return Answer(records=records, retrieved_at=at, dropped=found.dropped, truncated=found.truncated)

    async def close(self) -> None:
        """Let go of connections. Idempotent."""
        await self._line.close()
