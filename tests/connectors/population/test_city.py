"""Every person of the sandbox city, read from the city's own register."""

from collections.abc import AsyncIterator

import pytest

from connectors.contract import Answer, Deadline, Inquiry, Question, Subject
from connectors.population.client import PopulationSource
from connectors.records import Demographics, PartialDate, Record, Relation, Representative
from tests.connectors.conformance import grant_for
from tests.connectors.population.register import API_KEY, options
from tests.connectors.serving import serving
from tests.sandbox.eid.held_clock import HeldClock
from tests.sandbox.people import Person, everyone
from tests.sandbox.render.register import congdan, dependants, representatives
from tests.sandbox.servers.register import register_app


@pytest.fixture
async def register() -> AsyncIterator[PopulationSource]:
    """A source in front of the city's register."""
    people = everyone()
    app = register_app(
        {person.personal_id: congdan(person, people) for person in people},
        {person.personal_id: dependants(person, people) for person in people},
        representatives={person.personal_id: representatives(person, people) for person in people},
        api_key=API_KEY,
    )
    async with serving(app) as server:
        source = PopulationSource("population", options(url=server.url, deadline=30), clock=HeldClock())
        yield source
        await source.close()


async def ask(register: PopulationSource, about: type[Record], person: Person) -> Answer[Record]:
    born = PartialDate(person.birth_date.isoformat())
    subject = Subject(ref=person.key, personal_id=person.personal_id, name=person.name, birth_date=born)
    clock = HeldClock()
    request = Inquiry(request_id="request-1", deadline=Deadline.after(30, clock), clock=clock)
    return await register.ask(Question(about=about), grant_for(subject, about), request)


async def test_everybody_is_in_the_register(register: PopulationSource) -> None:
    """With name, birth date and whether they live."""
    for person in everyone():
        (record,) = (await ask(register, Demographics, person)).records
        assert isinstance(record, Demographics)
        assert record.full_name == " ".join((person.as_written_by("population").name or "").upper().split())
        assert record.birth_date == person.as_written_by("population").birth_date
        assert record.deceased is (person.deceased is not None)


async def test_everybody_represents_whom_the_register_says(register: PopulationSource) -> None:
    """All relations, those that have ended or are barred too: they are judged elsewhere."""
    for person in everyone():
        answer = await ask(register, Relation, person)
        found = [
            (record.personal_id, record.valid_from, record.valid_until, record.barred)
            for record in answer.records
            if isinstance(record, Relation)
        ]
        wanted = [(one.dependant, one.valid_from, one.valid_until, one.barred) for one in person.represents]
        assert (found, answer.dropped) == (wanted, 0)


async def test_everybody_is_represented_by_whom_the_register_says(register: PopulationSource) -> None:
    """The other side of the same rights: names, and no number of anybody."""
    everybody = everyone()
    for person in everybody:
        answer = await ask(register, Representative, person)
        found = [
            (record.full_name, record.valid_until, record.barred)
            for record in answer.records
            if isinstance(record, Representative)
        ]
        wanted = [
            (" ".join((one.as_written_by("population").name or "").upper().split()), right.valid_until, right.barred)
            for one in everybody
            for right in one.represents
            if right.dependant == person.personal_id
        ]
        assert (found, answer.dropped) == (wanted, 0)
        assert not any(one.personal_id in repr(answer.records) for one in everybody)
