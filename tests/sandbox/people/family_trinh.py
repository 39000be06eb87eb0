"""Xuân, her late husband, their son with the long record, and the grandchild whose guardian she is."""

from datetime import date

from tests.sandbox.people.making import Who, bp, card, day, drugs, found, icd, person, visit, wave
from tests.sandbox.people.model import (
    Allergy,
    Condition,
    Identity,
    LabResult,
    Measurement,
    Person,
    Prescription,
    Relation,
    Visit,
)
from tests.sandbox.people.places import HEALTH_STATION, HOSPITAL_A, HOSPITAL_B
from tests.sandbox.people.vaccines import adult, childhood

HOUSE = 27
XUAN = Who(108, "xuan", "Bùi Thị Mẫu Xuân", date(1958, 2, 4), "female")
THAI = Who(109, "thai", "Trịnh Công Mẫu Thái", date(1953, 9, 2), "male")
SON = Who(110, "son", "Trịnh Quốc Mẫu Sơn", date(1984, 7, 19), "male")
TI = Who(111, "ti", "Trịnh Khánh Mẫu Tí", date(2015, 10, 30), "male")
DIED = day(285)


def family() -> tuple[Person, ...]:
    return (_xuan(), _thai(), _son(), _ti())


def _xuan() -> Person:
    return person(
        XUAN,
        "Elderly woman: inpatient with pneumonia in hospital A, day surgery in hospital B; guardian of a grandchild.",
        house=HOUSE,
        spouse=THAI.id,
        blood_type="AB",
        represents=(Relation(TI.id, "guardian", day(1500)),),
        card=card(XUAN.serial, "HT", 3, valid_until=None, five_years_from=date(2018, 1, 1)),
        conditions=(
            Condition(HOSPITAL_A, icd("J18.9"), recorded=day(240), clinical="resolved"),
            Condition(HOSPITAL_B, icd("H25.9"), onset="2023", recorded=day(170)),
            Condition(HOSPITAL_B, icd("E11.9"), recorded=day(170), verification="entered-in-error"),
        ),
        allergies=(Allergy(HOSPITAL_A, "latex", ("Viêm da tiếp xúc",), "low", "2014"),),
        visits=(
            _pneumonia(),
            visit(
                215,
                icd("J18.9", "Viêm phổi đã ổn"),
                to="ho-hap",
                reason="Tái khám sau viêm phổi",
                outcome=1,
                results=(*found(spo2=97, crp=3.2), Measurement("chest-x-ray", "Không còn hình ảnh đông đặc.", 60)),
            ),
            visit(
                170,
                "H25.9",
                at=HOSPITAL_B,
                to="mat",
                kind="SS",
                hours=9,
                right="3.3",
                reason="Phẫu thuật đục thủy tinh thể mắt trái",
                outcome=1,
                results=found(bp=bp(136, 80), pulse=72),
                given=drugs(14, levofloxacin="Theo hướng dẫn của khoa Mắt"),
            ),
            visit(
                30,
                "J06.9",
                at=HEALTH_STATION,
                reason="Ho, sổ mũi",
                outcome=1,
                results=found(temperature=37.6, pulse=82, spo2=97),
                given=drugs(5, paracetamol="Uống 1 viên khi sốt"),
            ),
        ),
        doses=adult(("influenza", "2025-11-02", 1), ("covid-19", "2021-09", 1)),
    )


def _pneumonia() -> Visit:
    return visit(
        240,
        "J18.9",
        to="ho-hap",
        kind="IMP",
        hour=19,
        hours=180,
        right="2",
        reason="Sốt cao, ho đàm, khó thở ba ngày",
        outcome=1,
        results=(
            *found(temperature=39.1, spo2=90, breathing=28, pulse=112, bp=bp(108, 64), leukocytes=16.8, crp=148),
            Measurement("chest-x-ray", "Đông đặc thùy dưới phổi phải.", 120),
            LabResult("blood-culture", "Không mọc sau 5 ngày.", 7200),
            LabResult("creatinine", None, 100, "cancelled"),
            Measurement("spo2", 96, 7200),
            LabResult("crp", 22, 7300, "amended"),
        ),
        given=(
            *drugs(7, ceftriaxone="Tiêm tĩnh mạch 2 g mỗi 24 giờ"),
            Prescription("levofloxacin", "Uống 1 viên mỗi ngày", 5, "stopped"),
        ),
    )


def _thai() -> Person:
    return person(
        THAI,
        "Citizen who died this year of lung cancer; the record remains, the right to open it does not.",
        house=HOUSE,
        spouse=XUAN.id,
        deceased=DIED,
        card=card(THAI.serial, "HT", 3, valid_until=DIED, code="120"),
        conditions=(Condition(HOSPITAL_A, icd("C34.9"), onset="2025-04", recorded=day(570)),),
        visits=(
            visit(570, "C34.9", "J44.9", to="ho-hap", reason="Ho ra máu, sụt cân", results=found(spo2=93, weight=51)),
            visit(
                290,
                "C34.9",
                to="ho-hap",
                kind="IMP",
                hours=110,
                reason="Suy hô hấp",
                outcome=5,
                results=found(spo2=84, bp=bp(88, 52), pulse=124),
            ),
        ),
    )


def _son() -> Person:
    return person(
        SON,
        "Chronic kidney disease followed every month for five years: a very large record.",
        house=HOUSE,
        father=THAI.id,
        mother=XUAN.id,
        blood_type="O",
        card=card(SON.serial, "DN", 4),
        conditions=(Condition(HOSPITAL_A, icd("N18.3"), onset="2021", recorded=day(1800)),),
        visits=tuple(_kidney_clinic(step) for step in range(60)),
    )


def _kidney_clinic(step: int) -> Visit:
    """One month of sixty, the latest first: filtration falls slowly, pressure swings."""
    results = found(
        bp=bp(134 + round(wave(step, 8)), 84 + round(wave(step + 3, 5))),
        pulse=74 + round(wave(step + 5, 6)),
        weight=round(68 + wave(step, 1.5), 1),
        creatinine=round(168 - step * 0.5 + wave(step, 6)),
        egfr=round(44 + step * 0.2 + wave(step + 7, 2)),
        potassium=round(4.8 + wave(step + 2, 0.5), 1),
        hemoglobin=round(11.6 + wave(step + 1, 0.8), 1),
        acr=round(210 - step + wave(step, 20)),
    )
    return visit(
        12 + 30 * step,
        "N18.3",
        "I10",
        to="than",
        reason="Khám thận định kỳ",
        results=results,
        given=drugs(30, losartan="Uống 1 viên buổi sáng"),
    )


def _ti() -> Person:
    return person(
        TI,
        "Orphan of eleven whose grandmother is the guardian; hospital B does not know the day of birth.",
        house=HOUSE,
        phone=None,
        guardian=XUAN.id,
        card=card(TI.serial, "HS", 4, facility=HOSPITAL_B),
        written_as={"hospital-b": Identity(birth_date="2015-10")},
        allergies=(Allergy(HOSPITAL_B, "peanut", ("Phản vệ",), "high", "2023-02-11", severity="severe"),),
        visits=(
            visit(
                75,
                "S52.5",
                at=HOSPITAL_B,
                to="ngoai",
                kind="EMER",
                hour=17,
                hours=4,
                right="2",
                reason="Té xe đạp",
                results=found(weight=36.5, height=143),
                given=drugs(5, paracetamol="Uống 1 viên khi đau"),
            ),
        ),
        doses=childhood(TI.born, skip=frozenset({"td", "ipv"})),
    )
