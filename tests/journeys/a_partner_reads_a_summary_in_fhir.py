"""A partner that does not speak GraphQL reads An's summary in FHIR: the same record and honesty as the graph's."""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from tests.running import Running
from tests.sandbox.city import City
from tests.sandbox.people import by_key

FHIR = "application/fhir+json"
GRAPH = """{ me { id allergies { nodes { substance { text } } } conditions { nodes { code { text } } }
  medications { nodes { id } } immunizations { nodes { id } } } }"""


async def call(
    gateway: Running,
    path: str,
    *,
    token: str | None = None,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
) -> httpx.Response:
    """One request beneath ``/fhir``."""
    sent = {"accept": FHIR, **({"authorization": f"Bearer {token}"} if token else {}), **(headers or {})}
    async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
        return await client.request(method, f"{gateway.url}/fhir/{path}", headers=sent)


async def id_of(gateway: Running, token: str) -> str:
    """The caller's own opaque id."""
    found: str = (await gateway.ask("{ me { id } }", token=token)).data["me"]["id"]
    return found


async def summary(gateway: Running, city: City, key: str = "an", **headers: str) -> httpx.Response:
    """The summary of that citizen, as she reads it herself."""
    token = city.eid.token_for(key)
    return await call(gateway, f"Patient/{await id_of(gateway, token)}/$summary", token=token, headers=headers)


def resources(bundle: Mapping[str, Any], kind: str) -> list[dict[str, Any]]:
    """All of that type in a Bundle."""
    return [entry["resource"] for entry in bundle["entry"] if entry["resource"]["resourceType"] == kind]


def section(bundle: Mapping[str, Any], loinc: str) -> dict[str, Any]:
    """One section of its Composition."""
    found = bundle["entry"][0]["resource"]["section"]
    return next(one for one in found if one["code"].get("coding", [{}])[0].get("code") == loinc)


async def test_the_summary_says_what_the_graph_says(gateway: Running, city: City) -> None:
    """A document whose every reference leads to one of its entries, with the same facts."""
    graph = (await gateway.ask(GRAPH, token=city.eid.token_for("an"))).data["me"]
    answer = await summary(gateway, city)
    bundle = answer.json()
    addresses = [entry["fullUrl"] for entry in bundle["entry"]]

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(FHIR)
    assert answer.headers["cache-control"] == "no-store"
    assert (bundle["type"], bundle["entry"][0]["resource"]["resourceType"]) == ("document", "Composition")
    assert len(addresses) == len(set(addresses))
    for one in bundle["entry"][0]["resource"]["section"]:
        assert {entry["reference"] for entry in one.get("entry", [])} <= set(addresses)
        assert ("entry" in one) is not ("emptyReason" in one)
    said = {one["code"]["text"] for one in resources(bundle, "AllergyIntolerance")}
    assert said == {node["substance"]["text"] for node in graph["allergies"]["nodes"]} != set()
    assert len(resources(bundle, "Condition")) == len(graph["conditions"]["nodes"])
    assert len(resources(bundle, "Immunization")) == len(graph["immunizations"]["nodes"])
    medicines = [
        *resources(bundle, "MedicationRequest"),
        *resources(bundle, "MedicationDispense"),
        *resources(bundle, "MedicationStatement"),
    ]
    assert len(medicines) == len(graph["medications"]["nodes"])


async def test_the_number_stands_in_the_patients_identifier_and_nowhere_else(gateway: Running, city: City) -> None:
    """Not in an id, a reference, a provenance, nor a header."""
    answer = await summary(gateway, city)
    (patient,) = resources(answer.json(), "Patient")

    assert patient["identifier"][0]["value"] == by_key("an").personal_id
    assert answer.text.count(by_key("an").personal_id) == 1
    assert by_key("an").personal_id not in str(answer.headers)


async def test_the_patients_own_id_finds_the_summary_again(gateway: Running, city: City) -> None:
    """FHIR ids have no underscore; the id in the answer is one of FHIR and leads back here."""
    (patient,) = resources((await summary(gateway, city)).json(), "Patient")
    again = await call(gateway, f"Patient/{patient['id']}/$summary", token=city.eid.token_for("an"))

    assert "_" not in patient["id"] and len(patient["id"]) <= 64
    assert again.status_code == 200


async def test_f03_a_hospital_that_is_down_is_told_in_the_section_and_the_outcome(gateway: Running, city: City) -> None:
    """What it may hold is said to be missing, above what the others gave."""
    city.close("hospital-b")
    bundle = (await summary(gateway, city, **{"accept-language": "en"})).json()
    allergies = section(bundle, "48765-2")
    (outcome,) = resources(bundle, "OperationOutcome")
    down = [issue for issue in outcome["issue"] if issue["diagnostics"].startswith("hospital-b ")]

    assert "may be missing" in allergies["text"]["div"]
    assert {(issue["severity"], issue["code"]) for issue in down} == {("warning", "transient")}
    assert any("Bundle.entry[0].resource.section[0]" in issue["expression"] for issue in down)


async def test_f26_a_section_is_never_silently_empty(gateway: Running, city: City) -> None:
    """With every source down each section is unavailable; nothing is called unknown or none."""
    token = city.eid.token_for("an")
    own = await id_of(gateway, token)
    for source in city.addresses:
        city.faults.set(source, "down")
    answer = await call(gateway, f"Patient/{own}/$summary", token=token)
    sections = answer.json()["entry"][0]["resource"]["section"][:-1]

    assert answer.status_code == 200
    assert {one["emptyReason"]["coding"][0]["code"] for one in sections} == {"unavailable"}


