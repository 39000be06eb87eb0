"""One line per event, and nobody's data in it."""

import asyncio
import io
import json
import logging
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from typing import Any

import pytest
import structlog

from connectors.errors import TooSlow
from gateway import telemetry
from gateway.telemetry import Event, note_loop_defect, told_by_place
from resolvers.noted import Fault
from tests.gateway.sink import listening
from tests.gateway.wire import head, post, said, wired
from tests.running import Running
from tests.sandbox.city import City
from tests.sandbox.people import by_key, everyone

EVERYTHING = """query %s { me {
  personalId demographics { fullName birthDate } allergies { nodes { substance { text } } }
  coverage { nodes { cardNumber } } observations { nodes { code { text } } }
  dependants { nodes { citizen { personalId } } } } }"""
OPEN = "query Open($id: CitizenId!) { citizen(id: $id) { demographics { fullName } } }"
CALLERS = ("an", "mai", "phuc", "lac", "roi", "im", "dat")
FAULTS = ("down", "hang", "garbage", "html", "types", "wrong_person", "bad_utf8", "huge")
SECRET = "079187998112"


def traces_of_people() -> set[str]:
    """What stands for a person: number, name and card of everybody."""
    cards = {person.card.number for person in everyone() if person.card}
    return {person.personal_id for person in everyone()} | {person.name for person in everyone()} | cards


async def test_a88_a89_a_whole_day_leaves_no_trace_of_anybody(gateway: Running, city: City) -> None:
    """Good requests, hostile ones and faults of every kind: an event for each, and in none of them a person."""
    tokens = {key: city.eid.token_for(key) for key in CALLERS}
    number, an = by_key("phuc").personal_id, tokens["an"]
    with listening() as sink:
        for key, token in tokens.items():
            await gateway.ask(EVERYTHING % key, token=token)
        for query in (f'{{ citizen(id: "{number}") {{ id }} }}', f"query of{number} {{ me {{ a{number}: id }} }}"):
            await gateway.ask(query, token=an)
        await gateway.ask(OPEN, token=tokens["dat"], variables={"id": number})
        await gateway.ask("{ me { id } }", token=an, headers={"X-Request-Id": number, "baggage": number})
        await gateway.ask("{ me { id } }", token=f"{an[:-12]}{number}")
        await said(gateway, head(b"GET", f"/graphql?query={number}".encode(), an))
        await said(gateway, head(number.encode(), b"/graphql", an))
        for fault in FAULTS:
            city.faults.set("hospital-b", fault)
            await gateway.ask(EVERYTHING % fault, token=an)
        sink.requests(len(CALLERS) + 7 + len(FAULTS))

    text = json.dumps(sink.events, default=repr, ensure_ascii=False)
    kinds = Counter(event["event"] for event in sink.events)
    assert kinds.pop("request") == len(CALLERS) + 7 + len(FAULTS), "one line for each request"
    assert set(kinds) == {"alert"}, "and one for each answer about another person"
    assert not [trace for trace in traces_of_people() if trace in text]
    assert not [key for key, token in tokens.items() if token[:40] in text or token[-40:] in text]
    assert not [address for address in city.addresses.values() if address in text]


async def test_an_event_tells_who_asked_what_and_how_it_went(gateway: Running, city: City) -> None:
    """By the names of client, operation and sources, and by the id that the caller was given."""
    city.faults.set("hospital-b", "down")
    with listening() as sink:
        answer = await gateway.ask("query Mine { me { allergies { nodes { id } } } }", token=city.eid.token_for("an"))
        (event,) = sink.requests(1)

    assert event["request_id"] == answer.body["extensions"]["requestId"] == answer.headers["x-request-id"]
    assert (event["operation"], event["status"], event["caller"]) == ("Mine", 200, "citizen")
    assert {row["source"]: row["state"] for row in event["sources"]} == {
        "hospital-a": "ANSWERED",
        "hospital-b": "UNAVAILABLE",
    }
    (fault,) = event["faults"]
    assert fault.startswith("hospital-b/Allergy: ")
    assert event["ms"] >= 0


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"nonsense\r\n\r\n", (400, 405)),
        (b"GET /nowhere HTTP/1.1\r\nHost: gateway.example\r\n\r\n", (404,)),
        (head(b"GET", b"/graphql?query=" + b"x" * 20_000, None), (414,)),
        (head(b"PUT", b"/graphql", None), (405,)),
        (post(b"{}", token=None), (401,)),
    ],
)
async def test_what_is_refused_has_its_event_as_well(gateway: Running, raw: bytes, status: tuple[int, ...]) -> None:
    """At whichever door: the status, and the id that the answer carries."""
    with listening() as sink:
        heard = await said(gateway, raw)
        (event,) = sink.requests(1)

    assert event["status"] == heard.status
    assert heard.status in status
    assert event["request_id"] == heard.headers.get("x-request-id", event["request_id"])


async def test_a76_a_caller_who_went_away_has_an_event(strict: Running, city: City, token: str) -> None:
    """With the status that stands for it, and without a word of a defect."""
    city.faults.set("hospital-b", "hang")
    with listening() as sink:
        async with wired(strict.url) as wire:
            await wire.say(post(b'{"query": "{ me { allergies { nodes { id } } } }"}', token=token))
            assert await asyncio.to_thread(city.seen["hospital-b"].wait_until, lambda seen: seen.in_flight == 1)
            wire.hang_up()
            (event,) = await asyncio.to_thread(sink.requests, 1)

    assert event["status"] == 499
    assert [event["event"] for event in sink.events] == ["request"]


