"""A person of the sandbox city and what happened to them: facts, in no source's format.

Every date-time is aware, in the city's time zone. A *partial date* is text: "2019", "2019-04" or "2019-04-30".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from tests.sandbox.people.numbers import Sex, agrees
from tests.sandbox.people.places import FACILITIES, FhirSystem, System

Fault = Literal["slow", "down", "garbage", "wrong_person"]
VisitKind = Literal["AMB", "EMER", "IMP", "SS"]
"""HL7 v3 ActCode: at the outpatient desk, emergency, inpatient, short stay (day surgery)."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One ICD-10 code of a visit with the words the doctor wrote."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Coded:
    """A result that is a word from a list: SNOMED CT code where known, and the Vietnamese word."""

    text: str
    snomed: str | None = None


@dataclass(frozen=True, slots=True)
class BloodPressure:
    """Systolic and diastolic pressure in mmHg."""

    systolic: int
    diastolic: int


Value = float | str | date | Coded | BloodPressure | None
"""What was found. ``None``: the test was ordered and gave nothing."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """A vital sign, score or finding taken during a visit. ``test`` names an entry of ``vocabulary.TESTS``."""

    test: str
    value: Value
    minutes: int = 10
    """Minutes after the start of the visit."""
    status: Literal["final", "preliminary", "amended", "cancelled", "entered-in-error"] = "final"
    comparator: Literal["<", ">", "<=", ">="] | None = None


@dataclass(frozen=True, slots=True)
class LabResult(Measurement):
    """A result from the laboratory, an hour and a half after the blood was taken."""

    minutes: int = 90


@dataclass(frozen=True, slots=True)
class Prescription:
    """A drug ordered at a visit. ``drug`` names an entry of ``vocabulary.DRUGS``; no ``days``: no end was written."""

    drug: str
    dosage: str | None
    days: int | None = 30
    status: Literal["stopped", "entered-in-error"] | None = None
    """Only where it is not what the dates say (active while it lasts, then completed)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One stay or consultation at one facility; ``end`` is absent while it goes on."""

    facility: str
    kind: VisitKind
    department: str
    start: datetime
    end: datetime | None
    reason: str | None
    diagnoses: tuple[Diagnosis, ...]
    results: tuple[Measurement, ...] = ()
    prescriptions: tuple[Prescription, ...] = ()
    insured: bool = True
    """Whether the insurance paid a part, hence knows of it."""
    right: str = "1.1"
    """Object code of the visit: 1.1 registered facility, 1.3 referred, 2 emergency, 3.3 other facility."""
    leaving: Literal[1, 2, 3, 4] = 1
    """How they left: discharged, transferred, absconded, on request."""
    outcome: Literal[1, 2, 3, 4, 5] = 2
    """Outcome: cured, better, unchanged, worse, died."""


@dataclass(frozen=True, slots=True)
class Condition:
    """An entry of one facility's list of problems."""

    facility: str
    diagnosis: Diagnosis
    onset: str | None = None
    recorded: date | None = None
    clinical: Literal["active", "remission", "resolved"] = "active"
    verification: Literal["confirmed", "provisional", "entered-in-error"] = "confirmed"
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Allergy:
    """What one facility wrote about an allergy. ``substance`` names an entry of ``vocabulary.SUBSTANCES``."""

    facility: str
    substance: str
    reactions: tuple[str, ...] = ()
    criticality: Literal["low", "high", "unable-to-assess"] | None = None
    recorded: str | None = None
    verification: Literal["confirmed", "unconfirmed", "refuted", "entered-in-error"] = "confirmed"
    severity: Literal["mild", "moderate", "severe"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """One line of the vaccination register. ``vaccine`` names an entry of ``vocabulary.VACCINES``.

    A ``planned`` dose is an appointment in the register and was not given.
    """

    vaccine: str
    on: str
    numbers: tuple[tuple[str, int], ...]
    """Disease and which dose against it this was: a five-in-one product is five antigens."""
    status: Literal["completed", "planned", "refused", "entered-in-error"] = "completed"
    lot: str | None = None
    facility: str = "79983"
    reaction: str | None = None
    recorded_by: tuple[FhirSystem, ...] = ("vaccination",)
    """A birth dose stands in the hospital's own record too."""


@dataclass(frozen=True, slots=True)
class Appointment:
    """A visit that is planned, in the city's appointment system."""

    at: datetime
    facility: str
    department: str
    """Slug of ``places.DEPARTMENTS``."""
    reason: str
    status: Literal["booked", "cancelled"] = "booked"


@dataclass(frozen=True, slots=True, kw_only=True)
class InsuranceCard:
    """A card as the insurance knows it; ``code`` is its answer to a check (000, 003, 004, 010, 110, 120)."""

    number: str
    social_insurance_number: str
    valid_from: date
    valid_until: date | None
    registered_facility: str
    code: str = "000"
    five_years_from: date | None = None
    new_number: str | None = None
    new_valid_from: date | None = None
    new_valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class InsuranceVisit:
    """A finished visit as the insurance knows it."""

    facility: str
    admitted: datetime
    discharged: datetime
    diagnoses: tuple[Diagnosis, ...]
    right: str
    leaving: int
    outcome: int
    results: tuple[Measurement, ...]
    prescriptions: tuple[Prescription, ...]


@dataclass(frozen=True, slots=True)
class Relation:
    """The right to act for somebody, as the register has it; both days are included, ``None`` means not written."""

    dependant: str
    """Personal number of the one who is represented."""
    kind: Literal["parent", "guardian", "court"]
    valid_from: date | None = None
    valid_until: date | None = None
    barred: bool = False


@dataclass(frozen=True, slots=True)
class AntenatalCare:
    """An episode of care for a pregnancy at one facility; no ``until`` while it goes on."""

    facility: str
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """How one source writes a person where it differs from the register."""

    name: str | None = None
    birth_date: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One invented citizen, with everything that any source knows."""

    key: str
    serial: int
    personal_id: str
    name: str
    birth_date: date
    sex: Sex
    story: str
    address: str
    phone: str | None
    ethnicity: str = "01"
    blood_type: str | None = None
    father: str | None = None
    mother: str | None = None
    spouse: str | None = None
    guardian: str | None = None
    deceased: date | None = None
    visits: tuple[Visit, ...] = ()
    conditions: tuple[Condition, ...] = ()
    allergies: tuple[Allergy, ...] = ()
    doses: tuple[Dose, ...] = ()
    book_entry: int | None = None
    """Id of the person's entry in the vaccination book, which then repeats the doses of the vaccination register."""
    appointments: tuple[Appointment, ...] = ()
    card: InsuranceCard | None = None
    represents: tuple[Relation, ...] = ()
    family_doctor: str | None = None
    """Slug of the department of hospital A whose doctor is the family doctor; the health station shares in it."""
    antenatal_care: tuple[AntenatalCare, ...] = ()
    written_as: Mapping[System, Identity] = field(default_factory=dict)
    faults: Mapping[System, Fault] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not agrees(self.personal_id, self.birth_date, self.sex):
            raise ValueError(f"the number of {self.key} does not fit the birth date and sex")

    @property
    def insurance_visits(self) -> tuple[InsuranceVisit, ...]:
        """What hospitals and health stations reported: finished visits of which the insurance paid a part."""
        return tuple(
            InsuranceVisit(
                v.facility, v.start, v.end, v.diagnoses, v.right, v.leaving, v.outcome, v.results, v.prescriptions
            )
            for v in self.visits
            if v.insured and v.end
        )

    def known_to(self, system: System) -> bool:
        """Whether the source holds anything about this person."""
        if system == "population":
            return True
        if system == "insurance":
            return self.card is not None
        if system == "vaccination-book":
            return self.book_entry is not None
        if system == "appointments":
            return bool(self.appointments)
        if any(system in dose.recorded_by for dose in self.doses):
            return True
        facilities = {visit.facility for visit in self.visits}
        facilities |= {condition.facility for condition in self.conditions}
        facilities |= {allergy.facility for allergy in self.allergies}
        return any(FACILITIES[code].system == system for code in facilities)

    def as_written_by(self, system: System) -> Identity:
        """Name and birth date in this source's hand: both are always filled."""
        own = self.written_as.get(system, Identity())
        return Identity(own.name or self.name, own.birth_date or self.birth_date.isoformat())
