"""Payload snippets of the portal, and the records they become."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Raw

from connectors.records import Claim, Coverage, CoverageStatus, LegalState, LegalStep, SourceInfo, SourceKind
from connectors.stamping import Stamp
from connectors.vss import mapping
from connectors.vss.business_codes import finding
from connectors.vss.wire import CardAnswer
from tests.connectors.vss.portal import AN, card, visit

unhurried = settings(deadline=None)  # how long one example takes says nothing on a busy machine

TODAY = date(2026, 11, 23)
STAMP = Stamp(
    SourceInfo(id="insurance", name="Bảo hiểm xã hội Mẫu", kind=SourceKind.INSURANCE, protocol="vss"),
    AN,
    datetime(2026, 11, 23, 5, 0, tzinfo=UTC),
)
DN, GD = "DN4797999998101", "GD4797999998101"
RENEWED = {
    "maTheMoi": GD,
    "gtTheTuMoi": "01/12/2026",
    "gtTheDenMoi": "30/11/2027",
    "maDKBDMoi": "79983",
    "tenDKBDMoi": "Trạm Y tế Phường Mẫu",
}


def cards(**fields: Any) -> tuple[tuple[Coverage, ...], int]:
    answer = msgspec.convert(card(**fields), CardAnswer)
    return mapping.coverages(answer, finding(answer.code), STAMP, today=TODAY)


def claims(*visits: Any) -> tuple[tuple[Claim, ...], int]:
    visited, dropped = mapping.visits([Raw(msgspec.json.encode(item)) for item in visits], STAMP)
    return tuple(visit.claim for visit in visited), dropped


def statuses(**fields: Any) -> dict[str, CoverageStatus]:
    return {found.card_number: found.status for found in cards(**fields)[0]}


def test_a_card_is_read_whole() -> None:
    """Every field that the graph shows comes through."""
    (found,), dropped = cards()
    assert dropped == 0
    assert found.card_number == DN
    assert found.social_insurance_number == "7999998101"
    assert (found.valid_from, found.valid_until) == (date(2026, 1, 1), date(2026, 12, 31))
    assert (found.benefit_level, found.benefit_percent) == (4, 80)
    assert found.registered_facility
    assert found.registered_facility.code == found.registered_facility.name == "79981"
    assert found.five_years_continuous_from == date(2021, 1, 1)
    assert found.status is CoverageStatus.ACTIVE


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("000", "ACTIVE"),
        ("001", "ACTIVE"),
        ("002", "ACTIVE"),
        ("010", "EXPIRED"),
        ("110", "REVOKED"),
        ("120", "ENDED"),
        ("121", "ENDED"),
        ("122", "ENDED"),
        ("123", "ENDED"),
        ("124", "ENDED"),
    ],
)
def test_the_business_code_gives_the_status(code: str, status: str) -> None:
    """The portal's word on a card decides, also where the printed dates still look valid."""
    assert statuses(maKetQua=code) == {DN: CoverageStatus[status]}


@pytest.mark.parametrize(
    ("valid_from", "valid_until", "status"),
    [
        ("24/11/2026", "31/12/2027", "UPCOMING"),
        ("23/11/2026", "23/11/2026", "ACTIVE"),
        ("01/01/2026", "22/11/2026", "EXPIRED"),
        ("01/01/2026", "", "ACTIVE"),
        ("", None, "ACTIVE"),
        ("202601010000", "209912312359", "ACTIVE"),
        ("01/01/2026", "31/02/2027", "UNKNOWN"),
        ("soon", "31/12/2026", "UNKNOWN"),
        ("2026", "31/12/2026", "UNKNOWN"),
    ],
)
def test_dates_decide_where_the_code_says_usable(valid_from: str, valid_until: str | None, status: str) -> None:
    """First and last day count; a date that cannot be read is never taken for validity."""
    assert statuses(gtTheTu=valid_from, gtTheDen=valid_until) == {DN: CoverageStatus[status]}


