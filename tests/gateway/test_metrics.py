"""``/metrics``: what went on, by sources, classes and our own words; and nothing else, whatever was asked."""

import asyncio
import re
from pathlib import Path

import httpx
import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_prometheus

from connectors.records import RECORD_CLASSES
from tests.gateway.sink import listening
from tests.running import CityClock, Running, running_gateway
from tests.sandbox.city import City
from tests.sandbox.people import by_key, everyone

EVERYTHING = """query Of079187998112 { me {
  personalId demographics { fullName } allergies { nodes { id } } conditions { nodes { id } }
  encounters { nodes { id } }
  medications { nodes { id } } observations(codes: ["CANARY-4548-4"], since: "2020-01-01") { nodes { id } }
  immunizations { nodes { id } } coverage { nodes { cardNumber } } claims { nodes { id } }
  dependants { nodes { citizen { personalId } } } } }"""
ALLERGIES = "{ me { allergies { nodes { id } } } }"
OPENMETRICS = "application/openmetrics-text; version=1.0.0"

LABELS = ("endpoint", "source", "class", "state", "kind", "status", "reason", "le")
"""In this order below, whatever theirs is."""
Samples = dict[tuple[str, ...], float]


async def scraped(gateway: Running, accept: str = OPENMETRICS) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False, base_url=gateway.admin) as http:
        answer = await http.get("/metrics", headers={"accept": accept})
    assert answer.status_code == 200
    return answer


async def samples(gateway: Running) -> Samples:
    """Every sample by its name and the values of its labels."""
    return {
        (
            sample.name.removeprefix("citizen_graph_"),
            *(sample.labels[label] for label in LABELS if label in sample.labels),
        ): sample.value
        for family in read_openmetrics((await scraped(gateway)).text)  # type: ignore[no-untyped-call]  # as it comes
        for sample in family.samples
    }


@pytest.mark.parametrize(
    ("accept", "read"), [(OPENMETRICS, read_openmetrics), ("text/plain", read_prometheus), ("*/*", read_prometheus)]
)
async def test_it_is_written_as_the_reader_wants_it(gateway: Running, accept: str, read: object) -> None:
    """Prometheus' own readers take it."""
    answer = await scraped(gateway, accept)
    assert callable(read)

    assert {family.name for family in read(answer.text)} >= {"citizen_graph_source_resting"}
    assert answer.headers["content-type"].startswith(accept.split(";", maxsplit=1)[0].replace("*/*", "text/plain"))


async def test_it_tells_what_went_on(whole_city: City, city: City, city_clock: CityClock, tmp_path: Path) -> None:
    """One good request, one with a broken hospital, one without a token: each stands where it belongs."""
    with running_gateway(
        whole_city, tmp_path, clock=city_clock, once="category = -> breaker = { failures = 1 }\nretries = 1\ncategory ="
    ) as own:
        token = city.eid.token_for("an")
        await own.ask(ALLERGIES, token=token)
        city.faults.set("hospital-b", "down")
        await own.ask(ALLERGIES, token=token)
        await own.ask(ALLERGIES, token=token)
        await own.ask(ALLERGIES, token=None)
        told = await samples(own)

    assert told["requests_total", "graphql", "200"] == 3
    assert told["requests_total", "graphql", "401"] == 1
    assert told["request_seconds_count", "graphql"] == 4
    assert told["tokens_refused_total", "missing"] == 1
    assert told["source_questions_total", "hospital-a", "Allergy", "ANSWERED"] == 3
    assert told["source_questions_total", "hospital-b", "Allergy", "ANSWERED"] == 1
    assert told["source_questions_total", "hospital-b", "Allergy", "UNAVAILABLE"] == 2
    assert told["source_seconds_count", "hospital-b", "Allergy"] == 3
    assert told["source_calls_repeated_total", "hospital-b"] == 1
    assert told["source_resting", "hospital-b", "Allergy"] == 1
    assert told["source_resting", "hospital-b", "Condition"] == 0
    assert told["source_failing", "hospital-b"] == 1
    assert told["source_questions_in_flight", "hospital-b"] == told["source_calls_in_flight", "hospital-b"] == 0
    assert ("loop_lag_seconds",) in told
    assert any(name[0] == "build_info" for name in told)


async def test_a_question_that_is_under_way_is_seen(strict: Running, city: City, token: str) -> None:
    """With its call; both are gone when it is answered."""
    city.faults.set("hospital-b", "hang")
    asking = asyncio.ensure_future(strict.ask(ALLERGIES, token=token))
    assert await asyncio.to_thread(city.seen["hospital-b"].wait_until, lambda seen: seen.in_flight == 1)
    during = await samples(strict)
    city.faults.clear("hospital-b")
    await asking
    after = await samples(strict)

    assert (during["source_questions_in_flight", "hospital-b"], during["source_calls_in_flight", "hospital-b"]) == (
        1,
        1,
    )
    assert (after["source_questions_in_flight", "hospital-b"], after["source_calls_in_flight", "hospital-b"]) == (0, 0)


