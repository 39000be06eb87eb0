"""Answers that no honest server gives: none of them reads as 'no record', none of them breaks the rest."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from connectors.errors import Denied, Garbled
from connectors.records import (
    Observation,
)
from tests.connectors.fhir.samples import HOA, patient, weight
from tests.connectors.fhir.shelf import Shelf, bundle, ids, reply, shelf


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(lambda: reply({"resourceType": "OperationOutcome", "issue": []}), id="outcome with 200"),
        pytest.param(lambda: reply({"resourceType": "Observation", "id": "1"}), id="no bundle"),
        pytest.param(lambda: reply({}), id="nothing"),
        pytest.param(lambda: reply(b""), id="f10 empty"),
        pytest.param(lambda: reply(b"null"), id="f10 null"),
        pytest.param(lambda: reply(b"[]"), id="f10 list"),
        pytest.param(lambda: reply(b'{"resourceType":"Bundle","entry":['), id="f04 half"),
        pytest.param(lambda: reply({"resourceType": "Bundle", "entry": {"resource": 1}}), id="f10 other shape"),
        pytest.param(lambda: reply(b'{"resourceType":"Bundle","entry":"\xff"}'), id="f10 no utf-8"),
        pytest.param(lambda: reply(b'{"resourceType":"Bundle","x":' + b"[" * 100_000), id="f11 deep"),
        pytest.param(lambda: reply(bundle([]), media_type="text/html"), id="f09 html"),
        pytest.param(lambda: reply(bundle([]), media_type="application/fhir+xml"), id="f09 xml"),
        pytest.param(lambda: reply(bundle([]), media_type=""), id="f09 no type"),
        pytest.param(lambda: reply({}, status=404), id="f08 a type that the server does not know"),
        pytest.param(lambda: reply({}, status=302), id="f14 redirect"),
    ],
)
@pytest.mark.parametrize("path", ["Patient", "Observation"])
async def test_what_is_no_searchset_is_garbled(answer: Callable[[], httpx.Response], path: str) -> None:
    """None of these reads as 'no record'."""
    server = shelf()
    server.says[path] = lambda _: answer()
    with pytest.raises(Garbled):
        await server.ask(Observation, HOA)


@pytest.mark.parametrize("status", [401, 403])
async def test_f07_a_refusal_is_the_gateways(status: int) -> None:
    server = shelf()
    server.says["Patient"] = lambda _: reply({}, status=status)
    with pytest.raises(Denied):
        await server.ask(Observation, HOA)


@pytest.mark.parametrize(
    "media_type", ["application/json", "application/fhir+json; charset=utf-8", "Application/FHIR+JSON"]
)
async def test_both_names_of_fhir_json_are_taken(media_type: str) -> None:
    server = shelf()
    server.says["Observation"] = lambda _: reply(bundle([weight("w", "p1")]), media_type=media_type)
    assert ids(await server.ask(Observation, HOA)) == ["w"]


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(weight("bad", "p1", valueQuantity="52 kg"), id="a96 another type"),
        pytest.param(weight("bad", "p1", code={}), id="no code"),
        pytest.param({k: v for k, v in weight("bad", "p1").items() if k != "id"}, id="no id"),
        pytest.param(weight("bad", "p1", resourceType="DiagnosticReport"), id="another resource"),
        pytest.param(None, id="null"),
        pytest.param("text", id="text"),
    ],
)
async def test_one_bad_record_is_counted_and_the_rest_is_shown(bad: Any) -> None:
    server = shelf()
    server.says["Observation"] = lambda _: reply(bundle([weight("a", "p1"), bad, weight("b", "p1")]))
    answer = await server.ask(Observation, HOA)
    assert (ids(answer), answer.dropped) == (["a", "b"], 1)


async def test_an_entry_without_a_resource_is_counted() -> None:
    server = shelf()
    server.says["Observation"] = lambda _: reply({"resourceType": "Bundle", "entry": [{"fullUrl": "x"}]})
    assert (await server.ask(Observation, HOA)).dropped == 1


async def test_an_unreadable_patient_fails_the_answer() -> None:
    """It cannot be held against the citizen, so nothing can be built on it."""
    with pytest.raises(Garbled):
        await shelf(patient("p3", HOA, identifier="text")).ask(Observation, HOA)


@pytest.mark.parametrize("id_", ["p1,p2", "p 1", "", "x" * 200, "p1|", None])
async def test_an_id_that_could_smuggle_is_garbled(id_: str | None) -> None:
    """An id becomes a search value: nothing in it may separate."""
    with pytest.raises(Garbled):
        await Shelf([patient("p1", HOA, id=id_)]).ask(Observation, HOA)


@pytest.mark.parametrize(("severity", "dropped"), [("warning", 0), ("information", 0), ("error", 1), ("fatal", 1)])
async def test_a_word_about_the_search_is_no_record(severity: str, dropped: int) -> None:
    """But one that says that something is missing makes the answer incomplete."""
    server = shelf()
    outcome = {"resourceType": "OperationOutcome", "issue": [{"severity": severity, "diagnostics": "<b>x</b>"}]}
    page = bundle([weight("a", "p1")])
    page["entry"] += bundle([outcome], mode="outcome")["entry"]
    server.says["Observation"] = lambda _: reply(page)
    answer = await server.ask(Observation, HOA)
    assert (ids(answer), answer.dropped) == (["a"], dropped)


async def test_a_withdrawn_record_is_left_out_and_not_counted() -> None:
    answer = await shelf(weight("e", "p1", status="entered-in-error")).ask(Observation, HOA)
    assert (ids(answer), answer.dropped) == (["w0", "w1", "w2"], 0)


async def test_a97_script_in_a_text_stays_text() -> None:
    record = (await shelf(weight("s", "p1", code={"text": "<script>alert(1)</script>"})).ask(Observation, HOA)).records[
        -1
    ]
    assert isinstance(record, Observation)
    assert record.code.text == "<script>alert(1)</script>"


async def test_f18_f19_when_it_was_read_is_told_by_our_clock_and_when_it_was_recorded_by_the_source() -> None:
    """A source whose clock is off, or which fell back to an old copy of itself, makes nothing newer than it is."""
    server = shelf()
    dates = {"Date": "Sun, 01 Jan 2090 00:00:00 GMT", "Last-Modified": "Sun, 01 Jan 2090 00:00:00 GMT", "Age": "9"}

    def answer(_: httpx.Request) -> httpx.Response:
        old = weight("old", "p1", issued=None, meta={"lastUpdated": "2019-05-05T10:00:00+07:00"})
        said = reply(bundle([old]))
        said.headers.update(dates)
        return said

    server.says["Observation"] = answer
    (record,) = (await server.ask(Observation, HOA)).records
    (told,) = record.provenance
    assert told.retrieved_at == server.clock.now()
    assert told.recorded_at == datetime(2019, 5, 5, 3, tzinfo=UTC)
