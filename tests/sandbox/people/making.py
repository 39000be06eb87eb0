"""Short words in which the stories are written."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

from connectors.clock import HO_CHI_MINH
from tests.sandbox.people.model import (
    Appointment,
    BloodPressure,
    Diagnosis,
    InsuranceCard,
    LabResult,
    Measurement,
    Person,
    Prescription,
    Relation,
    Value,
    Visit,
    VisitKind,
)
from tests.sandbox.people.numbers import (
    Sex,
    card_code,
    personal_id,
    phone,
    social_insurance_number,
)
from tests.sandbox.people.places import HOSPITAL_A, REFERENCE_DATE
from tests.sandbox.people.vocabulary import ICD10, TESTS


def day(days_ago: int) -> date:
    """A day so many days before today; negative is to come."""
    return REFERENCE_DATE - timedelta(days=days_ago)


def moment(days_ago: int, hour: int = 8, minute: int = 0) -> datetime:
    """A moment so many days before today, in the city's time zone."""
    return datetime.combine(day(days_ago), time(hour, minute), HO_CHI_MINH)


def booked(in_days: int, hour: int, minute: int, at: str, to: str, reason: str) -> Appointment:
    """An appointment so many days from today."""
    return Appointment(moment(-in_days, hour, minute), at, to, reason)


def icd(code: str, text: str | None = None) -> Diagnosis:
    """A diagnosis; ``text`` where the doctor did not write the catalogue's words."""
    return Diagnosis(code, text or ICD10[code])


def found(**values: Value) -> tuple[Measurement, ...]:
    """Findings by the names of ``TESTS`` (underscore for dash); ``bp`` takes a pair."""
    return tuple(_finding(name.replace("_", "-"), value) for name, value in values.items())


def bp(systolic: int, diastolic: int) -> BloodPressure:
    return BloodPressure(systolic, diastolic)


def _finding(test: str, value: Value) -> Measurement:
    return (LabResult if TESTS[test].category == "laboratory" else Measurement)(test, value)


def drugs(days: int | None = 30, **dosages: str | None) -> tuple[Prescription, ...]:
    """Prescriptions by the names of ``DRUGS``, all for the same number of days."""
    return tuple(Prescription(name.replace("_", "-"), dosage, days) for name, dosage in dosages.items())


def visit(
    days_ago: int,
    *codes: str | Diagnosis,
    at: str = HOSPITAL_A,
    to: str = "ngoai-tru",
    kind: VisitKind = "AMB",
    hour: int = 8,
    hours: float | None = 2,
    reason: str | None = "Tái khám theo hẹn",
    results: Iterable[Measurement] = (),
    given: Iterable[Prescription] = (),
    insured: bool = True,
    right: str = "1.1",
    leaving: Literal[1, 2, 3, 4] = 1,
    outcome: Literal[1, 2, 3, 4, 5] = 2,
) -> Visit:
    """A visit so many days ago; no ``hours`` for a stay that goes on; the first diagnosis is the main one."""
    start = moment(days_ago, hour, days_ago % 4 * 15)
    return Visit(
        facility=at,
        kind=kind,
        department=to,
        start=start,
        end=None if hours is None else start + timedelta(hours=hours),
        reason=reason,
        diagnoses=tuple(icd(code) if isinstance(code, str) else code for code in codes),
        results=tuple(results),
        prescriptions=tuple(given),
        insured=insured,
        right=right,
        leaving=leaving,
        outcome=outcome,
    )


def card(
    serial: int,
    group: str,
    benefit: int,
    *,
    facility: str = HOSPITAL_A,
    valid_from: date = date(REFERENCE_DATE.year, 1, 1),
    valid_until: date | None = date(REFERENCE_DATE.year, 12, 31),
    **more: Any,
) -> InsuranceCard:
    """A card valid for this year unless told otherwise."""
    return InsuranceCard(
        number=card_code(group, benefit, serial),
        social_insurance_number=social_insurance_number(serial),
        valid_from=valid_from,
        valid_until=valid_until,
        registered_facility=facility,
        **more,
    )


@dataclass(frozen=True, slots=True)
class Who:
    """Who somebody is, before their story is told: relatives name each other by this."""

    serial: int
    key: str
    name: str
    born: date
    sex: Sex

    @property
    def id(self) -> str:
        return personal_id(self.born, self.sex, self.serial)


def person(who: Who, story: str, *, house: int, **more: Any) -> Person:
    """A person living at this house number of the invented street."""
    return Person(
        key=who.key,
        serial=who.serial,
        personal_id=who.id,
        name=who.name,
        birth_date=who.born,
        sex=who.sex,
        story=story,
        address=f"{house} Đường Mẫu, Phường Mẫu, Thành phố Hồ Chí Minh",
        **{"phone": phone(who.serial), **more},
    )


def parent_of(child: Who, *, barred: bool = False, until: date | None = None) -> Relation:
    """A parent's right from the birth on. The register rarely writes when it ends: the law does."""
    return Relation(child.id, "parent", child.born, until, barred)


def birthday(born: date, years: int) -> date:
    """The day someone turns that old; a child of 29 February on 1 March."""
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)


def unmarked(name: str) -> str:
    """Upper case without marks, as old systems store a name: ``Đỗ Mẫu`` is ``DO MAU``."""
    plain = unicodedata.normalize("NFD", name.replace("đ", "d").replace("Đ", "D"))
    return "".join(sign for sign in plain if not unicodedata.combining(sign)).upper()


def wave(step: int, height: float) -> float:
    """A small swing that looks natural in a series and is the same in every run: between minus and plus ``height``."""
    return round(height * ((step * 37 + 11) % 17 - 8) / 8, 2)