async def test_a_mother_reads_the_summary_of_her_child(gateway: Running, city: City) -> None:
    """The access decision is the graph's own."""
    token = city.eid.token_for("mai")
    child = by_key("be-an").personal_id
    found = await gateway.ask(
        "query Child($id: CitizenId!) { citizen(id: $id) { id } }", token=token, variables={"id": child}
    )
    answer = await call(gateway, f"Patient/{found.data['citizen']['id']}/$summary", token=token)

    assert answer.status_code == 200
    assert resources(answer.json(), "Patient")[0]["identifier"][0]["value"] == child


async def test_a31_a_strangers_id_and_a_made_up_one_look_alike(gateway: Running, city: City) -> None:
    """One 404, word for word, and no source was asked about either."""
    own = await id_of(gateway, city.eid.token_for("phuc"))
    for seen in city.seen.values():
        seen.forget()
    answers = [
        await call(gateway, f"Patient/{id_}/$summary", token=city.eid.token_for("dat")) for id_ in (own, "A" * 38)
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["resourceType"] == "OperationOutcome"
    assert not any(city.seen[source].calls for source in city.addresses if source != "population")


async def test_a_token_is_asked_for_with_a_challenge(gateway: Running, city: City) -> None:
    """401 and `login`, as an OperationOutcome."""
    answer = await call(gateway, "Patient/x/$summary")

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer ")
    assert answer.json()["issue"][0]["code"] == "login"


async def test_a28_a_weak_sign_in_is_challenged_to_step_up(gateway: Running, city: City) -> None:
    """RFC 9470: 401, and the levels that would do."""
    own = await id_of(gateway, city.eid.token_for("an"))
    answer = await call(gateway, f"Patient/{own}/$summary", token=city.eid.token_for("an", level="LoA1"))

    assert answer.status_code == 401
    assert 'error="insufficient_user_authentication", acr_values="LoA2"' in answer.headers["www-authenticate"]


async def test_a33_an_organisation_without_a_purpose_finds_nothing(gateway: Running, city: City) -> None:
    """The token is good, and nobody's record can be asked for with it: 403, whoever is asked for."""
    own = await id_of(gateway, city.eid.token_for("an"))
    answer = await call(gateway, f"Patient/{own}/$summary", token=await city.eid.organisation_token("hospital-a"))

    assert answer.status_code == 403


async def test_while_the_register_is_silent_nobody_is_let_in_to_anothers_record(gateway: Running, city: City) -> None:
    """503 with a time to try again: neither a yes nor a no."""
    own = await id_of(gateway, city.eid.token_for("phuc"))
    city.close("population")
    answer = await call(gateway, f"Patient/{own}/$summary", token=city.eid.token_for("dat"))

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert answer.json()["issue"][0]["code"] == "transient"


@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "DELETE"])
@pytest.mark.parametrize("path", ["metadata", "Patient/x/$summary"])
async def test_only_get_is_taken(gateway: Running, city: City, method: str, path: str) -> None:
    """405 with what is allowed."""
    answer = await call(gateway, path, method=method, token=city.eid.token_for("an"))

    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")


@pytest.mark.parametrize("path", ["", "Patient", "Patient/x", "Patient/$summary", "Patient/a/b/$summary", "metadata/"])
async def test_nothing_else_is_served(gateway: Running, city: City, path: str) -> None:
    """404 as an OperationOutcome."""
    answer = await call(gateway, path, token=city.eid.token_for("an"))

    assert answer.status_code == 404
    assert answer.json()["resourceType"] == "OperationOutcome"


@pytest.mark.parametrize(
    ("accept", "query", "status"),
    [
        ("application/fhir+json", "", 200),
        ("application/fhir+json; fhirVersion=4.0", "", 200),
        ("application/json;q=0.5, text/html", "", 200),
        ("*/*", "", 200),
        ("text/html", "?_format=json", 200),
        ("application/fhir+xml", "", 406),
        ("application/fhir+json; fhirVersion=5.0", "", 406),
        ("application/fhir+json;q=0", "", 406),
        ("application/fhir+json", "?_format=xml", 406),
        ("application/fhir+json", "?identifier=079099998999", 400),
    ],
)
async def test_the_media_type_is_negotiated(gateway: Running, city: City, accept: str, query: str, status: int) -> None:
    """FHIR R4 in JSON or a refusal that is readable all the same; what was typed is not repeated."""
    answer = await call(gateway, f"metadata{query}", headers={"accept": accept})

    assert answer.status_code == status
    assert answer.headers["content-type"].startswith(FHIR)
    assert "079099998999" not in answer.text


async def test_metadata_tells_what_there_is_without_a_token(gateway: Running, city: City) -> None:
    """R4, one operation of one type."""
    answer = (await call(gateway, "metadata")).json()

    assert (answer["resourceType"], answer["fhirVersion"]) == ("CapabilityStatement", "4.0.1")
    assert [one["operation"][0]["name"] for one in answer["rest"][0]["resource"]] == ["summary"]


async def test_it_is_counted_like_any_request(gateway: Running, city: City) -> None:
    """By endpoint and status, in the metrics."""
    await summary(gateway, city)
    async with httpx.AsyncClient(trust_env=False) as client:
        metrics = (await client.get(f"{gateway.admin}/metrics")).text

    assert 'citizen_graph_requests_total{endpoint="fhir",status="200"}' in metrics
