"""Phúc is brought in unconscious. A doctor declares an emergency; he is told at once, and somebody reviews it."""

import asyncio
import sys
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from tests.gateway.streamed import EVENTS, streamed
from tests.running import Answer, CityClock, Running, running_gateway
from tests.sandbox.city import City
from tests.sandbox.people import by_key

OPEN = """mutation Open($input: EmergencyAccessInput!) { openEmergencyAccess(input: $input) { emergency {
  openedAt until organisation { name } organisationId professional ground obstacle reason review { finding } } } }"""
NOTICES = """{ me { noticeAddress notices { id kind at text emergency { reason professional organisation { name }
  review { finding } } } } }"""
NOTICED = "subscription { noticed { kind text } }"
PHUC = by_key("phuc").personal_id
WORDS = "Brought in unconscious from the street, no papers but his card"


@pytest.fixture
def here(whole_city: City, city_clock: CityClock, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A gateway with a store of its own."""
    with running_gateway(whole_city, tmp_path_factory.mktemp("gateway"), clock=city_clock) as running:
        yield running


def stated(**other: Any) -> dict[str, Any]:
    """What the doctor states."""
    return {
        "citizen": PHUC,
        "ground": "LIFE_IN_DANGER",
        "obstacle": "UNCONSCIOUS",
        "reason": WORDS,
        "idempotencyKey": str(uuid4()),
    } | other


async def declare(
    here: Running, city: City, *, client: str = "clinic-a", purpose: str = "ETREAT", **other: Any
) -> Answer:
    """Declare it as the doctor of that hospital."""
    holder = await city.eid.partner(client, purpose=purpose)
    return await here.ask_as(holder, OPEN, variables={"input": stated(**other)})


async def reviews(here: Running, *arguments: str) -> tuple[int | None, str]:
    """The operator's command line: how it ends, and what it prints."""
    given = ("-m", "gateway", "reviews", *arguments, "--config", str(here.folder / "gateway.toml"))
    running = await asyncio.create_subprocess_exec(sys.executable, *given, stdout=asyncio.subprocess.PIPE)
    printed, _ = await running.communicate()
    return running.returncode, printed.decode()


async def test_a85_he_is_told_who_looked_and_why_and_how_the_review_ended(here: Running, city: City) -> None:
    """The notice is there in the next request; the operator's finding is the second one."""
    told = (await declare(here, city)).data["openEmergencyAccess"]["emergency"]
    assert (told["organisation"], told["organisationId"]) == ({"name": "Bệnh viện Mẫu A"}, "79981")
    assert (told["professional"], told["reason"], told["review"]) == ("BS. Lê Thị Mẫu Hoa", WORDS, None)

    for language, said in (("vi", "đã khai báo cấp cứu"), ("en", "declared an emergency")):
        answer = await here.ask(NOTICES, token=city.eid.token_for("phuc"), headers={"accept-language": language})
        (notice,) = answer.data["me"]["notices"]
        assert said in notice["text"] and "BS. Lê Thị Mẫu Hoa" in notice["text"] and "Bệnh viện Mẫu A" in notice["text"]
        assert (notice["kind"], notice["emergency"]["reason"]) == ("EMERGENCY_DECLARED", WORDS)

    code, listed = await reviews(here, "list")
    assert code == 1 and WORDS in listed and "1 declared, 0 found not justified" in listed
    assert PHUC not in listed
    emergency = listed.split()[0]
    code, _ = await reviews(
        here, "close", emergency, "--finding", "not_justified", "--by", "Mẫu Trực", "--note", "No such case."
    )
    assert code == 0
    assert await reviews(here, "list") == (0, "")
    code, _ = await reviews(here, "close", emergency, "--finding", "justified", "--by", "x", "--note", "x")
    assert code == 2, "it has ended"

    answer = await here.ask(NOTICES, token=city.eid.token_for("phuc"), headers={"accept-language": "en"})
    (last, first) = answer.data["me"]["notices"]
    assert (last["kind"], first["kind"]) == ("EMERGENCY_REVIEWED", "EMERGENCY_DECLARED")
    assert "was not justified" in last["text"]
    assert first["emergency"]["review"] == {"finding": "NOT_JUSTIFIED"}


async def test_he_hears_of_it_at_once_and_others_do_not(here: Running, city: City) -> None:
    """A subscription of his own, and of somebody else who is told of their own alone."""
    async with (
        streamed(here, NOTICED, token=city.eid.token_for("phuc"), accept=EVENTS) as his,
        streamed(here, NOTICED, token=city.eid.token_for("an"), accept=EVENTS) as hers,
    ):
        await declare(here, city)
        await declare(here, city, citizen=by_key("an").personal_id, reason="She fell from a ladder and does not answer")
        for stream in (his, hers):
            payload = await anext(stream.payloads())
            assert payload["data"]["noticed"]["kind"] == "EMERGENCY_DECLARED"


@pytest.mark.parametrize(
    ("client", "purpose"),
    [("clinic-a", "TREAT"), ("station", "TREAT"), ("insurer", "HPAYMT"), ("operator", "HSYSADMIN")],
)
async def test_a85_without_the_role_or_the_purpose_it_is_refused(
    here: Running, city: City, client: str, purpose: str
) -> None:
    """And nobody is told of anything."""
    answer = await declare(here, city, client=client, purpose=purpose)
    # For an insurer the mutation does not even exist.
    assert set(answer.codes) == {"GRAPHQL_VALIDATION_FAILED" if client == "insurer" else "FORBIDDEN"}
    assert answer.body.get("data") is None
    assert (await here.ask(NOTICES, token=city.eid.token_for("phuc"))).data["me"]["notices"] == []
    assert await reviews(here, "list") == (0, "")


async def test_a85_a_citizen_declares_no_emergency(here: Running, city: City) -> None:
    """Not about others, and not about themselves."""
    answer = await here.ask(OPEN, token=city.eid.token_for("phuc"), variables={"input": stated()})
    assert answer.codes == ["FORBIDDEN"]


@pytest.mark.parametrize(
    "reason",
    [
        "",
        "x" * 40,
        "emergency now",
        "a b c d e f g h",
        "He is ill, card 079 051 998 105 was in his pocket",
        "Ngã xe, số điện thoại 0901234567 của vợ",
        "word " * 101,
        "A line of his papers\x00 that is not to be printed",
    ],
)
async def test_a85_without_a_reason_it_is_refused(here: Running, city: City, reason: str) -> None:
    """None, no words, too long, or with somebody's numbers in it, which would be kept."""
    answer = await declare(here, city, reason=reason)
    assert answer.codes == ["BAD_REQUEST"]
    # Whole numbers: three digits of them are in the id of some request.
    assert not any(number in str(answer.body) for number in ("079051998105", "079 051 998 105", "0901234567"))


async def test_a85_to_go_on_he_gives_a_new_reason(here: Running, city: City) -> None:
    """The same words in capitals are no new reason; sent again with its key it is the same emergency."""
    key = str(uuid4())
    first = await declare(here, city, idempotencyKey=key)
    again = await declare(here, city, idempotencyKey=key)
    assert first.data == again.data
    assert (await declare(here, city, idempotencyKey=key, reason="Something else altogether")).codes == [
        "IDEMPOTENCY_KEY_REUSED"
    ]
    assert (await declare(here, city, reason=WORDS.upper())).codes == ["BAD_REQUEST"]
    assert (await declare(here, city, reason="He is still unconscious after the operation")).status == 200


async def test_a31_an_emergency_about_nobody_looks_like_any_other(here: Running, city: City) -> None:
    """Whoever tries numbers learns nothing by declaring; and every one of them is in the review."""
    nobody = await declare(here, city, citizen="079199999999")
    somebody = await declare(here, city)
    for answer in (nobody, somebody):
        for name in ("openedAt", "until"):
            answer.data["openEmergencyAccess"]["emergency"].pop(name)
    assert nobody.data == somebody.data
    assert (await reviews(here, "list"))[1].count(WORDS) == 2


async def test_partners_read_neither_notices_nor_addresses(here: Running, city: City) -> None:
    """What a citizen is told is theirs; the address is not even for who represents them."""
    mai = city.eid.token_for("mai")
    asked = "query Of($id: CitizenId!) { citizen(id: $id) { notices { id } noticeAddress } }"
    answer = await here.ask(asked, token=mai, variables={"id": by_key("nhi").personal_id})
    assert answer.codes == ["FORBIDDEN"]
    told = await here.ask(NOTICES, token=mai)
    assert told.data["me"]["noticeAddress"] not in (by_key("mai").personal_id, "")
