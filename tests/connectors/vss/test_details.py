"""Details of visits: asked only when wanted, few at a time, and never at the cost of the visits themselves."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from connectors.errors import Garbled, Restricted, Unavailable, WrongPerson
from connectors.options import BadOptions, read
from connectors.records import Claim, ClaimLineKind, Coverage, Medication, Observation, TextValue
from connectors.vss.options import Endpoints, VssOptions
from tests.connectors.vss.portal import (
    AN,
    CARD,
    DETAILS,
    HISTORY,
    PASSWORD_MD5,
    Portal,
    ask,
    body,
    card,
    details,
    history,
    inquiry,
    medicine,
    source,
    visit,
)
from tests.connectors.vss.test_client import MINIMUM

ALL = ("Coverage", "Claim", "Medication", "Observation")
TWO = history(visit(), visit(maHoSo="79982202600002", ngayVao="202601050800", ngayRa="202601050900"))


def answering(*answers: Any, visits: Any = TWO) -> Portal:
    portal = Portal(history_answer=visits)
    portal.answers[DETAILS] = list(answers)
    return portal


async def claims(portal: Portal, **slice_: Any) -> Any:
    return await ask(source(portal), Claim, AN, in_detail=True, **slice_)


async def test_lines_and_totals_come_from_the_details() -> None:
    """Medicines, services and supplies with what they cost; a number may be a text."""
    supply = {"MaDichVu": "", "MaVatTu": "N08", "TenDichVu": "Kim luồn", "SoLuong": "2"}
    service = {"MaDichVu": "02.1896", "TenDichVu": "Khám bệnh", "SoLuong": 1, "DonGia": 36500}
    portal = answering(details(dsXml3=[service, supply]), visits=history(visit()))
    answer = await claims(portal)
    (claim,) = answer.records
    assert (claim.total, claim.insurer_pays, claim.citizen_pays) == (150000, Decimal("120000.00"), 30000)
    kinds = [(line.kind, line.code, line.name, line.quantity) for line in claim.lines]
    assert kinds == [
        (ClaimLineKind.MEDICINE, "40.30", "Metformin", Decimal("60.000")),
        (ClaimLineKind.SERVICE, "02.1896", "Khám bệnh", 1),
        (ClaimLineKind.SUPPLY, "N08", "Kim luồn", 2),
    ]
    assert (claim.lines[0].unit_price, claim.lines[0].amount) == (Decimal("1500.5"), 90030)
    assert (answer.dropped, answer.truncated) == (0, False)
    asked = portal.calls[-1]
    assert asked.url.params["maHoSo"] == "79981202600001"
    assert asked.url.params["password"] == PASSWORD_MD5
    assert asked.content == b""


async def test_details_are_not_asked_for_unless_wanted() -> None:
    """A list of visits costs one call, however many they are; their lines are then unknown, not none."""
    portal = answering(details())
    answer = await ask(source(portal), Claim)
    assert [record.lines for record in answer.records] == [None, None]  # type: ignore[attr-defined]  # they are claims
    assert portal.counts[DETAILS] == 0


async def test_only_so_many_and_only_recent_visits_are_looked_up() -> None:
    """The newest ones, as many as the block allows; the others stay without lines."""
    portal = answering(details())
    (newest, older) = (await ask(source(portal, details=1), Claim, in_detail=True)).records
    assert newest.lines  # type: ignore[attr-defined]  # it is a claim
    assert older.lines is None  # type: ignore[attr-defined]  # it is a claim
    (newest, older) = (await claims(answering(details()), since=date(2026, 8, 1))).records
    assert (bool(newest.lines), older.lines) == (True, None)
    never = answering(details())
    assert len((await ask(source(never, details=0), Claim, in_detail=True)).records) == 2
    assert never.counts[DETAILS] == 0


@pytest.mark.parametrize(
    "failure",
    [
        httpx.Response(500),
        {"maKetQua": "101"},
        {"maKetQua": "000"},
        {"maKetQua": "000", "hoSoKCB": {}},
        {"maKetQua": "999"},
    ],
)
async def test_f13_details_that_fail_cost_their_own_lines_and_the_answer_says_so(failure: Any) -> None:
    """The visits are all there; one has its lines, the other none, and the list is not whole."""
    answer = await claims(answering(failure, details()))
    assert len(answer.records) == 2
    assert sorted(record.lines is None for record in answer.records) == [False, True]
    assert (answer.truncated, answer.dropped) == (True, 0)


async def test_a_restricted_account_looks_up_nothing_more() -> None:
    """Whoever goes on asking makes it worse."""
    visits = history(*(visit(maHoSo=str(number)) for number in range(20)))
    portal = answering({"maKetQua": "500"}, visits=visits)
    with pytest.raises(Restricted):
        await claims(portal)
    assert portal.counts[DETAILS] <= 4


@pytest.mark.parametrize("holder", [{"HoTen": "LÊ VĂN MẪU BÌNH"}, {"NgaySinh": "19850204"}])
async def test_f12_details_of_somebody_else_withhold_everything(holder: dict[str, str]) -> None:
    """Another name or another birth date in one of them: whose visits are the others?"""
    summary = {"HoTen": "TRẦN THỊ MẪU ÂN", "NgaySinh": "19850203", **holder}
    with pytest.raises(WrongPerson):
        await claims(answering(details(xml1=summary)))


async def test_details_of_nobody_are_not_believed() -> None:
    answer = await claims(answering(details(xml1={"TTongchi": 1})))
    assert (answer.truncated, [record.lines for record in answer.records]) == (True, [None, None])


async def test_an_unreadable_line_is_counted_and_costs_no_other() -> None:
    """No object, no name, a number that is none."""
    rows = [medicine(), medicine(SoLuong="nhiều"), 7, {}, medicine(MaThuoc=5, TenThuoc=None)]
    answer = await claims(answering(details(dsXml2=rows, dsXml3=None), visits=history(visit())))
    assert [line.name for line in answer.records[0].lines] == ["Metformin", "5"]
    assert answer.dropped == 3


async def test_medicines_and_results_are_held_only_where_the_block_says_so() -> None:
    """They cost a call per visit, so no block has them by accident."""
    assert source(Portal()).holds.isdisjoint({Medication, Observation})
    portal = answering(details(), visits=history(visit()))
    asked, request = source(portal, holds=ALL), inquiry()
    (drug,) = (await ask(asked, Medication, AN, request)).records
    (result,) = (await ask(asked, Observation, AN, request)).records
    assert isinstance(drug, Medication)
    assert isinstance(result, Observation)
    assert (drug.code.text, drug.strength, drug.start, drug.dosage) == (
        "Metformin",
        "500mg",
        "2026-08-12",
        "2 viên/ngày",
    )
    assert drug.facility
    assert drug.facility.code == "79981"
    assert isinstance(result.value, TextValue)
    assert (result.code.text, result.value.text) == ("Glucose", "6.5")
    assert portal.counts[DETAILS] == portal.counts[HISTORY] == 1


async def test_medicines_of_visits_that_were_not_looked_up_are_missing_and_the_answer_says_so() -> None:
    """One failure is a gap; nothing but failures is a failure."""
    answer = await ask(source(answering(httpx.Response(500), details()), holds=ALL), Medication)
    assert (len(answer.records), answer.truncated) == (1, True)
    with pytest.raises(Unavailable):
        await ask(source(answering(httpx.Response(500)), holds=ALL), Medication)


async def test_the_same_entry_twice_has_two_ids() -> None:
    rows = [medicine(), medicine()]
    answer = await ask(source(answering(details(dsXml2=rows), visits=history(visit())), holds=ALL), Medication)
    assert len({record.id for record in answer.records}) == 2


@pytest.mark.parametrize("name", ["dsLichSuKCB", "dsLichSuKCB2018", "dsLichSuKCB2025"])
async def test_an_older_history_is_read_under_its_own_names(name: str) -> None:
    """Its days are ``dd/MM/yyyy``; account and encoding are options."""
    older = {"maHoSo": 1, "maCSKCB": "79981", "tuNgay": "12/08/2026", "denNgay": "13/08/2026", "tenBenh": "I10 - THA"}
    portal = Portal()
    portal.answers["/old"] = [{"maKetQua": "000", name: [older], "maThe": "x"}]
    asked = source(
        portal,
        endpoints=Endpoints(history="/old"),
        history_account=True,
        history_encoding="json",
    )
    (claim,) = (await ask(asked, Claim)).records
    assert isinstance(claim, Claim)
    assert claim.admitted
    assert claim.discharged
    assert (claim.admitted.date(), claim.discharged.day) == (date(2026, 8, 12), 13)
    sent = portal.calls[-1]
    assert sent.url.params["password"] == PASSWORD_MD5
    assert sent.headers["content-type"] == "application/json"


@pytest.mark.parametrize("code", ["003", "004"])
async def test_a_new_card_that_is_only_named_is_looked_up(code: str) -> None:
    """The portal is asked about it once more, and its validity is that of its own answer."""
    new = card(maThe="GD4797999998101", gtTheTu="01/09/2026", gtTheDen="31/08/2027", maDKBD="79983")
    portal = Portal()
    portal.answers[CARD] = [card(maKetQua=code, maTheMoi="GD4797999998101"), new]
    cards = {found.card_number: found for found in (await ask(source(portal), Coverage)).records}  # type: ignore[attr-defined]  # they are cards
    found = cards["GD4797999998101"]
    assert isinstance(found, Coverage)
    assert (found.valid_until, found.registered_facility and found.registered_facility.code) == (
        date(2027, 8, 31),
        "79983",
    )
    assert body(portal.calls[-1])["maThe"] == "GD4797999998101"
    portal.answers[CARD] = [card(maKetQua=code, maTheMoi="GD4797999998101"), card(hoTen="LÊ VĂN MẪU BÌNH")]
    with pytest.raises(WrongPerson):
        await ask(source(portal), Coverage)


def test_details_are_bounded() -> None:
    """A block cannot ask for thousands of calls per question."""
    with pytest.raises(BadOptions):
        read(VssOptions, MINIMUM | {"details": 5000}, where="x", folder=Path(), environment=lambda _: "x")


async def test_a_history_that_cannot_be_believed_has_no_details() -> None:
    portal = Portal({"maKetQua": "010"})
    with pytest.raises(Garbled):
        await claims(portal)
    assert portal.counts[DETAILS] == 0
