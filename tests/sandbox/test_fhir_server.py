"""The FHIR server of the city behaves as R4 says, and shows no citizen number where addresses are logged."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.sandbox.servers.fhir import fhir_app
from tests.sandbox.servers.intake import Intake
from tests.sandbox.servers.store import IDENTIFIER_SYSTEM, Store
from tests.sandbox.small import AN, OBSERVATIONS, pulse, resources

BASE = "http://hospital/fhir"


def client(**options: Any) -> httpx.AsyncClient:
    app = fhir_app(resources(), base_url=BASE, **options)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE)


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with client() as opened:
        yield opened


def ids(bundle: Any, mode: str = "match") -> list[str]:
    entries = bundle.json().get("entry", [])
    return [entry["resource"]["id"] for entry in entries if entry["search"]["mode"] == mode]


def ignored(bundle: Any) -> list[str]:
    entries = bundle.json().get("entry", [])
    outcomes = [entry["resource"] for entry in entries if entry["search"]["mode"] == "outcome"]
    return [issue["diagnostics"] for outcome in outcomes for issue in outcome["issue"]]


async def test_metadata_names_the_version_and_every_type(http: httpx.AsyncClient) -> None:
    answer = await http.get("metadata")
    assert answer.headers["content-type"].startswith("application/fhir+json")
    assert answer.json()["fhirVersion"] == "4.0.1"
    assert "Immunization" in [entry["type"] for entry in answer.json()["rest"][0]["resource"]]


async def test_read_gives_the_resource_itself(http: httpx.AsyncClient) -> None:
    assert (await http.get("Observation/o-1")).json() == pulse("o-1", "p-an", "2026-01-10T08:00:00+07:00")


@pytest.mark.parametrize(
    ("path", "status"),
    [("Observation/none", 404), ("Device/1", 404), ("Device", 404), ("a/b/c/d", 404), ("Patient?_page=x", 410)],
)
async def test_what_is_not_there_is_an_operation_outcome(http: httpx.AsyncClient, path: str, status: int) -> None:
    answer = await http.get(path)
    assert (answer.status_code, answer.json()["resourceType"]) == (status, "OperationOutcome")


async def test_a_method_that_is_not_offered_is_an_operation_outcome(http: httpx.AsyncClient) -> None:
    answer = await http.put("Patient/p-an", json={})
    assert (answer.status_code, answer.json()["resourceType"]) == (405, "OperationOutcome")
    assert "GET" in answer.headers["allow"]


@pytest.mark.parametrize("value", [f"{IDENTIFIER_SYSTEM}|{AN}", AN])
async def test_a_patient_is_found_by_number_with_and_without_system(http: httpx.AsyncClient, value: str) -> None:
    assert ids(await http.get("Patient", params={"identifier": value})) == ["p-an"]


@pytest.mark.parametrize("value", [f"urn:other|{AN}", f"|{AN}", AN[:-1], "*"])
async def test_another_system_or_number_finds_nobody(http: httpx.AsyncClient, value: str) -> None:
    answer = await http.get("Patient", params={"identifier": value})
    assert (answer.json()["total"], ids(answer)) == (0, [])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("patient", "p-an"),
        ("patient", "Patient/p-an"),
        ("patient", f"{BASE}/Patient/p-an"),
        ("patient", "p-nobody,p-an"),
        ("subject", "Patient/p-an"),
        ("patient.identifier", f"{IDENTIFIER_SYSTEM}|{AN}"),
        ("subject:Patient.identifier", AN),
    ],
)
async def test_every_way_to_name_the_patient(http: httpx.AsyncClient, name: str, value: str) -> None:
    assert len(ids(await http.get("Observation", params={name: value}))) == OBSERVATIONS


async def test_a_patient_of_another_server_is_nobody(http: httpx.AsyncClient) -> None:
    assert ids(await http.get("Observation", params={"patient": "http://other/fhir/Patient/p-an"})) == []


async def test_both_patients_of_a_list_are_found(http: httpx.AsyncClient) -> None:
    assert len(ids(await http.get("Observation", params={"patient": "p-an,p-binh"}))) == OBSERVATIONS + 1


async def test_two_limits_on_the_patient_must_both_hold(http: httpx.AsyncClient) -> None:
    found = await http.get("Observation", params={"patient": "p-an", "patient.identifier": "079080998102"})
    assert ids(found) == []


async def test_post_search_takes_a_form(http: httpx.AsyncClient) -> None:
    found = await http.post("Patient/_search", data={"identifier": f"{IDENTIFIER_SYSTEM}|{AN}"})
    assert ids(found) == ["p-an"]


async def test_post_search_refuses_json(http: httpx.AsyncClient) -> None:
    assert (await http.post("Patient/_search", json={"identifier": AN})).status_code == 415


@pytest.mark.parametrize(
    ("date", "found"),
    [
        ("ge2026-03-10", ["o-3", "o-4", "o-5"]),
        ("gt2026-03-10", ["o-4", "o-5"]),
        ("le2026-02-10", ["o-1", "o-2"]),
        ("lt2026-02-10", ["o-1"]),
        ("2026-02", ["o-2"]),
        ("eq2026-02-10T08:00:00+07:00", ["o-2"]),
        ("2026-02-10T01:00:00Z", ["o-2"]),
        ("2025", []),
    ],
)
async def test_dates_are_spans(http: httpx.AsyncClient, date: str, found: list[str]) -> None:
    assert ids(await http.get("Observation", params={"patient": "p-an", "date": date})) == found


@pytest.mark.parametrize(
    ("prefix", "found"), [("gt", False), ("lt", False), ("ne", False), ("ge", True), ("le", True), ("", True)]
)
async def test_a_whole_day_is_neither_before_nor_after_itself(
    http: httpx.AsyncClient, prefix: str, found: bool
) -> None:
    answer = await http.get("Observation", params={"patient": "p-binh", "date": f"{prefix}2026-02-10"})
    assert bool(ids(answer)) is found


async def test_two_dates_are_a_window(http: httpx.AsyncClient) -> None:
    window: list[tuple[str, Any]] = [("patient", "p-an"), ("date", "ge2026-02-01"), ("date", "lt2026-04-01")]
    assert ids(await http.get("Observation", params=window)) == ["o-2", "o-3"]


@pytest.mark.parametrize(("date", "found"), [("ge2026-04-01", True), ("2026-03", False), ("eb2026-03-30", False)])
async def test_a_period_is_compared_as_a_whole(http: httpx.AsyncClient, date: str, found: bool) -> None:
    assert bool(ids(await http.get("Encounter", params={"date": date}))) is found


@pytest.mark.parametrize(
    "date", ["xx2026", "yesterday", "2026-13", "ge", "2026-01-01T99:00:00Z", "0000", "9999-12-31Z"]
)
async def test_what_is_no_date_is_refused_without_being_repeated(http: httpx.AsyncClient, date: str) -> None:
    answer = await http.get("Observation", params={"date": date})
    assert (answer.status_code, answer.json()["issue"][0]["code"]) == (400, "value")
    assert date not in answer.text or date == "ge"


@pytest.mark.parametrize(
    ("kind", "params", "found"),
    [
        ("Observation", {"code": "http://loinc.org|8867-4"}, OBSERVATIONS + 1),
        ("Observation", {"code": "8867-4,1234-5"}, OBSERVATIONS + 1),
        ("Observation", {"code": "http://snomed.info/sct|8867-4"}, 0),
        ("Observation", {"category": "vital-signs", "patient": "p-binh"}, 1),
        ("Observation", {"category": "laboratory"}, 0),
        ("AllergyIntolerance", {"category": "medication", "clinical-status": "active"}, 1),
        ("AllergyIntolerance", {"clinical-status": "resolved"}, 0),
        ("Encounter", {"class": "IMP", "status": "finished"}, 1),
        ("Observation", {"_id": "o-1,o-2"}, 2),
    ],
)
async def test_tokens(http: httpx.AsyncClient, kind: str, params: dict[str, str], found: int) -> None:
    assert (await http.get(kind, params=params)).json().get("total") == found


async def test_an_unknown_parameter_is_ignored_and_reported(http: httpx.AsyncClient) -> None:
    answer = await http.get("Observation", params={"patient": "p-binh", "flavour": "sweet", "<b>": "1"})
    assert ids(answer) == ["o-binh"]
    assert ignored(answer) == ["parameter ignored: flavour", "parameter ignored: (unprintable)"]


async def test_subject_of_an_allergy_is_no_parameter_of_r4(http: httpx.AsyncClient) -> None:
    assert ignored(await http.get("AllergyIntolerance", params={"subject": "p-an"})) == ["parameter ignored: subject"]


async def test_an_unknown_modifier_is_refused(http: httpx.AsyncClient) -> None:
    assert (await http.get("Observation", params={"code:above": "1"})).status_code == 400


async def test_pages_follow_each_other_and_their_links_name_nobody(http: httpx.AsyncClient) -> None:
    params = {"patient.identifier": f"{IDENTIFIER_SYSTEM}|{AN}", "_count": "2"}
    page = (await http.post("Observation/_search", data=params)).json()
    pages, links = [page], []
    while next_ := [link["url"] for link in pages[-1]["link"] if link["relation"] == "next"]:
        links += next_
        pages.append((await http.get(next_[0])).json())
    assert [len(page["entry"]) for page in pages] == [2, 2, 1]
    found = [entry["resource"]["id"] for page in pages for entry in page["entry"]]
    assert found == [f"o-{month}" for month in range(1, OBSERVATIONS + 1)]
    assert {page["total"] for page in pages} == {OBSERVATIONS}
    assert not any(AN in link or "p-an" in link for link in links)


async def test_a_page_belongs_to_its_type(http: httpx.AsyncClient) -> None:
    page = (await http.get("Observation", params={"_count": "1"})).json()
    next_ = next(link["url"] for link in page["link"] if link["relation"] == "next")
    assert (await http.get(next_.replace("Observation", "Patient"))).status_code == 410


async def test_sort_goes_both_ways(http: httpx.AsyncClient) -> None:
    down = ids(await http.get("Observation", params={"_sort": "-date"}))
    up = ids(await http.get("Observation", params={"_sort": "date"}))
    assert down[:2] == ["o-5", "o-4"]
    assert up[0] == "o-1"


async def test_include_adds_each_patient_once_and_does_not_count_them(http: httpx.AsyncClient) -> None:
    answer = await http.get("Observation", params={"patient": "p-an", "_include": "Observation:patient"})
    assert (ids(answer, "include"), answer.json()["total"]) == (["p-an"], OBSERVATIONS)


async def test_an_include_of_something_else_is_reported(http: httpx.AsyncClient) -> None:
    assert ignored(await http.get("Observation", params={"_include": "*"})) == ["parameter ignored: _include"]


async def test_elements_leaves_out_the_rest_and_says_so(http: httpx.AsyncClient) -> None:
    answer = await http.get("Observation", params={"_id": "o-1", "_elements": "status"})
    resource = answer.json()["entry"][0]["resource"]
    assert set(resource) == {"resourceType", "id", "meta", "status"}
    assert resource["meta"]["tag"][0]["code"] == "SUBSETTED"


async def test_a_count_only_has_no_entries(http: httpx.AsyncClient) -> None:
    for params in ({"_summary": "count"}, {"_count": "0"}):
        answer = (await http.get("Observation", params=params)).json()
        assert (answer["total"], answer.get("entry")) == (OBSERVATIONS + 1, None)


@pytest.mark.parametrize("query", [b"patient=%FF%FE", b"&".join([b"a=b"] * 300)])
async def test_a_query_that_cannot_be_read_is_refused(http: httpx.AsyncClient, query: bytes) -> None:
    assert (await http.get(f"Observation?{query.decode()}")).status_code == 400


async def test_a_server_with_a_token_wants_it_for_everything_but_metadata() -> None:
    async with client(token="right") as http:
        assert (await http.get("metadata")).status_code == 200
        refused = await http.get("Patient/p-an")
        assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
        assert (await http.get("Patient", headers={"Authorization": "Bearer wrong"})).status_code == 401
        assert (await http.get("Patient", headers={"Authorization": "Bearer right"})).status_code == 200


def test_a_store_refuses_two_resources_of_one_id() -> None:
    twice = [pulse("o-1", "p-an", "2026"), pulse("o-1", "p-an", "2027")]
    with pytest.raises(ValueError, match="twice"):
        Store(twice, BASE)


async def test_a_create_on_condition_is_done_once_and_can_be_forgotten() -> None:
    """R4 section 3.1.0.8.1: 201 for what is new, 200 for the one that fits, 412 where several do."""
    intake = Intake("Observation")
    key = {"system": "urn:key", "value": "1"}
    sent = pulse("mine", "p-an", "2026-02-01T08:00:00+07:00") | {"identifier": [key]}
    once = {"if-none-exist": "identifier=urn:key|1"}
    async with client(intake=intake) as http:
        before = ids(await http.get("Observation", params={"patient": "p-an"}))
        first = await http.post("Observation", json=sent, headers=once)
        again = await http.post("Observation", json=sent, headers=once)
        assert (first.status_code, again.status_code) == (201, 200)
        assert first.json()["id"] == again.json()["id"] != "mine"
        assert (await http.post("Observation", json=sent)).status_code == 201
        assert (await http.post("Observation", json=sent, headers=once)).status_code == 412
        assert len(ids(await http.get("Observation", params={"patient": "p-an"}))) == len(before) + 2

        intake.forget()
        assert ids(await http.get("Observation", params={"patient": "p-an"})) == before


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("Observation", b"[]", 400),
        ("Observation", b"{", 400),
        ("Observation", b"{}", 422),
        ("Observation", b'{"resourceType": "Observation", "subject": {"reference": "Patient/nobody"}}', 422),
        ("Patient", b'{"resourceType": "Patient"}', 405),
    ],
)
async def test_what_is_not_taken_is_not_created(kind: str, body: bytes, status: int) -> None:
    """Only entries of the types it takes, about its own patients; most servers of the city take none."""
    intake = Intake("Observation")
    async with client(intake=intake) as http:
        assert (await http.post(kind, content=body)).status_code == status
    assert not intake.made
    async with client() as http:
        assert (await http.post("Observation", json=pulse("x", "p-an", "2026-02-01"))).status_code == 405
