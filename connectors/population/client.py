"""Speaks with the register: three operations, asked in JSON, the number in the body and nowhere else."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, ClassVar, TypeVar

import httpx
import msgspec

from connectors.clock import Clock
from connectors.contract import Answer, Deadline, Grant, Inquiry, Question, Subject
from connectors.errors import Garbled, WrongPerson
from connectors.http import Line
from connectors.options import chosen
from connectors.person import require_same_person
from connectors.population import dates, formats, mapping
from connectors.population.options import PopulationOptions
from connectors.population.report import reports_of
from connectors.population.wire import Citizen, CitizenAnswer, DependantsAnswer, RepresentativesAnswer
from connectors.records import Demographics, Record, Relation, Representative, SourceInfo
from connectors.stamping import Stamp
from connectors.work import aside

R = TypeVar("R", bound=Record)
A = TypeVar("A", CitizenAnswer, DependantsAnswer, RepresentativesAnswer)

_CITIZEN = msgspec.json.Decoder(CitizenAnswer)
_DEPENDANTS = msgspec.json.Decoder(DependantsAnswer)
_REPRESENTATIVES = msgspec.json.Decoder(RepresentativesAnswer)
_FOUND, _UNKNOWN = "00", "01"
_MOST_LISTED = 200
"""More than this are cut off: nobody has as many children and wards, or people who act for them."""


class PopulationSource:
    """The register behind one platform, as a source."""

    options: ClassVar[type[PopulationOptions]] = PopulationOptions
    can_hold: ClassVar[frozenset[type[Record]]] = frozenset({Demographics, Relation, Representative})
    reports = staticmethod(reports_of)

    def __init__(
        self, key: str, options: PopulationOptions, *, clock: Clock, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self.info = SourceInfo(
            id=key, name=options.name, kind=options.category, protocol=options.kind, facility_code=options.facility
        )
        self.holds = chosen(key, options, self.can_hold)
        self.deadline = float(options.deadline)
        self._clock = clock
        self._paths = options.endpoints
        self._written = options.format
        self._introduction = _introduction(options)
        self._line = Line(options, clock=clock, transport=transport)

    async def ask(self, question: Question[R], grant: Grant, inquiry: Inquiry) -> Answer[R]:
        """Who the citizen is, whom the citizen represents, or who represents the citizen.

        Raises:
            SourceError: no usable answer.
        """
        grant.require(question.about)
        deadline = inquiry.deadline.within(self.deadline)
        return await HELD[question.about](self, grant.subject, inquiry.request_id, deadline)

    async def close(self) -> None:
        """Let go of connections. Idempotent."""
        await self._line.close()

    async def _demographics(self, subject: Subject, request_id: str, deadline: Deadline) -> Answer[Demographics]:
        answer = await self._call(_CITIZEN, self._paths.citizen, subject, request_id, deadline)
        at = self._clock.now()
        if answer is None:
            return Answer(records=(), retrieved_at=at)
        if answer.citizen is None:
            raise Garbled("a citizen was found and is missing")
        _require_citizen(answer.citizen, subject)
        try:
            found = (mapping.demographics(answer.citizen, Stamp(self.info, subject, at)),)
        except ValueError:
            return Answer(records=(), retrieved_at=at, dropped=1)
        return Answer(records=found, retrieved_at=at)

    async def _relations(self, subject: Subject, request_id: str, deadline: Deadline) -> Answer[Relation]:
        answer = await self._call(_DEPENDANTS, self._paths.dependants, subject, request_id, deadline)
        at = self._clock.now()
        if answer is None:
            return Answer(records=(), retrieved_at=at)
        # Somebody else's list would give power over somebody else's child: it must say whose it is.
        if answer.personal_id != subject.personal_id:
            raise WrongPerson("the list of dependants is not this citizen's")
        listed = answer.dependants or []
        records, dropped = mapping.relations(listed[:_MOST_LISTED], Stamp(self.info, subject, at))
        return Answer(records=records, retrieved_at=at, dropped=dropped, truncated=len(listed) > _MOST_LISTED)

    async def _representatives(self, subject: Subject, request_id: str, deadline: Deadline) -> Answer[Representative]:
        answer = await self._call(_REPRESENTATIVES, self._paths.representatives, subject, request_id, deadline)
        at = self._clock.now()
        if answer is None:
            return Answer(records=(), retrieved_at=at)
        if answer.personal_id != subject.personal_id:
            raise WrongPerson("the list of representatives is not this citizen's")
        listed = answer.representatives or []
        records, dropped = mapping.representatives(listed[:_MOST_LISTED], Stamp(self.info, subject, at))
        return Answer(records=records, retrieved_at=at, dropped=dropped, truncated=len(listed) > _MOST_LISTED)

    async def _call(
        self,
        decoder: "msgspec.json.Decoder[A]",
        path: str,
        subject: Subject,
        request_id: str,
        deadline: Deadline,
    ) -> A | None:
        """One operation; none where the register does not know the citizen."""
        body = {"SoDinhDanh": subject.personal_id, "MaYeuCau": request_id, **self._introduction}
        reply = await self._line.send("POST", path, deadline=deadline, json=body, repeatable=True)
        answer = await aside(lambda: formats.decode(reply, decoder, self._written), deadline, size=len(reply.body))
        if answer.code == _UNKNOWN:
            return None
        if answer.code != _FOUND:
            raise Garbled("unknown business code")
        return answer


def _introduction(options: PopulationOptions) -> dict[str, str]:
    """The codes by which the platform knows this gateway; those that are not configured are not sent."""
    codes = {
        "MaDVC": options.agency,
        "MaCanBo": options.officer and options.officer.reveal(),
        "MaTichHop": options.integration and options.integration.reveal(),
    }
    return {name: code for name, code in codes.items() if code}


def _require_citizen(citizen: Citizen, subject: Subject) -> None:
    """Refuse an answer about somebody else. A birth date that cannot be read contradicts nothing."""
    try:
        birth_date = dates.birth_date(citizen.birth) if citizen.birth else None
    except ValueError:
        birth_date = None
    require_same_person(subject, personal_ids=frozenset({citizen.personal_id}), birth_date=birth_date)


HELD: Mapping[type[Record], Callable[[PopulationSource, Subject, str, Deadline], Awaitable[Answer[Any]]]] = {
    Demographics: PopulationSource._demographics,  # noqa: SLF001 - the table of this very class
    Relation: PopulationSource._relations,  # noqa: SLF001 - as above
    Representative: PopulationSource._representatives,  # noqa: SLF001 - as above
}
"""How a class of record is answered."""
