"""Subscriptions over WebSocket: who may speak, what is told, and that everything ends."""

from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.gateway.sink import listening
from tests.gateway.sockets.talking import Talk, ended, talking
from tests.gateway.telling import tell
from tests.running import CityClock, Running, running_gateway
from tests.sandbox.city import City
from tests.sandbox.people import by_key

CHANGED = "subscription { recordChanged { source { id } section at } }"
OFTEN = 'development = true -> development = true\nsubscriptions = { heartbeat = "50ms" }'
FEW = "development = true -> development = true\nsubscriptions = { most = 3, most_per_caller = 2 }"


@pytest.fixture(scope="module")
def told(whole_city: City, city_clock: CityClock, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A gateway of its own: what it is told here no other test shall know."""
    with running_gateway(whole_city, tmp_path_factory.mktemp("told"), clock=city_clock, often=OFTEN) as running:
        yield running


async def listens(talk: Talk, known: str) -> None:
    """Begin an operation, and wait until the gateway has read it; it asks nobody, so that it listens at once."""
    await talk.subscribe(known, CHANGED)
    await talk.subscribe(f"after-{known}", "{ me { id } }")
    refused = await talk.hear()
    assert (refused["type"], refused["id"]) == ("error", f"after-{known}"), refused


async def test_a_change_is_told_and_nothing_of_it(told: Running, city: City, token: str) -> None:
    """By the token of the first message: whose word it is, of which section and when; no source is asked."""
    async with talking(told) as talk:
        assert talk.line.subprotocol == "graphql-transport-ws"
        await talk.begin(token)
        await listens(talk, "1")
        await tell(told, city, "an", "Allergy")
        message = await talk.hear()

    changed = message["payload"]["data"]["recordChanged"]
    assert (message["type"], message["id"], changed["source"]["id"], changed["section"]) == (
        "next", "1", "hospital-b", "ALLERGIES",
    )  # fmt: skip
    assert "errors" not in message["payload"]
    assert not city.seen["hospital-b"].calls


async def test_the_token_may_come_with_the_handshake(told: Running, city: City, token: str) -> None:
    """As in every other request."""
    async with talking(told, headers={"Authorization": f"Bearer {token}"}) as talk:
        await talk.begin()
        await listens(talk, "1")
        await tell(told, city, "an", "Allergy")
        assert (await talk.hear())["payload"]["data"]["recordChanged"]["section"] == "ALLERGIES"


async def test_a81_two_citizens_never_hear_of_each_other(told: Running, city: City) -> None:
    """Both listen at once; what comes first for each is their own, though the other's was told before."""
    async with talking(told) as of_an, talking(told) as of_phuc:
        for talk, who in ((of_an, "an"), (of_phuc, "phuc")):
            await talk.begin(city.eid.token_for(who))
            await listens(talk, "1")
        await tell(told, city, "phuc", "Allergy")
        await tell(told, city, "an", "Encounter")
        assert (await of_an.hear())["payload"]["data"]["recordChanged"]["section"] == "ENCOUNTERS"
        assert (await of_phuc.hear())["payload"]["data"]["recordChanged"]["section"] == "ALLERGIES"


async def test_operations_of_a_socket_end_one_by_one(told: Running, city: City, token: str) -> None:
    """What the client has completed hears nothing more; the other goes on; its id can be used again."""
    async with talking(told) as talk:
        await talk.begin(token)
        await listens(talk, "1")
        await listens(talk, "2")
        await talk.say("complete", id="1")
        await listens(talk, "3")
        await tell(told, city, "an", "Allergy")
        assert {(await talk.hear())["id"], (await talk.hear())["id"]} == {"2", "3"}
        await listens(talk, "1")


async def test_a31_what_is_refused_is_told_and_complete(told: Running, city: City) -> None:
    """A stranger's number and nobody's, in the same words."""
    heard = []
    async with talking(told) as talk:
        await talk.begin(city.eid.token_for("dat"))
        for number in (by_key("phuc").personal_id, "079185998999"):
            query = f'subscription {{ recordChanged(citizen: "{number}") {{ at }} }}'
            await talk.subscribe("1", query)
            message = await talk.hear()
            assert message["payload"].pop("extensions")["requestId"]
            heard.append(message)
            assert await talk.hear() == {"type": "complete", "id": "1"}

    assert heard[0] == heard[1]
    assert [error["extensions"]["code"] for error in heard[0]["payload"]["errors"]] == ["FORBIDDEN"]


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"query": "{ me { id } }"}, "BAD_REQUEST"),
        ({"query": "mutation { refresh { citizen { id } } }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "subscription { nothing }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "subscription {"}, "GRAPHQL_PARSE_FAILED"),
        ({"query": 7}, "BAD_REQUEST"),
        ({}, "BAD_REQUEST"),
        ({"extensions": {"persistedQuery": {}}}, "PERSISTED_QUERY_NOT_SUPPORTED"),
    ],
)  # fmt: skip
async def test_what_is_no_subscription_ends_alone(
    told: Running, token: str, payload: dict[str, Any], code: str
) -> None:
    """One error under its id; the socket stays open."""
    async with talking(told) as talk:
        await talk.begin(token)
        await talk.say("subscribe", id="1", payload=payload)
        refused = await talk.hear()
        assert (refused["type"], refused["id"], refused["payload"][0]["extensions"]["code"]) == ("error", "1", code)
        await talk.say("ping")
        assert await talk.hear() == {"type": "pong"}


