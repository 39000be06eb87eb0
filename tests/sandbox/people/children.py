"""Children at the ages at which rules change (six and seven), twins, and their parents."""

from datetime import date
from typing import Any

from tests.sandbox.people.making import Who, bp, card, day, drugs, found, parent_of, person, visit
from tests.sandbox.people.model import Allergy, Dose, Person
from tests.sandbox.people.places import HEALTH_STATION, HOSPITAL_A, HOSPITAL_B
from tests.sandbox.people.vaccines import childhood

VINH = Who(124, "vinh", "Lâm Thế Mẫu Vinh", date(1989, 9, 29), "male")
THAO = Who(125, "thao", "Đoàn Thị Mẫu Thảo", date(1991, 7, 7), "female")
BIN = Who(126, "bin", "Lâm Tuấn Mẫu Bin", date(2020, 3, 12), "male")
BONG = Who(127, "bong", "Lâm Bảo Mẫu Bông", date(2019, 10, 5), "female")
HUONG = Who(128, "huong", "Ngô Thị Mẫu Hương", date(1993, 2, 26), "female")
LINH = Who(129, "linh", "Ngô Phương Mẫu Linh", date(2022, 5, 20), "female")
LAN = Who(130, "lan", "Ngô Phương Mẫu Lan", date(2022, 5, 20), "female")


def families() -> tuple[Person, ...]:
    return (_vinh(), _thao(), _bin(), _bong(), _huong(), *_twins())


def _vinh() -> Person:
    return person(
        VINH,
        "Father of two whose insurance card ran out in June.",
        house=60,
        spouse=THAO.id,
        represents=(parent_of(BIN), parent_of(BONG)),
        card=card(VINH.serial, "GD", 4, valid_until=date(2026, 6, 30), code="010"),
        visits=(
            visit(250, "K29.7", to="noi", results=found(bp=bp(118, 78))),
            visit(
                90,
                "A09",
                to="cap-cuu",
                kind="EMER",
                hour=20,
                hours=5,
                insured=False,
                outcome=1,
                reason="Đau bụng, tiêu lỏng",
            ),
        ),
    )


def _thao() -> Person:
    return person(
        THAO,
        "Mother of a boy of six and a girl of seven.",
        house=60,
        spouse=VINH.id,
        represents=(parent_of(BIN), parent_of(BONG)),
        card=card(THAO.serial, "DN", 4),
        visits=(visit(33, "N39.0", to="noi", outcome=1, given=drugs(5, levofloxacin="Uống 1 viên mỗi ngày")),),
    )


def _bin() -> Person:
    return person(
        BIN,
        "Boy of six: his parents alone consent for him; one vaccination was refused, one entered by mistake.",
        house=60,
        phone=None,
        father=VINH.id,
        mother=THAO.id,
        card=card(BIN.serial, "HS", 4, facility=HEALTH_STATION),
        allergies=(Allergy(HOSPITAL_A, "none", recorded="2022-04-02"),),
        visits=(visit(140, "Z00.1", to="nhi", outcome=1, results=found(weight=20.4, height=115.5)),),
        book_entry=998_126,
        doses=(
            *childhood(BIN.born, skip=frozenset({"je"})),
            Dose(vaccine="je", on="2021-03-20", numbers=(("japanese-encephalitis", 1),), status="refused"),
            Dose(vaccine="local", on="2024", numbers=(("measles", 3),), status="entered-in-error", lot="MAU-SAI-00"),
        ),
    )


def _bong() -> Person:
    late = Dose(vaccine="td", on=day(-11).isoformat(), numbers=(("tetanus", 5), ("diphtheria", 5)), status="planned")
    return person(
        BONG,
        "Girl of seven: from this age she consents together with her parents.",
        house=60,
        phone=None,
        father=VINH.id,
        mother=THAO.id,
        card=card(BONG.serial, "HS", 4, facility=HEALTH_STATION),
        visits=(
            visit(35, "Z00.1", at=HEALTH_STATION, outcome=1, reason="Khám sức khỏe học sinh"),
            visit(365, "J03.9", to="nhi", outcome=1, results=found(temperature=38.7, weight=19.9, height=113)),
        ),
        doses=(*childhood(BONG.born, skip=frozenset({"td"})), late),
    )


def _huong() -> Person:
    return person(
        HUONG,
        "Mother of twins.",
        house=73,
        represents=(parent_of(LINH), parent_of(LAN)),
        card=card(HUONG.serial, "CN", 3),
        visits=(
            visit(180, "D50.9", at=HOSPITAL_B, to="noi", results=found(hemoglobin=10.2), given=drugs(60, iron=None)),
        ),
    )


def _twins() -> tuple[Person, ...]:
    """Same birth date, sex and address, nearly the same name and number: nothing but the number tells them apart."""
    elder = childhood(LINH.born)
    younger = childhood(LAN.born, skip=frozenset({"mr"}))
    reacted = Dose(
        vaccine="mr",
        on="2023-12-02",
        numbers=(("measles", 2), ("rubella", 1)),
        lot="MAU-MR-12",
        reaction="Sốt trên 38,5 °C",
    )
    shared: dict[str, Any] = {"house": 73, "phone": None, "mother": HUONG.id}
    return (
        person(
            LINH,
            "Twin girl, the elder by ten minutes.",
            **shared,
            card=card(LINH.serial, "TE", 1, valid_from=LINH.born, valid_until=date(2028, 9, 30)),
            visits=(visit(62, "J06.9", at=HOSPITAL_B, to="nhi", outcome=1, results=found(weight=15.6, height=101)),),
            doses=elder,
            book_entry=998_129,
        ),
        person(
            LAN,
            "Twin girl, the younger: ill on the same day as her sister, with other findings.",
            **shared,
            card=card(LAN.serial, "TE", 1, valid_from=LAN.born, valid_until=date(2028, 9, 30)),
            visits=(
                visit(62, "J18.9", at=HOSPITAL_B, to="nhi", hour=9, results=found(weight=14.9, height=100, spo2=94)),
            ),
            doses=(*younger, reacted),
            book_entry=998_130,
        ),
    )
