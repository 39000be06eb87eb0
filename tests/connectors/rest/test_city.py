"""The appointments of the sandbox city, read with nothing but the description in its configuration."""

import tomllib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from connectors.contract import Answer, Deadline, Inquiry, Question, Subject
from connectors.options import read
from connectors.records import Appointment
from connectors.rest.client import RestSource
from connectors.rest.options import RestOptions
from tests.connectors.conformance import grant_for
from tests.connectors.serving import serving
from tests.sandbox import config
from tests.sandbox.city import SOURCES
from tests.sandbox.eid.held_clock import HeldClock
from tests.sandbox.people import Person, by_key, everyone
from tests.sandbox.people.places import DEPARTMENTS, FACILITIES
from tests.sandbox.render.appointments import appointments
from tests.sandbox.servers.rest_appointments import appointments_app


@pytest.fixture
async def system() -> AsyncIterator[RestSource]:
    """A source in front of the city's system, as the city's own template describes it."""
    held = {person.personal_id: appointments(person) for person in everyone()}
    async with serving(appointments_app(held, token="the-token")) as server:
        template = config.sources_toml(dict.fromkeys(SOURCES, server.url))
        table = tomllib.loads(template)["sources"]["appointments"] | {"bearer": "env:TOKEN", "deadline": "30s"}
        made = read(RestOptions, table, where="x", folder=Path(), environment=lambda _: "the-token")
        source = RestSource("appointments", made, clock=HeldClock())
        yield source
        await source.close()


async def ask(system: RestSource, person: Person) -> Answer[Appointment]:
    clock = HeldClock()
    inquiry = Inquiry(request_id="request-1", deadline=Deadline.after(30, clock), clock=clock)
    subject = Subject(ref=person.key, personal_id=person.personal_id)
    return await system.ask(Question(about=Appointment), grant_for(subject, Appointment), inquiry)


@pytest.mark.parametrize("key", ["an", "ngoc", "nhi", "phuc", "trang"])
async def test_every_appointment_of_the_story_is_there(system: RestSource, key: str) -> None:
    """At its time, its place and its department, booked or cancelled; and nobody has another's."""
    answer = await ask(system, by_key(key))
    assert (answer.dropped, answer.truncated) == (0, False)
    found = [
        (planned.at, planned.facility.code, planned.facility.name, planned.department, planned.reason, planned.status)
        for planned in answer.records
    ]
    assert found == [
        (
            planned.at,
            planned.facility,
            FACILITIES[planned.facility].name,
            DEPARTMENTS[planned.department],
            planned.reason,
            planned.status,
        )
        for planned in by_key(key).appointments
    ]
