"""XML13 as Referral, XML14 and the days of XML1 as Appointment, XML7 and XML8 as Document."""

from datetime import date, datetime

import pytest

from connectors.clock import HO_CHI_MINH
from connectors.hospital_xml.options import Version
from connectors.records import Appointment, Document, Encounter, Facility, Referral
from tests.connectors.hospital_xml.dossiers import FACILITY, Station, all_of, dossier, only, part

LETTER = {
    "GIAY_CHUYEN_TUYEN": "79983/2026/17",
    "MA_CSKCB": FACILITY,
    "NGAY_RA": "202611021030",
    "CHAN_DOAN_RV": "Tăng huyết áp vô căn",
    "MA_BENH_CHINH": "I10",
    "MA_LYDO_CT": "1",
}
NEWER = {**LETTER, "MA_CSKCB_DI": FACILITY, "MA_CSKCB_DEN": "79981", "TINH_TRANG_CT": "Tỉnh"}
OLDER = {**LETTER, "MA_NOI_DI": FACILITY, "MA_NOI_DEN": "79982"}
RETURN = {"SO_GIAYHEN_KL": "79983-26-1", "MA_CSKCB": FACILITY, "NGAY_HEN_KL": "202612011400", "CHAN_DOAN_RV": "I10"}
WRITTEN = {"NGAY_CT": "20261102", "NGUYENNHAN_DINHCHI": "CANARY", "QT_BENHLY": "CANARY", "HO_TEN_ME": "CANARY"}


def at(month: int, day: int, hour: int = 0) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=HO_CHI_MINH)


async def test_a_referral_letter_is_read_whole() -> None:
    """From where, to where, why in words and codes, and when the visit ended with it."""
    letter = await only(Referral, part("XML13", NEWER))
    assert letter.from_facility == Facility(code=FACILITY, name="Trạm Y tế Phường Mẫu")
    assert letter.to_facility == Facility(code="79981", name="79981")
    assert letter.reason
    assert letter.reason.text == "Tăng huyết áp vô căn; Đủ điều kiện chuyển cơ sở"
    assert [coding.code for coding in letter.reason.codings] == ["I10", "1"]
    assert (letter.issued, letter.valid_until) == (date(2026, 11, 2), None)


@pytest.mark.parametrize(
    ("version", "letter", "to"),
    [
        ("4750", OLDER, "79982"),
        ("3176", NEWER, "79981"),
        ("1931", NEWER, "79981"),
        ("1931", OLDER, "79982"),
        ("4750", NEWER, None),
    ],
)
async def test_the_places_of_a_letter_have_the_names_of_its_decision(
    version: Version, letter: dict[str, str], to: str | None
) -> None:
    """Older documents are always understood; a field of a decision that the hospital does not follow is none."""
    answer = await Station(dossier(part("XML13", letter))).ask(Referral, version=version)
    (record,) = answer.records
    assert (record.to_facility.code if record.to_facility else None) == to


async def test_without_a_letter_the_visit_says_where_it_referred_to() -> None:
    """As in QĐ 130, which has no such table."""
    referral = await only(Referral, MA_NOI_DEN="79981", MA_LOAI_RV="2")
    assert referral.to_facility
    assert (referral.to_facility.code, referral.issued) == ("79981", date(2026, 11, 2))
    older = await Station(dossier(part("XML13", NEWER), MA_NOI_DEN="79985")).ask(Referral, version="130")
    assert [record.to_facility and record.to_facility.code for record in older.records] == ["79985"]


async def test_a_letter_is_not_told_twice() -> None:
    """Neither when it can be read nor when it cannot."""
    assert len(await all_of(Referral, part("XML13", NEWER), MA_NOI_DEN="79981")) == 1
    answer = await Station(dossier(part("XML13", {**NEWER, "NGAY_RA": "x"}), MA_NOI_DEN="79981")).ask(Referral)
    assert (answer.records, answer.dropped) == ((), 1)


async def test_an_appointment_is_read_whole() -> None:
    found = await only(Appointment, part("XML14", RETURN), NGAY_TAI_KHAM="20261201")
    assert (found.at, found.facility.code, found.reason) == (at(12, 1, 14), FACILITY, "I10")


async def test_days_that_only_the_visit_names_are_appointments_at_midnight() -> None:
    """A list of days; the one that has a paper is not told twice."""
    found = await all_of(Appointment, part("XML14", RETURN), NGAY_TAI_KHAM="20261201;20270115;20270115")
    assert [record.at.date() for record in found] == [date(2026, 12, 1), date(2027, 1, 15)]
    assert found[1].at.hour == 0


@pytest.mark.parametrize("days", ["ngày mai", "2026120", "20261301"])
async def test_a_day_that_is_none_is_counted(days: str) -> None:
    answer = await Station(dossier(NGAY_TAI_KHAM=f"20261201;{days}")).ask(Appointment)
    assert (len(answer.records), answer.dropped) == (1, 1)


@pytest.mark.parametrize("written", ["", "x"])
async def test_an_appointment_without_a_time_is_counted(written: str) -> None:
    answer = await Station(dossier(part("XML14", {**RETURN, "NGAY_HEN_KL": written}))).ask(Appointment)
    assert (answer.records, answer.dropped) == ((), 1)


async def test_papers_are_told_by_their_kind_alone() -> None:
    """What they say, about the citizen and about parents, is never read."""
    answer = await Station(dossier(part("XML7", WRITTEN), part("XML8", WRITTEN))).ask(Document)
    assert [(paper.title, paper.date) for paper in answer.records] == [
        ("Giấy ra viện", at(11, 2)),
        ("Tóm tắt hồ sơ bệnh án", at(11, 2)),
    ]
    assert "CANARY" not in "".join(
        str(getattr(paper, name)) for paper in answer.records for name in paper.__struct_fields__
    )


@pytest.mark.parametrize("kind", ["XML6", "XML9", "XML10", "XML11", "XML15", "XML16"])
async def test_tables_that_are_left_alone_are_not_opened(kind: str) -> None:
    """HIV care and tuberculosis above all: not even a defect in them is told."""
    packed = (kind, "<not well-formed")
    for about in (Encounter, Document, Referral):
        answer = await Station(dossier(packed)).ask(about)
        assert answer.dropped == 0
