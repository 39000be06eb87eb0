"""XML1 as Encounter and as Claim."""

from datetime import datetime
from decimal import Decimal

import pytest

from connectors.clock import HO_CHI_MINH
from connectors.records import (
    Claim,
    Coding,
    DiagnosisRole,
    Encounter,
    EncounterKind,
    Facility,
    LegalState,
    LegalStep,
)
from tests.connectors.hospital_xml.dossiers import FACILITY, KEY, Station, all_of, dossier, only


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=HO_CHI_MINH)


async def test_a_visit_is_read_whole() -> None:
    """Times, place, department, reason, and both codes of how it ended."""
    visit = await only(Encounter)
    assert (visit.start, visit.end, visit.status) == (at(2, 8, 15), at(2, 10, 30), "finished")
    assert visit.facility == Facility(code=FACILITY, name="Trạm Y tế Phường Mẫu")
    assert visit.department == "K01"
    assert visit.reason
    assert visit.reason.text == "Tái khám"
    assert visit.outcome
    assert visit.outcome.text == "Ra viện; Đỡ"
    assert [coding.code for coding in visit.outcome.codings] == ["1", "2"]
    (provenance,) = visit.provenance
    assert provenance.source_record_id == f"{FACILITY}/{KEY}"
    assert provenance.recorded_at == at(2, 0)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("01", EncounterKind.OUTPATIENT),
        ("03", EncounterKind.INPATIENT),
        ("05", EncounterKind.OUTPATIENT),
        ("06", EncounterKind.INPATIENT),
        ("09", EncounterKind.INPATIENT),
        ("12", EncounterKind.HOME),
        ("14", EncounterKind.VIRTUAL),
        ("1", EncounterKind.OTHER),
        ("99", EncounterKind.OTHER),
        ("", EncounterKind.OTHER),
    ],
)
async def test_the_kind_of_visit_is_a_code_of_two_digits(code: str, kind: EncounterKind) -> None:
    """A code that the list does not have, and none at all, are another setting and no guess."""
    assert (await only(Encounter, MA_LOAI_KCB=code)).kind is kind


async def test_words_stand_with_the_main_diagnosis_and_codes_with_each() -> None:
    """The words are for all codes at once: which are whose is not said, so nothing is divided."""
    visit = await only(
        Encounter, CHAN_DOAN_RV="Tăng huyết áp; Đái tháo đường", MA_BENH_KT="E11.9; ;B20;", MA_BENH_YHCT="U62.1"
    )
    assert [(found.role, found.code.text) for found in visit.diagnoses] == [
        (DiagnosisRole.MAIN, "Tăng huyết áp; Đái tháo đường"),
        (DiagnosisRole.SECONDARY, "E11.9"),
        (DiagnosisRole.SECONDARY, "B20"),
        (DiagnosisRole.UNSPECIFIED, "U62.1"),
    ]
    icd = "http://hl7.org/fhir/sid/icd-10"
    assert [found.code.codings for found in visit.diagnoses] == [
        (Coding(system=icd, code="I10"),),
        (Coding(system=icd, code="E11.9"),),
        (Coding(system=icd, code="B20"),),
        (Coding(system="urn:citizen-graph:hospital-xml:MA_BENH_YHCT", code="U62.1"),),
    ]


async def test_the_first_diagnosis_serves_until_there_is_a_final_one() -> None:
    visit = await only(Encounter, CHAN_DOAN_RV="", CHAN_DOAN_VAO="Đau đầu")
    assert visit.diagnoses[0].code.text == "Đau đầu"


async def test_decomposed_text_stays_decomposed() -> None:
    """Originals stay, also in their Unicode form."""
    words = "Ta\u0306ng huye\u0302\u0301t a\u0301p"
    assert (await only(Encounter, CHAN_DOAN_RV=words)).diagnoses[0].code.text == words


async def test_a_visit_that_goes_on_has_no_end() -> None:
    visit = await only(Encounter, NGAY_RA="", MA_LOAI_RV="", KET_QUA_DTRI="", LY_DO_VV="", MA_KHOA="")
    assert (visit.end, visit.status, visit.outcome, visit.reason, visit.department) == (
        None,
        "in-progress",
        None,
        None,
        None,
    )


