"""XML2 as Medication; XML3 and the codes of XML1 as Procedure."""

from decimal import Decimal

import pytest

from connectors.records import Coding, Medication, MedicationStatus, Practitioner, Procedure, Quantity
from tests.connectors.hospital_xml.dossiers import Station, all_of, dossier, only, part

URN = "urn:citizen-graph:hospital-xml:"
METFORMIN = {
    "STT": "1",
    "MA_THUOC": "40.805",
    "MA_NHOM": "4",
    "TEN_THUOC": "Metformin Mẫu 500",
    "DON_VI_TINH": "Viên",
    "HAM_LUONG": "500mg",
    "DUONG_DUNG": "1.01",
    "LIEU_DUNG": "1 viên/lần * 2 lần/ngày * 30 ngày [2 viên/ngày]",
    "CACH_DUNG": "Uống sau ăn",
    "SO_DANG_KY": "VD-00000-26",
    "SO_LUONG": "60.000",
    "MUC_HUONG": "47.5",
    "T_BHTT": "25464",
    "MA_BAC_SI": "000999/HCM-CCHN;000998/HCM-CCHN",
    "NGAY_YL": "202611020815",
}
PHACO = {"MA_DICH_VU": "14.0005.0812", "MA_NHOM": "8", "TEN_DICH_VU": "Phẫu thuật Phaco", "NGAY_TH_YL": "202611020900"}
INCISION = {"MA_DICH_VU": "03.2119.0505", "MA_NHOM": "18", "TEN_DICH_VU": "Chích rạch áp xe", "NGAY_YL": "20261102"}


async def test_a_drug_is_read_whole() -> None:
    """Codes stay text, the quantity keeps its digits, and what the insurance paid for it is exact."""
    drug = await only(Medication, part("XML2", METFORMIN))
    assert drug.code.text == "Metformin Mẫu 500"
    assert drug.code.codings == (
        Coding(system=f"{URN}MA_THUOC", code="40.805"),
        Coding(system=f"{URN}SO_DANG_KY", code="VD-00000-26"),
    )
    assert (drug.strength, drug.start, drug.end) == ("500mg", "2026-11-02", None)
    assert drug.dosage == "1 viên/lần * 2 lần/ngày * 30 ngày [2 viên/ngày]; Uống sau ăn"
    assert drug.route
    assert drug.route.codings == (Coding(system=f"{URN}DUONG_DUNG", code="1.01"),)
    assert drug.quantity == Quantity(value=Decimal("60.000"), unit="Viên")
    assert str(drug.quantity.value) == "60.000"
    assert drug.insurance_paid == Decimal(25464)
    assert drug.prescriber == Practitioner(licence="000999/HCM-CCHN;000998/HCM-CCHN")
    assert drug.status is MedicationStatus.UNKNOWN, "the XML does not say whether it is still taken"


async def test_a_drug_may_say_no_more_than_its_code() -> None:
    drug = await only(Medication, part("XML2", {"MA_THUOC": "40.17"}))
    assert (drug.code.text, drug.quantity, drug.dosage, drug.start, drug.route) == ("40.17", None, None, None, None)


@pytest.mark.parametrize(
    "fields",
    [{"MA_THUOC": "", "TEN_THUOC": ""}, {"SO_LUONG": "sáu mươi"}, {"NGAY_YL": "hôm qua"}, {"MA_LK": "79983.other"}],
    ids=["no name", "no number", "no date", "another visit"],
)
async def test_a_row_that_cannot_be_read_spoils_no_other(fields: dict[str, str]) -> None:
    """It is counted. A row of another visit may be another citizen's and is one of these."""
    answer = await Station(dossier(part("XML2", {**METFORMIN, **fields}, METFORMIN))).ask(Medication)
    assert ([drug.code.text for drug in answer.records], answer.dropped) == (["Metformin Mẫu 500"], 1)


