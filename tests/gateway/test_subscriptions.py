"""Subscriptions over real sockets: who hears of what, until when, how many there may be, and what is left of them."""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from tests.gateway.sink import Sink, listening
from tests.gateway.streamed import BY_ID, EVENTS, Stream, all_payloads, streamed
from tests.gateway.telling import tell
from tests.gateway.wire import head, said
from tests.running import CityClock, Running, running_gateway
from tests.sandbox.city import City
from tests.sandbox.people import by_key

CHANGED = "subscription { recordChanged%s { source { id } section at } }"
ALL = CHANGED % ""
OFTEN = 'development = true -> development = true\nsubscriptions = { heartbeat = "50ms" }'
FEW = "development = true -> development = true\nsubscriptions = { most = 3, most_per_caller = 2 }"


@pytest.fixture(scope="module")
def told(whole_city: City, city_clock: CityClock, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A gateway of its own: what it is told here no other test shall know."""
    with running_gateway(whole_city, tmp_path_factory.mktemp("told"), clock=city_clock, often=OFTEN) as running:
        yield running


def of(person: str, *, sections: str | None = None) -> str:
    """A subscription to what changes in the record of that person."""
    wanted = "" if sections is None else f", sections: {sections}"
    return CHANGED % f'(citizen: "{by_key(person).personal_id}"{wanted})'


async def heard(stream: Stream) -> dict[str, Any]:
    """The next change, which must have no errors."""
    async with asyncio.timeout(10):
        payload = await anext(stream.payloads())
    assert "errors" not in payload, payload
    changed: dict[str, Any] = payload["data"]["recordChanged"]
    return changed


async def refusals(stream: Stream) -> list[tuple[str, Any]]:
    """The code and the data of all that still comes, up to the right end."""
    async with asyncio.timeout(10):
        return [(payload["errors"][0]["extensions"]["code"], payload["data"]) async for payload in stream.payloads()]


async def test_a_change_is_told_and_nothing_of_it(told: Running, city: City, token: str) -> None:
    """Whose word it is, of which section and when; under the id of the request; no source is asked for a record."""
    async with streamed(told, ALL, token=token, accept=EVENTS) as stream:
        assert (stream.status, stream.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
        await tell(told, city, "an", "Allergy")
        async with asyncio.timeout(10):
            payload = await anext(stream.payloads())

    changed = payload["data"]["recordChanged"]
    assert (changed["source"]["id"], changed["section"], sorted(changed)) == (
        "hospital-b", "ALLERGIES", ["at", "section", "source"],
    )  # fmt: skip
    assert changed["at"].startswith("2026-11-23T")
    assert payload["extensions"] == {"requestId": stream.headers["x-request-id"]}
    assert not city.seen["hospital-b"].calls


async def test_a81_two_citizens_never_hear_of_each_other(told: Running, city: City) -> None:
    """Both listen at once; what comes first for each is their own, though the other's was told before."""
    async with (
        streamed(told, ALL, token=city.eid.token_for("an"), accept=EVENTS) as of_an,
        streamed(told, ALL, token=city.eid.token_for("phuc"), accept=EVENTS) as of_phuc,
    ):
        await tell(told, city, "phuc", "Allergy")
        await tell(told, city, "an", "Encounter")
        assert (await heard(of_an))["section"] == "ENCOUNTERS"
        assert (await heard(of_phuc))["section"] == "ALLERGIES"


async def test_only_the_sections_that_were_named_are_told(told: Running, city: City, token: str) -> None:
    """Those before and between are passed over."""
    async with streamed(told, CHANGED % "(sections: [ENCOUNTERS])", token=token, accept=EVENTS) as stream:
        await tell(told, city, "an", "Allergy")
        await tell(told, city, "an", "Condition", "Encounter")
        assert (await heard(stream))["section"] == "ENCOUNTERS"


async def test_a32_a_section_that_is_not_open_is_passed_over_or_refused(told: Running, city: City) -> None:
    """Whom a child represents is not the mother's business: unnamed it is silent, named it is refused at once."""
    token = city.eid.token_for("mai")
    async with streamed(told, of("nhi"), token=token, accept=EVENTS) as stream:
        await tell(told, city, "nhi", "Relation")
        await tell(told, city, "nhi", "Immunization")
        assert (await heard(stream))["section"] == "IMMUNIZATIONS"
    async with streamed(told, of("nhi", sections="[IMMUNIZATIONS, FAMILY]"), token=token, accept=EVENTS) as stream:
        assert await refusals(stream) == [("FORBIDDEN", None)]


async def test_no_section_at_all_is_a_mistake(told: Running, token: str) -> None:
    """Who names none would wait for ever."""
    async with streamed(told, CHANGED % "(sections: [])", token=token, accept=EVENTS) as stream:
        assert await refusals(stream) == [("BAD_REQUEST", None)]


async def test_a31_a_stranger_and_nobody_look_alike(told: Running, city: City) -> None:
    """Refused before anything is waited for, in the same words, and nothing is left that listens."""
    answers = []
    for number in (by_key("phuc").personal_id, "079185998999"):
        document = CHANGED % f'(citizen: "{number}")'
        (payload,) = await all_payloads(told, document, token=city.eid.token_for("dat"), accept=EVENTS)
        assert number not in str(payload)
        payload["extensions"].pop("requestId")
        for row in payload["extensions"]["sources"]:
            row.pop("elapsedMs")
        answers.append(payload)

    assert answers[0] == answers[1]
    assert [error["extensions"]["code"] for error in answers[0]["errors"]] == ["FORBIDDEN"]


async def test_a31_an_organisation_hears_of_nobody(told: Running, city: City) -> None:
    """The source that tells everything is told nothing."""
    token = await city.eid.organisation_token("hospital-b")
    answer = await told.ask(of("an"), token=token, headers={"accept": EVENTS})

    assert (answer.status, answer.codes) == (403, ["FORBIDDEN"])


async def test_a20_when_the_token_has_expired_nothing_more_is_told(
    city: City, city_clock: CityClock, tmp_path: Path, token: str
) -> None:
    """One last word, though nothing changed, and the right end: the client must sign in before it comes back."""
    clock = CityClock(city_clock.now())
    with running_gateway(city, tmp_path, clock=clock, often=OFTEN) as gateway:
        async with streamed(gateway, ALL, token=token, accept=EVENTS) as stream:
            clock.skip(3600)
            assert await refusals(stream) == [("UNAUTHENTICATED", None)]


async def test_a32_a_right_that_ended_meanwhile_is_seen_at_the_next_change(told: Running, city: City) -> None:
    """The register no longer knows her as the mother: of what changed since then she hears nothing."""
    register = cast("dict[str, Any]", city.contents.dependants)
    mai = by_key("mai").personal_id
    relations = register[mai]
    async with streamed(told, of("nhi"), token=city.eid.token_for("mai"), accept=EVENTS) as stream:
        await tell(told, city, "nhi", "Immunization")
        assert (await heard(stream))["section"] == "IMMUNIZATIONS"
        register[mai] = []
        try:
            await tell(told, city, "nhi", "Allergy")
            assert await refusals(stream) == [("FORBIDDEN", None)]
        finally:
            register[mai] = relations


async def test_f25_when_the_register_cannot_be_asked_the_subscription_ends(told: Running, city: City) -> None:
    """Closed, and said: a change that is silently passed over would look like none."""
    async with streamed(told, of("nhi"), token=city.eid.token_for("mai"), accept=EVENTS) as stream:
        city.faults.set("population", "down")
        await tell(told, city, "nhi", "Immunization")
        assert await refusals(stream) == [("SOURCE_UNAVAILABLE", None)]


@pytest.mark.parametrize("accept", [None, "application/json", "*/*", BY_ID])
async def test_who_does_not_take_events_is_refused(told: Running, token: str, accept: str | None) -> None:
    """406, in one piece."""
    answer = await told.ask(ALL, token=token, headers={"accept": accept} if accept else None)

    assert (answer.status, answer.codes) == (406, ["BAD_REQUEST"])


async def test_a64_by_get_nothing_is_subscribed_to(told: Running, token: str) -> None:
    """405 with what is taken."""
    request = head(b"GET", b"/graphql?query=subscription%7BrecordChanged%7Bat%7D%7D", token)
    answer = await said(told, request.replace(b"application/graphql-response+json", b"text/event-stream"))

    assert (answer.status, answer.headers["allow"]) == (405, "POST")


async def test_a01_without_a_token_nobody_listens(told: Running) -> None:
    """401 as for every request."""
    async with streamed(told, ALL, token=None, accept=EVENTS) as stream:
        assert stream.status == 401


async def test_a45_there_is_a_bound_for_each_caller_and_one_for_all(
    city: City, city_clock: CityClock, tmp_path: Path
) -> None:
    """429 and 503 with a time to come back; who hangs up makes room, and queries go on."""
    an, phuc = city.eid.token_for("an"), city.eid.token_for("phuc")
    with running_gateway(city, tmp_path, clock=city_clock, few=FEW) as gateway, listening() as sink:
        ids = []
        async with AsyncExitStack() as streams:
            for token, status in ((an, 200), (an, 200), (an, 429), (phuc, 200), (phuc, 503)):
                stream = await streams.enter_async_context(streamed(gateway, ALL, token=token, accept=EVENTS))
                assert stream.status == status
                assert ("retry-after" in stream.headers) is (status != 200)
                ids += [stream.headers["x-request-id"]] * (status == 200)
            assert await _open(gateway) == 3
            assert (await gateway.ask("{ me { id } }", token=an)).data
        for known in ids:
            assert _ended(sink, known)["status"] == 499
        assert await _open(gateway) == 0
        assert not gateway.gateway.changes._listening
        async with streamed(gateway, ALL, token=phuc, accept=EVENTS) as stream:
            assert stream.status == 200


async def test_a88_the_log_tells_how_much_was_told_and_about_nobody(
    told: Running, city: City, token: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line for the request, one for each change; no number in either."""
    with listening() as sink:
        async with streamed(told, ALL, token=token, accept=EVENTS) as stream:
            await tell(told, city, "an", "Allergy")
            await heard(stream)
        ended = _ended(sink, stream.headers["x-request-id"])
        change = sink.wait_for(lambda event: event["event"] == "change")

    assert (ended["status"], ended["told"], change["request_id"]) == (499, 1, ended["request_id"])
    assert by_key("an").personal_id not in str(sink.events) + str(capsys.readouterr())


async def test_silence_is_broken_now_and_then(told: Running, token: str) -> None:
    """By a comment, which is no event: what is between would cut a silent connection."""
    known = b""
    headers = {"accept": EVENTS, "authorization": f"Bearer {token}"}
    async with (
        asyncio.timeout(10),
        httpx.AsyncClient(trust_env=False) as client,
        client.stream("POST", f"{told.url}/graphql", json={"query": ALL}, headers=headers) as response,
    ):
        async for chunk in response.aiter_raw():
            known += chunk
            if len(known) >= 12:
                break

    assert known[:12] == b":\n\n" * 4


def _ended(sink: Sink, request_id: str) -> dict[str, Any]:
    """The event of that request, which is written at its end."""
    return sink.wait_for(lambda event: (event["event"], event.get("request_id")) == ("request", request_id))


async def _open(gateway: Running) -> float:
    async with httpx.AsyncClient(trust_env=False) as http:
        text = (await http.get(f"{gateway.admin}/metrics")).text
    (line,) = [line for line in text.splitlines() if line.startswith("citizen_graph_subscriptions ")]
    return float(line.split()[1])
