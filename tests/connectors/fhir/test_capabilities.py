"""What a server says it can do: read now and then, believed where nothing is lost by it, and no question's ruin."""

import asyncio
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from connectors.clock import SystemClock
from connectors.contract import Question
from connectors.errors import Garbled
from connectors.fhir.client import FhirSource
from connectors.fhir.held import HELD
from connectors.options import Duration
from connectors.records import Allergy, Demographics, Encounter, Medication, Observation, Record
from tests.connectors.conformance import grant_for, inquiry_of
from tests.connectors.fhir import samples
from tests.connectors.fhir.samples import HOA, NOBODY, hospital
from tests.connectors.fhir.shelf import Shelf, bundle, ids, reply, shelf
from tests.connectors.fhir.test_conformance import Later
from tests.connectors.serving import PATIENCE, serving
from tests.sandbox.eid.held_clock import HeldClock
from tests.sandbox.servers.fhir import fhir_app

PATIENT = {"type": "Patient", "searchParam": [{"name": "identifier"}]}


def says(server: Shelf, *types: Any, **more: Any) -> Shelf:
    """The server states that it knows these types, each a name or an entry."""
    resources = [{"type": one} if isinstance(one, str) else one for one in types]
    statement = {
        "resourceType": "CapabilityStatement",
        "fhirVersion": "4.0.1",
        "rest": [{"mode": "server", "resource": resources}],
    }
    server.says["metadata"] = lambda _: reply(statement | more)
    return server


async def asked(server: Shelf, about: type[Record], **more: Any) -> dict[str, list[str]]:
    """The parameters of the search for a class, when the statement is read."""
    await server.ask(about, HOA, capabilities="read", **more)
    wanted = HELD[about][0].type
    return next(fields for path, fields in server.asked if f"{wanted}/" in path)


def times_read(server: Shelf) -> int:
    return [path for path, _ in server.asked].count("GET metadata")


async def test_a_statement_is_read_once_for_everybody_and_again_after_an_hour() -> None:
    clock = HeldClock()
    server = says(shelf(clock=clock), "Patient", "Observation")
    source, inquiry = server.source(capabilities="read"), inquiry_of(PATIENCE)

    async def ask() -> None:
        await source.ask(Question(about=Observation), grant_for(HOA, Observation), inquiry)

    await asyncio.gather(*(ask() for _ in range(9)))
    assert times_read(server) == 1
    clock.pass_seconds(3599)
    await ask()
    assert times_read(server) == 1
    clock.pass_seconds(2)
    await ask()
    assert times_read(server) == 2
    await inquiry.close()


@pytest.mark.parametrize(
    "answer",
    [
        partial(reply, {}, status=500),
        partial(reply, {}, status=404),
        partial(reply, {}, status=401),
        partial(reply, b"<html>", media_type="text/html"),
        partial(reply, bundle([])),
        partial(reply, []),
        partial(reply, b"[" * 5000),
        partial(reply, {"resourceType": "CapabilityStatement", "rest": [{"resource": "everything"}]}),
        partial(reply, {"resourceType": "CapabilityStatement"}),
        partial(reply, {"resourceType": "CapabilityStatement", "rest": [{"mode": "server"}]}),
        partial(
            reply,
            {"resourceType": "CapabilityStatement", "rest": [{"mode": "client", "resource": [{"type": "Basic"}]}]},
        ),
    ],
)
async def test_f10_a_statement_that_cannot_be_used_fails_no_question(answer: Callable[[], httpx.Response]) -> None:
    """Asked as configured; what is empty is empty."""
    server = shelf()
    server.says["metadata"] = lambda _: answer()
    found = await server.ask(Observation, HOA, capabilities="read")
    assert ids(found) == ["w0", "w1", "w2"]
    assert not (await server.ask(Allergy, HOA, capabilities="read")).records


async def test_a_failed_reading_is_tried_again_after_a_minute() -> None:
    """Not by every question."""
    clock = HeldClock()
    server = shelf(clock=clock)
    server.says["metadata"] = lambda _: reply({}, status=404)
    source, inquiry = server.source(capabilities="read"), inquiry_of(PATIENCE)

    async def ask() -> None:
        await source.ask(Question(about=Observation), grant_for(HOA, Observation), inquiry)

    await ask()
    await ask()
    assert times_read(server) == 1
    clock.pass_seconds(61)
    await ask()
    assert times_read(server) == 2
    await inquiry.close()