async def test_a_field_that_stands_twice_makes_its_row_unreadable() -> None:
    """One of the two would be chosen by accident."""
    kind, text = part("XML2", METFORMIN)
    twice = text.replace("</CHI_TIET_THUOC>", "<TEN_THUOC>Thuốc khác</TEN_THUOC></CHI_TIET_THUOC>")
    answer = await Station(dossier((kind, twice))).ask(Medication)
    assert (answer.records, answer.dropped) == ((), 1)


async def test_the_same_drug_twice_is_two_records_with_ids_of_their_own() -> None:
    first, second = await all_of(Medication, part("XML2", METFORMIN, METFORMIN))
    assert first.id != second.id


async def test_a_row_that_comes_late_takes_no_other_rows_id() -> None:
    """Rows are numbered by the sending; the id follows the fact."""
    other = {**METFORMIN, "MA_THUOC": "40.482", "TEN_THUOC": "Amlodipin Mẫu 5", "STT": "1"}
    (before,) = await all_of(Medication, part("XML2", METFORMIN))
    _, after = await all_of(Medication, part("XML2", other, {**METFORMIN, "STT": "2", "T_BHTT": "0"}))
    assert before.id == after.id


async def test_operations_and_procedures_are_told_from_other_services_and_supplies() -> None:
    """Groups 8 and 18, or an international code; never a supply, a bed or an examination."""
    rows = [
        PHACO,
        INCISION,
        {"MA_DICH_VU": "02.1896", "MA_NHOM": "13", "TEN_DICH_VU": "Khám bệnh"},
        {"MA_VAT_TU": "N06.04.020", "MA_NHOM": "10", "TEN_VAT_TU": "Thủy tinh thể nhân tạo", "MA_PTTT_QT": "13.71"},
        {"MA_DICH_VU": "18.0119.0028", "MA_NHOM": "2", "TEN_DICH_VU": "Chụp mạch", "MA_PTTT_QT": "88.41;88.42"},
    ]
    found = await all_of(Procedure, part("XML3", *rows))
    assert [(record.code.text, record.performed) for record in found] == [
        ("Phẫu thuật Phaco", "2026-11-02"),
        ("Chích rạch áp xe", "2026-11-02"),
        ("Chụp mạch", None),
    ]
    assert [coding.code for coding in found[2].code.codings] == ["18.0119.0028", "88.41", "88.42"]


async def test_the_code_of_the_visit_belongs_to_its_only_procedure() -> None:
    record = await only(Procedure, part("XML3", PHACO), MA_PTTT_QT="13.41")
    assert record.code.codings[1] == Coding(system="http://hl7.org/fhir/sid/icd-9-cm", code="13.41")


async def test_a_code_of_the_visit_that_no_row_has_is_a_procedure_of_its_own() -> None:
    """With two rows nobody knows to which it belongs; with none it is all that is known."""
    two = part("XML3", {**PHACO, "MA_PTTT_QT": "13.41"}, INCISION)
    assert [record.code.text for record in await all_of(Procedure, two, MA_PTTT_QT="13.41;86.04")] == [
        "Phẫu thuật Phaco",
        "Chích rạch áp xe",
        "86.04",
    ]
    alone = await only(Procedure, MA_PTTT_QT="13.41")
    assert (alone.code.text, alone.performed) == ("13.41", None)


async def test_who_performed_it_goes_before_who_ordered_it() -> None:
    one = await only(Procedure, part("XML3", {**PHACO, "NGUOI_THUC_HIEN": "7999000011", "MA_BAC_SI": "000888"}))
    other = await only(Procedure, part("XML3", {**PHACO, "MA_BAC_SI": "000888"}))
    assert [record.performer and record.performer.licence for record in (one, other)] == ["7999000011", "000888"]


async def test_a_procedure_of_nothing_is_counted() -> None:
    answer = await Station(dossier(part("XML3", {"MA_NHOM": "18"}))).ask(Procedure)
    assert (answer.records, answer.dropped) == ((), 1)