@pytest.mark.parametrize("name", ['","status":200}', "a\nb", "a\r\n{}", "\u2028", "\x1b[31m", "x" * 10_000])
async def test_a88_nobody_writes_a_line_of_their_own(gateway: Running, token: str, name: str) -> None:
    """Not by the name of an operation, nor by that of a request: what is no name is not written at all."""
    body = json.dumps({"query": "{ me { id } }", "operationName": name}).encode()
    with listening() as sink:
        await said(gateway, post(body, token=token))
        (event,) = sink.requests(1)

    assert name not in str(event)


Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def written() -> Iterator[Lines]:
    """The log as it is set up for production; a call gives its lines, read."""
    root, out = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers[:], root.level
    with redirect_stdout(out):
        telemetry.set_up()
    yield lambda: [json.loads(line) for line in out.getvalue().splitlines()]
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def mistaken(secret: str) -> None:
    """Goes wrong in a way whose text, cause and variables hold what nobody may read."""
    try:
        int(f"{secret}x")
    except ValueError as error:
        raise KeyError(secret) from error


def defect(secret: str) -> Exception:
    """The mistake, as somebody caught it."""
    with pytest.raises(KeyError) as caught:
        mistaken(secret)
    return caught.value


def test_an_event_is_one_line_of_json(written: Lines) -> None:
    """Whatever stands in it; with level and time, in UTC."""
    Event("the-request", structlog.get_logger()).write(200, 1.26)
    (line,) = written()

    assert (line["event"], line["level"], line["request_id"], line["status"], line["ms"]) == (
        "request",
        "info",
        "the-request",
        200,
        1.3,
    )
    assert line["timestamp"].endswith("Z")


@pytest.mark.parametrize("text", ["một", "\u2028", "\x1b[31m", "\udc80", "a\nb\x85c"])
def test_a88_a_line_is_plain_ascii_whatever_stands_in_it(text: str) -> None:
    """Also what is not quite a text."""
    out = io.StringIO()
    with redirect_stdout(out):
        telemetry.set_up()
    try:
        Event(text, structlog.get_logger()).write(200, 1)
    finally:
        structlog.reset_defaults()
    written = out.getvalue()
    assert written.isascii()
    assert len(written.splitlines()) == 1
    assert json.loads(written)["request_id"] == text


def test_a89_a_defect_is_told_by_its_types_and_places(written: Lines) -> None:
    """Not by its text, which may quote anything, nor by the variables around it."""
    event = Event("the-request", structlog.get_logger())
    event.write_defect(defect(SECRET), path=["me", f"a{SECRET}", 0])
    (line,) = written()

    assert SECRET not in str(line)
    assert (line["event"], line["request_id"], line["field"]) == ("defect", "the-request", "me.a….0")
    assert [entry.split(" ")[0] for entry in line["exception"]] == ["ValueError", "KeyError"]
    assert "tests/gateway/test_telemetry.py:" in line["exception"][-1]


def test_a89_what_libraries_log_is_told_the_same_way(written: Lines) -> None:
    """One line each, with the places of the exception that comes with it; what is less than a warning is not."""
    try:
        raise defect(SECRET)
    except KeyError:
        logging.getLogger("some.library").exception("it went\nwrong")
    logging.getLogger("some.library").info("chatter")
    (line,) = written()

    assert (line["event"], line["level"]) == ("it went\nwrong", "error")
    assert SECRET not in str(line)
    assert line["exception"][-1].startswith("KeyError at tests/gateway/test_telemetry.py:")


def test_a89_what_nobody_awaited_is_told_without_the_loops_own_words(written: Lines) -> None:
    """The loop would write the exception's text into its sentence."""
    loop = asyncio.new_event_loop()
    note_loop_defect(loop, {"message": f"never retrieved: ValueError({SECRET})", "exception": defect(SECRET)})
    note_loop_defect(loop, {"message": SECRET})
    loop.close()
    lines = written()

    assert [line["event"] for line in lines] == ["defect", "defect"]
    assert SECRET not in str(lines)


def test_a89_a_sources_failure_is_told_in_our_words_only(written: Lines) -> None:
    """A typed error holds a sentence of ours; of any other the place alone is told."""
    event = Event("the-request", structlog.get_logger())
    event.add_outcomes(
        [],
        [Fault("a", "Allergy", TooSlow("stopped at the door")), Fault("b", "Allergy", defect(SECRET))],
    )
    event.write(200, 1)
    (line,) = written()

    assert line["faults"][0] == "a/Allergy: TooSlow: stopped at the door"
    assert line["faults"][1].startswith("b/Allergy: KeyError at tests/gateway/test_telemetry.py:")
    assert SECRET not in str(line)


def test_an_exception_under_way_is_found_by_its_flag() -> None:
    """As `log.exception` sets it; and where there is none, nothing is added."""
    try:
        raise defect(SECRET)
    except KeyError:
        told = told_by_place(None, "error", {"exc_info": True})
        by_triple = told_by_place(None, "error", {"exc_info": sys.exc_info()})

    assert told["exception"] == by_triple["exception"]
    assert told_by_place(None, "error", {"exc_info": None}) == {}
