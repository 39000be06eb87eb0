"""Adults with a story of their own: chronically ill, under protection, pregnant, not insured."""

from datetime import date

from tests.sandbox.people.making import Who, booked, bp, card, day, drugs, found, icd, person, visit
from tests.sandbox.people.model import Allergy, AntenatalCare, Coded, Condition, Measurement, Person, Visit
from tests.sandbox.people.places import HEALTH_STATION, HOSPITAL_A, HOSPITAL_B
from tests.sandbox.people.vaccines import adult

AN = Who(112, "an", "Lương Thị Mẫu Ân", date(1987, 2, 14), "female")
LAM = Who(113, "lam", "Tạ Thanh Mẫu Lâm", date(1995, 6, 30), "male")
NGOC = Who(114, "ngoc", "Phan Bích Mẫu Ngọc", date(1997, 11, 8), "female")
DAT = Who(115, "dat", "Cao Tiến Mẫu Đạt", date(1994, 5, 25), "male")


def adults() -> tuple[Person, ...]:
    return (_an(), _lam(), _ngoc(), _dat())


def _an() -> Person:
    return person(
        AN,
        "Woman with rheumatoid arthritis treated in two hospitals; both wrote down allergies, not all the same.",
        house=5,
        blood_type="A",
        card=card(AN.serial, "DN", 4, five_years_from=date(2020, 6, 1)),
        conditions=(
            Condition(HOSPITAL_A, icd("M06.9"), onset="2015", recorded=day(1200)),
            Condition(HOSPITAL_A, icd("D50.9"), onset="2026-02", recorded=day(280), clinical="resolved"),
            Condition(HOSPITAL_B, icd("M06.9", "Viêm khớp dạng thấp"), onset="2015-08", recorded=day(420)),
            Condition(HOSPITAL_B, icd("E03.9"), onset="2019", recorded=day(420)),
        ),
        allergies=(
            Allergy(HOSPITAL_A, "aspirin", ("Mề đay",), "low", "2016-09-20", severity="mild"),
            Allergy(HOSPITAL_A, "penicillin", ("Phản vệ",), "high", "2004", severity="severe"),
            Allergy(HOSPITAL_B, "aspirin", ("Co thắt phế quản",), "high", "2025-10-01", severity="severe"),
            Allergy(HOSPITAL_B, "latex", (), None, None, "unconfirmed"),
            Allergy(HOSPITAL_B, "shrimp", (), "low", "2025-10-01", "entered-in-error"),
        ),
        appointments=(booked(17, 9, 30, HOSPITAL_A, "noi", "Khám lại viêm khớp dạng thấp"),),
        visits=(
            *(_arthritis(step) for step in range(6)),
            visit(
                48,
                "R07.4",
                "E03.9",
                at=HOSPITAL_B,
                to="cap-cuu",
                kind="EMER",
                hour=1,
                hours=7,
                right="2",
                reason="Đau ngực trái nửa đêm",
                results=(
                    *found(
                        bp=bp(126, 78), pulse=98, spo2=98, crp=7.9, tsh=6.2, ecg="Nhịp nhanh xoang, không thay đổi ST"
                    ),
                    Measurement("chest-x-ray", "Bóng tim không to, hai phổi sáng.", 80),
                ),
                given=drugs(30, levothyroxine="Uống 1 viên lúc đói", omeprazole=None),
            ),
            visit(
                420,
                "E03.9",
                at=HOSPITAL_B,
                to="noi-tiet",
                right="3.3",
                results=(*found(tsh=9.8, bp=bp(118, 76)), Measurement("weight", 540, status="entered-in-error")),
            ),
        ),
        doses=adult(("covid-19", "2021-08", 1), ("covid-19", "2021-11-20", 2), ("influenza", day(38).isoformat(), 1)),
    )


def _arthritis(step: int) -> Visit:
    """Every two months; the latest CRP stands two days before the one hospital B repeated."""
    return visit(
        50 + 60 * step,
        "M06.9",
        *(("D50.9",) if step > 3 else ()),
        to="noi",
        results=found(
            bp=bp(116 + step, 72 + step),
            weight=54.2,
            crp=round(8.4 + 3.1 * step, 1),
            hemoglobin=12.4 - 0.4 * step,
            alt=24 + step,
        ),
        given=drugs(
            60, methotrexate="Uống 4 viên mỗi tuần một lần, thứ Hai", folic_acid="Uống 1 viên mỗi tuần, thứ Ba"
        ),
    )


