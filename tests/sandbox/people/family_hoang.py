"""Bảo and Mai, the middle generation of the Hoàng family."""

from datetime import date

from tests.sandbox.people.family_hoang_children import AN, HOUSE, MAI, NHI
from tests.sandbox.people.family_hoang_elders import BAO, LOAN
from tests.sandbox.people.making import (
    bp,
    card,
    day,
    drugs,
    found,
    icd,
    parent_of,
    person,
    visit,
)
from tests.sandbox.people.model import (
    AntenatalCare,
    Coded,
    Condition,
    Identity,
    Person,
    Value,
    Visit,
)
from tests.sandbox.people.numbers import card_code
from tests.sandbox.people.places import HEALTH_STATION, HOSPITAL_A
from tests.sandbox.people.vaccines import adult

FIRST_WEEK = 12
FIRST_VISIT: dict[str, Value] = {
    "hbsag": Coded("Âm tính", "260385009"),
    "blood_group": Coded("Nhóm máu A, Rh dương", "278149003"),
}


def parents() -> tuple[Person, ...]:
    return (_bao(), _mai())


def _bao() -> Person:
    pressure_drugs = {"amlodipine": "Uống 1 viên buổi sáng", "losartan": "Uống 1 viên buổi tối"}
    return person(
        BAO,
        "Father of two with high blood pressure; the insurance knows only the year of his birth.",
        house=HOUSE,
        spouse=MAI.id,
        blood_type="O",
        represents=(parent_of(AN), parent_of(NHI)),
        card=card(BAO.serial, "DN", 4, facility=HEALTH_STATION, five_years_from=date(2021, 3, 1)),
        written_as={"insurance": Identity(birth_date="1981")},
        conditions=(
            Condition(HOSPITAL_A, icd("I10"), onset="2022", recorded=day(400)),
            Condition(HOSPITAL_A, icd("E78.5"), onset="2024-05", recorded=day(400), verification="provisional"),
        ),
        visits=(
            visit(
                150,
                "I10",
                at=HEALTH_STATION,
                reason="Đo huyết áp định kỳ, chuyển tuyến",
                leaving=2,
                outcome=3,
                results=found(bp=bp(164, 98), pulse=86),
            ),
            visit(
                148,
                "I10",
                "E78.5",
                to="tim-mach",
                right="1.3",
                reason="Tăng huyết áp, trạm y tế chuyển đến",
                results=found(
                    bp=bp(158, 96), pulse=84, weight=74.5, height=168, cholesterol=6.3, ldl=4.1, creatinine=88
                ),
                given=drugs(30, **pressure_drugs, atorvastatin="Uống 1 viên buổi tối"),
            ),
            visit(
                20,
                "I10",
                to="tim-mach",
                right="1.3",
                results=found(bp=bp(134, 84), pulse=76, weight=72.8, ecg="Nhịp xoang đều 76 lần/phút, trục trung gian"),
                given=drugs(90, **pressure_drugs),
            ),
        ),
        doses=adult(("covid-19", "2021-08-14", 1), ("covid-19", "2021-10-09", 2), ("influenza", "2025", 1)),
    )


def _mai() -> Person:
    return person(
        MAI,
        "Mother of a newborn and of a schoolchild; her insurance card was replaced while she was in hospital.",
        house=HOUSE,
        mother=LOAN.id,
        spouse=BAO.id,
        blood_type="A",
        represents=(parent_of(AN), parent_of(NHI)),
        card=card(
            MAI.serial,
            "DN",
            4,
            code="003",
            valid_until=day(56),
            new_number=card_code("HC", 4, MAI.serial),
            new_valid_from=day(55),
            new_valid_until=date(2027, 12, 31),
        ),
        visits=(
            *(_antenatal(days, weeks) for days, weeks in ((249, FIRST_WEEK), (193, 20), (137, 28), (81, 36))),
            visit(
                57,
                "O80.0",
                "D50.9",
                to="san",
                kind="IMP",
                hour=21,
                hours=86,
                reason="Thai 39 tuần, chuyển dạ",
                outcome=1,
                results=found(
                    bp=bp(122, 78), pulse=92, temperature=36.9, hemoglobin=10.4, leukocytes=13.2, platelets=231
                ),
                given=drugs(60, iron="Uống 1 viên mỗi ngày", paracetamol="Uống 1 viên khi đau, cách nhau 6 giờ"),
            ),
            visit(
                14,
                "D50.9",
                to="san",
                reason="Tái khám hậu sản",
                results=found(bp=bp(112, 72), hemoglobin=11.8, hpv=Coded("Âm tính", "260385009")),
            ),
        ),
        antenatal_care=(AntenatalCare(HOSPITAL_A, day(249), day(57)),),
        doses=adult(("tetanus", day(165).isoformat(), 1), ("tetanus", day(130).isoformat(), 2)),
    )


def _antenatal(days_ago: int, weeks: int) -> Visit:
    return visit(
        days_ago,
        "Z34.9",
        to="san",
        reason=f"Khám thai {weeks} tuần",
        results=found(
            bp=bp(104 + weeks // 4, 66 + weeks // 6),
            weight=round(52 + weeks * 0.3, 1),
            gestation=weeks,
            fetal_pulse=150 - weeks // 3,
            due_date=day(53),
            urine_protein=Coded("Âm tính", "260385009"),
            **(FIRST_VISIT if weeks == FIRST_WEEK else {}),
        ),
        given=drugs(60, iron="Uống 1 viên sau ăn trưa", calcium="Uống 1 viên buổi sáng"),
    )
