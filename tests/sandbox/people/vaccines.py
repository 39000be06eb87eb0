"""Vaccines by CVX code, diseases by SNOMED CT and ICD-10, and a child's doses by the age at which they are given.

Ages follow the schedule of circular 52/2025/TT-BYT with the expanded programme; products and makers are invented.
"""

from calendar import monthrange
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from tests.sandbox.people.model import Dose
from tests.sandbox.people.places import HEALTH_STATION, HOSPITAL_A, REFERENCE_DATE

MAKER = "Hãng vắc xin Mẫu"


@dataclass(frozen=True, slots=True)
class Disease:
    text: str
    snomed: str
    icd10: str


DISEASES = {
    "tuberculosis": Disease("Lao", "56717001", "A16.9"),
    "hepatitis-b": Disease("Viêm gan B", "66071002", "B16.9"),
    "diphtheria": Disease("Bạch hầu", "397430003", "A36.9"),
    "pertussis": Disease("Ho gà", "27836007", "A37.9"),
    "tetanus": Disease("Uốn ván", "76902006", "A35"),
    "hib": Disease("Bệnh do Hib", "709410003", "A49.2"),
    "polio": Disease("Bại liệt", "398102009", "A80.9"),
    "rotavirus": Disease("Tiêu chảy do vi rút Rota", "18624000", "A08.0"),
    "measles": Disease("Sởi", "14189004", "B05.9"),
    "rubella": Disease("Rubella", "36653000", "B06.9"),
    "japanese-encephalitis": Disease("Viêm não Nhật Bản", "52947006", "A83.0"),
    "influenza": Disease("Cúm mùa", "6142004", "J11.1"),
    "covid-19": Disease("COVID-19", "840539006", "U07.1"),
}


@dataclass(frozen=True, slots=True)
class Vaccine:
    """A product: CVX code (absent where none is certain), name, the diseases it protects against."""

    cvx: str | None
    text: str
    against: tuple[str, ...]


VACCINES = {
    "bcg": Vaccine("19", "Vắc xin phòng lao (BCG)", ("tuberculosis",)),
    "hepatitis-b": Vaccine("08", "Vắc xin viêm gan B sơ sinh", ("hepatitis-b",)),
    "five-in-one": Vaccine(
        "198", "Vắc xin 5 trong 1 DPT-VGB-Hib", ("diphtheria", "pertussis", "tetanus", "hib", "hepatitis-b")
    ),
    "opv": Vaccine("178", "Vắc xin bại liệt uống (bOPV)", ("polio",)),
    "ipv": Vaccine("10", "Vắc xin bại liệt tiêm (IPV)", ("polio",)),
    "rotavirus": Vaccine("122", "Vắc xin Rota", ("rotavirus",)),
    "measles": Vaccine("05", "Vắc xin sởi đơn", ("measles",)),
    "mr": Vaccine("04", "Vắc xin sởi - rubella (MR)", ("measles", "rubella")),
    "je": Vaccine("129", "Vắc xin viêm não Nhật Bản", ("japanese-encephalitis",)),
    "dpt": Vaccine("01", "Vắc xin bạch hầu - ho gà - uốn ván (DPT)", ("diphtheria", "pertussis", "tetanus")),
    "td": Vaccine("139", "Vắc xin uốn ván - bạch hầu giảm liều (Td)", ("tetanus", "diphtheria")),
    "tetanus": Vaccine("35", "Vắc xin uốn ván (VAT)", ("tetanus",)),
    "influenza": Vaccine("141", "Vắc xin cúm mùa", ("influenza",)),
    "covid-19": Vaccine("213", "Vắc xin COVID-19", ("covid-19",)),
    "local": Vaccine(None, "Vắc xin theo chiến dịch địa phương", ("measles",)),
}

BIRTH = (("hepatitis-b", 0, 0), ("bcg", 0, 1))
CHILDHOOD = (
    *(("five-in-one", month, 3) for month in (2, 3, 4)),
    *(("opv", month, 3) for month in (2, 3, 4)),
    *(("rotavirus", month, 3) for month in (2, 3)),
    *(("ipv", month, 6) for month in (5, 9)),
    ("measles", 9, 6),
    *(("je", 12, days) for days in (5, 19)),
    ("mr", 18, 4),
    ("dpt", 18, 4),
    ("je", 24, 12),
    ("td", 84, 9),
)
"""Vaccine, age in months, and the days a family comes late."""


def childhood(birth: date, *, skip: frozenset[str] = frozenset(), until: date = REFERENCE_DATE) -> tuple[Dose, ...]:
    """Every dose a child born on that day had by ``until``; ``skip`` names products that were missed."""
    given = sorted(((_after(birth, month, late), name) for name, month, late in BIRTH + CHILDHOOD))
    numbers: Counter[str] = Counter()
    return tuple(
        _given(name, on, numbers, birth_dose=on == birth) for on, name in given if on <= until and name not in skip
    )


def adult(*doses: tuple[str, str, int]) -> tuple[Dose, ...]:
    """Single doses: vaccine, partial date, number of the dose."""
    return tuple(
        Dose(
            vaccine=name, on=on, numbers=tuple((disease, number) for disease in VACCINES[name].against), lot=_lot(name)
        )
        for name, on, number in doses
    )


def _given(name: str, on: date, numbers: Counter[str], *, birth_dose: bool) -> Dose:
    numbers.update(VACCINES[name].against)
    return Dose(
        vaccine=name,
        on=on.isoformat(),
        numbers=tuple((disease, numbers[disease]) for disease in VACCINES[name].against),
        lot=_lot(name),
        facility=HOSPITAL_A if birth_dose else HEALTH_STATION,
        recorded_by=("vaccination", "hospital-a") if birth_dose else ("vaccination",),
    )


def _lot(name: str) -> str:
    return f"MAU-{name.upper()[:4]}-{len(name):02d}"


def _after(birth: date, months: int, days: int) -> date:
    years, month = divmod(birth.month - 1 + months, 12)
    year = birth.year + years
    return date(year, month + 1, min(birth.day, monthrange(year, month + 1)[1])) + timedelta(days=days)


def age_groups(dose: Dose) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The diseases of a dose by their number, lowest number first: one group is one protocol in the register."""
    for number in sorted({count for _, count in dose.numbers}):
        yield number, tuple(disease for disease, count in dose.numbers if count == number)