def test_003_the_old_card_expired_and_the_new_one_counts() -> None:
    """Both cards are shown, the old one as expired whatever its date says."""
    found, dropped = cards(maKetQua="003", maTheCu=DN, **{**RENEWED, "gtTheTuMoi": "01/10/2026"})
    assert dropped == 0
    assert [(c.card_number, c.status) for c in found] == [(DN, CoverageStatus.EXPIRED), (GD, CoverageStatus.ACTIVE)]
    new = found[1].registered_facility
    assert new
    assert (new.code, new.name) == ("79983", "Trạm Y tế Phường Mẫu")


def test_004_the_old_card_is_valid_until_the_new_one_begins() -> None:
    """The new card is upcoming on the day of asking."""
    assert statuses(maKetQua="004", **RENEWED) == {DN: CoverageStatus.ACTIVE, GD: CoverageStatus.UPCOMING}


def test_003_asked_by_the_new_number() -> None:
    """The card that was found is the new one; the old one is known by its number alone."""
    assert statuses(maKetQua="003", maThe=GD, maTheMoi=GD, maTheCu=DN) == {
        GD: CoverageStatus.ACTIVE,
        DN: CoverageStatus.EXPIRED,
    }


def test_a_new_card_beside_an_expired_one_without_a_word_on_it_is_unknown() -> None:
    """What the portal does not say is not made up."""
    assert statuses(maKetQua="010", maTheMoi=GD) == {DN: CoverageStatus.EXPIRED, GD: CoverageStatus.UNKNOWN}


@pytest.mark.parametrize(
    "number", ["079185998101", "7999998101", "DN479799999810", "dn4797999998101", "DN\uff14797999998101"]
)
def test_what_is_no_card_number_is_never_shown_as_one(number: str) -> None:
    """A portal that echoes the citizen number gives no card: counted, not shown."""
    assert cards(maThe=number) == ((), 1)


@pytest.mark.parametrize("code", ["000", "010", "110", "124"])
def test_a_card_without_a_number_is_missing_not_absent(code: str) -> None:
    """Nothing but nulls: the answer is not complete, for the portal knows of a card."""
    assert cards(maKetQua=code, maThe=None) == ((), 1)


@pytest.mark.parametrize("code", ["050", "051", "052", "053", "130"])
def test_no_card_under_this_number_is_an_empty_answer(code: str) -> None:
    """Nothing is missing either."""
    assert cards(maKetQua=code) == ((), 0)


def test_a_card_that_ended_before_2026_has_the_share_of_its_time() -> None:
    """The day that counts is the card's last one, not today."""
    (found,), _ = cards(maThe="CN3797999998101", gtTheTu="01/01/2025", gtTheDen="31/12/2025")
    assert (found.benefit_level, found.benefit_percent, found.status) == (3, 95, CoverageStatus.EXPIRED)


def test_a_visit_is_read_whole() -> None:
    """Times are of Ho Chi Minh City, codes stand as written, the words of the lists are Vietnamese."""
    (found,), dropped = claims(visit())
    assert dropped == 0
    assert (found.facility.code, found.entitlement) == ("79981", "1.1")
    assert found.admitted == datetime(2026, 8, 12, 1, 15, tzinfo=UTC)
    assert found.discharged
    assert found.discharged.utcoffset() == timedelta(hours=7)
    (diagnosis,) = found.diagnoses
    assert diagnosis.code.text == "E11.9 - Đái tháo đường típ 2"
    assert [(c.system, c.code) for c in diagnosis.code.codings] == [("http://hl7.org/fhir/sid/icd-10", "E11.9")]
    assert found.discharge
    assert (found.discharge.text, found.discharge.codings[0].code) == ("Ra viện", "1")
    assert found.result
    assert (found.result.text, found.result.codings[0].system) == ("Đỡ", "urn:citizen-graph:vss:kqDieuTri")
    assert found.steps == (LegalStep(state=LegalState.CLAIMED),)
    assert found.provenance[0].source_record_id == "79981202600001"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("I10 - Tăng huyết áp; Rối loạn mỡ máu", [("I10 - Tăng huyết áp; Rối loạn mỡ máu", "I10")]),
        ("E11.9 - Đái tháo đường; B20 - HIV", [("E11.9 - Đái tháo đường", "E11.9"), ("B20 - HIV", "B20")]),
        ("M10.00 - Gút", [("M10.00 - Gút", "M10.00")]),
        ("G63.2* - Bệnh thần kinh", [("G63.2* - Bệnh thần kinh", "G63.2*")]),
        ("J18.9", [("J18.9", "J18.9")]),
        ("Viêm phổi", [("Viêm phổi", None)]),
        ("E119 - Đái tháo đường", [("E119 - Đái tháo đường", None)]),
        ("A00-A09 nhóm bệnh", [("A00-A09 nhóm bệnh", None)]),
        ("", []),
        (None, []),
    ],
)
def test_diagnoses_keep_their_words_and_get_a_code_where_one_is_written(
    text: str | None, wanted: list[tuple[str, str | None]]
) -> None:
    """Words stay as written; a code is taken only where it is well formed and stands before its words."""
    ((found,), _) = claims(visit(tenBenh=text))
    read = [(d.code.text, d.code.codings[0].code if d.code.codings else None) for d in found.diagnoses]
    assert read == wanted


