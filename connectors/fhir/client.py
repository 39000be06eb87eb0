"""A source that speaks FHIR R4 or R5: find the citizen's Patients, search by them, check every answer, translate it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterable
from contextlib import asynccontextmanager
from functools import partial
from typing import ClassVar, TypeVar

import httpx
from msgspec import Struct

from connectors.addresses import Fields, encoded, encoded_value
from connectors.clock import Clock
from connectors.contents import Content
from connectors.contract import Answer, Deadline, Grant, Greeting, Inquiry, Question, Subject
from connectors.errors import Garbled, Rejected
from connectors.fhir import opening, wire
from connectors.fhir.asking import Wording, require_offered, slice_asked, types_of, wording
from connectors.fhir.base import Base
from connectors.fhir.capabilities import Offers, Statement
from connectors.fhir.held import HELD, Held, escaped, narrowed
from connectors.fhir.joining import joined, told
from connectors.fhir.mapping.around import Around
from connectors.fhir.mapping.reading import Reading
from connectors.fhir.options import FhirOptions
from connectors.fhir.pages import Found
from connectors.fhir.people import Whose, checked
from connectors.fhir.report import reports_of
from connectors.fhir.searching import MANY, NOTHING, Searcher
from connectors.fhir.writing import Writer, key_of, read_back
from connectors.http import Line
from connectors.options import BadOptions, chosen
from connectors.records import Demographics, Document, Facility, PrimaryCare, Record, SourceInfo, SourceKind
from connectors.stamping import Stamp
from connectors.work import off_loop
from connectors.writing import Correction, Entry, Mandate, Measurement, Receipt

R = TypeVar("R", bound=Record)

_SHARE = 0.9
"""Of the time that is left, for each of several types: what the others gave must be out before the door closes."""

_PLACES_OF_CARE = frozenset({SourceKind.HOSPITAL, SourceKind.HEALTH_STATION, SourceKind.LABORATORY})
_ALSO_FOLLOWED: dict[type[Record], frozenset[str]] = {PrimaryCare: frozenset({"Practitioner", "Organization"})}
"""Types behind references that are fetched for a class alone."""
_PATIENTS = HELD[Demographics][0].readings
_NO_SLICE: Fields = {}
_ENTRIES: dict[str, type[Entry]] = {"Measurement": Measurement, "Correction": Correction}


class _People(Struct, frozen=True):
    """The Patients that one server has for one citizen: usually one, sometimes duplicates, often none."""

    found: Found[Reading]
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
        _require_types(key, options, self.holds)
        self.deadline = float(options.deadline)
        self.takes: frozenset[type[Entry]] = frozenset(_ENTRIES[name] for name in options.takes)
        self.gives_contents = Document in self.holds
        self._clock = clock
        self._options = options
        self._base = Base.of(options.url, options.own_url)
        self._line = Line(options, clock=clock, transport=transport)
        self._searcher = Searcher(self._line, self._base, options, clock=clock)
        self._writer = Writer(self._line, self._searcher, self._base)
        self._statement = Statement(self._searcher.capabilities, clock=clock)
        self._by_number = options.patient_search == "direct"
        self._types = {about: self._served(about, None) for about in self.holds}
        self._wordings: dict[Held, tuple[Offers | None, Wording]] = {}
        # The number is all that differs between two citizens.
        before = {"identifier": escaped(f"{options.identifier_system}|" if options.identifier_system else "")}
        self._by_identifier = encoded(before), "&" + encoded({"_count": str(options.page_size)})
        self._reads_statement = options.capabilities == "read"
        is_place = options.category in _PLACES_OF_CARE
        self._own = Facility(code=options.facility or key, name=options.name) if is_place else None

    async def ask(self, question: Question[R], grant: Grant, inquiry: Inquiry) -> Answer[R]:
        """Every record of that class that the server holds about the citizen (see ``contract.Source``)."""
        about = question.about
        grant.require(about)
        deadline, subject = inquiry.deadline.within(self.deadline), grant.subject
        offers = await self._statement.offers(deadline) if self._reads_statement else None
        people = None
        if not self._by_number or about is Demographics:
            # Where the server takes the bare number nobody else needs them.
            finding = self._people if self._by_number else self._known
            people = await finding(subject, offers, inquiry, deadline)
            if about is Demographics:
                found = Found(_PATIENTS.of(question.wanted))
                found.resources = people.found.resources
                return told(found, self._around(people.found, self._stamp(subject)))
            if not people.ids:
                return Answer(records=(), retrieved_at=self._clock.now())
        served = self._types[about] if offers is None else self._served(about, offers)
        if len(served) != 1:
            return await self._by_several(served, subject, people, question, offers, inquiry, deadline)
        found = await self._of_type(served[0], subject, people, question, offers, inquiry, deadline)
        if offers is not None:
            _require_known(found, offers)
        around = self._around(found, self._stamp(subject))
        if len(found.resources) > MANY:
            return await off_loop(partial(told, found, around), deadline)
        return told(found, around)

    async def write(self, entry: Entry, key: str, mandate: Mandate, inquiry: Inquiry) -> Receipt:
        """Have the server create the entry, once for each key (see ``writing.Recorder``)."""
        mandate.require(entry)
        deadline, subject = inquiry.deadline.within(self.deadline), mandate.subject
        offers = await self._statement.offers(deadline) if self._options.capabilities == "read" else None
        people = await self._known(subject, offers, inquiry, deadline)
        if not people.ids:
            raise Rejected("the citizen is not known there")
        ids = frozenset(people.ids)
        whose = Whose(subject, self._base, self._options.identifier_system, ids)
        written = await self._writer.write(entry, key_of(key, mandate), min(ids), whose, mandate, inquiry, deadline)
        if not isinstance(written, wire.Observation):
            return Receipt()
        return Receipt(record=read_back(written, self._around(None, self._stamp(subject))))

    @asynccontextmanager
    async def content(self, document: Document, grant: Grant, inquiry: Inquiry) -> AsyncIterator[Content]:
        """The content of a document (see ``contents.Shelf``).

        The document was told of in this request, held against the citizen with the whole answer; the content is held
        against whom the server says that it is about, where it says so.
        """
        grant.require(Document)
        deadline, most = inquiry.deadline.within(self.deadline), self._options.most_content
        address = opening.address_of(document, self._base)
        headers = {"accept": f"{document.content_type}, */*;q=0.1"}
        async with self._line.stream(address, deadline=deadline, headers=headers, most=most) as flow:
            if opening.CONTEXT in flow.headers and self._options.patient_search == "resolve":
                subject = grant.subject
                people = await self._known(subject, None, inquiry, deadline)
                opening.require_same_person(flow.headers, frozenset(people.ids), self._base)
            yield await opening.opened(document, flow)

    async def close(self) -> None:
        """Let go of connections. Idempotent."""
        await self._line.close()

    async def greet(self, deadline: Deadline) -> Greeting:
        """What the server says it can do; some answer this to anybody, so it proves no credentials."""
        said = await self._searcher.capabilities(deadline)
        if not said.fhir_version.startswith(("4.", "5.")):
            return Greeting("speaks another version of FHIR than R4 and R5", fine=False)
        known = {capability.type for role in said.rest for capability in role.resource}
        asked = {held.type for about in self.holds for held in HELD[about]} - set(self._options.lacks)
        version = f"FHIR R{said.fhir_version[0]}"
        if missing := sorted(asked - known):
            return Greeting(f"{version}, says nothing of {', '.join(missing)}", fine=False)
        return Greeting(f"{version} with everything that is asked for")

    def _known(
        self, subject: Subject, offers: Offers | None, inquiry: Inquiry, deadline: Deadline
    ) -> Awaitable[_People]:
        """The citizen's Patients, found once per request."""
        find = partial(self._people, subject, offers, inquiry, deadline)
        return inquiry.once((self.info.id, "patient", subject.ref), find)

    async def _people(self, subject: Subject, offers: Offers | None, inquiry: Inquiry, deadline: Deadline) -> _People:
        """The citizen's Patients, each checked to be the citizen's."""
        system = self._options.identifier_system
        before, after = self._by_identifier
        query = f"{before}{encoded_value(escaped(subject.personal_id))}{after}"
        found = await self._searcher.search(_PATIENTS.whole, query, None, inquiry, deadline)
        if found.dropped or found.truncated:
            # A Patient that cannot be read cannot be checked.
            raise Garbled("Patients that cannot be checked")
        if not found.resources:
            require_offered(offers, "Patient", "identifier")
        return _People(found, checked(found.resources.values(), subject, system))

    def _served(self, about: type[Record], offers: Offers | None) -> tuple[Held, ...]:
        """The types that the server has for a class. Where it takes the bare number its Patients are not known."""
        served = types_of(about, self._options, offers)
        return tuple(held for held in served if held.wire is not wire.Patient) if self._by_number else served

    async def _by_several(
        self,
        served: Iterable[Held],
        subject: Subject,
        people: _People | None,
        question: Question[R],
        offers: Offers | None,
        inquiry: Inquiry,
        deadline: Deadline,
    ) -> Answer[R]:
        """The records of a class that refer to these Patients, of every type that the server has for it."""
        share = deadline.within(deadline.left() * _SHARE)
        parts = await asyncio.gather(
            *(self._of_type(held, subject, people, question, offers, inquiry, share) for held in served),
            return_exceptions=True,
        )
        parts = [_or_unknown(part, offers) for part in parts]
        answer = partial(joined, parts, self._around, self._stamp(subject))
        much = sum(len(part.resources) for part in parts if isinstance(part, Found)) > MANY
        return await off_loop(answer, deadline) if much else answer()

    def _of_type(
        self,
        held: Held,
        subject: Subject,
        people: _People | None,
        question: Question[R],
        offers: Offers | None,
        inquiry: Inquiry,
        deadline: Deadline,
    ) -> Awaitable[Found[Reading]]:
        """The resources of one type."""
        reading = held.readings.of(question.wanted)
        kinds = NOTHING
        if reading.points_to:
            kinds = self._searcher.follows(reading, _ALSO_FOLLOWED.get(question.about, NOTHING))
        if held.wire is wire.Patient and people is not None:
            return self._again(people, reading, kinds, deadline)
        ids, known = (people.ids, frozenset(people.ids)) if people else ((subject.personal_id,), None)
        slice_, asked = _NO_SLICE, None
        if question.is_slice:
            slice_ = slice_asked(question, held, offers)
            asked = narrowed(question, slice_)
        query = self._worded(held, offers).query(ids, reading.wire, slice_)
        whose = Whose(subject, self._base, self._options.identifier_system, known)
        return self._searcher.search(reading, query, whose, inquiry, deadline, kinds=kinds, asked=asked)

    def _worded(self, held: Held, offers: Offers | None) -> Wording:
        """How that type is searched for, as long as the server says the same of itself."""
        known = self._wordings.get(held)
        if known is None or known[0] is not offers:
            known = self._wordings[held] = offers, wording(held, self._options, offers)
        return known[1]

    async def _again(
        self, people: _People, reading: Reading, kinds: frozenset[str], deadline: Deadline
    ) -> Found[Reading]:
        """The citizen's Patients, which are checked already; followed for this class alone."""
        found = Found(reading)
        found.resources = people.found.resources
        if kinds:
            await self._searcher.follow(found, kinds, deadline)
        return found

    def _stamp(self, subject: Subject) -> Stamp:
        return Stamp(self.info, subject, self._clock.now())

    def _around(self, found: Found[Reading] | None, stamp: Stamp) -> Around:
        return Around(
            stamp=stamp,
            base=self._base,
            own=self._own,
            facility_system=self._options.facility_system,
            included=found.linked if found is not None else {},
        )


