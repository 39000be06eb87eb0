"""The grandparents of the Hoàng family: diabetes in two hospitals, a broken hip, a thyroid."""

from datetime import date

from tests.sandbox.people.making import Who, booked, bp, card, day, drugs, found, icd, moment, person, visit, wave
from tests.sandbox.people.model import Allergy, Appointment, Coded, Condition, Measurement, Person, Value, Visit
from tests.sandbox.people.places import HOSPITAL_A, HOSPITAL_B
from tests.sandbox.people.vaccines import adult

BAO = Who(101, "bao", "Hoàng Hữu Mẫu Bảo", date(1981, 3, 9), "male")
PHUC = Who(105, "phuc", "Hoàng Đình Mẫu Phúc", date(1951, 1, 27), "male")
HANH = Who(106, "hanh", "Lý Thị Mẫu Hạnh", date(1954, 6, 11), "female")
LOAN = Who(107, "loan", "Võ Thị Mẫu Loan", date(1965, 12, 3), "female")

SCREENED: dict[int, dict[str, Value]] = {
    1: {"mammogram": "Hai vú không thấy tổn thương nghi ngờ, BI-RADS 1."},
    2: {"stool_blood": Coded("Âm tính", "260385009")},
}
"""What Loan was screened for, by the step of her visits."""
DIABETES_DRUGS = {"metformin": "Uống 1 viên sáng, 1 viên tối sau ăn", "glargine": "Tiêm dưới da 14 đơn vị lúc 21 giờ"}


def elders() -> tuple[Person, ...]:
    return (_phuc(), _hanh(), _loan())


def _phuc() -> Person:
    return person(
        PHUC,
        "Elderly man with diabetes, treated in both hospitals for years: long series of HbA1c and glucose, insulin.",
        house=14,
        spouse=HANH.id,
        blood_type="B",
        card=card(PHUC.serial, "HT", 3, valid_until=None, five_years_from=date(2015, 1, 1)),
        conditions=(
            Condition(HOSPITAL_A, icd("E11.9"), onset="2009", recorded=day(1095)),
            Condition(HOSPITAL_A, icd("I10"), onset="2012", recorded=day(1095)),
            Condition(
                HOSPITAL_B, icd("E11.2", "Đái tháo đường típ 2, biến chứng thận"), onset="2010", recorded=day(800)
            ),
            Condition(HOSPITAL_B, icd("H36.0"), recorded=day(430), note="Hẹn soi đáy mắt mỗi 12 tháng."),
        ),
        allergies=(Allergy(HOSPITAL_A, "none", recorded=day(1095).isoformat()),),
        family_doctor="noi-tiet",
        appointments=(
            booked(9, 7, 0, HOSPITAL_A, "noi-tiet", "Khám lại đái tháo đường, xét nghiệm HbA1c"),
            Appointment(moment(-3, 14, 0), HOSPITAL_B, "mat", "Soi đáy mắt", "cancelled"),
            booked(24, 14, 0, HOSPITAL_B, "mat", "Soi đáy mắt"),
        ),
        visits=(
            *(_diabetes_clinic(step) for step in range(13)),
            *(_second_opinion(step) for step in range(6)),
            visit(
                430,
                "H36.0",
                "E11.9",
                at=HOSPITAL_B,
                to="mat",
                right="3.3",
                reason="Nhìn mờ mắt phải",
                results=(Measurement("bp", bp(142, 80)),),
            ),
        ),
        doses=adult(("influenza", "2024-10", 1), ("influenza", day(45).isoformat(), 2), ("covid-19", "2021-07-30", 1)),
    )


def _diabetes_clinic(step: int) -> Visit:
    """Every three months at hospital A: slowly better since the insulin was started."""
    return visit(
        30 + 84 * step,
        "E11.9",
        "I10",
        to="noi-tiet",
        results=found(
            bp=bp(132 + step % 5 * 2, 78 + step % 3 * 2),
            weight=round(63 + 0.2 * step, 1),
            hba1c=round(7.1 + 0.12 * step + wave(step, 0.2), 1),
            fasting_glucose=round(7.2 + 0.15 * step + wave(step, 0.6), 1),
            creatinine=round(118 - 1.5 * step),
            egfr=round(54 + 0.8 * step),
        ),
        given=drugs(
            90,
            metformin=DIABETES_DRUGS["metformin"],
            **({"glargine": DIABETES_DRUGS["glargine"]} if step < 8 else {"gliclazide": "Uống 1 viên trước ăn sáng"}),
            amlodipine="Uống 1 viên buổi sáng",
        ),
    )


def _second_opinion(step: int) -> Visit:
    """Hospital B measures glucose in mg/dL and repeats what hospital A did nine days before."""
    return visit(
        21 + 168 * step,
        "E11.2",
        at=HOSPITAL_B,
        to="noi-tiet",
        right="3.3",
        results=found(
            fasting_glucose_mass=round(132 + 3 * step + wave(step, 8)),
            hba1c=round(7.2 + 0.24 * step + wave(step, 0.1), 1),
            acr=round(64 - 4 * step),
            potassium=4.6,
        ),
        given=drugs(60, glargine=DIABETES_DRUGS["glargine"]),
    )


def _hanh() -> Person:
    return person(
        HANH,
        "Grandmother in hospital today with a broken hip: a stay that has no end yet.",
        house=14,
        spouse=PHUC.id,
        card=card(HANH.serial, "HT", 3, valid_until=None),
        conditions=(Condition(HOSPITAL_A, icd("M81.9"), onset="2018", recorded=day(900)),),
        allergies=(Allergy(HOSPITAL_A, "shrimp", ("Ngứa",), "low", "1990", "unconfirmed"),),
        visits=(
            visit(
                200,
                "M81.9",
                results=found(bp=bp(128, 76), weight=48.5, height=151),
                given=drugs(None, alendronate="Uống 1 viên mỗi tuần, sáng sớm, với nhiều nước", calcium=None),
            ),
            visit(
                3,
                "S72.0",
                "M81.9",
                to="ngoai",
                kind="IMP",
                hour=16,
                hours=None,
                right="2",
                reason="Té ngã trong nhà, đau háng phải",
                results=(
                    *found(bp=bp(146, 82), pulse=96, spo2=96, hemoglobin=10.9, creatinine=71),
                    Measurement("potassium", 4.1, 600, "preliminary"),
                ),
                given=drugs(7, paracetamol="Uống 2 viên mỗi 8 giờ"),
            ),
        ),
    )


def _loan() -> Person:
    return person(
        LOAN,
        "Known to hospital B alone: an underactive thyroid, checked twice a year, and screened for two cancers.",
        house=31,
        card=card(LOAN.serial, "GD", 4, facility=HOSPITAL_B),
        conditions=(Condition(HOSPITAL_B, icd("E03.9"), onset="2016-03", recorded=day(1000)),),
        visits=tuple(
            visit(
                60 + 180 * step,
                "E03.9",
                at=HOSPITAL_B,
                to="noi-tiet",
                results=found(
                    tsh=round(3.1 + wave(step, 2), 1), pulse=68 + step, bp=bp(118, 74), **SCREENED.get(step, {})
                ),
                given=drugs(180, levothyroxine="Uống 1 viên lúc đói, trước ăn sáng 30 phút"),
            )
            for step in range(4)
        ),
    )
