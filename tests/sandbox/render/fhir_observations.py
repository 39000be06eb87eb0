"""Observations of one hospital: vital signs, laboratory, imaging, scores."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from tests.sandbox.people.model import BloodPressure, Coded, Measurement, Person, Value, Visit
from tests.sandbox.people.vocabulary import TESTS, Test
from tests.sandbox.render.fhir_parts import (
    LOINC,
    OWN,
    SNOMED,
    UCUM,
    Desk,
    Resource,
    concept,
    kept,
    listed,
    sensitivity,
    stamp,
    visit_key,
)

PRESSURES = (("8480-6", "Systolic blood pressure", "Tâm thu"), ("8462-4", "Diastolic blood pressure", "Tâm trương"))


def observations(desk: Desk, person: Person, visit: Visit) -> Iterator[Resource]:
    for position, found in enumerate(visit.results):
        yield _observation(desk, person, visit, found, position)


def _observation(desk: Desk, person: Person, visit: Visit, found: Measurement, position: int) -> Resource:
    test = TESTS[found.test]
    taken = visit.start + timedelta(minutes=found.minutes)
    return desk.resource(
        "Observation",
        person.key,
        visit_key(visit),
        found.test,
        str(position),
        updated=taken + timedelta(hours=1),
        security=next((s for d in visit.diagnoses if (s := sensitivity(desk.system, d))), None),
        status=found.status,
        category=[listed("observation-category", test.category)],
        code=_code(desk, found.test, test),
        subject=desk.patient(person),
        encounter=desk.ref("Encounter", person.key, visit_key(visit)),
        effectiveDateTime=stamp(taken),
        issued=stamp(taken + timedelta(minutes=50)) if test.category == "laboratory" else None,
        performer=[desk.ref("Organization", visit.facility)],
        **_value(test, found),
        **_judged(desk, test, found),
    )


def _code(desk: Desk, slug: str, test: Test) -> Resource:
    """LOINC where there is one; hospital A adds the code of its own laboratory."""
    own = (f"{OWN}:test:{desk.system}", f"XN.{slug}".upper(), test.text)
    codings = [(LOINC, test.loinc, test.display)] if test.loinc else []
    return concept(test.text, *codings, *([own] if desk.system == "hospital-a" or not codings else []))


def _value(test: Test, found: Measurement) -> dict[str, Any]:
    match found.value:
        case None:
            return {"dataAbsentReason": listed("data-absent-reason", "not-performed")}
        case BloodPressure(systolic, diastolic):
            return {"component": [_pressure(*pair) for pair in zip(PRESSURES, (systolic, diastolic), strict=True)]}
        case Coded(text, snomed):
            return {"valueCodeableConcept": concept(text, (SNOMED, snomed, None))}
        case date() as day:
            return {"valueDateTime": day.isoformat()}
        case str() as text:
            return {"valueString": text}
        case number:
            return {"valueQuantity": kept(comparator=found.comparator, **_quantity(number, test.unit))}


def _pressure(names: tuple[str, str, str], value: int) -> Resource:
    code, display, text = names
    return {"code": concept(text, (LOINC, code, display)), "valueQuantity": _quantity(value, "mm[Hg]")}


def _quantity(value: float, unit: str | None) -> Resource:
    return kept(value=round(value, 2), unit=unit, system=UCUM if unit else None, code=unit)


def _judged(desk: Desk, test: Test, found: Measurement) -> dict[str, Any]:
    """The range, and high, low or normal; hospital B writes the range as a sentence and judges nothing."""
    if test.low is None and test.high is None:
        return {}
    if desk.system == "hospital-b":
        return {"referenceRange": [{"text": _sentence(test)}]}
    low, high = (_quantity(limit, test.unit) if limit is not None else None for limit in (test.low, test.high))
    flag = _flag(test, found.value)
    interpretation = [listed("v3-ObservationInterpretation", flag)] if flag else None
    return kept(referenceRange=[kept(low=low, high=high)], interpretation=interpretation)


def _sentence(test: Test) -> str:
    """With a decimal comma, as Vietnamese laboratories print it."""
    low, high = (str(limit).replace(".", ",") if limit is not None else "" for limit in (test.low, test.high))
    return f"{low} - {high}" if low and high else f"≤ {high}" if high else f"≥ {low}"


def _flag(test: Test, value: Value) -> str | None:
    if not isinstance(value, int | float):
        return None
    if test.low is not None and value < test.low:
        return "L"
    return "H" if test.high is not None and value > test.high else "N"
