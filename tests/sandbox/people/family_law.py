"""People whose right to see each other's record is the story: a ward, a barred father, a child come of age."""

from datetime import date, timedelta

from tests.sandbox.people.making import Who, birthday, bp, card, day, drugs, found, icd, parent_of, person, visit
from tests.sandbox.people.model import Allergy, Condition, Person, Relation
from tests.sandbox.people.places import HEALTH_STATION, HOSPITAL_A, HOSPITAL_B
from tests.sandbox.people.vaccines import adult, childhood

THUY = Who(116, "thuy", "Mạc Thị Mẫu Thùy", date(1996, 3, 17), "female")
HIEN = Who(117, "hien", "Mạc Thu Mẫu Hiền", date(1970, 8, 5), "female")
HUNG = Who(118, "hung", "Kiều Văn Mẫu Hùng", date(1986, 12, 12), "male")
DUNG = Who(119, "dung", "Lê Thị Mẫu Dung", date(1988, 4, 1), "female")
NA = Who(120, "na", "Kiều Lê Mẫu Na", date(2018, 7, 23), "female")
TAM = Who(121, "tam", "Triệu Minh Mẫu Tâm", date(1975, 10, 10), "male")
TUYET = Who(122, "tuyet", "Hà Thị Mẫu Tuyết", date(1978, 1, 20), "female")
PHONG = Who(123, "phong", "Triệu Gia Mẫu Phong", date(2008, 10, 15), "male")
COMING_OF_AGE = birthday(PHONG.born, 18)


def people() -> tuple[Person, ...]:
    return (*_ward(), *_barred(), *_come_of_age())


def _ward() -> tuple[Person, ...]:
    return (
        person(
            THUY,
            "Adult with epilepsy who cannot act for herself; a court appointed her aunt.",
            house=40,
            guardian=HIEN.id,
            card=card(THUY.serial, "BT", 2),
            conditions=(
                Condition(HOSPITAL_A, icd("F71"), onset="1999", recorded=day(1400)),
                Condition(HOSPITAL_A, icd("G40.9"), onset="2003", recorded=day(1400)),
            ),
            visits=tuple(
                visit(
                    55 + 120 * step,
                    "G40.9",
                    to="noi",
                    results=found(weight=51 + step, bp=bp(112, 70), alt=22 + 3 * step, platelets=210 - 9 * step),
                    given=drugs(90, valproate="Uống 1 viên sáng, 1 viên tối"),
                )
                for step in range(4)
            ),
        ),
        person(
            HIEN,
            "Aunt and court-appointed guardian; her older appointment for the same ward has ended.",
            house=40,
            represents=(
                Relation(THUY.id, "court", day(1100), day(700)),
                Relation(THUY.id, "court", day(699), day(-400)),
            ),
            card=card(HIEN.serial, "GD", 4, facility=HEALTH_STATION),
            visits=(visit(95, "M54.5", at=HEALTH_STATION, reason="Đau lưng"),),
        ),
    )


def _barred() -> tuple[Person, ...]:
    return (
        person(
            HUNG,
            "Father whom a court barred from acting for his daughter.",
            house=44,
            represents=(parent_of(NA, barred=True),),
            card=card(HUNG.serial, "DN", 4),
            visits=(visit(210, "M54.5", to="ngoai", reason="Đau lưng khi làm việc", results=found(weight=80)),),
        ),
        person(
            DUNG,
            "Mother who alone represents her daughter.",
            house=46,
            represents=(parent_of(NA),),
            card=card(DUNG.serial, "HC", 4),
            allergies=(Allergy(HOSPITAL_B, "none", recorded="2026"),),
            visits=(visit(66, "K29.7", at=HOSPITAL_B, to="noi", given=drugs(14, omeprazole="Uống 1 viên mỗi ngày")),),
        ),
        person(
            NA,
            "Girl of eight whose mother may see her record and whose father may not.",
            house=46,
            phone=None,
            father=HUNG.id,
            mother=DUNG.id,
            card=card(NA.serial, "HS", 4),
            visits=(visit(110, "L20.9", to="nhi", reason="Ngứa, đỏ da", results=found(weight=24.1, height=126)),),
            doses=childhood(NA.born),
        ),
    )


def _come_of_age() -> tuple[Person, ...]:
    last_day = COMING_OF_AGE - timedelta(days=1)
    return (
        person(
            TAM,
            "Father of a son who came of age last month; the register wrote no end, the law did.",
            house=52,
            spouse=TUYET.id,
            represents=(parent_of(PHONG),),
            card=card(TAM.serial, "HX", 4),
            visits=(
                visit(
                    75, "I10", to="tim-mach", results=found(bp=bp(150, 92), pulse=80), given=drugs(60, amlodipine=None)
                ),
            ),
        ),
        person(
            TUYET,
            "Mother of a son who came of age last month; the register wrote the end of her right.",
            house=52,
            spouse=TAM.id,
            represents=(parent_of(PHONG, until=last_day),),
            card=card(TUYET.serial, "GD", 4),
            doses=adult(("covid-19", "2021", 1)),
        ),
        person(
            PHONG,
            "Young man who turned eighteen last month: his parents' right to his record has ended.",
            house=52,
            father=TAM.id,
            mother=TUYET.id,
            card=card(PHONG.serial, "SV", 4),
            visits=(
                visit(
                    120,
                    "S93.4",
                    to="ngoai",
                    reason="Chấn thương khi chơi bóng rổ",
                    results=found(weight=63, height=174),
                ),
                visit(15, "J06.9", at=HOSPITAL_B, to="noi", right="3.3", outcome=1, results=found(temperature=38.4)),
            ),
            doses=childhood(PHONG.born, skip=frozenset({"rotavirus", "ipv", "mr"})),
        ),
    )