async def test_f02_a_statement_that_never_comes_costs_a_share_of_the_time_once() -> None:
    """Over a real socket: both questions are answered, and the hanging call is let go of."""
    later, reads = Later(), []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/fhir/metadata":
            reads.append(scope)
            await asyncio.Event().wait()
        await inner(scope, receive, send)

    async with serving(later) as server:
        url = f"{server.url}/fhir"
        inner: ASGIApp = fhir_app(hospital(), base_url=url)
        later.app = app
        source = FhirSource("hospital", samples.options(url, deadline=Duration(2)), clock=SystemClock())
        inquiry = inquiry_of(PATIENCE)
        try:
            for about in (Observation, Encounter):
                answer = await source.ask(Question(about=about), grant_for(HOA, about), inquiry)
                assert answer.records
        finally:
            await inquiry.close()
            await source.close()
    assert len(reads) == 1


async def test_f08_nothing_of_a_type_that_the_server_does_not_state_is_no_answer() -> None:
    """A server that answers every question with nothing must not read as: no allergies."""
    server = says(shelf(), PATIENT, "Observation")
    with pytest.raises(Garbled):
        await server.ask(Allergy, HOA, capabilities="read")
    assert not (await server.ask(Allergy, HOA, capabilities="ignore")).records


@pytest.mark.parametrize(
    "entry",
    [
        {"type": "AllergyIntolerance", "interaction": [{"code": "read"}]},
        {"type": "AllergyIntolerance", "searchParam": [{"name": "code"}]},
    ],
)
async def test_f08_nothing_by_a_search_that_the_server_does_not_state_is_no_answer(entry: Any) -> None:
    """It knows the type, but not the search, or not by whom."""
    with pytest.raises(Garbled):
        await says(shelf(), PATIENT, entry).ask(Allergy, HOA, capabilities="read")


@pytest.mark.parametrize(
    "entry",
    [
        "AllergyIntolerance",
        {"type": "AllergyIntolerance", "interaction": [{"code": "search-type"}], "searchParam": [{"name": "patient"}]},
    ],
)
async def test_nothing_of_a_type_that_the_server_states_is_an_answer(entry: Any) -> None:
    answer = await says(shelf(), PATIENT, entry).ask(Allergy, HOA, capabilities="read")
    assert not answer.records


async def test_what_is_configured_is_asked_whatever_the_statement_says() -> None:
    """And what then comes is true."""
    answer = await says(shelf(), PATIENT).ask(Observation, HOA, capabilities="read")
    assert ids(answer) == ["w0", "w1", "w2"]


@pytest.mark.parametrize("types", [("Observation",), ({"type": "Patient", "searchParam": [{"name": "name"}]},)])
async def test_f08_nobody_found_where_people_cannot_be_searched_is_no_answer(types: Any) -> None:
    for about in (Observation, Demographics):
        with pytest.raises(Garbled):
            await says(Shelf(), *types).ask(about, NOBODY, capabilities="read")


async def test_nobody_found_where_people_can_be_searched_is_an_answer() -> None:
    assert not (await says(Shelf(), PATIENT, "Observation").ask(Observation, NOBODY, capabilities="read")).records


@pytest.mark.parametrize(
    ("stated", "option", "used"),
    [
        (["subject", "code"], None, "subject"),
        (["patient", "subject"], None, "patient"),
        (["code"], None, "patient"),
        ([], None, "patient"),
        (["subject"], "patient", "patient"),
        (["patient"], "subject", "subject"),
    ],
)
async def test_the_parameter_that_the_server_knows_is_used_unless_configured(
    stated: list[str], option: Any, used: str
) -> None:
    entry = {"type": "Observation", "searchParam": [{"name": name} for name in stated]}
    fields = await asked(says(shelf(), PATIENT, entry), Observation, reference_parameter=option)
    assert {"patient", "subject"} & set(fields) == {used}


@pytest.mark.parametrize(
    ("option", "elements", "sent"),
    [
        (None, False, ["MedicationRequest:medication"]),
        ((), False, None),
        (("MedicationRequest:requester",), False, ["MedicationRequest:requester"]),
        (None, True, None),
    ],
)
async def test_what_the_server_includes_is_asked_for_unless_configured(
    option: Any, elements: bool, sent: list[str] | None
) -> None:
    entry = {"type": "MedicationRequest", "searchInclude": ["MedicationRequest:medication", "MedicationRequest:x"]}
    fields = await asked(says(shelf(), PATIENT, entry), Medication, include=option, elements=elements)
    assert fields.get("_include") == sent


async def test_a_server_that_includes_nothing_is_not_asked_to() -> None:
    assert "_include" not in await asked(says(shelf(), PATIENT, "MedicationRequest"), Medication)


async def test_a_slice_by_a_parameter_that_the_server_does_not_know_is_left_to_us() -> None:
    """Some servers answer an unknown parameter with nothing at all."""
    entry = {"type": "Observation", "searchParam": [{"name": "patient"}, {"name": "code"}]}
    how = {"since": date(2026, 1, 1), "codes": ("1",), "category": "laboratory"}
    fields = await asked(says(shelf(), PATIENT, entry), Observation, how=how)
    assert set(fields) == {"patient", "code", "_count"}
