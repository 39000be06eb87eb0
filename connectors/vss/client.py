"""Speaks with the portal: one card check per request and citizen, then the history of visits.

The portal says 200 to everything; the business code in the body decides. Its answers carry no citizen number, so
name and birth date, which it also compares itself, must be those that are proven.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar, TypeVar

import httpx
import msgspec
from msgspec import Raw, Struct

from connectors.clock import Clock, today
from connectors.contract import Answer, Deadline, Grant, Greeting, Inquiry, Question, Subject
from connectors.errors import Denied, Garbled, SourceError, WrongPerson
from connectors.http import Line
from connectors.options import chosen
from connectors.person import require_same_person
from connectors.records import Claim, Coverage, Record, SourceInfo
from connectors.records.agreement import names_agree
from connectors.stamping import Stamp
from connectors.vss import dates, mapping
from connectors.vss.business_codes import UNAUTHENTICATED, Finding, finding
from connectors.vss.options import VssOptions
from connectors.vss.report import reports_of
from connectors.vss.session import Session
from connectors.vss.wire import CardAnswer, HistoryAnswer

R = TypeVar("R", bound=Record)
A = TypeVar("A", CardAnswer, HistoryAnswer)

_CARD = msgspec.json.Decoder(CardAnswer)
_HISTORY = msgspec.json.Decoder(HistoryAnswer)
_READABLE = frozenset({200, 401})
"""401 is read as the business code of the same number: the token is renewed once, then it is a refusal."""
_MOST_VISITS = 2000
"""More visits than this are cut off: the portal holds the visits of some months."""


class Checked(Struct, frozen=True):
    """A card check that is about the right person."""

    answer: CardAnswer
    found: Finding
    at: datetime


class VssSource:
    """One account at the portal, as a source."""

    options: ClassVar[type[VssOptions]] = VssOptions
    can_hold: ClassVar[frozenset[type[Record]]] = frozenset({Coverage, Claim})
    reports = staticmethod(reports_of)

    def __init__(
        self, key: str, options: VssOptions, *, clock: Clock, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self.info = SourceInfo(
            id=key, name=options.name, kind=options.category, protocol=options.kind, facility_code=options.facility
        )
        self.holds = chosen(key, options, self.can_hold)
        self.deadline = float(options.deadline)
        self._clock = clock
        self._paths = options.endpoints
        self._card_is_form = options.card_encoding == "form"
        self._staff = {"hoTenCb": options.staff_name, "cccdCb": options.staff_id.reveal()}
        self._line = Line(options, clock=clock, transport=transport)
        self._session = Session(self._line, options, clock)

    async def ask(self, question: Question[R], grant: Grant, inquiry: Inquiry) -> Answer[R]:
        """The cards, or the visits that were claimed under them. Slices are left to whoever asked.

        Raises:
            SourceError: no usable answer; ``WrongPerson`` also where the portal says that name or birth date differ.
        """
        grant.require(question.about)
        answer, subject = HELD[question.about], grant.subject
        deadline = inquiry.deadline.within(self.deadline)
        checked = await inquiry.once((self.info.id, "card", subject.ref), lambda: self._check(subject, deadline))
        return await answer(self, checked, subject, deadline)

    async def close(self) -> None:
        """Let go of connections. Idempotent."""
        await self._line.close()

    async def greet(self, deadline: Deadline) -> Greeting:
        """Sign in."""
        await self._session.token(deadline)
        return Greeting("the portal accepts the account")

    async def _coverages(self, checked: Checked, subject: Subject, _: Deadline) -> Answer[Coverage]:
        stamp = Stamp(self.info, subject, checked.at)
        records, dropped = mapping.coverages(checked.answer, checked.found, stamp, today=today(self._clock))
        return Answer(records=records, retrieved_at=checked.at, dropped=dropped)

    async def _claims(self, checked: Checked, subject: Subject, deadline: Deadline) -> Answer[Claim]:
        if checked.found is Finding.NO_CARD:
            return Answer(records=(), retrieved_at=checked.at)
        if not checked.answer.name:
            # A history names nobody: without a proven card check it could be anybody's.
            raise Garbled("the card check names nobody")
        visits = await self._history(subject, deadline)
        at = self._clock.now()
        records, dropped = mapping.claims(visits[:_MOST_VISITS], Stamp(self.info, subject, at))
        return Answer(records=records, retrieved_at=at, dropped=dropped, truncated=len(visits) > _MOST_VISITS)

    async def _check(self, subject: Subject, deadline: Deadline) -> Checked:
        answer = await self._call(
            _CARD, self._paths.card, self._asked(subject), deadline, form=self._card_is_form, account=True
        )
        found = finding(answer.code)
        if found is not Finding.NO_CARD:
            _require_holder(answer, subject)
        return Checked(answer, found, self._clock.now())

    async def _history(self, subject: Subject, deadline: Deadline) -> list[Raw]:
        answer = await self._call(
            _HISTORY, self._paths.history, self._asked(subject), deadline, form=True, account=False
        )
        return [] if finding(answer.code) is Finding.NO_CARD else answer.visits or []

    def _asked(self, subject: Subject) -> dict[str, str]:
        """Whom the portal is asked about, and on whose responsibility."""
        if not subject.name or not subject.birth_date:
            raise SourceError("the citizen's name or birth date is not known")
        return {
            "maThe": subject.personal_id,
            "hoTen": subject.name,
            "ngaySinh": dates.written(subject.birth_date),
            **self._staff,
        }

    async def _call(
        self,
        decoder: "msgspec.json.Decoder[A]",
        path: str,
        body: Mapping[str, str],
        deadline: Deadline,
        *,
        form: bool,
        account: bool,
    ) -> A:
        """One operation, tried again with a new token when the portal does not accept the first."""
        token = await self._session.token(deadline)
        for last in (False, True):
            # Token and credentials stand in the query string by the portal's own design.
            query = {"token": token.access, "id_token": token.id, **(self._session.credentials if account else {})}
            how: dict[str, Mapping[str, str]] = {"form" if form else "json": body}
            # Never repeated: an account that asks too often is restricted.
            reply = await self._line.send(
                "POST", path, deadline=deadline, params=query, accept=_READABLE, repeatable=False, **how
            )
            answer = reply.decode(decoder) if reply.status == 200 else None
            if answer is not None and answer.code != UNAUTHENTICATED:
                return answer
            if not last:
                token = await self._session.token(deadline, instead_of=token)
        raise Denied("the portal does not accept a new token")


def _require_holder(answer: CardAnswer, subject: Subject) -> None:
    """Refuse an answer about somebody else, or about a card of nobody."""
    if not answer.name:
        if answer.card or answer.new_card or answer.old_card:
            raise Garbled("a card without its holder")
        return
    try:
        birth_date = dates.partial_date(answer.birth_date)
    except ValueError:
        raise Garbled("the holder's birth date cannot be read") from None
    if birth_date is None:
        raise Garbled("a holder without a birth date")
    require_same_person(subject, personal_ids=None, birth_date=birth_date)
    if not names_agree(subject.name, answer.name):
        # Elsewhere a name alone refuses nothing; here it is half of all that the answer says about the person.
        raise WrongPerson("the holder has another name")


HELD: Mapping[type[Record], Callable[[VssSource, Checked, Subject, Deadline], Awaitable[Answer[Any]]]] = {
    Coverage: VssSource._coverages,  # noqa: SLF001 - the table of this very class
    Claim: VssSource._claims,  # noqa: SLF001 - as above
}
"""How a class of record is answered once the card check is done."""