async def test_a20_when_the_token_has_expired_nothing_more_is_told(
    city: City, city_clock: CityClock, tmp_path: Path, token: str
) -> None:
    """Each operation has its last word, then the socket ends: the client comes back with another token."""
    clock = CityClock(city_clock.now())
    with running_gateway(city, tmp_path, clock=clock, often=OFTEN) as gateway:
        async with talking(gateway) as talk:
            await talk.begin(token)
            await listens(talk, "1")
            clock.skip(3600)
            last = await talk.hear()
            assert last["payload"]["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
            assert await talk.hear() == {"type": "complete", "id": "1"}
            assert await talk.closed() == (4403, "UNAUTHENTICATED")


async def test_a45_there_is_a_bound_for_each_caller_and_one_for_all(
    city: City, city_clock: CityClock, tmp_path: Path
) -> None:
    """Of sockets as of operations; who hangs up makes room."""
    an, phuc = city.eid.token_for("an"), city.eid.token_for("phuc")
    with running_gateway(city, tmp_path, clock=city_clock, few=FEW) as gateway, listening() as sink:
        async with AsyncExitStack() as talks:
            first, second, third, other, late = [await talks.enter_async_context(talking(gateway)) for _ in range(5)]
            await first.begin(an)
            await second.begin(an)
            await third.say("connection_init", payload={"Authorization": f"Bearer {an}"})
            assert await third.closed() == (1013, "TOO_MANY_SUBSCRIPTIONS")
            await other.begin(phuc)
            await late.say("connection_init", payload={"Authorization": f"Bearer {phuc}"})
            assert await late.closed() == (1013, "SERVICE_UNAVAILABLE")
            await listens(first, "1")
            await listens(second, "1")
            await first.subscribe("2", CHANGED)
            refused = await first.hear()
            assert (refused["type"], refused["payload"][0]["extensions"]["code"]) == ("error", "TOO_MANY_SUBSCRIPTIONS")
            known = {first.request_id, second.request_id, other.request_id}
        for one in known:
            assert ended(sink, one)["status"] == 101
        assert not gateway.gateway.changes._listening
        async with talking(gateway) as again:
            await again.begin(phuc)


async def test_a88_a_socket_and_each_operation_have_a_line_in_the_log(
    told: Running, city: City, token: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """They name each other, and nobody."""
    with listening() as sink:
        async with talking(told) as talk:
            await talk.begin(token)
            await listens(talk, "1")
            await tell(told, city, "an", "Allergy")
            await talk.hear()
            await talk.say("complete", id="1")
            operation = sink.wait_for(lambda event: event["event"] == "request" and event.get("told") == 1)
        opened = ended(sink, talk.request_id)

    assert (opened["status"], opened["closed"], operation["status"]) == (101, "by caller", 499)
    assert operation["socket"] == opened["request_id"]
    assert by_key("an").personal_id not in str(sink.events) + str(capsys.readouterr())


async def test_a92_a_gateway_that_ends_lets_go_of_sockets(
    city: City, city_clock: CityClock, tmp_path: Path, token: str
) -> None:
    """With the code after which clients come back, to another one; no new one is opened."""
    with running_gateway(city, tmp_path, clock=city_clock) as gateway:
        async with talking(gateway) as talk:
            await talk.begin(token)
            await listens(talk, "1")
            assert gateway.gateway._watching
            gateway.gateway._watching.get_loop().call_soon_threadsafe(gateway.gateway.drain)
            assert await talk.closed() == (1012, "This service is ending.")
