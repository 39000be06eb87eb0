"""XML4 and XML5 as Observation and Report."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from connectors.clock import HO_CHI_MINH
from connectors.records import (
    Observation,
    ObservationCategory,
    QuantityValue,
    Report,
    ReportKind,
    TextValue,
)
from tests.connectors.hospital_xml.dossiers import Station, all_of, dossier, only, part

HBA1C = {
    "MA_DICH_VU": "23.0083.1523",
    "TEN_CHI_SO": "HbA1c",
    "GIA_TRI": "7.2",
    "DON_VI_DO": "%",
    "NGAY_KQ": "202611020950",
    "MA_BS_DOC_KQ": "000999/HCM-CCHN",
}
X_RAY = {
    "MA_DICH_VU": "18.0119.0028",
    "TEN_CHI_SO": "X-quang ngực thẳng",
    "MO_TA": "Hai phế trường sáng.",
    "KET_LUAN": "Không thấy bất thường",
    "NGAY_KQ": "202611020950",
}
GROUPS = part(
    "XML3",
    {"MA_DICH_VU": "23.0083.1523", "MA_NHOM": "1"},
    {"MA_DICH_VU": "18.0119.0028", "MA_NHOM": "2"},
    {"MA_DICH_VU": "21.0014.1778", "MA_NHOM": "3"},
)


def note(text: str, **fields: str) -> tuple[str, str]:
    return part("XML5", {"DIEN_BIEN_LS": text, "THOI_DIEM_DBLS": "202611020820", **fields})


async def test_a_result_is_read_whole() -> None:
    """Its group comes from the service that was ordered: a result itself does not say what sort it is."""
    found = await only(Observation, part("XML4", HBA1C), GROUPS)
    assert (found.code.text, found.category, found.status) == ("HbA1c", ObservationCategory.LABORATORY, "final")
    assert [coding.code for coding in found.code.codings] == ["23.0083.1523"]
    assert found.value == QuantityValue(value=Decimal("7.2"), unit="%")
    assert found.at == datetime(2026, 11, 2, 9, 50, tzinfo=HO_CHI_MINH)
    assert found.performed_by
    assert found.performed_by.licence == "000999/HCM-CCHN"


async def test_a_result_whose_service_is_not_there_has_no_category_of_our_invention() -> None:
    assert (await only(Observation, part("XML4", HBA1C))).category is ObservationCategory.OTHER


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("7.20", QuantityValue(value=Decimal("7.20"), unit="%")),
        (">6.5", QuantityValue(value=Decimal("6.5"), unit="%", comparator=">")),
        ("<= 20", QuantityValue(value=Decimal(20), unit="%", comparator="<=")),
        ("-1.5", QuantityValue(value=Decimal("-1.5"), unit="%")),
        ("7,2", TextValue(text="7,2 %")),
        ("Âm tính", TextValue(text="Âm tính %")),
        ("1:128", TextValue(text="1:128 %")),
        ("1e400000000", TextValue(text="1e400000000 %")),
        ("٧", TextValue(text="٧ %")),
    ],
)
async def test_a_value_is_a_number_only_where_it_is_one(written: str, value: Any) -> None:
    """Anything else stays as it was written."""
    assert (await only(Observation, part("XML4", {**HBA1C, "GIA_TRI": written}))).value == value


async def test_the_words_of_a_result_with_a_value_stay_with_it() -> None:
    found = await only(Observation, part("XML4", {**HBA1C, "KET_LUAN": "Mẫu tán huyết, lấy lại"}))
    assert found.interpretation
    assert found.interpretation.text == "Mẫu tán huyết, lấy lại"


async def test_a_result_that_is_not_there_yet_is_an_observation_without_a_value() -> None:
    found = await only(Observation, part("XML4", {**HBA1C, "GIA_TRI": "", "NGAY_KQ": ""}))
    assert (found.value, found.at, found.status) == (None, None, "unknown")


async def test_words_without_a_value_are_a_report() -> None:
    """Description and conclusion, in the group of the service; and no observation besides."""
    report = await only(Report, part("XML4", X_RAY, HBA1C), GROUPS)
    assert (report.kind, report.code.text) == (ReportKind.IMAGING, "X-quang ngực thẳng")
    assert report.conclusion == "Hai phế trường sáng.\nKhông thấy bất thường"
    assert report.issued == datetime(2026, 11, 2, 9, 50, tzinfo=HO_CHI_MINH)
    assert [found.code.text for found in await all_of(Observation, part("XML4", X_RAY, HBA1C))] == ["HbA1c"]


@pytest.mark.parametrize(("service", "kind"), [("21.0014.1778", ReportKind.FUNCTIONAL), ("x", ReportKind.OTHER)])
async def test_the_kind_of_a_report_follows_its_service(service: str, kind: ReportKind) -> None:
    assert (await only(Report, part("XML4", {**X_RAY, "MA_DICH_VU": service}), GROUPS)).kind is kind


@pytest.mark.parametrize("fields", [{"NGAY_KQ": "x"}, {"TEN_CHI_SO": "", "MA_DICH_VU": ""}])
async def test_a_result_that_cannot_be_read_is_counted(fields: dict[str, str]) -> None:
    station = Station(dossier(part("XML4", {**HBA1C, **fields}, HBA1C, {**X_RAY, **fields})))
    observations, reports = await station.ask(Observation), await station.ask(Report)
    assert ([found.code.text for found in observations.records], observations.dropped) == (["HbA1c"], 1)
    assert (reports.records, reports.dropped) == ((), 1)


async def test_services_that_cannot_be_read_cost_the_category_and_nothing_else() -> None:
    """No result is missing, so the answer is whole."""
    answer = await Station(dossier(part("XML4", HBA1C), ("XML3", "<nothing/>"))).ask(Observation)
    assert ([found.category for found in answer.records], answer.dropped) == ([ObservationCategory.OTHER], 0)


async def test_vital_signs_are_read_out_of_the_text_and_the_text_is_kept() -> None:
    """Each with the unit of the convention; blood pressure in two parts."""
    text = "Tỉnh. CSST<M78_T36.8_HA135/85_NT18_SP98_HL3>"
    *signs, told = await all_of(Observation, note(text, NGUOI_THUC_HIEN="000999"))
    assert {sign.category for sign in signs} == {ObservationCategory.VITAL_SIGNS}
    values = {sign.code.text: sign.value for sign in signs}
    assert values["Mạch"] == QuantityValue(value=Decimal(78), unit="lần/phút", code="/min")
    assert values["Nhiệt độ"] == QuantityValue(value=Decimal("36.8"), unit="°C", code="Cel")
    assert values["Nhịp thở"] == QuantityValue(value=Decimal(18), unit="lần/phút", code="/min")
    assert values["SpO2"] == QuantityValue(value=Decimal(98), unit="%", code="%")
    assert values["Huyết áp"] is None
    pressure = next(sign for sign in signs if sign.code.text == "Huyết áp")
    assert [(part.code.text, part.value) for part in pressure.components] == [
        ("Huyết áp tâm thu", QuantityValue(value=Decimal(135), unit="mmHg", code="mm[Hg]")),
        ("Huyết áp tâm trương", QuantityValue(value=Decimal(85), unit="mmHg", code="mm[Hg]")),
    ]
    assert (told.category, told.value) == (ObservationCategory.EXAM, TextValue(text=text))


async def test_a_note_of_nothing_but_vital_signs_is_not_told_twice() -> None:
    assert len(await all_of(Observation, note("CSST<M84_HA168/98>"))) == 2


async def test_a_note_keeps_its_other_parts() -> None:
    """Stage, consultation and operation have no place of their own."""
    told = await only(Observation, note("", HOI_CHAN="Hội chẩn khoa Hô hấp", GIAI_DOAN_BENH="II", PHAU_THUAT="Mổ mở"))
    assert told.value is None
    assert [part.value for part in told.components] == [
        TextValue(text="II"),
        TextValue(text="Hội chẩn khoa Hô hấp"),
        TextValue(text="Mổ mở"),
    ]


async def test_the_weight_of_the_visit_is_a_vital_sign() -> None:
    found = await only(Observation, CAN_NANG="61.50", CAN_NANG_CON="3150")
    assert (found.code.text, found.value) == ("Cân nặng", QuantityValue(value=Decimal("61.50"), unit="kg", code="kg"))