@pytest.mark.parametrize(
    "broken",
    [
        None,
        7,
        [],
        "visit",
        visit(maCSKCB=None),
        visit(maCSKCB=" "),
        visit(ngayVao="202613120815"),
        visit(ngayVao="31/02/2026"),
        visit(ngayRa="yesterday"),
        visit(ngayVao="2026"),
        visit(tenBenh=["E11.9"]),
        visit(tinhTrang={}),
    ],
)
def test_a96_one_unreadable_visit_spoils_no_other(broken: Any) -> None:
    """It is counted, and the visits around it come through."""
    found, dropped = claims(visit(), broken, visit(maHoSo="79981202600002"))
    assert ([claim.provenance[0].source_record_id[-1] for claim in found], dropped) == (["1", "2"], 1)


def test_a_poor_visit_is_still_a_visit() -> None:
    """Everything but the facility may be missing."""
    (found,), dropped = claims({"maCSKCB": "79981"})
    assert dropped == 0
    assert (found.admitted, found.discharged, found.diagnoses, found.discharge, found.result) == (
        None,
        None,
        (),
        None,
        None,
    )


def test_numbers_and_unknown_codes_are_kept_as_written() -> None:
    """Codes may come as numbers; a code outside its list stands for itself."""
    (found,), _ = claims(visit(tinhTrang=2, kqDieuTri="9", ngayVao=202608120815))
    assert found.discharge
    assert found.discharge.text == "Chuyển viện"
    assert found.result
    assert (found.result.text, found.result.codings[0].code) == ("9", "9")
    assert found.admitted


def test_f20_the_same_visit_twice_is_one_and_different_visits_are_two() -> None:
    """Repetition adds nothing; a file number that the portal gave twice makes no two records share an id."""
    found, _ = claims(visit(), visit(), visit(kqDieuTri="5"))
    assert [claim.result and claim.result.text for claim in found] == ["Đỡ", "Tử vong"]
    assert len({claim.id for claim in found}) == 2


TEXT = st.text(alphabet="0129/:- DNGĐ\x00", max_size=16)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*visit()]), inner, max_size=6),
    max_leaves=12,
)


@unhurried
@given(st.lists(JSON, max_size=5))
def test_any_json_at_all_is_read_or_counted(items: list[Any]) -> None:
    """No visit can make the reading fail, and none vanishes silently."""
    found, dropped = claims(*items)
    assert len(found) + dropped <= len(items)
    assert (len(found) + dropped > 0) == bool(items)


@unhurried
@given(st.dictionaries(st.sampled_from([*card()]), st.none() | TEXT), st.sampled_from(["000", "003", "004", "010"]))
def test_any_card_answer_of_the_right_shape_is_read_or_counted(fields: dict[str, str | None], code: str) -> None:
    """Whatever its texts say; an answer that speaks of a card never reads as if there were none."""
    answer = msgspec.convert({**card(), **fields, "maKetQua": code}, CardAnswer, strict=False)
    found, dropped = mapping.coverages(answer, finding(code), STAMP, today=TODAY)
    assert found or dropped
