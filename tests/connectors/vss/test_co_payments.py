"""Co-payments: an operation of its own, with its own credentials, codes and time."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import httpx
import msgspec
import pytest

from connectors.clock import HO_CHI_MINH
from connectors.errors import Denied, Garbled, Restricted, SourceError, WrongPerson
from connectors.records import CoPayment, Coverage
from tests.connectors.vss.portal import (
    AN,
    CARD,
    PAID,
    PASSWORD_MD5,
    TAKE,
    Portal,
    ask,
    card,
    entry,
    inquiry,
    paid,
    source,
)


def answering(*answers: Any) -> Portal:
    portal = Portal()
    portal.answers[PAID] = list(answers)
    return portal


async def test_a_co_payment_is_read_whole() -> None:
    (found,) = (await ask(source(Portal()), CoPayment)).records
    assert isinstance(found, CoPayment)
    assert (found.card_number, found.facility.code, found.entitlement) == ("DN4797999998101", "79981", "1.1")
    assert found.admitted == datetime(2026, 8, 12, 8, 15, tzinfo=HO_CHI_MINH)
    assert found.discharged == datetime(2026, 8, 12, tzinfo=HO_CHI_MINH)
    assert (found.amount, found.year_to_date) == (Decimal(30000), Decimal("45000.5"))
    assert found.reported == datetime(2026, 8, 12, 11, tzinfo=HO_CHI_MINH)


async def test_the_account_stands_in_headers_and_the_citizen_in_json() -> None:
    """Nothing is in the query; the card is the one that the card check found."""
    portal = Portal()
    await ask(source(portal), CoPayment)
    asked = portal.calls[-1]
    assert dict(asked.url.params) == {}
    named = (asked.headers["accesstoken"], asked.headers["tokenid"], asked.headers["passwordhash"])
    assert named == ("token-1", "id-1", PASSWORD_MD5)
    assert msgspec.json.decode(asked.content) == {
        "username": "79981_BV",
        "maThe": "DN4797999998101",
        "hoTen": AN.name,
        "ngaySinh": "03/02/1985",
    }


async def test_a_new_card_is_the_one_that_is_asked_for() -> None:
    portal = Portal(card(maKetQua="003", maTheMoi="GD4797999998101", gtTheTuMoi="01/09/2026"))
    await ask(source(portal), CoPayment)
    assert msgspec.json.decode(portal.calls[-1].content)["maThe"] == "GD4797999998101"


@pytest.mark.parametrize("listed", [None, [], ...])
async def test_null_empty_and_missing_lists_and_204_all_mean_none(listed: Any) -> None:
    """That nothing was paid is an answer."""
    found = paid() if listed is ... else paid(DataCCT=listed)
    for answer in (found, {"MaKetQua": "204"}):
        got = await ask(source(answering(answer)), CoPayment)
        assert (got.records, got.dropped, got.truncated) == ((), 0, False)


async def test_without_a_card_nothing_is_asked() -> None:
    portal = Portal({"maKetQua": "050"})
    assert (await ask(source(portal), CoPayment)).records == ()
    assert portal.counts[PAID] == 0


@pytest.mark.parametrize(
    ("code", "error"), [("400", Garbled), ("401", Denied), ("500", Restricted), ("000", Garbled), ("", Garbled)]
)
async def test_every_code_ends_in_its_error(code: str, error: type[SourceError]) -> None:
    """500 is a restricted account or a fault of the portal: either way it is left alone."""
    with pytest.raises(error) as caught:
        await ask(source(answering({"MaKetQua": code, "GhiChu": "Mẫu"})), CoPayment)
    assert type(caught.value) is error
    assert "Mẫu" not in str(caught.value)


@pytest.mark.parametrize(
    "holder", [{"hoTen": "LÊ VĂN MẪU BÌNH", "ngaySinh": "03/02/1985"}, {"hoTen": "Trần Thị Mẫu Ân", "ngaySinh": "1984"}]
)
async def test_f12_co_payments_of_somebody_else_are_withheld(holder: Any) -> None:
    with pytest.raises(WrongPerson):
        await ask(source(answering(paid(entry(), ThongTinSoThe=holder))), CoPayment)


@pytest.mark.parametrize("holder", [None, {}, {"hoTen": ""}, {"hoTen": "TRẦN THỊ MẪU ÂN"}])
async def test_co_payments_of_nobody_are_garbled(holder: Any) -> None:
    with pytest.raises(Garbled):
        await ask(source(answering(paid(entry(), ThongTinSoThe=holder))), CoPayment)


@pytest.mark.parametrize(
    "bad", [7, {}, {"maCskcb": ""}, {"tBNCCTMCCT": None}, {"tBNCCTMCCT": "1e9"}, {"ngayVao": "31/02/2026"}]
)
async def test_an_unreadable_entry_is_counted_and_costs_no_other(bad: Any) -> None:
    row = entry(**bad) if isinstance(bad, dict) and bad else bad
    answer = await ask(source(answering(paid(row, entry()))), CoPayment)
    assert (len(answer.records), answer.dropped) == (1, 1)


async def test_a_token_that_is_refused_is_renewed_once() -> None:
    portal = Portal()
    asked, request = source(portal), inquiry()
    await ask(asked, Coverage, AN, request)
    portal.forgotten.add("token-1")
    assert (await ask(asked, CoPayment, AN, request)).records
    assert portal.counts == {TAKE: 2, CARD: 1, PAID: 2}


@pytest.mark.parametrize("path", [CARD, PAID])
async def test_a_call_that_fails_is_not_made_again(path: str) -> None:
    """The portal restricts accounts that repeat what timed out, whatever the block says of retries."""
    portal = Portal()
    portal.answers[path] = [httpx.Response(503)]
    with pytest.raises(SourceError):
        await ask(source(portal, retries=3), CoPayment)
    assert portal.counts[path] == 1


def test_only_the_slow_question_is_given_its_long_time() -> None:
    """The source has a minute because of co-payments; without them no more than every other question."""
    assert source(Portal()).deadline == 60
    assert source(Portal(), holds=("Coverage", "Claim"), deadline=2).deadline == 2
