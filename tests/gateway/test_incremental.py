"""How an answer in several payloads is written, and what becomes of it when its reader is not a good one."""

import asyncio
from typing import Any

import pytest

from tests.gateway.sink import listening
from tests.gateway.streamed import BY_ID, BY_PATH, EVENTS, all_payloads, streamed
from tests.gateway.wire import cut_without_reading, head, post, wired
from tests.running import GRAPHQL, Running
from tests.sandbox.city import City
from tests.sandbox.people import by_key

LATER = """{ me { id
  ... @defer(label: "allergies") { allergies { nodes { id } completeness { complete } } }
  ... @defer(label: "all") { allergies { nodes { verified } } conditions { nodes @stream(initialCount: 1) { id } } }
} }"""
WHOLE = """{ me { id allergies { nodes { id verified } completeness { complete } }
  conditions { nodes { id } } } }"""
LAST = {"hasNext", "extensions"}


def merged_by_path(payloads: list[dict[str, Any]]) -> Any:
    """What a client has in the end that knows paths."""
    data = payloads[0]["data"]
    for part in (part for payload in payloads[1:] for part in payload.get("incremental", ())):
        _put(data, part["path"], part)
    return data


def merged_by_id(payloads: list[dict[str, Any]]) -> Any:
    """What a client has in the end that knows ids, none of which may be left open."""
    data, places = payloads[0]["data"], {}
    for payload in payloads:
        places.update({one["id"]: one["path"] for one in payload.get("pending", ())})
        for part in payload.get("incremental", ()):
            place = places[part["id"]] + part.get("subPath", [])
            if "items" in part:
                _at(data, place).extend(part["items"])
            else:
                _put(data, place, part)
        for ended in payload.get("completed", ()):
            del places[ended["id"]]
    assert not places
    return data


def _put(data: Any, path: list[str | int], part: dict[str, Any]) -> None:
    if "items" in part:
        *path, start = path
        assert len(_at(data, path)) == start
        _at(data, path).extend(part["items"])
        return
    target = _at(data, path)
    for name, value in part["data"].items():
        if isinstance(value, dict) and name in target:
            _put(target, [name], {"data": value})
        else:
            target[name] = value


def _at(data: Any, path: list[str | int]) -> Any:
    for step in path:
        data = data[step]
    return data


@pytest.mark.parametrize("accept", [BY_PATH, EVENTS, "multipart/mixed"])
async def test_payloads_with_paths_add_up_to_the_whole_answer(gateway: Running, token: str, accept: str) -> None:
    """As parts or as events: for Apollo Client 3, urql and whoever names no form."""
    payloads = await all_payloads(gateway, LATER, token=token, accept=accept)
    whole = await gateway.ask(WHOLE, token=token)

    assert merged_by_path(payloads) == whole.data
    assert [payload["hasNext"] for payload in payloads] == [True, True, True, True, False]
    assert [[part.get("label") for part in payload["incremental"]][:1] for payload in payloads[1:-1]] == [
        ["allergies"], ["all"], [None]
    ]  # fmt: skip


async def test_payloads_with_ids_add_up_to_the_whole_answer(gateway: Running, token: str) -> None:
    """For Apollo Client 4."""
    payloads = await all_payloads(gateway, LATER, token=token, accept=BY_ID)
    whole = await gateway.ask(WHOLE, token=token)

    assert [one["label"] for one in payloads[0]["pending"]] == ["allergies", "all"]
    assert merged_by_id(payloads) == whole.data


async def test_the_last_payload_tells_how_it_went_with_every_source(gateway: Running, token: str, city: City) -> None:
    """On its own, under the id that every payload and the header have; the first one cannot know yet."""
    city.faults.set("hospital-b", "down")
    async with streamed(gateway, LATER, token=token) as answer:
        first, *_, last = [payload async for payload in answer.payloads()]

    assert last.keys() == LAST
    states = {(row["source"], row["section"]): row["state"] for row in last["extensions"]["sources"]}
    assert states["hospital-a", "ALLERGIES"] == "ANSWERED"
    assert states["hospital-b", "ALLERGIES"] == states["hospital-b", "CONDITIONS"] == "UNAVAILABLE"
    assert first["extensions"] == {"requestId": answer.headers["x-request-id"]}
    assert last["extensions"]["requestId"] == answer.headers["x-request-id"]


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        (BY_PATH, 'multipart/mixed; boundary="-"; deferSpec=20220824'),
        (BY_ID, 'multipart/mixed; boundary="-"; incrementalSpec=v0.2'),
        (EVENTS, "text/event-stream; charset=utf-8"),
    ],
)
async def test_a79_nothing_on_the_way_keeps_it(gateway: Running, token: str, accept: str, content_type: str) -> None:
    """Neither for another time nor for a moment."""
    async with streamed(gateway, LATER, token=token, accept=accept) as answer:
        headers = answer.headers

    assert headers["content-type"] == content_type
    assert (headers["cache-control"], headers["x-accel-buffering"]) == ("no-store", "no")
    assert headers["x-content-type-options"] == "nosniff"


async def test_who_takes_no_stream_is_given_everything_at_once(gateway: Running, token: str) -> None:
    """A server may ignore @defer."""
    for accept in ("application/json", "*/*", "application/graphql-response+json"):
        answer = await gateway.ask(LATER, token=token, headers={"accept": accept})
        whole = await gateway.ask(WHOLE, token=token)
        assert answer.data == whole.data