async def test_a_kept_answer_is_counted_as_remembered(
    whole_city: City, city: City, city_clock: CityClock, tmp_path: Path
) -> None:
    grants = 'file:secrets/hospital-b-token" -> file:secrets/hospital-b-token"\ncache = "10s"'
    with running_gateway(whole_city, tmp_path, clock=city_clock, grants=grants) as own:
        for _ in range(3):
            await own.ask(ALLERGIES, token=city.eid.token_for("an"))
        told = await samples(own)

    assert told["source_questions_remembered_total", "hospital-b"] == 2
    assert told["source_questions_remembered_total", "hospital-a"] == 0


async def test_how_operations_are_executed_can_be_seen(gateway: Running, city: City) -> None:
    """Whether compiled, how much is remembered of that, and how often it gave up or differed."""
    for _ in range(2):
        await gateway.ask(ALLERGIES, token=city.eid.token_for("an"))
    seen = await samples(gateway)

    assert seen["plans", "on"] == 1
    assert seen["plans_fields",] > 0
    assert seen["plans_differences_total",] == 0
    assert ("plans_given_up_total",) in seen


async def test_f12_a_mixed_up_answer_alerts_the_operator(gateway: Running, city: City) -> None:
    """One line and one incident for the request: source, classes and request id, and nobody's number."""
    number = by_key("an").personal_id
    city.faults.set("hospital-b", "wrong_person", citizen=number)
    before = (await samples(gateway)).get(("incidents_total", "hospital-b", "wrong_person"), 0)
    with listening() as sink:
        answer = await gateway.ask(
            "{ me { allergies { nodes { id } } conditions { nodes { id } } } }", token=city.eid.token_for("an")
        )
        sink.requests(1)
    async with httpx.AsyncClient(trust_env=False, base_url=gateway.admin) as http:
        health = (await http.get("/health")).json()

    (alert,) = [event for event in sink.events if event["event"] == "alert"]
    assert (alert["alert"], alert["source"], alert["log_level"]) == ("wrong_person", "hospital-b", "error")
    assert alert["classes"] == ["Allergy", "Condition"]
    assert alert["request_id"] == answer.body["extensions"]["requestId"]
    incident = health["incidents"][-1]
    assert (incident["source"], incident["kind"], incident["request_id"]) == (
        "hospital-b",
        "wrong_person",
        alert["request_id"],
    )
    assert health["deviations"]["hospital-b"]["Allergy"]["wrong_person"] >= 1
    assert (await samples(gateway))["incidents_total", "hospital-b", "wrong_person"] == before + 1
    assert number not in str(alert) + str(health)


async def test_a96_a_source_that_drifts_is_seen_by_its_class(gateway: Running, city: City) -> None:
    """Every value of another type than yesterday: counted for each class that was asked."""
    city.faults.set("hospital-b", "types")
    await gateway.ask(ALLERGIES, token=city.eid.token_for("an"))
    told = await samples(gateway)

    kinds = ("garbled", "dropped")
    assert sum(told.get(("source_deviations_total", "hospital-b", "Allergy", kind), 0) for kind in kinds) >= 1


async def test_a88_whatever_was_asked_no_metric_is_about_anybody(gateway: Running, city: City) -> None:
    """After a day of good, hostile and broken requests: every label is one of ours, and no text of theirs is there."""
    number = by_key("phuc").personal_id
    for key in ("an", "mai", "phuc", "lac", "roi", "dat"):
        await gateway.ask(EVERYTHING, token=city.eid.token_for(key), headers={"X-Request-Id": number})
    for fault in ("down", "garbage", "wrong_person", "types"):
        city.faults.set("hospital-b", fault)
        await gateway.ask(EVERYTHING, token=city.eid.token_for("an"))
    await gateway.ask(f'{{ citizen(id: "{number}") {{ id }} }}', token=city.eid.token_for("an"))
    await gateway.ask("{ me { id } }", token=f"CANARY.{number}.x")
    text = (await scraped(gateway)).text

    traces = {person.personal_id for person in everyone()} | {person.name for person in everyone()}
    traces |= {person.card.number for person in everyone() if person.card} | set(city.addresses.values())
    assert not [trace for trace in traces if trace in text]
    assert "CANARY" not in text and "Of079" not in text
    classes = {about.__name__ for about in RECORD_CLASSES}
    for name, value in re.findall(r'(\w+)="([^"]*)"', text):
        if name == "source":
            assert value in city.addresses
        elif name == "class":
            assert value in classes
        else:
            assert name in {"endpoint", "status", "reason", "state", "kind", "le", "version", "python"}
            assert re.fullmatch(r"[A-Za-z_]{1,24}|[0-9.]{1,12}|\+Inf", value), (name, value)