def _require_known(found: Found[Reading], offers: Offers) -> None:
    """Refuse to take nothing for an answer where the server does not say that it knows the question.

    Raises:
        Garbled: it does not.
    """
    if found.whose is not None and not found.resources and not found.dropped:
        require_offered(offers, found.reading.type, "patient", "subject")


def _or_unknown(part: Found[Reading] | BaseException, offers: Offers | None) -> Found[Reading] | BaseException:
    """What one type of several gave, or why it gave nothing."""
    if isinstance(part, Found) and offers is not None:
        try:
            _require_known(part, offers)
        except Garbled as error:
            return error
    return part


def _require_types(key: str, options: FhirOptions, holds: Iterable[type[Record]]) -> None:
    """Refuse ``lacks`` that names no type, or leaves a class without any.

    Raises:
        BadOptions: it does.
    """
    types = {about: {held.type for held in HELD[about]} for about in HELD}
    lacks = set(options.lacks)
    if unknown := lacks - set().union(*types.values()):
        raise BadOptions(f"sources.{key}.lacks: never asked for: {', '.join(sorted(unknown))}")
    if empty := sorted(about.__name__ for about in holds if types[about] <= lacks):
        raise BadOptions(f"sources.{key}.lacks: leaves nothing to ask for {', '.join(empty)}; take it out of 'holds'")
