"""A source that speaks FHIR R4: find the citizen's Patients, search by them, check every answer, translate it."""

from collections.abc import Iterable
from typing import Any, ClassVar, TypeVar

import httpx
from msgspec import Struct

from connectors.clock import Clock
from connectors.contract import Answer, Deadline, Grant, Greeting, Inquiry, Question, Subject
from connectors.errors import Garbled
from connectors.fhir import wire
from connectors.fhir.asking import parameters, require_offered
from connectors.fhir.base import Base
from connectors.fhir.capabilities import Offers, Statement
from connectors.fhir.held import HELD, Held, escaped, narrowed
from connectors.fhir.mapping.elements import Around, Unreadable
from connectors.fhir.options import FhirOptions
from connectors.fhir.people import Whose, checked
from connectors.fhir.report import reports_of
from connectors.fhir.searching import Found, Searcher, size_of
from connectors.http import Line
from connectors.options import chosen
from connectors.records import Demographics, Facility, Record, SourceInfo, SourceKind
from connectors.stamping import Stamp
from connectors.work import aside

R = TypeVar("R", bound=Record)

_PLACES_OF_CARE = frozenset({SourceKind.HOSPITAL, SourceKind.HEALTH_STATION, SourceKind.LABORATORY})


class _People(Struct, frozen=True):
    """The Patients that one server has for one citizen: usually one, sometimes duplicates, often none."""

    patients: tuple[wire.Patient, ...]
    ids: tuple[str, ...]


class FhirSource:
    """One FHIR server."""

    options: ClassVar[type[FhirOptions]] = FhirOptions
    can_hold: ClassVar[frozenset[type[Record]]] = frozenset(HELD)
    reports = staticmethod(reports_of)

    def __init__(
        self, key: str, options: FhirOptions, *, clock: Clock, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        """Make the source; nothing is said to the server yet.

        Raises:
            BadOptions: ``holds`` names a class of record that FHIR sources do not have.
        """
        self.info = SourceInfo(
            id=key, name=options.name, kind=options.category, protocol="fhir", facility_code=options.facility
        )
        self.holds = chosen(key, options, self.can_hold)
        self.deadline = float(options.deadline)
        self._clock = clock
        self._options = options
        self._base = Base.of(options.url, options.own_url)
        self._line = Line(options, clock=clock, transport=transport)
        self._searcher = Searcher(self._line, self._base, options)
        self._statement = Statement(self._searcher.capabilities, clock=clock)
        self._followed = ("Condition", "Medication", *(("Organization",) if options.facility_system else ()))
        is_place = options.category in _PLACES_OF_CARE
        self._own = Facility(code=options.facility or key, name=options.name) if is_place else None

    async def ask(self, question: Question[R], grant: Grant, inquiry: Inquiry) -> Answer[R]:
        """Every record of that class that the server holds about the citizen (see ``contract.Source``)."""
        grant.require(question.about)
        deadline = inquiry.deadline.within(self.deadline)
        held, subject = HELD[question.about], grant.subject
        offers = await self._statement.offers(deadline) if self._options.capabilities == "read" else None
        if self._options.patient_search == "direct" and question.about is not Demographics:
            return await self._by(subject, (subject.personal_id,), None, held, question, offers, deadline)
        people: _People = await inquiry.once(
            (self.info.id, "patient", subject.ref), lambda: self._people(subject, offers, deadline)
        )
        if question.about is Demographics:
            return self._read(held, people.patients, self._around(subject), Found())
        if not people.ids:
            return Answer(records=(), retrieved_at=self._clock.now())
        return await self._by(subject, people.ids, frozenset(people.ids), held, question, offers, deadline)

    async def close(self) -> None:
        """Let go of connections. Idempotent."""
        await self._line.close()

    async def greet(self, deadline: Deadline) -> Greeting:
        """What the server says it can do; some answer this to anybody, so it proves no credentials."""
        said = await self._searcher.capabilities(deadline)
        if not said.fhir_version.startswith("4."):
            return Greeting("speaks another version of FHIR than R4", fine=False)
        known = {capability.type for role in said.rest for capability in role.resource}
        missing = sorted({HELD[about].type for about in self.holds} - known)
        if missing:
            return Greeting(f"FHIR R4, says nothing of {', '.join(missing)}", fine=False)
        return Greeting("FHIR R4 with everything that is asked for")

    async def _people(self, subject: Subject, offers: Offers | None, deadline: Deadline) -> _People:
        """The citizen's Patients, each checked to be the citizen's."""
        system = self._options.identifier_system
        identifier = f"{system}|{subject.personal_id}" if system else subject.personal_id
        fields = {"identifier": escaped(identifier), "_count": str(self._options.page_size)}
        found = await self._searcher.search(wire.Patient, fields, deadline)
        if found.dropped or found.truncated:
            # A Patient that cannot be read cannot be checked.
            raise Garbled("Patients that cannot be checked")
        patients = tuple(found.resources.values())
        if not patients:
            require_offered(offers, "Patient", "identifier")
        return _People(patients, checked(patients, subject, system))

    async def _by(
        self,
        subject: Subject,
        ids: tuple[str, ...],
        known: frozenset[str] | None,
        held: Held,
        question: Question[R],
        offers: Offers | None,
        deadline: Deadline,
    ) -> Answer[R]:
        """The records of a class that refer to these Patients."""
        fields = parameters(question, held, ids, self._options, offers)
        found = await self._searcher.search(held.wire, fields, deadline)
        resources = tuple(found.resources.values())
        if not resources and not found.dropped:
            require_offered(offers, held.type, "patient", "subject")
        whose = Whose(subject=subject, base=self._base, identifier_system=self._options.identifier_system, ids=known)
        size = size_of(resources)
        await aside(lambda: whose.require(resources), deadline, size=size)
        await self._follow(held, resources, found, deadline)
        whose.require_linked(found.linked.values())
        return await aside(
            lambda: self._read(held, resources, self._around(subject, found), found, narrowed(question, fields)),
            deadline,
            size=size,
        )

    async def _follow(self, held: Held, resources: Iterable[Any], found: Found[Any], deadline: Deadline) -> None:
        """Fetch what the resources point to and the server did not include."""
        pointers = (pointer for resource in resources for pointer in held.points_to(resource))
        targets = dict.fromkeys(target for pointer in pointers if (target := self._base.target(pointer)))
        for kind in self._followed:
            ids = [id_ for type_, id_ in targets if type_ == kind and (type_, id_) not in found.linked]
            found.linked |= await self._searcher.fetch(kind, ids, deadline)

    def _around(self, subject: Subject, found: Found[Any] | None = None) -> Around:
        return Around(
            stamp=Stamp(self.info, subject, self._clock.now()),
            base=self._base,
            own=self._own,
            facility_system=self._options.facility_system,
            included=found.linked if found else {},
        )

    def _read(
        self,
        held: Held,
        resources: Iterable[Any],
        around: Around,
        found: Found[Any],
        asked: Question[Any] | None = None,
    ) -> Answer[Any]:
        """The records; what cannot be read is counted and never stands in the way of the rest."""
        records, dropped = [], found.dropped
        for resource in resources:
            try:
                record = held.to_record(resource, around)
            except Unreadable:
                dropped += 1
            else:
                records += [record] if record else []
        return Answer(
            records=tuple(records),
            retrieved_at=around.stamp.retrieved_at,
            truncated=found.truncated,
            dropped=dropped,
            narrowed=asked,
        )
