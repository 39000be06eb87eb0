"""What has been asked of the portal in one request, each of it once: the card, the history, the details of visits."""

import asyncio
from datetime import date, datetime
from typing import Any

from msgspec import Struct, structs

from connectors.clock import HO_CHI_MINH, Clock
from connectors.contract import Deadline, Inquiry, Question, Subject
from connectors.errors import Denied, Garbled, SourceError, WrongPerson
from connectors.records import SourceInfo
from connectors.stamping import Stamp
from connectors.vss import dates, mapping
from connectors.vss.business_codes import REPLACED, REPLACED_SOON, Finding, finding
from connectors.vss.details import VisitDetails
from connectors.vss.holder import require_card_holder, require_holder
from connectors.vss.mapping import Visited
from connectors.vss.portal import Portal
from connectors.vss.wire import CardAnswer, Details

_MOST_VISITS = 2000
"""More visits than this are cut off: the portal holds the visits of some months."""
_DETAILS_AT_ONCE = 4


class Asking(Struct, frozen=True):
    """One question on its way."""

    question: Question[Any]
    subject: Subject
    inquiry: Inquiry
    deadline: Deadline


class Checked(Struct, frozen=True):
    """A card check that is about the right person."""

    answer: CardAnswer
    found: Finding
    at: datetime


class History(Struct, frozen=True):
    """The visits of a citizen."""

    visits: tuple[Visited, ...]
    dropped: int
    truncated: bool
    at: datetime


class LookedUp(Struct, frozen=True):
    """The details of visits, as far as they could be had."""

    visits: tuple[VisitDetails, ...]
    failures: tuple[SourceError, ...]


class Desk:
    """Asks the portal, and checks of every answer whose it is."""

    def __init__(self, info: SourceInfo, portal: Portal, *, most_details: int, clock: Clock) -> None:
        self._info = info
        self._portal = portal
        self._most_details = most_details
        self._clock = clock

    async def checked(self, asking: Asking) -> Checked:
        """The card check.

        Raises:
            SourceError: no usable answer.
        """
        key = (self._info.id, "card", asking.subject.ref)
        return await asking.inquiry.once(key, lambda: self._check(asking.subject, asking.deadline))

    async def history(self, asking: Asking) -> History:
        """The visits, after a card check that proved whose they are: a history names nobody.

        Raises:
            SourceError: no usable answer.
        """
        checked = await self.checked(asking)
        if checked.found is Finding.NO_CARD:
            return History((), 0, False, checked.at)
        if not checked.answer.name:
            raise Garbled("the card check names nobody")
        key = (self._info.id, "history", asking.subject.ref)
        return await asking.inquiry.once(key, lambda: self._visits(asking.subject, asking.deadline))

    async def details(self, asking: Asking, history: History, *, since: date | None) -> LookedUp:
        """The details of the newest visits, a call each and few at a time.

        Args:
            asking: the question that needs them.
            history: of the citizen.
            since: no visits that ended before this day.

        Raises:
            SourceError: what lets no other call hope: a refusal, a restricted account, somebody else's visit.
        """
        wanted = iter(_newest(history, since)[: self._most_details])
        found: list[VisitDetails] = []
        failures: list[SourceError] = []

        async def look_up() -> None:
            for visited, file in wanted:
                try:
                    found.append(VisitDetails(visited.claim, file, await self._one(asking, file)))
                except (Denied, WrongPerson):
                    raise
                except SourceError as error:
                    failures.append(error)

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(_DETAILS_AT_ONCE):
                    group.create_task(look_up())
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from None
        return LookedUp(tuple(found), tuple(failures))

    def _one(self, asking: Asking, file: str) -> Any:
        key = (self._info.id, "details", asking.subject.ref, file)
        return asking.inquiry.once(key, lambda: self._look_up(file, asking.subject, asking.deadline))

    async def _check(self, subject: Subject, deadline: Deadline) -> Checked:
        answer = await self._portal.card(citizen(subject, subject.personal_id), deadline)
        found = finding(answer.code)
        if found is not Finding.NO_CARD:
            require_card_holder(answer, subject)
        if answer.code in (REPLACED, REPLACED_SOON) and answer.new_card and not answer.new_valid_from:
            answer = await self._followed(answer, answer.new_card, subject, deadline)
        return Checked(answer, found, self._clock.now())

    async def _followed(self, answer: CardAnswer, card: str, subject: Subject, deadline: Deadline) -> CardAnswer:
        """The answer with what the portal says about the new card, of which it named no more than the number."""
        new = await self._portal.card(citizen(subject, card), deadline)
        if finding(new.code) is Finding.NO_CARD:
            return answer
        require_card_holder(new, subject)
        return structs.replace(
            answer,
            new_valid_from=new.valid_from,
            new_valid_until=new.valid_until,
            new_facility=answer.new_facility or new.facility,
        )

    async def _visits(self, subject: Subject, deadline: Deadline) -> History:
        answer = await self._portal.history(citizen(subject, subject.personal_id), deadline)
        at = self._clock.now()
        if finding(answer.code) is Finding.NO_CARD:
            return History((), 0, False, at)
        listed = [*(answer.visits or ()), *(answer.visits_of_2018 or ()), *(answer.older_visits or ())]
        visits, dropped = mapping.visits(listed[:_MOST_VISITS], Stamp(self._info, subject, at))
        return History(visits, dropped, len(listed) > _MOST_VISITS, at)

    async def _look_up(self, file: str, subject: Subject, deadline: Deadline) -> Details:
        answer = await self._portal.details(file, deadline)
        if answer.code not in ("000", "200"):
            finding(answer.code)
            raise Garbled("a business code that belongs to a card")
        if answer.details is None or answer.details.summary is None:
            raise Garbled("details of no visit")
        require_holder(answer.details.summary.name, answer.details.summary.birth_date, subject)
        return answer.details


def citizen(subject: Subject, number: str) -> dict[str, str]:
    """Whom the portal is asked about.

    Raises:
        SourceError: name or birth date are not known, and the portal answers nothing without them.
    """
    if not subject.name or not subject.birth_date:
        raise SourceError("the citizen's name or birth date is not known")
    return {"maThe": number, "hoTen": subject.name, "ngaySinh": dates.written(subject.birth_date)}


def _newest(history: History, since: date | None) -> list[tuple[Visited, str]]:
    """The visits of which details can be had, the newest first; those without a date last."""

    def ended(visited: Visited) -> datetime | None:
        return visited.claim.discharged or visited.claim.admitted

    def is_wanted(visited: Visited) -> bool:
        at = ended(visited)
        return since is None or at is None or at.astimezone(HO_CHI_MINH).date() >= since

    long_ago = datetime.min.replace(tzinfo=HO_CHI_MINH)
    wanted = [(visited, visited.file) for visited in history.visits if visited.file and is_wanted(visited)]
    return sorted(wanted, key=lambda one: ended(one[0]) or long_ago, reverse=True)
