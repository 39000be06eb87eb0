"""F12: whatever a server answers, nothing about another person passes."""

from typing import Any

import pytest

from connectors.errors import WrongPerson
from connectors.fhir.held import HELD
from connectors.fhir.mapping.reading import WORTH
from connectors.records import (
    Demographics,
    Encounter,
    Observation,
    Record,
)
from tests.connectors.fhir.samples import BINH, HOA, NOBODY, SYSTEM, hospital, patient, weight
from tests.connectors.fhir.shelf import BASE, Shelf, bundle, ids, reply, shelf

_STATUS = frozenset({"status"})
HOW = pytest.mark.parametrize("how", [None, {"wanted": _STATUS}], ids=["whole", "narrowed"])
"""Every resource is read whole, or as far as one field needs it."""
for _ in range(WORTH):
    for _about in (Observation, Encounter):
        HELD[_about][0].readings.of(_STATUS)


@pytest.mark.parametrize(
    "stranger",
    [
        pytest.param(patient("p2", BINH), id="another number"),
        pytest.param(patient("p2", HOA, identifier=[]), id="no number"),
        pytest.param(patient("p2", HOA, identifier=[{"system": "urn:x", "value": HOA.personal_id}]), id="other system"),
        pytest.param(patient("p2", HOA, birthDate="1991-03-02"), id="another birth date"),
    ],
)
@pytest.mark.parametrize("about", [Demographics, Observation])
async def test_f12_a_patient_who_is_somebody_else(stranger: dict[str, Any], about: type[Record]) -> None:
    """One wrong Patient among right ones withholds the whole answer."""
    with pytest.raises(WrongPerson):
        await shelf(stranger).ask(about, HOA)


@pytest.mark.parametrize("known", ["1990", "1990-03", None])
async def test_a_birth_date_known_less_exactly_contradicts_nothing(known: str | None) -> None:
    server = Shelf([patient("p1", HOA, birthDate=known), weight("w1", "p1")])
    assert ids(await server.ask(Observation, HOA)) == ["w1"]


@pytest.mark.parametrize(
    "subject",
    [
        {"reference": "Patient/p2"},
        {"reference": "Patient/P1"},
        {"reference": "Group/p1"},
        {"reference": "http://elsewhere.test/fhir/Patient/p1"},
        {"reference": "http://hospital.test/other/Patient/p1"},
        {"reference": "https://hospital.test/fhir/Patient/p1"},
        {"reference": "http://hospital.test/fhir/x/../Patient/p1"},
        {"reference": "#p1"},
        {"reference": "urn:uuid:p1"},
        {"reference": "Patient/p1", "identifier": {"system": SYSTEM, "value": BINH.personal_id}},
        {"identifier": {"system": SYSTEM, "value": BINH.personal_id}},
        {"identifier": {"system": "urn:mrn", "value": HOA.personal_id}},
        {"display": HOA.name},
        {},
        None,
    ],
)
@HOW
@pytest.mark.parametrize("about", [Observation, Encounter])
async def test_f12_another_persons_record_among_the_right_ones(subject: Any, about: type[Record], how: Any) -> None:
    """One record that is not provably hers withholds all: the server mixes people up."""
    wrong = weight("x", "p1", subject=subject) | {"resourceType": HELD[about][0].type, "status": "finished"}
    with pytest.raises(WrongPerson):
        await shelf(wrong).ask(about, HOA, how=how)


@HOW
@pytest.mark.parametrize("subject", [5, "Patient/p1", {"reference": 5}, [{"reference": "Patient/p1"}]])
async def test_f12_a_record_of_which_it_cannot_be_read_whom_it_is_about(subject: Any, how: Any) -> None:
    """It is missing, and counted; those beside it are held against the citizen like any."""
    server = shelf(weight("x", "p1", subject=subject), weight("y", "p1"))
    answer = await server.ask(Observation, HOA, how=how)
    assert ids(answer) == ["w0", "w1", "w2", "y"]
    assert answer.dropped == 1
    server.resources.append(weight("z", "p2"))
    with pytest.raises(WrongPerson):
        await server.ask(Observation, HOA, how=how)


