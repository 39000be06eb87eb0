"""A source that fails costs its own records, says so, and costs nobody else anything."""

import time

import pytest

from tests.running import Running
from tests.sandbox.city import City
from tests.sandbox.people import by_key

ALLERGIES = """{ me { allergies { nodes { provenance { source { id } } }
  completeness { complete sources { source { id } state code retryable message retryAfter } } } } }"""


async def ask(gateway: Running, city: City, key: str = "an") -> tuple[set[str], dict[str, dict[str, object]]]:
    """The sources that gave allergies, and how it went with each."""
    answer = await gateway.ask(ALLERGIES, token=city.eid.token_for(key))
    allergies = answer.data["me"]["allergies"]
    gave = {node["provenance"][0]["source"]["id"] for node in allergies["nodes"]}
    rows = {row["source"]["id"]: row for row in allergies["completeness"]["sources"]}
    complete = all(row["state"] in ("ANSWERED", "NO_RECORD") for row in rows.values())
    assert allergies["completeness"]["complete"] is complete
    return gave, rows


@pytest.mark.parametrize(
    ("fault", "state", "code"),
    [
        pytest.param("down", "UNAVAILABLE", "SOURCE_UNAVAILABLE", id="f05_status_503"),
        pytest.param("busy", "UNAVAILABLE", "SOURCE_UNAVAILABLE", id="f06_status_429"),
        pytest.param("refuse", "REFUSED", "SOURCE_DENIED", id="f07_status_401"),
        pytest.param("html", "INVALID_ANSWER", "SOURCE_INVALID_RESPONSE", id="f09_log_in_page"),
        pytest.param("garbage", "INVALID_ANSWER", "SOURCE_INVALID_RESPONSE", id="f10_broken_json"),
        pytest.param("null", "INVALID_ANSWER", "SOURCE_INVALID_RESPONSE", id="f10_null"),
        pytest.param("list", "INVALID_ANSWER", "SOURCE_INVALID_RESPONSE", id="f10_list"),
        pytest.param("bad_utf8", "INVALID_ANSWER", "SOURCE_INVALID_RESPONSE", id="f10_bad_utf8"),
        pytest.param("half", "INVALID_ANSWER", "SOURCE_INVALID_RESPONSE", id="f04_half_a_body"),
        pytest.param("huge", "INVALID_ANSWER", "SOURCE_INVALID_RESPONSE", id="f11_huge_body"),
        pytest.param("deep", "INVALID_ANSWER", "SOURCE_INVALID_RESPONSE", id="f11_deep_json"),
        pytest.param("packed", "INVALID_ANSWER", "SOURCE_INVALID_RESPONSE", id="f11_gzip_bomb"),
        pytest.param("long_header", "INVALID_ANSWER", "SOURCE_INVALID_RESPONSE", id="f11_header_of_a_mebibyte"),
        pytest.param("types", "INVALID_ANSWER", "SOURCE_INVALID_RESPONSE", id="a96_types_that_drifted"),
        pytest.param("redirect", "INVALID_ANSWER", "SOURCE_INVALID_RESPONSE", id="f14_redirect"),
    ],
)
async def test_a_failing_hospital_is_named_and_the_other_one_is_shown(
    gateway: Running, city: City, fault: str, state: str, code: str
) -> None:
    """One outcome, no entry in `errors`, and words for the citizen that do not frighten with technology."""
    city.faults.set("hospital-b", fault)
    gave, rows = await ask(gateway, city)

    assert gave == {"hospital-a"}
    assert rows["hospital-a"]["state"] == "ANSWERED"
    assert (rows["hospital-b"]["state"], rows["hospital-b"]["code"]) == (state, code)
    assert rows["hospital-b"]["message"]


async def test_f03_a_refused_connection_is_an_outcome(gateway: Running, city: City) -> None:
    """Nobody listens at the hospital's port."""
    city.close("hospital-b")
    gave, rows = await ask(gateway, city)

    assert gave == {"hospital-a"}
    assert rows["hospital-b"]["state"] == "UNAVAILABLE"
    assert rows["hospital-b"]["retryable"] is True


async def test_f06_a_source_that_asks_for_patience_is_quoted(gateway: Running, city: City) -> None:
    """Its Retry-After becomes a time that a client can wait for."""
    city.faults.set("hospital-b", "busy")
    _, rows = await ask(gateway, city)

    assert str(rows["hospital-b"]["retryAfter"]) > "2026-11-23"


