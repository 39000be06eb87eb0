"""Every visitor of the sandbox city's health station, read from the station's own service."""

from collections.abc import AsyncIterator

import pytest

from connectors.contract import Subject
from connectors.hospital_xml.client import HospitalXmlSource
from connectors.options import Secret
from connectors.records import Claim, Encounter, Medication, Observation, PartialDate, Referral
from tests.connectors.hospital_xml.dossiers import ask, options
from tests.connectors.serving import serving
from tests.sandbox.eid.held_clock import HeldClock
from tests.sandbox.people import Person, by_key, everyone
from tests.sandbox.people.places import HEALTH_STATION
from tests.sandbox.populate import contents_of
from tests.sandbox.servers.hospital_xml import hospital_xml_app


@pytest.fixture
async def station() -> AsyncIterator[HospitalXmlSource]:
    """A source in front of the city's station."""
    async with serving(hospital_xml_app(contents_of(everyone()).dossiers, api_key="khoa-mau")) as server:
        given = options(url=server.url, headers={"X-API-Key": Secret("khoa-mau")}, version="3176")
        source = HospitalXmlSource("health-station", given, clock=HeldClock())
        yield source
        await source.close()


def subject(person: Person) -> Subject:
    """The person as their e-ID proves them."""
    born = PartialDate(person.birth_date.isoformat())
    return Subject(ref=person.key, personal_id=person.personal_id, name=person.name, birth_date=born)


async def test_everybody_gets_all_their_visits(station: HospitalXmlSource) -> None:
    """At their times, with their codes, drugs and claims; nothing is dropped."""
    told = 0
    for person in everyone():
        there = sorted(
            (visit for visit in person.visits if visit.facility == HEALTH_STATION), key=lambda visit: visit.start
        )
        visits = await ask(station, Encounter, subject(person))
        drugs = await ask(station, Medication, subject(person))
        claims = await ask(station, Claim, subject(person))
        assert (person.key, [visit.start for visit in visits.records]) == (person.key, [visit.start for visit in there])
        assert [visit.diagnoses[0].code.codings[0].code for visit in visits.records] == [
            visit.diagnoses[0].code for visit in there
        ]
        assert len(drugs.records) == sum(len(visit.prescriptions) for visit in there)
        assert len(claims.records) == sum(visit.insured for visit in there)
        assert visits.dropped == drugs.dropped == claims.dropped == 0
        told += len(there)
    assert told >= 5


async def test_bao_was_measured_and_referred(station: HospitalXmlSource) -> None:
    """What the hospital's record begins with, two days earlier at the station."""
    bao = subject(by_key("bao"))
    signs = await ask(station, Observation, bao)
    assert {sign.code.text for sign in signs.records} == {"Huyết áp", "Mạch", "Diễn biến lâm sàng"}
    (letter,) = (await ask(station, Referral, bao)).records
    assert letter.to_facility
    assert letter.to_facility.code == "79981"
