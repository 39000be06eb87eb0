"""The dossiers of one hospital as a source: find the citizen's, check whose they are, make records of them."""

import secrets
from typing import ClassVar, TypeVar

import httpx

from connectors.clock import Clock
from connectors.contract import Answer, Deadline, Grant, Inquiry, Question, Subject
from connectors.errors import TooSlow
from connectors.hospital_xml import dates
from connectors.hospital_xml.archive import Archive
from connectors.hospital_xml.desk import Desk
from connectors.hospital_xml.endpoint import Endpoint
from connectors.hospital_xml.envelope import Dossier
from connectors.hospital_xml.held import HELD
from connectors.hospital_xml.options import HospitalXmlOptions
from connectors.hospital_xml.report import reports_of
from connectors.hospital_xml.shelf import Found, Shelf
from connectors.http import Line
from connectors.options import chosen
from connectors.person import require_same_person
from connectors.records import Facility, PartialDate, Record, SourceInfo
from connectors.stamping import Stamp
from connectors.work import off_loop

R = TypeVar("R", bound=Record)


class HospitalXmlSource:
    """One hospital whose dossiers can be had."""

    options: ClassVar[type[HospitalXmlOptions]] = HospitalXmlOptions
    can_hold: ClassVar[frozenset[type[Record]]] = frozenset(HELD)
    reports = staticmethod(reports_of)

    def __init__(
        self, key: str, options: HospitalXmlOptions, *, clock: Clock, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self.info = SourceInfo(
            id=key, name=options.name, kind=options.category, protocol=options.kind, facility_code=options.facility
        )
        self.holds = chosen(key, options, self.can_hold)
        self.deadline = float(options.deadline)
        self._version = options.version
        self._own = Facility(code=options.facility or key, name=options.name)
        self._shelf = _shelf(options, clock, transport)

    async def ask(self, question: Question[R], grant: Grant, inquiry: Inquiry) -> Answer[R]:
        """The records of that class in the newest dossiers of the citizen. Slices are left to whoever asked.

        Raises:
            SourceError: no usable dossiers; ``WrongPerson`` where one of them is about somebody else.
        """
        grant.require(question.about)
        subject = grant.subject
        deadline = inquiry.deadline.within(self.deadline)
        if not deadline.left():
            raise TooSlow("no time left to ask")
        found = await inquiry.once(
            (self.info.id, "dossiers", subject.ref), lambda: self._found(subject, inquiry.request_id, deadline)
        )
        return await off_loop(lambda: self._answer(question, found, subject), deadline)

    async def close(self) -> None:
        """Let go of connections. Idempotent."""
        await self._shelf.close()

    async def _found(self, subject: Subject, request_id: str, deadline: Deadline) -> Found:
        """The citizen's dossiers, each checked to be the citizen's."""
        found = await self._shelf.find(subject, request_id, deadline)
        for dossier in found.dossiers:
            require_same_person(subject, personal_ids=frozenset({dossier.whose or ""}), birth_date=_birth_date(dossier))
        return found

    def _answer(self, question: Question[R], found: Found, subject: Subject) -> Answer[R]:
        desk: Desk[R] = Desk(
            stamp=Stamp(self.info, subject, found.at), own=self._own, version=self._version, dropped=found.dropped
        )
        for dossier in found.dossiers:
            HELD[question.about](dossier, desk)
        return Answer(
            records=tuple(desk.records), retrieved_at=found.at, truncated=found.truncated, dropped=desk.dropped
        )


def _shelf(options: HospitalXmlOptions, clock: Clock, transport: httpx.AsyncBaseTransport | None) -> Shelf:
    if options.directory is None:
        return Endpoint(Line(options, clock=clock, transport=transport), options.lookup, clock)
    return Archive(
        options.directory,
        most_bytes=options.max_body,
        refresh=options.refresh,
        clock=clock,
        key=secrets.token_bytes(32),
    )


def _birth_date(dossier: Dossier) -> PartialDate | None:
    """The birth date; none where nothing that can be read is written, which contradicts nothing."""
    try:
        return dates.partial(dossier.visit.birth) if dossier.visit.birth else None
    except ValueError:
        return None
