"""What the kind asks of a server, and what it refuses to be configured with."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from connectors.contract import Question
from connectors.fhir.mapping.reading import WORTH
from connectors.options import BadOptions, Secret
from connectors.records import (
    Allergy,
    Claim,
    Condition,
    Coverage,
    Demographics,
    Encounter,
    Immunization,
    Medication,
    Observation,
    PrimaryCare,
    Record,
)
from tests.connectors.conformance import grant_for, inquiry_of
from tests.connectors.fhir.samples import HOA, SYSTEM, patient, weight
from tests.connectors.fhir.shelf import BASE, Shelf, ids, shelf


async def test_the_number_stands_in_no_address() -> None:
    """By default it travels in the body of a POST, once; everything after it goes by the Patient's id."""
    server = shelf()
    await server.ask(Observation, HOA)
    assert server.asked == [
        ("POST Patient/_search", {"identifier": [f"{SYSTEM}|{HOA.personal_id}"], "_count": ["100"]}),
        ("POST Observation/_search", {"patient": ["p1"], "_count": ["100"]}),
    ]
    assert not [request for request in server.requests if HOA.personal_id in str(request.url)]


async def test_a_server_without_post_is_asked_with_get() -> None:
    server = shelf()
    await server.ask(Observation, HOA, search="get", reference_parameter="subject", page_size=7)
    assert server.asked[1] == ("GET Observation", {"subject": ["Patient/p1"], "_count": ["7"]})


@pytest.mark.parametrize("about", [Allergy, Immunization, Coverage, Claim])
async def test_types_without_subject_are_asked_by_patient(about: type[Record]) -> None:
    server = shelf()
    await server.ask(about, HOA, reference_parameter="subject")
    assert server.asked[1][1]["patient"] == ["p1"]


async def test_a_token_goes_with_every_call() -> None:
    server = shelf()
    await server.ask(Observation, HOA, bearer=Secret("t-1"))
    assert {request.headers["authorization"] for request in server.requests} == {"Bearer t-1"}
    assert {request.headers["accept"] for request in server.requests} == {"application/fhir+json"}


async def test_a_slice_is_asked_a_day_wider_than_it_is() -> None:
    """A server in another time zone would cut off the edge; what may separate in a value is escaped."""
    server = shelf()
    how = {
        "since": date(2026, 1, 1),
        "until": date(2026, 1, 31),
        "codes": ("29463-7", "a,b$c", "http://loinc.org|1"),
        "category": "laboratory",
    }
    await server.ask(Observation, HOA, how=how)
    assert server.asked[1][1] == {
        "patient": ["p1"],
        "date": ["ge2025-12-31", "le2026-02-01"],
        "code": [r"29463-7,a\,b\$c,http://loinc.org|1"],
        "category": ["laboratory,LAB"],
        "_count": ["100"],
    }


@pytest.mark.parametrize("about", [Condition, Allergy, Medication, Coverage, Claim])
async def test_no_parameter_is_passed_that_could_lose_a_record(about: type[Record]) -> None:
    """Some servers answer an unknown parameter with nothing; and no search date is the date these are known by."""
    server = shelf()
    how = {"since": date(2026, 1, 1), "until": date(2026, 2, 1), "codes": ("1",), "category": "laboratory"}
    await server.ask(about, HOA, how=how)
    assert server.asked[1][1] == {"patient": ["p1"], "_count": ["100"]}


async def test_the_category_other_is_everything_that_has_no_name() -> None:
    server = shelf()
    await server.ask(Observation, HOA, how={"category": "other"})
    assert "category" not in server.asked[1][1]


async def test_several_questions_of_a_request_find_the_patient_once() -> None:
    server = shelf()
    source, inquiry = server.source(), inquiry_of(5)
    grant = grant_for(HOA, Observation, Allergy, Demographics)
    for about in (Observation, Allergy, Demographics):
        await source.ask(Question(about=about), grant, inquiry)
    await inquiry.close()
    assert [path for path, _ in server.asked].count("POST Patient/_search") == 1


async def test_duplicates_of_one_person_are_all_asked_for() -> None:
    """One hospital, two files about the same citizen: both are hers, both are read."""
    server = shelf(patient("p9", HOA), weight("w9", "p9"))
    answer = await server.ask(Observation, HOA)
    assert server.asked[1][1]["patient"] == ["p1,p9"]
    assert ids(answer) == ["w0", "w1", "w2", "w9"]


def test_a_class_that_the_kind_cannot_hold_is_named_with_the_nearest() -> None:
    with pytest.raises(BadOptions, match="did you mean 'Encounter'"):
        Shelf().source(holds=("Encounters",))


def test_what_a_block_holds_is_what_it_says() -> None:
    source = Shelf().source(holds=("Encounter", "Observation"))
    assert source.holds == {Encounter, Observation}
    assert (source.info.protocol, source.info.facility_code, source.deadline) == ("fhir", "79981", 5.0)


@pytest.mark.parametrize(
    "bad",
    [
        {"identifier_system": None},
        {"page_size": 0},
        {"max_pages": 0},
        {"page_size": 5000},
        {"own_url": "hospital.test/fhir"},
        {"url": "ftp://hospital.test/"},
    ],
)
def test_options_that_no_server_could_be_asked_with(bad: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"identifier_system|page_size|url"):
        Shelf().source(**({"url": BASE} | bad))


@pytest.mark.parametrize("patient_search", ["resolve", "direct"])
async def test_patients_are_records_however_often_the_same_few_fields_of_them_are_wanted(patient_search: str) -> None:
    """They are read whole, for they are checked before they are shown; a narrower reading makes records of them too."""
    station = {"reference": "Organization/9", "display": "Trạm y tế Mẫu"}
    more = {
        "birthDate": "1990-03-02",
        "meta": {"lastUpdated": "2026-03-01T08:00:00Z"},
        "generalPractitioner": [station],
    }
    how = {"wanted": frozenset({"birth_date", "recorded_at", "organisation"})}
    for about in (Demographics, PrimaryCare) if patient_search == "resolve" else (Demographics,):
        server = Shelf([patient("p1", HOA, **more)])
        for _ in range(WORTH + 2):
            answer = await server.ask(about, HOA, how=how, patient_search=patient_search, lacks=("CareTeam",))
            (record,) = answer.records
            assert record.provenance[0].recorded_at == datetime(2026, 3, 1, 8, tzinfo=UTC)
