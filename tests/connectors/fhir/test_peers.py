"""Real FHIR servers of others, loaded with the patients of others, are read whole.

``CITIZEN_GRAPH_FHIR_PEERS`` names the bases of running servers, with commas between them; `` get`` after one says that
it cannot search by POST. Each may hold the files of any of the hospitals: whose, is seen by the Patient that it finds.
"""

import asyncio
import os
from datetime import date
from typing import Any

import pytest

from connectors.clock import SystemClock
from connectors.contract import Question, Subject
from connectors.fhir.client import FhirSource
from connectors.fhir.held import HELD
from connectors.options import Duration
from connectors.records import Demographics, Observation, ObservationCategory
from tests.connectors.conformance import grant_for, inquiry_of
from tests.connectors.fhir.foreign import Resource, copies, expect_whole, manifest, resources_of, subject_of
from tests.connectors.fhir.samples import NOBODY, options
from tests.connectors.fhir.shelf import ids

PEERS = [
    pytest.param(url, {"search": search or "post", "reference_parameter": "subject"}, id=url)
    for url, _, search in (peer.partition(" ") for peer in os.environ.get("CITIZEN_GRAPH_FHIR_PEERS", "").split(","))
    if url
] or [pytest.param("", {}, marks=pytest.mark.skip(reason="No FHIR server of others is running."))]
PATIENCE = 60.0
"""Seconds; one of these servers looks through everything it has for every search."""


async def all_answers(url: str, subject: Subject, *, slice_: Any = None, **more: Any) -> dict[type, Any]:
    """Every class of record about one citizen, in one inquiry."""
    more = {"identifier_system": manifest().get("identifierSystem", "urn:x"), "max_pages": 200} | more
    source = FhirSource("peer", options(url, deadline=Duration(PATIENCE), **more), clock=SystemClock())
    inquiry, grant = inquiry_of(PATIENCE), grant_for(subject, *HELD)
    try:
        questions = [Question(about=about, **(slice_ or {})) for about in HELD]
        answers = await asyncio.gather(*(source.ask(question, grant, inquiry) for question in questions))
        return {question.about: answer for question, answer in zip(questions, answers, strict=True)}
    finally:
        await inquiry.close()
        await source.close()


@pytest.mark.parametrize(("url", "way"), PEERS)
@pytest.mark.parametrize(
    "more", [{}, {"page_size": 37, "capabilities": "ignore"}, {"elements": True}, {"batch": True}], ids=str
)
async def test_every_patient_that_it_holds_is_read_whole(url: str, way: dict[str, Any], more: dict[str, Any]) -> None:
    held: list[tuple[Resource, Resource]] = []
    for patient, file in copies():
        answers = await all_answers(url, subject_of(patient), **way, **more)
        if ids(answers[Demographics]) == [file["patient"]]:
            held.append((patient, file))
            for about, answer in answers.items():
                expect_whole(answer, about, resources_of(file))
    assert held


@pytest.mark.parametrize(("url", "way"), PEERS)
async def test_f08_somebody_unknown_is_an_empty_answer(url: str, way: dict[str, Any]) -> None:
    answers = await all_answers(url, NOBODY, **way)
    assert not [answer for answer in answers.values() if answer.records or answer.dropped]


@pytest.mark.parametrize(("url", "way"), PEERS)
async def test_a_slice_is_what_a_filter_would_leave(url: str, way: dict[str, Any]) -> None:
    """Asked for laboratory values of one year, it gives those and, at the edges or out of ignorance, more."""
    slice_ = {"category": "laboratory", "since": date(2015, 1, 1), "until": date(2015, 12, 31)}
    for patient, _ in copies():
        subject = subject_of(patient)
        whole = (await all_answers(url, subject, **way))[Observation]
        part = (await all_answers(url, subject, slice_=slice_, **way))[Observation]
        wanted = {
            record.id
            for record in whole.records
            if record.category is ObservationCategory.LABORATORY and record.at and record.at.year == 2015
        }
        assert wanted <= {record.id for record in part.records} <= {record.id for record in whole.records}
