"""``POST /events`` over real sockets: who may speak, what is taken, and that nothing is learnt from the answer."""

import gzip
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from tests.gateway.wire import Heard, head, post, said
from tests.running import CityClock, Running, running_gateway
from tests.sandbox.city import City
from tests.sandbox.people import by_key

AN = by_key("an").personal_id
NOBODY = "079185998999"
EVENTS = b"/events"


@pytest.fixture(scope="module")
def fed(whole_city: City, city_clock: CityClock, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A gateway of its own: what it is told here no other test shall know."""
    with running_gateway(whole_city, tmp_path_factory.mktemp("fed"), clock=city_clock) as running:
        yield running


@pytest.fixture
async def sender(city: City) -> str:
    """The access token of hospital B."""
    return await city.eid.organisation_token("hospital-b")


def event(name: str, clock: CityClock, *, number: str = AN, **members: Any) -> dict[str, Any]:
    """An event that is as it should be, unless ``members`` say otherwise."""
    known = {"id": name, "class": "Allergy", "personalId": number, "latest": "2026-11-01"}
    return {**known, "at": clock.now().isoformat(), **members}


async def send(gateway: Running, token: str | None, *events: dict[str, Any], headers: bytes = b"") -> Heard:
    """One batch."""
    body = json.dumps({"events": events}).encode()
    return await said(gateway, post(body, token=token, target=EVENTS, headers=headers))


def outcomes(heard: Heard) -> list[str]:
    """What came of each event of a batch that was taken."""
    assert heard.status == 200, heard
    return [row["outcome"] for row in heard.json["events"]]


async def test_an_event_is_taken_once(fed: Running, city_clock: CityClock, sender: str) -> None:
    """Idempotent by its id: also within a batch, also with other words."""
    first, second = event("once", city_clock), event("twice", city_clock)
    assert outcomes(await send(fed, sender, first)) == ["TAKEN"]
    assert outcomes(await send(fed, sender, first, second, second)) == ["KNOWN", "TAKEN", "KNOWN"]


async def test_a83_a84_the_answer_is_the_same_whoever_it_is_about(
    fed: Running, city_clock: CityClock, sender: str
) -> None:
    """A citizen whom hospital A knows, and a number of nobody: a source cannot find out who exists."""
    answers = []
    for number in (AN, NOBODY):
        heard = await send(fed, sender, event(f"about-{number[-1]}", city_clock, number=number))
        headers = {name: value for name, value in heard.headers.items() if name not in ("date", "x-request-id")}
        answers.append((heard.status, headers, heard.json["events"][0]["outcome"], sorted(heard.json)))

    assert answers[0] == answers[1]


async def test_a_batch_is_taken_whole_or_not_at_all(fed: Running, city_clock: CityClock, sender: str) -> None:
    """The good event beside a bad one is still new afterwards."""
    good = event("whole", city_clock)
    heard = await send(fed, sender, good, event("bad", city_clock, at="2099-01-01T00:00:00Z"))
    assert (heard.status, heard.codes) == (422, ["INVALID_EVENT"])
    assert heard.json["errors"][0]["extensions"]["event"] == 1

    assert outcomes(await send(fed, sender, good)) == ["TAKEN"]


@pytest.mark.parametrize("authorization", [b"", b"Authorization: Basic eDp5\r\n", b"Authorization: Bearer a.b.c\r\n"])
async def test_a01_a26_without_an_access_token_nobody_is_heard(fed: Running, authorization: bytes) -> None:
    """401 with a challenge."""
    heard = await send(fed, None, headers=authorization)

    assert (heard.status, heard.codes) == (401, ["UNAUTHENTICATED"])
    assert 'realm="citizen-graph"' in heard.headers["www-authenticate"]


async def test_a20_an_expired_token_is_none(fed: Running, city: City) -> None:
    """Judged like any other."""
    heard = await send(fed, city.eid.token_for("an", expires_in=timedelta(hours=-1)))

    assert heard.status == 401


async def test_a29_an_organisation_without_the_scope_is_told_which(fed: Running, city: City) -> None:
    """Hospital A has a token, but not for this."""
    heard = await send(fed, await city.eid.organisation_token("hospital-a"))

    assert (heard.status, heard.codes) == (403, ["FORBIDDEN"])
    assert 'error="insufficient_scope", scope="events:write"' in heard.headers["www-authenticate"]


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param({"scope": "events:writes"}, id="a29_suffix"),
        pytest.param({"scope": "EVENTS:WRITE"}, id="a29_upper_case"),
        pytest.param({"scope": "*"}, id="a29_star"),
        pytest.param({"scope": ["events:write"]}, id="a29_list"),
        pytest.param({"scope": "events:write"}, id="another_client"),
        pytest.param({"scope": "events:write", "client_id": "hospital-b"}, id="a_citizen_at_that_client"),
    ],
)
async def test_only_the_sources_own_client_speaks_for_it(
    fed: Running, city: City, city_clock: CityClock, claims: dict[str, Any]
) -> None:
    """Not a citizen, whatever the token says besides; and nothing of it is written down."""
    heard = await send(fed, city.eid.token_for("an", **claims), event("stolen", city_clock))

    assert (heard.status, heard.codes) == (403, ["FORBIDDEN"])


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS"])
async def test_a64_only_post_is_taken(fed: Running, sender: str, method: str) -> None:
    """405 with Allow."""
    heard = await said(fed, head(method.encode(), EVENTS, sender))

    assert (heard.status, heard.headers["allow"]) == (405, "POST")


async def test_a65_only_json_is_json(fed: Running, sender: str) -> None:
    """A form could be sent by any web page."""
    lines = b"Content-Type: text/plain\r\nContent-Length: 2\r\n"

    assert (await said(fed, head(b"POST", EVENTS, sender, lines) + b"{}")).status == 415


async def test_a67_a_body_too_large_or_packed_is_not_read(fed: Running, sender: str) -> None:
    """413 by its length alone, 415 for a bomb."""
    assert (await said(fed, post(b"", token=sender, target=EVENTS, length=10_000_000))).status == 413
    packed = post(gzip.compress(b" "), token=sender, target=EVENTS, headers=b"Content-Encoding: gzip\r\n")
    assert (await said(fed, packed)).status == 415


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b'{"events": [], "events": []}'])
async def test_a70_a71_what_is_no_json_is_refused(fed: Running, sender: str, body: bytes) -> None:
    """400, and nothing repeated."""
    heard = await said(fed, post(body, token=sender, target=EVENTS))

    assert (heard.status, heard.codes) == (400, ["BAD_REQUEST"])


async def test_a80_events_are_not_taken_on_the_admin_side(fed: Running, sender: str) -> None:
    """One door."""
    assert (await said(structs.replace(fed, url=fed.admin), post(b"{}", token=sender, target=EVENTS))).status == 404


async def test_a88_a89_neither_number_nor_id_reaches_the_log(
    fed: Running, city_clock: CityClock, sender: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A careless id that holds the number, and a line of the sender's own making."""
    await send(fed, sender, event(f'{AN}\n{{"event":"forged"}}', city_clock))
    await send(fed, sender, event(AN, city_clock, number="0791859981"))
    told = capsys.readouterr()

    assert "hospital-b" in told.out, "the requests are logged"
    assert AN not in told.out + told.err
    assert "forged" not in told.out


async def test_listeners_hear_of_what_is_new_and_of_nothing_else(
    fed: Running, city_clock: CityClock, sender: str
) -> None:
    """Not of an announcement, not of a repetition; by reference, source, class and time."""
    heard: list[Any] = []
    changes = fed.gateway.changes
    publish, changes.publish = changes.publish, lambda ref, change: heard.append((ref, change))  # type: ignore[method-assign]
    try:
        new = event("heard", city_clock)
        await send(
            fed, sender, new, {**event("all", city_clock, coverage="incomplete"), "personalId": None, "latest": None}
        )
        await send(fed, sender, new)
    finally:
        changes.publish = publish  # type: ignore[method-assign]

    ((ref, change),) = heard
    assert (change.source, change.about.__name__, len(ref)) == ("hospital-b", "Allergy", 32)


async def test_f23_a_store_that_cannot_be_written_to_takes_nothing_and_says_so(
    city: City, city_clock: CityClock, tmp_path: Path, sender: str
) -> None:
    """503 with a time to come back; the graph goes on answering."""
    nowhere = 'development = true -> development = true\nstore = { file = "none/store.db" }'
    with running_gateway(city, tmp_path, clock=city_clock, nowhere=nowhere) as gateway:
        heard = await send(gateway, sender, event("lost", city_clock))
        answer = await gateway.ask("{ me { allergies { nodes { id } } } }", token=city.eid.token_for("an"))

    assert (heard.status, heard.codes) == (503, ["STORE_UNAVAILABLE"])
    assert heard.headers["retry-after"] == "5"
    assert answer.data["me"]["allergies"]["nodes"]
