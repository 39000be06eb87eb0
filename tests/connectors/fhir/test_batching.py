"""Searches that begin together go in one call, and each is answered as if it had gone alone."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import orjson
import pytest

from connectors.clock import SystemClock
from connectors.contract import Answer, Question
from connectors.errors import Denied, Garbled, SourceError
from connectors.fhir.client import FhirSource
from connectors.records import Allergy, Condition, Encounter, Immunization, Observation, Record
from tests.connectors.conformance import grant_for, inquiry_of
from tests.connectors.fhir import samples
from tests.connectors.fhir.samples import HOA
from tests.connectors.fhir.shelf import BASE, Shelf, bundle, ids, reply, shelf
from tests.connectors.fhir.test_conformance import Later
from tests.connectors.serving import PATIENCE, serving
from tests.sandbox.servers.fhir import fhir_app

CLASSES: tuple[type[Record], ...] = (Allergy, Condition, Encounter, Immunization, Observation)
Entries = list[dict[str, Any]]


async def all_at_once(source: FhirSource, *about: type[Record]) -> list[Answer[Any] | BaseException]:
    """One request that asks for several classes; each with its answer or its error."""
    inquiry = inquiry_of(PATIENCE)
    try:
        asking = (source.ask(Question(about=one), grant_for(HOA, one), inquiry) for one in about)
        return await asyncio.gather(*asking, return_exceptions=True)
    finally:
        await inquiry.close()


def batched(server: Shelf, twist: Callable[[Entries], Entries] = lambda entries: entries) -> Shelf:
    """The server takes batches at its base, and its answers are twisted on the way."""

    def answer(request: httpx.Request) -> httpx.Response:
        asked = [entry["request"]["url"].partition("?")[0] for entry in orjson.loads(request.content)["entry"]]
        entries = [
            {
                "response": {"status": "200"},
                "resource": bundle(one for one in server.resources if one["resourceType"] == kind),
            }
            for kind in asked
        ]
        return reply({"resourceType": "Bundle", "type": "batch-response", "entry": twist(entries)})

    server.says["/fhir"] = answer
    return server


async def test_a_server_in_the_city_is_asked_less_and_says_the_same() -> None:
    """For the Patient, for all classes, for the diagnoses of visits; every record is there, over a real socket."""
    later = Later()
    async with serving(later) as server:
        url = f"{server.url}/fhir"
        later.app = fhir_app(samples.hospital(), base_url=url)
        said = []
        for batch in (False, True):
            before = server.requests
            options = samples.options(url, batch=batch, capabilities="ignore")
            source = FhirSource("hospital", options, clock=SystemClock())
            said.append(await all_at_once(source, *CLASSES))
            calls = server.requests - before
            await source.close()

    alone, together = ([ids(answer) for answer in answers if isinstance(answer, Answer)] for answers in said)
    assert alone == together
    assert len(alone) == len(CLASSES) and any(alone)
    assert calls == 3


async def test_one_search_goes_alone() -> None:
    """It is a search like any other, so that what servers keep of searches is used."""
    server = batched(shelf())
    source = server.source(batch=True)
    (answer,) = await all_at_once(source, Observation)
    await source.close()

    assert isinstance(answer, Answer) and len(answer.records) == 3
    assert [path for path, _ in server.asked] == ["POST Patient/_search", "POST Observation/_search"]


async def test_what_goes_wrong_with_one_search_costs_its_class_alone() -> None:
    """A status of its own, or an answer that is no page."""
    server = batched(
        shelf(),
        lambda entries: [
            {"response": {"status": "403 Forbidden"}},
            {"response": {"status": "200"}, "resource": {}},
            *entries[2:],
        ],
    )
    source = server.source(batch=True)
    allergies, conditions, weights = await all_at_once(source, Allergy, Condition, Observation)
    await source.close()

    assert isinstance(allergies, Denied)
    assert isinstance(conditions, Garbled)
    assert isinstance(weights, Answer) and len(weights.records) == 3


@pytest.mark.parametrize(
    "twist",
    [lambda entries: entries[::-1], lambda entries: entries[:-1], lambda entries: [*entries, entries[0]]],
    ids=["another order", "one too few", "one too many"],
)
async def test_answers_that_do_not_stand_by_their_searches_are_all_withheld(
    twist: Callable[[Entries], Entries],
) -> None:
    """An empty page beside another search's records must not read as "no allergies on record"."""
    server = batched(shelf(), twist)
    source = server.source(batch=True)
    answers = await all_at_once(source, Allergy, Observation)
    await source.close()

    assert [type(answer) for answer in answers] == [Garbled, Garbled]


async def test_a_server_without_batches_is_no_server_without_records() -> None:
    """The outcome says that nothing was understood."""
    server = shelf()
    server.says["/fhir"] = lambda _: reply({"resourceType": "OperationOutcome"}, status=404)
    source = server.source(batch=True)
    answers = await all_at_once(source, Allergy, Observation)
    await source.close()

    assert all(isinstance(answer, SourceError) for answer in answers)
    assert [str(request.url) for request in server.requests] == [f"{BASE}/Patient/_search", BASE]
