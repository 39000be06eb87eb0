"""Pages and what stands behind references: all of it is read, and nothing leads elsewhere or on for ever."""

import httpx
import pytest

from connectors.contract import Deadline, Inquiry, Question
from connectors.errors import Garbled, TooSlow
from connectors.options import Duration
from connectors.records import (
    Encounter,
    Immunization,
    Medication,
    Observation,
    SourceKind,
)
from tests.connectors.conformance import grant_for
from tests.connectors.fhir.samples import HOA, hospital, patient, weight
from tests.connectors.fhir.shelf import BASE, Shelf, bundle, ids, reply, shelf
from tests.sandbox.eid.held_clock import HeldClock


def two_pages(server: Shelf, link: str) -> None:
    """The first page of observations names this link; every other one has a record and no end."""
    server.says["Observation"] = lambda request: reply(
        bundle([weight("second", "p1")]) if request.method == "GET" else bundle([weight("first", "p1")], next_link=link)
    )


@pytest.mark.parametrize(
    "link",
    [f"{BASE}/Observation?page=2", "Observation?page=2", "?page=2", "/fhir/Observation?page=2", f"{BASE}?page=2"],
)
async def test_the_next_page_is_read(link: str) -> None:
    server = shelf()
    two_pages(server, link)
    server.says["?"] = server.says["/fhir"] = server.says[""] = server.says["Observation"]
    answer = await server.ask(Observation, HOA)
    assert ids(answer) == ["first", "second"]
    assert not answer.truncated
    assert server.requests[-1].url.query == b"page=2"


@pytest.mark.parametrize(
    "link",
    [
        "http://evil.test/fhir/Observation?page=2",
        "https://hospital.test/fhir/Observation?page=2",
        "http://hospital.test:8080/fhir/Observation?page=2",
        "http://hospital.test@evil.test/fhir/Observation",
        "http://user:pass@hospital.test/fhir/Observation",
        "http://hospital.test/admin?page=2",
        "http://hospital.test/fhirx/Observation",
        "http://hospital.test/fhir/../admin",
        "http://hospital.test/fhir/%2e%2e/admin",
        "../admin",
        "//evil.test/fhir/Observation",
        "http://hospital.test\\@evil.test/fhir/",
        "http://hospital.test/fhir/\nObservation",
        "http://hospital.test:port/fhir/Observation",
        "http://[::1/fhir/Observation",
        "file:///etc/passwd",
        "javascript:alert(1)",
    ],
)
async def test_a99_a_link_that_leads_elsewhere_is_not_followed(link: str) -> None:
    """What came is shown and said to be incomplete; no credential leaves for another place."""
    server = shelf()
    two_pages(server, link)
    answer = await server.ask(Observation, HOA)
    assert (ids(answer), answer.truncated) == (["first"], True)
    assert len(server.requests) == 2


async def test_a98_a_page_that_leads_to_itself_ends() -> None:
    """And what it repeats is not counted twice."""
    server = shelf()
    link = f"{BASE}/Observation?page=2"
    server.says["Observation"] = lambda _: reply(bundle([weight("same", "p1")], next_link=link))
    answer = await server.ask(Observation, HOA)
    assert (ids(answer), answer.truncated, len(server.requests)) == (["same"], True, 3)


async def test_a98_pages_without_end_are_cut_off() -> None:
    """After as many pages as the options allow, with what has come until then."""
    server = shelf()
    server.says["Observation"] = lambda _: reply(
        bundle([weight(f"n{len(server.requests)}", "p1")], next_link=f"{BASE}/Observation?page={len(server.requests)}")
    )
    answer = await server.ask(Observation, HOA, max_pages=4)
    assert (len(answer.records), answer.truncated, len(server.requests)) == (4, True, 5)


async def test_a98_a_page_beyond_its_size_is_garbled() -> None:
    server = shelf(*(weight(f"m{number}", "p1") for number in range(1000)))
    with pytest.raises(Garbled):
        await server.ask(Observation, HOA, max_body=100_000)


async def test_a_list_of_patients_without_end_is_garbled() -> None:
    """Whoever is on a page that was not read cannot be checked."""
    server = shelf()
    server.says["Patient"] = lambda _: reply(
        bundle([patient("p1", HOA)], next_link=f"{BASE}/Patient?page={len(server.requests)}")
    )
    with pytest.raises(Garbled):
        await server.ask(Observation, HOA, max_pages=3)