async def test_f01_one_that_is_slow_and_in_time_is_waited_for(gateway: Running, city: City) -> None:
    """The answer is whole, and says who took how long."""
    city.faults.set("hospital-b", "slow", seconds=0.3)
    answer = await gateway.ask(ALLERGIES, token=city.eid.token_for("an"))

    assert answer.data["me"]["allergies"]["completeness"]["complete"]
    took = {row["source"]: row["elapsedMs"] for row in answer.body["extensions"]["sources"]}
    assert took["hospital-b"] >= 300 > took["hospital-a"]


@pytest.mark.parametrize("fault", ["hang", "drip", "slow"])
async def test_f02_one_slow_beyond_its_deadline_does_not_hold_the_others(
    gateway: Running, city: City, fault: str
) -> None:
    """The answer comes at the slow one's deadline, with everything else in it."""
    city.faults.set("hospital-b", fault, seconds=0.5 if fault == "drip" else 60)
    begun = time.monotonic()
    gave, rows = await ask(gateway, city)

    assert 2 <= time.monotonic() - begun < 4, "two seconds are what its block gives the hospital"

    assert gave == {"hospital-a"}
    assert (rows["hospital-b"]["state"], rows["hospital-b"]["code"]) == ("TIMED_OUT", "GATEWAY_TIMEOUT")
    assert city.seen["hospital-b"].wait_until(lambda seen: seen.in_flight == 0), "the call was let go of"


async def test_f12_an_answer_about_another_person_is_withheld(gateway: Running, city: City) -> None:
    """Hospital B answers about her with somebody else's record: not one datum of it is shown."""
    gave, rows = await ask(gateway, city, "lac")

    assert gave <= {"hospital-a"}
    assert (rows["hospital-b"]["state"], rows["hospital-b"]["code"]) == ("IDENTITY_MISMATCH", "WRONG_PATIENT")


async def test_f12_a_number_that_leads_to_another_mans_birth_date_is_withheld(gateway: Running, city: City) -> None:
    """Hospital B mistyped his number into another man's file."""
    _, rows = await ask(gateway, city, "nam")

    assert rows["hospital-a"]["state"] in ("ANSWERED", "NO_RECORD")
    assert rows["hospital-b"]["state"] == "IDENTITY_MISMATCH"


async def test_f26_with_every_source_down_the_answer_is_still_an_answer(gateway: Running, city: City) -> None:
    """200 within a second, lists that say that they know nothing, no errors."""
    for source in city.addresses:
        city.faults.set(source, "down")
    query = "{ me { allergies { nodes { id } completeness { complete } } coverage { completeness { complete } } } }"
    begun = time.monotonic()
    answer = await gateway.ask(query, token=city.eid.token_for("an"))

    assert time.monotonic() - begun < 1
    assert answer.status == 200
    assert answer.data["me"] == {
        "allergies": {"nodes": [], "completeness": {"complete": False}},
        "coverage": {"completeness": {"complete": False}},
    }


@pytest.mark.parametrize(
    ("language", "word"), [("en", "missing"), ("vi", "thiếu"), ("fr", "thiếu"), ("en-GB, vi;q=0.5", "missing")]
)
async def test_the_outcome_is_told_in_the_callers_language(
    gateway: Running, city: City, language: str, word: str
) -> None:
    """Vietnamese unless another known language is preferred."""
    city.faults.set("hospital-b", "down")
    answer = await gateway.ask(ALLERGIES, token=city.eid.token_for("an"), headers={"Accept-Language": language})
    rows = answer.data["me"]["allergies"]["completeness"]["sources"]

    assert word in next(row["message"] for row in rows if row["source"]["id"] == "hospital-b")


async def test_nothing_of_the_failure_or_its_address_reaches_the_caller(gateway: Running, city: City) -> None:
    """What a source says in its error, and where it lives, is the operator's business."""
    for fault in ("down", "html", "garbage"):
        city.faults.set("hospital-b", fault)
        answer = await gateway.ask(ALLERGIES, token=city.eid.token_for("an"))
        text = str(answer.body)
        assert "127.0.0.1" not in text
        assert "Traceback" not in text
        assert by_key("an").personal_id not in text