async def test_codes_outside_their_list_stay_as_text() -> None:
    """What was not understood stays visible."""
    visit = await only(Encounter, KET_QUA_DTRI="9", MA_LOAI_RV="A")
    assert visit.outcome
    assert visit.outcome.text == "A; 9"


async def test_another_facility_is_named_by_its_code() -> None:
    visit = await only(Encounter, MA_CSKCB="79991")
    assert visit.facility == Facility(code="79991", name="79991")


@pytest.mark.parametrize("field", ["NGAY_VAO", "NGAY_RA"])
@pytest.mark.parametrize("date", ["202613020815", "2026110208", "02/11/2026", "202611022561", "196500000000"])
async def test_a_visit_with_a_date_that_is_none_is_counted(field: str, date: str) -> None:
    """Shown without its date it would be lost in every list; it is missing, and the answer says so."""
    answer = await Station(dossier(**{field: date})).ask(Encounter)
    assert (answer.records, answer.dropped) == ((), 1)


async def test_money_is_exact_and_the_citizens_part_is_both_parts() -> None:
    """Inside the scope of the insurance and outside it."""
    claim = await only(Claim, T_TONGCHI_BV="194180.55", T_BNTT="1000.25", T_BNCCT="38836.10", T_BHTT="154344.20")
    assert (claim.total, claim.citizen_pays, claim.insurer_pays) == (
        Decimal("194180.55"),
        Decimal("39836.35"),
        Decimal("154344.20"),
    )
    assert (claim.entitlement, claim.status) == ("1.1", "paid")
    assert (claim.admitted, claim.discharged) == (at(2, 8, 15), at(2, 10, 30))
    assert claim.discharge
    assert claim.result
    assert (claim.discharge.text, claim.result.text) == ("Ra viện", "Đỡ")


async def test_a_part_that_is_not_said_is_not_nothing() -> None:
    """Unknown plus something is unknown; and a visit that is not paid yet says so."""
    claim = await only(Claim, T_BNTT="", T_BHTT="", NGAY_TTOAN="")
    assert (claim.citizen_pays, claim.insurer_pays, claim.status) == (None, None, "unpaid")


@pytest.mark.parametrize("about", [Encounter, Claim])
async def test_when_it_was_paid_is_told_of_the_visit_and_of_its_claim(about: type[Encounter | Claim]) -> None:
    """The dossier is sent again when it is paid; whether the insurance has it, it does not say."""
    assert (await only(about, NGAY_TTOAN="202611021031")).steps == (LegalStep(state=LegalState.PAID, at=at(2, 10, 31)),)


@pytest.mark.parametrize("time", ["", "000000000000", "02/11/2026"])
async def test_a_time_of_payment_that_is_none_says_nothing_and_costs_nothing(time: str) -> None:
    assert (await only(Claim, NGAY_TTOAN=time)).steps == ()


@pytest.mark.parametrize("money", ["1e9", "NaN", "194.180,00", "1" * 16, "١٢٣"])
async def test_money_that_is_no_number_costs_the_claim_and_not_the_visit(money: str) -> None:
    station = Station(dossier(T_BHTT=money))
    claims, visits = await station.ask(Claim), await station.ask(Encounter)
    assert (claims.records, claims.dropped) == ((), 1)
    assert (len(visits.records), visits.dropped) == (1, 0)


@pytest.mark.parametrize("fields", [{"MA_THE_BHYT": ""}, {"MA_DOITUONG_KCB": "9"}])
async def test_a_visit_that_no_insurance_pays_is_no_claim(fields: dict[str, str]) -> None:
    assert await all_of(Claim, **fields) == ()
    assert len(await all_of(Encounter, **fields)) == 1


async def test_two_cards_joined_are_still_one_claim() -> None:
    """The card changed during the stay; lists that belong to it need not have the same length."""
    two = {"MA_THE_BHYT": "DN4797999998101;GD4797999998101", "GT_THE_TU": "20260101", "GT_THE_DEN": ""}
    assert len(await all_of(Claim, **two)) == 1