async def test_a_failing_second_page_fails_the_answer() -> None:
    """Half a list of allergies must never look like a whole one."""
    server = shelf()
    server.says["Observation"] = lambda request: (
        reply({}, status=500) if request.method == "GET" else reply(bundle([], next_link=f"{BASE}/Observation?p=2"))
    )
    with pytest.raises(Exception, match="status 500"):
        await server.ask(Observation, HOA)


async def test_f02_the_deadline_covers_all_pages() -> None:
    """A page that comes when the time is over is the last that was asked for, and nothing of it is used."""
    server, clock = shelf(), HeldClock()

    def late(_: httpx.Request) -> httpx.Response:
        clock.pass_seconds(3)
        return reply(bundle([weight("w", "p1")], next_link=f"{BASE}/Observation?page=2"))

    server.says["Observation"] = late
    inquiry = Inquiry(request_id="r", deadline=Deadline.after(60, clock), clock=clock)
    with pytest.raises(TooSlow):
        await server.source(deadline=Duration(2)).ask(Question(about=Observation), grant_for(HOA, Observation), inquiry)
    await inquiry.close()
    assert len(server.requests) == 2


async def test_a_diagnosis_behind_a_reference_is_fetched() -> None:
    server = Shelf(hospital()[:1] + [r for r in hospital() if r["resourceType"] in ("Encounter", "Condition")])
    (visit,) = (await server.ask(Encounter, HOA)).records
    assert isinstance(visit, Encounter)
    assert [line.code.codings[0].code for line in visit.diagnoses] == ["I10"]
    assert server.asked[-1] == ("POST Condition/_search", {"_id": ["c1"], "_count": ["100"]})


async def test_what_the_server_includes_is_not_fetched() -> None:
    server = shelf()
    visit, cause = (next(r for r in hospital() if r["resourceType"] == name) for name in ("Encounter", "Condition"))
    page = bundle([visit])
    page["entry"] += bundle([cause], mode="include")["entry"]
    server.says["Encounter"] = lambda _: reply(page)
    answer = await server.ask(Encounter, HOA, include=("Encounter:diagnosis", "MedicationRequest:medication"))
    (record,) = answer.records
    assert isinstance(record, Encounter)
    assert (len(record.diagnoses), answer.dropped, len(server.requests)) == (1, 0, 2)
    assert server.asked[1][1]["_include"] == ["Encounter:diagnosis"]


async def test_a_register_fetches_the_places_it_names() -> None:
    """With the system of facility codes, the place of a vaccination has the code that other systems know it by."""
    station = {
        "resourceType": "Organization",
        "id": "o1",
        "name": "Trạm Y tế Mẫu",
        "identifier": [{"system": "urn:facility", "value": "79983"}],
    }
    dose = {
        "resourceType": "Immunization",
        "id": "i1",
        "status": "completed",
        "vaccineCode": {"text": "BCG"},
        "occurrenceDateTime": "2026-05-04",
        "patient": {"reference": "Patient/p1"},
        "performer": [{"actor": {"reference": "Organization/o1", "display": "Trạm Y tế Mẫu"}}],
    }
    more = {"category": SourceKind.VACCINATION, "facility": None, "facility_system": "urn:facility"}
    (record,) = (await shelf(dose, station).ask(Immunization, HOA, **more)).records
    assert isinstance(record, Immunization)
    assert record.facility is not None
    assert (record.facility.code, record.facility.name) == ("79983", "Trạm Y tế Mẫu")


async def test_many_references_are_fetched_in_portions() -> None:
    """No call asks for more than a page."""
    orders = [
        {
            "resourceType": "MedicationRequest",
            "id": f"r{number}",
            "status": "active",
            "subject": {"reference": "Patient/p1"},
            "medicationReference": {"reference": f"Medication/m{number % 5}"},
        }
        for number in range(8)
    ]
    drugs = [{"resourceType": "Medication", "id": f"m{number}", "code": {"text": "Thuốc"}} for number in range(5)]
    server = shelf(*orders, *drugs)
    answer = await server.ask(Medication, HOA, page_size=2)
    assert (len(answer.records), answer.dropped) == (8, 0)
    assert [fields["_id"] for path, fields in server.asked if "_id" in fields] == [["m0,m1"], ["m2,m3"], ["m4"]]
