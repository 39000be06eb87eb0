"""A class that is asked by several types: nothing twice, and a type that fails costs its own records alone, aloud."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from connectors.errors import Garbled, Unavailable, WrongPerson
from connectors.options import BadOptions
from connectors.records import Claim, LegalState, LegalStep, Medication, Observation
from tests.connectors.fhir.reading import ME, concept
from tests.connectors.fhir.samples import HOA, Resource
from tests.connectors.fhir.shelf import Shelf, ids, reply, shelf

DRUG = {"medicationCodeableConcept": concept("Amlodipin")}


def medicine(type_: str, id_: str, **more: Any) -> Resource:
    return {"resourceType": type_, "id": id_, "subject": ME, "status": "active", **DRUG} | more


def pharmacy() -> Shelf:
    return shelf(
        medicine("MedicationRequest", "m1"),
        medicine("MedicationDispense", "m1", status="completed"),
        medicine("MedicationStatement", "s1"),
    )


def out_of_order(_request: httpx.Request) -> httpx.Response:
    return reply({}, status=503)


def unknown_type(_request: httpx.Request) -> httpx.Response:
    return reply({"resourceType": "OperationOutcome"}, status=404)


async def test_all_types_of_a_class_are_asked() -> None:
    answer = await pharmacy().ask(Medication, HOA)
    assert ids(answer) == ["m1", "MedicationDispense/m1", "MedicationStatement/s1"]
    assert (answer.truncated, answer.dropped) == (False, 0)


@pytest.mark.parametrize(("says", "dropped"), [(out_of_order, 0), (unknown_type, 1)])
async def test_a_type_that_fails_costs_its_own_records_and_the_answer_says_so(says: Any, dropped: int) -> None:
    server = pharmacy()
    server.says["MedicationDispense"] = says
    answer = await server.ask(Medication, HOA, retries=0)
    assert ids(answer) == ["m1", "MedicationStatement/s1"]
    assert (answer.truncated, answer.dropped) == (True, dropped)


@pytest.mark.parametrize(("says", "error"), [(out_of_order, Unavailable), (unknown_type, Garbled)])
async def test_no_record_beside_a_type_that_fails_is_not_none_on_record(says: Any, error: type[Exception]) -> None:
    server = shelf()
    server.says["MedicationDispense"] = says
    with pytest.raises(error):
        await server.ask(Medication, HOA, retries=0)


async def test_f12_one_type_about_somebody_else_withholds_the_others() -> None:
    """A server that mixes people up in one place is believed in none."""
    stranger = medicine("MedicationStatement", "s2", subject={"reference": "Patient/p9"})
    with pytest.raises(WrongPerson):
        await shelf(medicine("MedicationRequest", "m1"), stranger).ask(Medication, HOA)


async def test_a_type_that_the_server_lacks_is_not_asked_for() -> None:
    server = pharmacy()
    answer = await server.ask(Medication, HOA, lacks=("MedicationDispense", "MedicationStatement"))
    assert ids(answer) == ["m1"]
    assert [path for path, _ in server.asked] == ["POST Patient/_search", "POST MedicationRequest/_search"]


@pytest.mark.parametrize("lacks", [("Medicine",), ("Observation",)])
def test_lacks_names_types_and_leaves_no_class_empty(lacks: tuple[str, ...]) -> None:
    with pytest.raises(BadOptions, match="lacks"):
        shelf().source(lacks=lacks, holds=[Observation.__name__])


PLACE = {"provider": {"display": "Bệnh viện Mẫu A"}, "patient": ME, "use": "claim", "status": "active"}


async def test_a_claim_that_was_decided_about_is_told_once() -> None:
    """The ExplanationOfBenefit says more than the Claim to which it points; a Claim without one stands for itself."""
    server = shelf(
        PLACE | {"resourceType": "Claim", "id": "c1"},
        PLACE | {"resourceType": "Claim", "id": "c2"},
        PLACE | {"resourceType": "ExplanationOfBenefit", "id": "b1", "claim": {"reference": "Claim/c1"}},
    )
    assert ids(await server.ask(Claim, HOA)) == ["b1", "Claim/c2"]


async def test_a_decision_knows_from_its_claim_when_that_was_handed_in() -> None:
    """The Claim is left out for the ExplanationOfBenefit, and what it says of its way is not lost with it."""
    server = shelf(
        PLACE | {"resourceType": "Claim", "id": "c1", "created": "2026-05-07T08:00:00+07:00"},
        PLACE | {"resourceType": "ExplanationOfBenefit", "id": "b1", "claim": {"reference": "Claim/c1"}},
    )
    (record,) = (await server.ask(Claim, HOA)).records
    assert isinstance(record, Claim)
    assert LegalStep(state=LegalState.CLAIMED, at=datetime(2026, 5, 7, 1, tzinfo=UTC)) in record.steps


async def test_a_benefit_that_cannot_be_read_stands_for_nothing() -> None:
    server = shelf(
        PLACE | {"resourceType": "Claim", "id": "c1"},
        PLACE
        | {
            "resourceType": "ExplanationOfBenefit",
            "id": "b1",
            "claim": {"reference": "Claim/c1"},
            "item": [{"net": {"value": 1e300, "currency": "VND"}}],
        },
    )
    answer = await server.ask(Claim, HOA)
    assert (ids(answer), answer.dropped) == (["Claim/c1"], 1)
