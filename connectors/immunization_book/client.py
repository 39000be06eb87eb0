"""Speaks with the book: signs in, finds the citizen's entry by number, and reads both histories of it.

The number stands in the body of the lookup and nowhere else. The histories are asked for with the opaque id that the
lookup gave; they name nobody, so that they are about the right person rests on the lookup.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, ClassVar, TypeVar

import httpx
import msgspec
from msgspec import Raw

from connectors.clock import Clock
from connectors.contract import Answer, Deadline, Grant, Greeting, Inquiry, Question, Subject
from connectors.errors import Garbled
from connectors.http import Line
from connectors.immunization_book import mapping, people
from connectors.immunization_book.options import ImmunizationBookOptions
from connectors.immunization_book.report import reports_of
from connectors.immunization_book.session import SUCCESS, Session, Token
from connectors.immunization_book.wire import ListAnswer
from connectors.options import chosen
from connectors.records import Immunization, Record, SourceInfo
from connectors.stamping import Stamp

R = TypeVar("R", bound=Record)

_LIST = msgspec.json.Decoder(ListAnswer)
_READABLE = frozenset({200, 401})
"""401 is read as the end of the session: the token is renewed once, then it is a refusal."""
_MOST_ROWS = 2000
"""More rows than this of one history are cut off: a life has some hundred."""


class ImmunizationBookSource:
    """One account at the book, as a source."""

    options: ClassVar[type[ImmunizationBookOptions]] = ImmunizationBookOptions
    can_hold: ClassVar[frozenset[type[Record]]] = frozenset({Immunization})
    reports = staticmethod(reports_of)

    def __init__(
        self,
        key: str,
        options: ImmunizationBookOptions,
        *,
        clock: Clock,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.info = SourceInfo(
            id=key, name=options.name, kind=options.category, protocol=options.kind, facility_code=options.facility
        )
        self.holds = chosen(key, options, self.can_hold)
        self.deadline = float(options.deadline)
        self._clock = clock
        self._paths = options.endpoints
        self._lookup = options.lookup
        self._line = Line(options, clock=clock, transport=transport)
        self._session = Session(self._line, options, clock)

    async def ask(self, question: Question[R], grant: Grant, inquiry: Inquiry) -> Answer[R]:
        """The doses that were given. Slices are left to whoever asked.

        Raises:
            SourceError: no usable answer.
        """
        grant.require(question.about)
        answer, subject = HELD[question.about], grant.subject
        deadline = inquiry.deadline.within(self.deadline)
        entries = await inquiry.once((self.info.id, "entries", subject.ref), lambda: self._entries(subject, deadline))
        return await answer(self, entries, subject, deadline)

    async def close(self) -> None:
        """Let go of connections. Idempotent."""
        await self._line.close()

    async def greet(self, deadline: Deadline) -> Greeting:
        """Sign in."""
        await self._session.token(deadline)
        return Greeting("the book accepts the account")

    async def _entries(self, subject: Subject, deadline: Deadline) -> tuple[str, ...]:
        """The ids under which the book knows the citizen; none where it does not."""
        how = {self._lookup.encoding: {self._lookup.field: subject.personal_id}}
        return people.entries(await self._list("POST", self._lookup.path, deadline, **how), subject)

    async def _immunizations(
        self, entries: tuple[str, ...], subject: Subject, deadline: Deadline
    ) -> Answer[Immunization]:
        by_antigen, by_product = await self._histories(entries, deadline)
        at = self._clock.now()
        records, dropped = mapping.immunizations(
            by_antigen[:_MOST_ROWS], by_product[:_MOST_ROWS], Stamp(self.info, subject, at)
        )
        cut = max(len(by_antigen), len(by_product)) > _MOST_ROWS
        return Answer(records=records, retrieved_at=at, dropped=dropped, truncated=cut)

    async def _histories(self, entries: tuple[str, ...], deadline: Deadline) -> tuple[list[Raw], list[Raw]]:
        """All rows by antigen and all rows by product, asked for together."""
        paths = (self._paths.antigens, self._paths.products)
        asked = [(path, {"doi_tuong_id": entry}) for path in paths for entry in entries]
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._list("GET", path, deadline, params=who)) for path, who in asked]
        except ExceptionGroup as failed:
            # One view without the other would show doses without a product, or a product against nothing.
            raise failed.exceptions[0] from None
        rows = [task.result() for task in tasks]
        half = len(entries)
        return [row for found in rows[:half] for row in found], [row for found in rows[half:] for row in found]

    async def _list(self, method: str, path: str, deadline: Deadline, **how: Mapping[str, str]) -> list[Raw]:
        """The entries that one operation gives."""

        async def made(token: Token) -> list[Raw] | None:
            headers = {"authorization": f"Bearer {token.bearer}"}
            # Every operation here only reads: it may be repeated.
            reply = await self._line.send(
                method, path, deadline=deadline, headers=headers, accept=_READABLE, repeatable=True, **how
            )
            if reply.status != 200:
                return None
            answer = reply.decode(_LIST)
            if answer.code != SUCCESS:
                raise Garbled("unknown business code")
            return answer.data or []

        return await self._session.call(made, deadline)


HELD: Mapping[
    type[Record], Callable[[ImmunizationBookSource, tuple[str, ...], Subject, Deadline], Awaitable[Answer[Any]]]
] = {
    Immunization: ImmunizationBookSource._immunizations,  # noqa: SLF001 - the table of this very class
}
"""How a class of record is answered once the citizen's entries are known."""
