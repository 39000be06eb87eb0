"""The Hoàng children: An with his asthma, and Nhi, eight weeks old."""

from datetime import date

from tests.sandbox.people.family_hoang_elders import BAO
from tests.sandbox.people.making import Who, booked, card, day, drugs, found, icd, person, visit
from tests.sandbox.people.model import Allergy, Condition, Dose, Person
from tests.sandbox.people.numbers import card_code
from tests.sandbox.people.places import HEALTH_STATION, HOSPITAL_A, HOSPITAL_B
from tests.sandbox.people.vaccines import childhood

HOUSE = 12
MAI = Who(102, "mai", "Đỗ Thanh Mẫu Mai", date(1992, 8, 21), "female")
AN = Who(103, "be-an", "Hoàng Minh Mẫu An", date(2017, 4, 18), "male")
NHI = Who(104, "nhi", "Hoàng Yến Mẫu Nhi", day(56), "female")
NEXT_DOSES = day(-6).isoformat()
FIVE_IN_ONE = (("diphtheria", 1), ("pertussis", 1), ("tetanus", 1), ("hib", 1), ("hepatitis-b", 2))


def children() -> tuple[Person, ...]:
    return (_an(), _nhi())


def _an() -> Person:
    inhalers = drugs(
        30, budesonide="Hít 1 liều sáng, 1 liều tối; súc miệng sau hít", salbutamol="Xịt 2 liều khi khó thở"
    )
    return person(
        AN,
        "Schoolchild of nine with asthma and a penicillin allergy; a new insurance card is out, the old one runs.",
        house=HOUSE,
        phone=None,
        father=BAO.id,
        mother=MAI.id,
        card=card(
            AN.serial,
            "HS",
            4,
            facility=HOSPITAL_B,
            code="004",
            new_number=card_code("HS", 4, 903),
            new_valid_from=day(40),
            new_valid_until=date(2027, 12, 31),
        ),
        conditions=(Condition(HOSPITAL_B, icd("J45.9"), onset="2022-11", recorded=day(700)),),
        allergies=(
            Allergy(HOSPITAL_B, "penicillin", ("Mề đay", "Phù môi"), "high", "2021", severity="moderate"),
            Allergy(HOSPITAL_A, "penicillin", (), None, "2021-06-02", "unconfirmed"),
        ),
        visits=(
            visit(
                600,
                "J45.9",
                at=HOSPITAL_B,
                to="nhi",
                results=found(weight=25.5, height=127, peak_flow=180),
                given=inhalers,
            ),
            visit(
                300,
                "J45.9",
                at=HOSPITAL_B,
                to="nhi",
                results=found(weight=27.6, height=131.5, peak_flow=205),
                given=inhalers,
            ),
            visit(
                33,
                icd("J45.9", "Cơn hen cấp mức độ trung bình"),
                at=HOSPITAL_B,
                to="cap-cuu",
                kind="EMER",
                hour=22,
                hours=6,
                right="2",
                reason="Khó thở, khò khè từ chiều",
                results=found(spo2=92, breathing=32, pulse=128, temperature=37.2, weight=29.1, height=135),
                given=inhalers,
            ),
            visit(
                1900,
                icd("J03.9"),
                to="nhi",
                insured=False,
                reason="Sốt, đau họng; nổi mề đay sau uống amoxicilin",
                results=found(temperature=38.9, weight=18.2),
                given=drugs(5, azithromycin="Uống 5 ml mỗi ngày một lần, trong 3 ngày"),
            ),
        ),
        doses=childhood(AN.born, skip=frozenset({"rotavirus"})),
    )


def _nhi() -> Person:
    return person(
        NHI,
        "Newborn of eight weeks: two doses given at birth, the next ones only planned.",
        house=HOUSE,
        phone=None,
        father=BAO.id,
        mother=MAI.id,
        card=card(NHI.serial, "TE", 1, valid_from=NHI.born, valid_until=date(2032, 9, 30)),
        visits=(
            visit(
                56,
                "Z38.0",
                "P59.9",
                to="nhi",
                kind="IMP",
                hour=5,
                hours=72,
                reason="Sơ sinh, theo dõi sau sinh",
                outcome=1,
                insured=True,
                results=found(weight=3.15, height=49.5, head=34, apgar_5=9, temperature=36.8),
            ),
            visit(25, "Z00.1", at=HEALTH_STATION, reason="Khám trẻ một tháng tuổi", outcome=1),
            visit(
                10,
                "Z00.1",
                to="nhi",
                reason="Khám trẻ sáu tuần tuổi",
                results=found(weight=4.7, height=55.5, head=37.8),
            ),
        ),
        doses=(
            *childhood(NHI.born),
            Dose(vaccine="five-in-one", on=NEXT_DOSES, numbers=FIVE_IN_ONE, status="planned"),
            Dose(vaccine="opv", on=NEXT_DOSES, numbers=(("polio", 1),), status="planned"),
        ),
        appointments=(booked(6, 7, 30, HEALTH_STATION, "nhi", "Tiêm chủng hai tháng tuổi"),),
    )