@pytest.mark.parametrize("is_alone", [True, False])
async def test_f12_another_persons_record_under_the_id_of_a_right_one(is_alone: bool) -> None:
    """What comes twice is looked at twice; the same where something else stands between."""
    server = shelf(weight("w0", "p2"), *(() if is_alone else ({"resourceType": "OperationOutcome"},)))
    server.says["Observation"] = lambda _: reply(bundle(server.resources[1:]))
    with pytest.raises(WrongPerson):
        await server.ask(Observation, HOA)


@pytest.mark.parametrize(
    "subject",
    [
        {"reference": "Patient/p1/_history/3"},
        {"reference": f"{BASE}/Patient/p1"},
        {"reference": "HTTP://Hospital.Test:80/fhir/Patient/p1/_history/1"},
        {"identifier": {"system": SYSTEM, "value": HOA.personal_id}},
        {"reference": "Patient/p1", "identifier": {"system": "urn:mrn", "value": "A-1"}},
    ],
)
async def test_every_way_to_mean_her_is_understood(subject: dict[str, Any]) -> None:
    assert "x" in ids(await shelf(weight("x", "p1", subject=subject)).ask(Observation, HOA))


async def test_a_server_behind_a_proxy_may_use_its_own_name() -> None:
    """Links and references under the name that it has for itself are led back through the proxy."""
    server = Shelf([patient("p1", HOA)])
    own = "https://inside.test:8443/r4"
    first = weight("w1", "p1", subject={"reference": f"{own}/Patient/p1"})
    server.says["Observation"] = lambda request: reply(
        bundle([weight("w2", "p1")])
        if request.method == "GET"
        else bundle([first], next_link=f"{own}/Observation?page=2")
    )
    assert ids(await server.ask(Observation, HOA, own_url=own)) == ["w1", "w2"]
    assert str(server.requests[-1].url) == f"{BASE}/Observation?page=2"


async def test_f12_a_diagnosis_of_somebody_else_behind_a_reference() -> None:
    """What is fetched for a record is held against the citizen like the record."""
    visit = next(r for r in hospital() if r["resourceType"] == "Encounter")
    other = {"resourceType": "Condition", "id": "c1", "code": {"text": "HIV"}, "subject": {"reference": "Patient/p2"}}
    with pytest.raises(WrongPerson):
        await shelf(visit, other).ask(Encounter, HOA)


async def test_nobody_of_that_number_is_an_empty_answer_without_a_second_call() -> None:
    server = Shelf()
    assert ids(await server.ask(Observation, NOBODY)) == []
    assert len(server.requests) == 1


async def test_a_server_that_knows_people_by_number_is_asked_directly() -> None:
    server = Shelf([weight("w1", "whoever")])
    answer = await server.ask(Observation, HOA, patient_search="direct", identifier_system=None)
    assert ids(answer) == ["w1"]
    assert server.asked == [("POST Observation/_search", {"patient": [HOA.personal_id], "_count": ["100"]})]


async def test_f12_a_direct_answer_about_two_people() -> None:
    server = Shelf([weight("w1", "a"), weight("w2", "b")])
    with pytest.raises(WrongPerson):
        await server.ask(Observation, HOA, patient_search="direct", identifier_system=None)


async def test_f12_a_direct_answer_whose_patient_has_another_number() -> None:
    options = {"patient_search": "direct", "identifier_system": None}
    with pytest.raises(WrongPerson):
        await Shelf([patient("p2", BINH)]).ask(Demographics, HOA, **options)
    answer = await Shelf([patient("p1", HOA)]).ask(Demographics, HOA, **options)
    assert [record.full_name for record in answer.records if isinstance(record, Demographics)] == [HOA.name]