async def test_who_takes_a_stream_is_given_an_answer_in_one_piece_when_nothing_is_deferred(
    gateway: Running, token: str
) -> None:
    """Plain where that is taken as well; else a stream of one."""
    query = "{ me { id } }"
    plain = await gateway.ask(query, token=token, headers={"accept": BY_PATH})
    (alone,) = await all_payloads(gateway, query, token=token, accept=EVENTS)

    assert alone["data"] == plain.data
    assert "hasNext" not in alone


async def test_a_refused_request_is_refused_as_ever(gateway: Running, token: str) -> None:
    """With a status, though the caller waits for a stream."""
    async with streamed(gateway, "{ nothing }", token=token, accept=EVENTS) as answer:
        assert (answer.status, answer.headers["content-type"]) == (
            400,
            "application/graphql-response+json; charset=utf-8",
        )
    async with streamed(gateway, LATER, token=None, accept=EVENTS) as answer:
        assert answer.status == 401


@pytest.mark.parametrize("accept", [BY_PATH, BY_ID])
async def test_a31_a_refusal_in_a_deferred_part_is_told_as_in_any_answer(
    gateway: Running, city: City, accept: str
) -> None:
    """Its code and its path, and nobody's number."""
    number = by_key("phuc").personal_id
    query = f'{{ sources {{ id }} ... @defer {{ citizen(id: "{number}") {{ id }} }} }}'
    _, later, _ = await all_payloads(gateway, query, token=city.eid.token_for("dat"), accept=accept)
    (part,) = later["incremental"]

    assert part["data"] == {"citizen": None}
    assert [(error["path"], error["extensions"]["code"]) for error in part["errors"]] == [(["citizen"], "FORBIDDEN")]
    assert number not in str(later)


@pytest.mark.parametrize("accept", [BY_ID, "text/html"])
@pytest.mark.parametrize(
    ("query", "code"),
    [
        (f"{{ me {{ {'... @defer { id } ' * 2000} }} }}", "MAX_TOKENS_LIMIT"),
        (f"{{ me {{ {'... @defer { id } ' * 101} }} }}", "MAX_DIRECTIVES_LIMIT"),
        (f"{{ me {{ {'... @defer { id } ' * 21} }} }}", "MAX_DEFERRED_LIMIT"),
        (f"{{ me {{ {'...F ' * 21} }} }} fragment F on Citizen {{ ... @defer {{ id }} }}", "MAX_DEFERRED_LIMIT"),
        (f"{{ me {{ {'... @defer { ' * 4} id {'} ' * 4} }} }}", "MAX_WAVES_LIMIT"),
    ],
)
async def test_a45_too_much_is_deferred(gateway: Running, token: str, query: str, code: str, accept: str) -> None:
    """Counted where it is spread; refused before it is validated, also for who takes no stream."""
    answer = await gateway.ask(query, token=token, headers={"accept": f"{GRAPHQL}, {accept}"})

    assert (answer.status, answer.codes) == (400, [code])


async def test_a76_who_hangs_up_between_two_payloads_costs_no_source_any_work(
    strict: Running, city: City, token: str
) -> None:
    """The hospital's call is let go of, and one event tells what happened until then."""
    city.faults.set("hospital-b", "hang")
    with listening() as sink:
        async with streamed(strict, LATER, token=token) as answer:
            payloads = answer.payloads()
            assert (await anext(payloads))["data"]["me"]["id"]
            assert await asyncio.to_thread(city.seen["hospital-b"].wait_until, lambda seen: seen.in_flight > 0)
        (event,) = await asyncio.to_thread(sink.requests, 1)

    assert await asyncio.to_thread(city.seen["hospital-b"].wait_until, lambda seen: seen.in_flight == 0)
    assert event["status"] == 499
    assert [event["event"] for event in sink.events] == ["request"]


async def test_one_event_tells_of_all_payloads(gateway: Running, city: City, token: str) -> None:
    """Written when the last one has left, with the errors and the sources of all."""
    query = """query Waves {
      me { id ... @defer { conditions(first: 3) { nodes { id } } } } ... @defer { node(id: "x") { id } } }"""
    with listening() as sink:
        await all_payloads(gateway, query, token=token)
        event = sink.wait_for(lambda event: event.get("operation") == "Waves")

    assert (event["status"], event["errors"]) == (200, ["FORBIDDEN"])
    assert [event["event"] for event in sink.events if event.get("operation") == "Waves"] == ["request"]
    assert {(row["source"], row["section"]) for row in event["sources"]} >= {("hospital-a", "CONDITIONS")}


async def test_a69_who_never_reads_the_payloads_is_cut_off(strict: Running, token: str) -> None:
    """The gateway waits with the next payload until there is room for it, and not for ever."""
    part = "code { text } provenance { source { id name } retrievedAt } id"
    fields = " ".join(f"... @defer {{ a{n}: observations {{ nodes {{ {part} }} }} }}" for n in range(20))
    body = f'{{"query": "{{ me {{ {fields} }} }}"}}'.encode()
    request = post(body, token=token).replace(b"application/graphql-response+json", b"multipart/mixed")

    assert await cut_without_reading(strict.url, request * 30)


async def test_http_1_0_gets_its_payloads_too(gateway: Running, token: str) -> None:
    """The end of the connection is the end of the answer."""
    async with wired(gateway.url) as wire:
        request = head(b"GET", b"/graphql?query=%7Bme%7Bid...@defer%7BpersonalId%7D%7D%7D", token)
        request = request.replace(b"HTTP/1.1", b"HTTP/1.0").replace(
            b"application/graphql-response+json", EVENTS.encode()
        )
        await wire.say(request)
        assert (await wire.hear()).status == 200
        assert not await wire.ends_without_data()
