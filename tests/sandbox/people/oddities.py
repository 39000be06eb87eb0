"""People whose data make systems stumble, and people whose systems stumble over them."""

import unicodedata
from datetime import date
from typing import Any

from tests.sandbox.people.making import Who, bp, card, day, drugs, found, icd, person, unmarked, visit
from tests.sandbox.people.model import Condition, Identity, Person
from tests.sandbox.people.places import HOSPITAL_A, HOSPITAL_B
from tests.sandbox.people.vaccines import adult

QUANG = Who(131, "quang", "Đinh Nhật Mẫu Quang", date(1990, 4, 30), "male")
ALEXANDRE = Who(
    132, "alexandre", "Alexandre Jean-Baptiste Mẫu Nguyễn-Dubois d'Arcy de Saint-Exemple", date(1983, 1, 1), "male"
)
KHANH = Who(133, "khanh", "Ông Ích Mẫu Khánh", date(1968, 5, 19), "male")
TRANG = Who(134, "trang", "Từ Bảo Mẫu Trang", date(2003, 12, 24), "female")
NAM = Who(135, "nam", "Quách Hải Mẫu Nam", date(1979, 6, 6), "male")
CHAM = Who(136, "cham", "Nguyễn Văn Mẫu Chậm", date(1969, 2, 28), "male")
SAP = Who(137, "sap", "Trần Văn Mẫu Sập", date(1977, 11, 11), "male")
ROI = Who(138, "roi", "Lê Thị Mẫu Rối", date(1982, 8, 8), "female")
LAC = Who(139, "lac", "Phạm Thị Mẫu Lạc", date(1999, 9, 9), "female")
IM = Who(140, "im", "Vũ Đức Mẫu Im", date(1964, 3, 3), "male")


def odd() -> tuple[Person, ...]:
    return (_quang(), _alexandre(), _khanh(), _trang(), _nam())


def faulty() -> tuple[Person, ...]:
    return (_cham(), _sap(), _roi(), _lac(), _im())


def _quang() -> Person:
    return person(
        QUANG,
        "Man whose insurance card was revoked.",
        house=80,
        card=card(QUANG.serial, "DN", 4, code="110"),
        visits=(visit(220, "J03.9", to="noi", outcome=1, results=found(temperature=38.8)),),
    )


def _alexandre() -> Person:
    return person(
        ALEXANDRE,
        "Citizen with a long foreign-style name, hyphens and an apostrophe.",
        house=82,
        card=card(ALEXANDRE.serial, "DN", 4),
        visits=(visit(100, "E78.5", to="noi", results=found(cholesterol=6.0, ldl=4.3, height=189, bmi=24.6)),),
        doses=adult(("influenza", "2025-12-01", 1)),
    )


def _khanh() -> Person:
    return person(
        KHANH,
        "Same man, three spellings: decomposed in hospital A, capitals without marks in hospital B and insurance.",
        house=84,
        ethnicity="05",
        card=card(KHANH.serial, "GD", 4),
        written_as={
            "hospital-a": Identity(unicodedata.normalize("NFD", KHANH.name)),
            "hospital-b": Identity(unmarked(KHANH.name), "1968"),
            "insurance": Identity(unmarked(KHANH.name)),
        },
        visits=(
            visit(
                88,
                "J44.9",
                to="ho-hap",
                results=found(spo2=93, breathing=22),
                given=drugs(30, tiotropium="Hít 1 viên mỗi sáng"),
            ),
            visit(41, "J44.9", at=HOSPITAL_B, to="ho-hap", right="3.3", results=found(spo2=94)),
        ),
    )


def _trang() -> Person:
    return person(
        TRANG, "Student who is in the register and nowhere else: every list is empty, and that is the truth.", house=86
    )


def _nam() -> Person:
    return person(
        NAM,
        "Hospital B holds his number with another man's birth date: that record is not his.",
        house=88,
        card=card(NAM.serial, "DN", 4),
        written_as={"hospital-b": Identity("Quách Hải Mẫu Năm", "1997-02-17")},
        conditions=(Condition(HOSPITAL_A, icd("I10"), onset="2020", recorded=day(500)),),
        visits=(
            visit(64, "I10", to="tim-mach", results=found(bp=bp(140, 90)), given=drugs(60, amlodipine="Uống 1 viên")),
            visit(300, "F32.1", at=HOSPITAL_B, to="noi", insured=False, results=found(bp=bp(110, 70), weight=52)),
        ),
    )


def _both(who: Who) -> dict[str, Any]:
    """The same ordinary illness in both hospitals, so that what one of them fails to say is missed."""
    return {
        "house": 90 + who.serial - CHAM.serial,
        "card": card(who.serial, "DN", 4),
        "conditions": (
            Condition(HOSPITAL_A, icd("I10"), onset="2019", recorded=day(700)),
            Condition(HOSPITAL_B, icd("E78.5"), onset="2021", recorded=day(650)),
        ),
        "visits": (
            visit(
                45,
                "I10",
                to="tim-mach",
                results=found(bp=bp(138, 86), pulse=74),
                given=drugs(60, losartan="Uống 1 viên"),
            ),
            visit(52, "E78.5", at=HOSPITAL_B, to="noi", right="3.3", results=found(cholesterol=5.9, ldl=3.8)),
        ),
        "doses": adult(("influenza", "2025-10-10", 1)),
    }


def _cham() -> Person:
    return person(CHAM, "Hospital B is slow to answer about this man.", **_both(CHAM), faults={"hospital-b": "slow"})


def _sap() -> Person:
    return person(SAP, "Hospital A is down for this man.", **_both(SAP), faults={"hospital-a": "down"})


def _roi() -> Person:
    story = "The vaccination register answers garbage about this woman."
    return person(ROI, story, **_both(ROI), faults={"vaccination": "garbage"})


def _lac() -> Person:
    story = "Hospital B answers with somebody else's record when asked about this woman."
    return person(LAC, story, **_both(LAC), faults={"hospital-b": "wrong_person"})


def _im() -> Person:
    story = "The insurance is down and hospital A answers garbage: half of this man's record is missing."
    return person(IM, story, **_both(IM), faults={"insurance": "down", "hospital-a": "garbage"})
