"""Every fault looks on a real socket as its name says, and hits whom it was meant for."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import httpx
import orjson
import pytest

from tests.sandbox.city import City, running_city
from tests.sandbox.fault_answers import ANSWERS
from tests.sandbox.faults import FAULT_NAMES, Faults, somebody_else
from tests.sandbox.small import AN, BINH, contents

SOURCE = "hospital-a"


@pytest.fixture(scope="module")
def city() -> Iterator[City]:
    with running_city(contents()) as running:
        yield running


@pytest.fixture(autouse=True)
def clean(city: City) -> Iterator[None]:
    yield
    city.faults.clear()
    for seen in city.seen.values():
        seen.forget()


@pytest.fixture
async def http(city: City) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=city.addresses[SOURCE] + "/fhir/", trust_env=False) as opened:
        yield opened


async def patient(http: httpx.AsyncClient, number: str = AN) -> httpx.Response:
    return await http.post("Patient/_search", data={"identifier": number})


def test_every_fault_has_an_answer() -> None:
    assert set(ANSWERS) == FAULT_NAMES


@pytest.mark.parametrize(
    ("fault", "status"),
    [("down", 503), ("refuse", 401), ("busy", 429), ("redirect", 302), ("html", 200), ("null", 200), ("list", 200)],
)
async def test_faults_with_a_status(city: City, http: httpx.AsyncClient, fault: str, status: int) -> None:
    city.faults.set(SOURCE, fault)
    assert (await patient(http)).status_code == status
    city.faults.clear()
    assert (await patient(http)).json()["total"] == 1


async def test_busy_says_when_to_come_back(city: City, http: httpx.AsyncClient) -> None:
    city.faults.set(SOURCE, "busy", seconds=7)
    assert (await patient(http)).headers["retry-after"] == "7"


async def test_a_redirect_leads_to_another_origin_that_counts_its_visitors(city: City, http: httpx.AsyncClient) -> None:
    city.faults.set(SOURCE, "redirect")
    assert city.seen["control"].calls == ()
    answer = await http.get("Patient", follow_redirects=True)
    assert (answer.status_code, city.seen["control"].count("elsewhere")) == (200, 1)


async def test_the_log_in_page_is_html(city: City, http: httpx.AsyncClient) -> None:
    city.faults.set(SOURCE, "html")
    answer = await patient(http)
    assert answer.headers["content-type"].startswith("text/html")
    assert "password" in answer.text


@pytest.mark.parametrize("fault", ["garbage", "bad_utf8"])
async def test_broken_bodies_keep_the_right_content_type(city: City, http: httpx.AsyncClient, fault: str) -> None:
    city.faults.set(SOURCE, fault)
    answer = await patient(http)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/fhir+json")
    with pytest.raises(orjson.JSONDecodeError):
        orjson.loads(answer.content)


async def test_bad_utf8_is_broken_only_in_its_letters(city: City, http: httpx.AsyncClient) -> None:
    city.faults.set(SOURCE, "bad_utf8")
    content = (await patient(http)).content
    with pytest.raises(UnicodeDecodeError):
        content.decode()
    assert orjson.loads(content.decode(errors="ignore"))["total"] == 1


async def test_other_types_in_the_true_shape(city: City, http: httpx.AsyncClient) -> None:
    true = (await patient(http)).json()
    city.faults.set(SOURCE, "types")
    odd = (await patient(http)).json()
    assert odd.keys() == true.keys()
    assert (odd["resourceType"], odd["total"]) == ("Bundle", "1")
    assert isinstance(odd["entry"][0]["resource"]["birthDate"], int)


async def test_half_a_body_and_a_cut_connection(city: City, http: httpx.AsyncClient) -> None:
    city.faults.set(SOURCE, "half")
    with pytest.raises(httpx.RemoteProtocolError):
        await patient(http)


async def test_a_huge_body_comes_without_a_length(city: City, http: httpx.AsyncClient) -> None:
    city.faults.set(SOURCE, "huge")
    async with http.stream("GET", "Patient") as answer:
        assert "content-length" not in answer.headers
        size = 0
        async for chunk in answer.aiter_raw():
            size += len(chunk)
    assert size > 10_000_000


async def test_a_deep_body_is_lists_in_lists(city: City, http: httpx.AsyncClient) -> None:
    city.faults.set(SOURCE, "deep")
    answer = await patient(http)
    assert (answer.headers["content-type"], set(answer.text)) == ("application/json", {"["})


async def test_a_packed_body_unpacks_to_a_thousand_times_its_size(city: City, http: httpx.AsyncClient) -> None:
    city.faults.set(SOURCE, "packed")
    answer = await patient(http)
    assert len(answer.content) > 500 * int(answer.headers["content-length"])


async def test_a_header_that_no_client_reads(city: City, http: httpx.AsyncClient) -> None:
    city.faults.set(SOURCE, "long_header")
    with pytest.raises(httpx.RemoteProtocolError):
        await patient(http)


async def test_a_drip_is_the_true_answer_when_it_is_over(city: City, http: httpx.AsyncClient) -> None:
    city.faults.set(SOURCE, "drip", seconds=0)
    assert (await patient(http)).json()["total"] == 1


async def test_slow_is_the_true_answer_when_it_comes(city: City, http: httpx.AsyncClient) -> None:
    city.faults.set(SOURCE, "slow", seconds=0.01)
    assert (await patient(http)).json()["total"] == 1


async def test_a_held_request_goes_on_when_the_fault_is_cleared(city: City, http: httpx.AsyncClient) -> None:
    city.faults.set(SOURCE, "hang")
    asking = asyncio.create_task(patient(http))
    assert await asyncio.to_thread(city.seen[SOURCE].wait_until, lambda seen: seen.in_flight == 1)
    assert not asking.done()
    city.faults.clear(SOURCE)
    assert (await asking).json()["total"] == 1


async def test_a_hanging_server_notices_that_the_caller_hung_up(city: City, http: httpx.AsyncClient) -> None:
    city.faults.set(SOURCE, "hang")
    with pytest.raises(httpx.ReadTimeout):
        await http.get("Patient", timeout=0.05)
    assert await asyncio.to_thread(city.seen[SOURCE].wait_until, lambda seen: seen.in_flight == 0)


async def test_a_fault_of_one_citizen_leaves_the_others_alone(city: City, http: httpx.AsyncClient) -> None:
    city.faults.set(SOURCE, "down", citizen=AN)
    assert (await patient(http, AN)).status_code == 503
    assert (await patient(http, BINH)).status_code == 200
    assert (await http.get("metadata")).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "Patient/p-an",
        "Observation/o-1",
        "Observation?patient=p-an",
        "Observation?subject=Patient/p-an",
        "Observation?patient=p-nobody,p-an",
        f"Observation?patient.identifier=urn:citizen-graph:sandbox:cccd|{AN}",
        "Patient?_id=p-an",
    ],
)
async def test_every_question_about_a_citizen_is_hit(city: City, http: httpx.AsyncClient, path: str) -> None:
    city.faults.set(SOURCE, "down", citizen=AN)
    assert (await http.get(path)).status_code == 503


async def test_the_next_page_is_about_the_same_citizen(city: City, http: httpx.AsyncClient) -> None:
    page = (await http.get("Observation", params={"patient": "p-an", "_count": "2"})).json()
    next_ = next(link["url"] for link in page["link"] if link["relation"] == "next")
    city.faults.set(SOURCE, "down", citizen=AN)
    assert (await http.get(next_)).status_code == 503


async def test_a_number_that_happens_to_be_a_patient_id_is_no_question_about_them(
    city: City, http: httpx.AsyncClient
) -> None:
    city.faults.set(SOURCE, "down", citizen=AN)
    assert (await http.get("Observation", params={"code": "p-an"})).status_code == 200


@pytest.mark.parametrize("question", ["Patient?identifier=" + AN, "Patient?_id=p-an", "Patient/p-an"])
async def test_wrong_person_answers_about_somebody_else(city: City, http: httpx.AsyncClient, question: str) -> None:
    city.faults.set(SOURCE, "wrong_person", citizen=AN)
    answer = (await http.get(question)).json()
    found = answer["entry"][0]["resource"] if answer["resourceType"] == "Bundle" else answer
    assert (found["id"], found["identifier"][0]["value"]) == ("p-binh", BINH)


@pytest.mark.parametrize("reference", ["p-an", "Patient/p-an"])
async def test_wrong_person_gives_somebody_elses_observations(
    city: City, http: httpx.AsyncClient, reference: str
) -> None:
    city.faults.set(SOURCE, "wrong_person", citizen=AN)
    answer = (await http.get("Observation", params={"patient": reference})).json()
    assert [entry["resource"]["id"] for entry in answer["entry"]] == ["o-binh"]


async def test_a_fault_of_the_register_and_the_insurance_finds_its_citizen(city: City) -> None:
    about = {"SoDinhDanh": AN, "MaYeuCau": "1"}
    headers = {"X-API-Key": city.credentials.population_key}
    city.faults.set("population", "wrong_person", citizen=AN)
    city.faults.set("insurance", "down", citizen=AN)
    async with httpx.AsyncClient(trust_env=False) as http:
        told = await http.post(city.addresses["population"] + "/congdan/tra-cuu", json=about, headers=headers)
        card = city.addresses["insurance"] + "/api/egw/KQNhanLichSuKCB2024"
        by_card = await http.post(card, data={"maThe": "GD4797999998101"})
        as_json = await http.post(card, json={"maThe": AN})
        other = await http.post(card, json={"maThe": BINH})
    assert told.json()["CongDan"]["SoDinhDanh"] == BINH
    assert (by_card.status_code, as_json.status_code, other.status_code) == (503, 503, 200)


async def test_an_endless_request_body_is_refused(http: httpx.AsyncClient) -> None:
    assert (await http.post("Patient/_search", content=b"a" * 1_100_000)).status_code == 413


def test_what_people_carry_with_them_outlives_clearing() -> None:
    faults = Faults({(SOURCE, AN): "slow"})
    faults.set(SOURCE, "down", citizen=AN)
    found = faults.find(SOURCE, AN)
    assert found
    assert found.name == "down"
    faults.clear()
    found = faults.find(SOURCE, AN)
    assert found
    assert found.name == "slow"
    assert faults.find(SOURCE, BINH) is None


def test_clearing_one_citizen_leaves_the_source_as_it_is() -> None:
    faults = Faults()
    faults.set(SOURCE, "down")
    faults.set(SOURCE, "slow", citizen=AN)
    faults.clear(SOURCE, citizen=AN)
    found = faults.find(SOURCE, AN)
    assert found
    assert found.name == "down"


@pytest.mark.parametrize(("fault", "seconds"), [("sleepy", None), ("slow", -1), ("slow", 1e9), ("slow", float("nan"))])
def test_a_fault_that_does_not_exist_is_refused(fault: str, seconds: float | None) -> None:
    with pytest.raises(ValueError, match="fault"):
        Faults().set(SOURCE, fault, seconds=seconds)


async def test_a_fault_that_was_taken_back_holds_nobody() -> None:
    faults = Faults()
    faults.set(SOURCE, "hang")
    fault = faults.find(SOURCE, None)
    assert fault
    faults.clear()
    await asyncio.wait_for(faults.hold(fault, None), 5)


def test_somebody_else_is_another_unless_there_is_none() -> None:
    assert somebody_else([AN, BINH], AN) == BINH
    assert somebody_else([AN, BINH], BINH) == AN
    assert somebody_else([AN], AN) == AN


async def test_an_unconfirmed_create_is_carried_out_and_not_told(city: City, http: httpx.AsyncClient) -> None:
    """The connection is cut in the middle of the confirmation; questions are answered as always."""
    city.faults.set(SOURCE, "unconfirmed")
    there = city.contents.resources[SOURCE]
    person = next(one["id"] for one in there if one["resourceType"] == "Patient")
    entry = {"resourceType": "Observation", "subject": {"reference": f"Patient/{person}"}, "status": "final"}
    with pytest.raises(httpx.RemoteProtocolError):
        await http.post("Observation", json=entry)
    assert len(city.intake.made) == 1
    city.intake.forget()
    assert (await patient(http)).status_code == 200
