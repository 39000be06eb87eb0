"""``grpc-timeout``: how long the caller wants to wait. It shortens, it never lengthens, and nonsense is refused."""

import pytest

from gateway.errors import RequestError
from gateway.timeouts import wanted_seconds
from tests.running import Running
from tests.sandbox.city import City

ALLERGIES = "{ me { allergies { completeness { sources { source { id } state elapsedMs } } } } }"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (b"1H", 3600),
        (b"2M", 120),
        (b"3S", 3),
        (b"800m", 0.8),
        (b"5000u", 0.005),
        (b"00000100n", 1e-7),
        (b"99999999H", 99_999_999 * 3600),
    ],
)
def test_every_unit_of_the_grammar_is_read(value: bytes, seconds: float) -> None:
    assert wanted_seconds([value]) == pytest.approx(seconds)


def test_who_says_nothing_grants_everything() -> None:
    assert wanted_seconds([]) is None


@pytest.mark.parametrize(
    "values",
    [
        [b""],
        [b"0m"],
        [b"-1m"],
        [b"800"],
        [b"800ms"],
        [b"0.8S"],
        [b"123456789m"],
        [b" 8m"],
        [b"\xd9\xa1m"],
        [b"8m\n"],
        [b"8m", b"8m"],
    ],
)
def test_anything_else_is_refused_with_a_stable_code(values: list[bytes]) -> None:
    """And is not repeated."""
    with pytest.raises(RequestError) as refused:
        wanted_seconds(values)

    assert (refused.value.status, refused.value.code) == (400, "BAD_REQUEST")


async def test_f02_a_caller_in_a_hurry_gets_what_is_there(strict: Running, city: City, token: str) -> None:
    """The gateway would wait half a minute for the hospital that hangs; the caller grants it less than one second."""
    city.faults.set("hospital-b", "hang")
    answer = await strict.ask(ALLERGIES, token=token, headers={"grpc-timeout": "800m"})
    rows = {row["source"]["id"]: row for row in answer.data["me"]["allergies"]["completeness"]["sources"]}

    assert rows["hospital-a"]["state"] == "ANSWERED"
    assert rows["hospital-b"]["state"] == "TIMED_OUT"
    assert rows["hospital-b"]["elapsedMs"] < 5_000


async def test_a_caller_with_patience_does_not_lengthen_the_deadline(gateway: Running, city: City, token: str) -> None:
    """The source's own two seconds end first, whatever the caller would wait."""
    city.faults.set("hospital-b", "hang")
    answer = await gateway.ask(ALLERGIES, token=token, headers={"grpc-timeout": "1H"})
    rows = {row["source"]["id"]: row for row in answer.data["me"]["allergies"]["completeness"]["sources"]}

    assert rows["hospital-b"]["state"] == "TIMED_OUT"


async def test_nonsense_is_a_400_before_anybody_is_asked(strict: Running, city: City, token: str) -> None:
    answer = await strict.ask(ALLERGIES, token=token, headers={"grpc-timeout": "soon"})

    assert (answer.status, answer.codes) == (400, ["BAD_REQUEST"])
    assert not city.seen["hospital-b"].calls
