"""Doses in the vaccination register, and birth doses in the hospital of birth.

Only a dose that was given is ``completed``. A planned one is ``not-done`` on a day to come: FHIR R4 has no other word
for it inside Immunization, and registers do hold such lines.
"""

from datetime import date, datetime, timedelta

from tests.sandbox.people.model import Dose, Person
from tests.sandbox.people.places import FACILITIES
from tests.sandbox.people.vaccines import DISEASES, MAKER, VACCINES, age_groups
from tests.sandbox.render.fhir_parts import CVX, ICD10, SNOMED, Desk, Resource, concept, listed, noted

STATUS = {"planned": "not-done", "refused": "not-done"}
REASONS = {"planned": "Đã hẹn, chưa tiêm", "refused": "Gia đình từ chối"}
BY_MOUTH = frozenset({"opv", "rotavirus"})


def immunization(desk: Desk, person: Person, dose: Dose) -> Resource:
    vaccine = VACCINES[dose.vaccine]
    given = dose.status == "completed"
    return desk.resource(
        "Immunization",
        person.key,
        dose.vaccine,
        dose.on,
        dose.status,
        updated=_written(dose),
        status=STATUS.get(dose.status, dose.status),
        statusReason=concept(REASONS[dose.status]) if dose.status in REASONS else None,
        vaccineCode=concept(vaccine.text, (CVX, vaccine.cvx, None)),
        patient=desk.patient(person),
        occurrenceDateTime=dose.on,
        primarySource=True,
        manufacturer={"display": MAKER} if given else None,
        lotNumber=dose.lot,
        site=listed("v3-ActSite", "LA", "left arm") if given and dose.vaccine not in BY_MOUTH else None,
        performer=[{"actor": desk.ref("Organization", dose.facility, display=FACILITIES[dose.facility].name)}],
        reaction=[{"date": dose.on, "detail": {"display": dose.reaction}}] if dose.reaction else None,
        protocolApplied=[
            {"targetDisease": [_disease(name) for name in names], "doseNumberPositiveInt": number}
            for number, names in age_groups(dose)
        ],
    )


def _disease(name: str) -> Resource:
    disease = DISEASES[name]
    return concept(disease.text, (SNOMED, disease.snomed, None), (ICD10, disease.icd10, None))


def _written(dose: Dose) -> datetime:
    """The evening of the day; an appointment is made a month before it."""
    if dose.status == "planned":
        return noted((date.fromisoformat(dose.on) - timedelta(days=30)).isoformat())
    return noted(dose.on)