def _lam() -> Person:
    return person(
        LAM,
        "Young man with a protected record: an HIV programme in hospital B, a psychiatric visit in hospital A.",
        house=8,
        card=card(LAM.serial, "DN", 4, facility=HOSPITAL_B),
        conditions=(
            Condition(HOSPITAL_B, icd("B20"), onset="2023", recorded=day(1000)),
            Condition(HOSPITAL_A, icd("F32.1"), recorded=day(85), note="Buồn chán từ khi biết nhiễm HIV."),
        ),
        visits=(
            *(_hiv_programme(step) for step in range(5)),
            visit(
                85,
                "F32.1",
                to="tam-than",
                right="3.3",
                reason="Mất ngủ, lo âu; đang điều trị ARV",
                results=found(phq_9=14, bp=bp(120, 78), weight=59),
                given=drugs(30, sertraline="Uống 1 viên buổi sáng"),
            ),
            visit(40, "S93.4", at=HEALTH_STATION, reason="Trật cổ chân khi đá bóng", outcome=1),
            visit(175, "J06.9", to="noi", reason="Ho, sốt nhẹ", right="3.3", results=found(temperature=38.1, pulse=90)),
        ),
        doses=adult(("hepatitis-b", "2023-04-10", 1), ("hepatitis-b", "2023-05-12", 2)),
    )


def _hiv_programme(step: int) -> Visit:
    return visit(
        70 + 90 * step,
        "B20",
        at=HOSPITAL_B,
        to="ngoai-tru",
        reason="Lĩnh thuốc theo chương trình",
        results=(
            *found(cd4=560 - 45 * step, weight=60 - step),
            Measurement("hiv-load", 20, 1440, comparator="<") if step < 4 else Measurement("hiv-load", 84500, 1440),
        ),
        given=drugs(90, arv="Uống 1 viên mỗi ngày cùng giờ"),
    )


def _ngoc() -> Person:
    return person(
        NGOC,
        "Pregnant in the 28th week with gestational diabetes, due in February; the next antenatal visit is near.",
        house=19,
        spouse=DAT.id,
        card=card(NGOC.serial, "DN", 4),
        conditions=(Condition(HOSPITAL_A, icd("O24.4"), onset=day(24).isoformat(), recorded=day(24)),),
        visits=tuple(
            visit(
                days,
                "Z34.9",
                *(("O24.4",) if weeks > 23 else ()),
                to="san",
                reason=f"Khám thai {weeks} tuần",
                results=found(
                    bp=bp(108 + weeks // 3, 68 + weeks // 4),
                    weight=round(49 + weeks * 0.35, 1),
                    gestation=weeks,
                    fetal_pulse=152 - weeks // 4,
                    due_date=day(-81),
                    fasting_glucose=round(4.4 + weeks * 0.05, 1),
                    urine_protein=Coded("Vết", "260405006") if weeks > 23 else Coded("Âm tính", "260385009"),
                ),
                given=drugs(30, iron="Uống 1 viên mỗi ngày", calcium="Uống 1 viên mỗi ngày"),
            )
            for days, weeks in ((115, 12), (87, 16), (59, 20), (24, 25))
        ),
        antenatal_care=(AntenatalCare(HOSPITAL_A, day(115)),),
        doses=adult(("tetanus", day(52).isoformat(), 1), ("tetanus", day(22).isoformat(), 2)),
        appointments=(
            booked(4, 8, 0, HOSPITAL_A, "san", "Khám thai 29 tuần, kiểm tra đường huyết"),
            booked(32, 8, 0, HOSPITAL_A, "san", "Khám thai 33 tuần"),
        ),
    )


def _dat() -> Person:
    return person(
        DAT,
        "Man without health insurance: the insurance knows no card, the hospital was paid in cash.",
        house=19,
        spouse=NGOC.id,
        visits=(
            visit(
                130,
                "K29.7",
                to="noi",
                insured=False,
                reason="Đau thượng vị",
                results=found(bp=bp(124, 80), weight=66, hemoglobin=14.8),
                given=drugs(14, omeprazole="Uống 1 viên trước ăn sáng", herbal=None),
            ),
        ),
    )
