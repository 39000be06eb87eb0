"""Visits of one hospital: Encounter, the diagnoses made there, the drugs ordered there."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from tests.sandbox.people.model import Person, Prescription, Visit
from tests.sandbox.people.places import DEPARTMENTS, FACILITIES, REFERENCE_DATE
from tests.sandbox.people.vocabulary import DRUGS, Drug
from tests.sandbox.render.fhir_parts import (
    ATC,
    OWN,
    TERMINOLOGY,
    UCUM,
    Desk,
    Resource,
    concept,
    diagnosis,
    kept,
    listed,
    sensitivity,
    settled,
    stamp,
    visit_key,
)
from tests.sandbox.render.fhir_people import doctor

CLASSES = {"AMB": "ambulatory", "EMER": "emergency", "IMP": "inpatient encounter", "SS": "short stay"}
DISPOSITIONS = {1: "home", 2: "other-hcf", 3: "aadvice", 4: "aadvice"}
DIED = 5


def encounter(desk: Desk, person: Person, visit: Visit) -> Resource:
    key = visit_key(visit)
    return desk.resource(
        "Encounter",
        person.key,
        key,
        updated=settled(visit),
        security=_labels(desk, visit),
        identifier=[{"system": f"{OWN}:visit:{desk.system}", "value": desk.id("visit", person.key, key)[:13]}],
        status="finished" if visit.end else "in-progress",
        **{"class": {"system": f"{TERMINOLOGY}/v3-ActCode", "code": visit.kind, "display": CLASSES[visit.kind]}},
        serviceType=concept(DEPARTMENTS[visit.department]),
        subject=desk.patient(person),
        participant=[{"individual": _doctor(desk, visit)}],
        period=kept(start=stamp(visit.start), end=stamp(visit.end) if visit.end else None),
        reasonCode=[concept(visit.reason)] if visit.reason else None,
        diagnosis=list(_roles(desk, person, visit)),
        hospitalization=_leaving(visit),
        serviceProvider=desk.ref("Organization", visit.facility, display=FACILITIES[visit.facility].name),
    )


def _roles(desk: Desk, person: Person, visit: Visit) -> Iterator[Resource]:
    """The first is the main one (discharge diagnosis), the others go with it (comorbidity)."""
    for rank, found in enumerate(visit.diagnoses, 1):
        yield {
            "condition": desk.ref("Condition", person.key, visit_key(visit), found.code),
            "use": listed("diagnosis-role", "DD" if rank == 1 else "CM"),
            "rank": rank,
        }


def _leaving(visit: Visit) -> Resource | None:
    if visit.end is None or visit.kind == "AMB":
        return None
    code = "exp" if visit.outcome == DIED else DISPOSITIONS[visit.leaving]
    return {"dischargeDisposition": listed("discharge-disposition", code)}


def diagnoses(desk: Desk, person: Person, visit: Visit) -> Iterator[Resource]:
    for found in visit.diagnoses:
        yield desk.resource(
            "Condition",
            person.key,
            visit_key(visit),
            found.code,
            updated=settled(visit),
            security=sensitivity(desk.system, found),
            clinicalStatus=listed("condition-clinical", "resolved" if visit.outcome == 1 else "active"),
            verificationStatus=listed("condition-ver-status", "confirmed"),
            category=[listed("condition-category", "encounter-diagnosis")],
            code=diagnosis(found),
            subject=desk.patient(person),
            encounter=desk.ref("Encounter", person.key, visit_key(visit)),
            recordedDate=visit.start.date().isoformat(),
        )


def orders(desk: Desk, person: Person, visit: Visit) -> Iterator[Resource]:
    for order in visit.prescriptions:
        drug = DRUGS[order.drug]
        yield desk.resource(
            "MedicationRequest",
            person.key,
            visit_key(visit),
            order.drug,
            updated=settled(visit),
            security=_labels(desk, visit),
            **_medication(desk, drug),
            status=order.status or _state(visit, order),
            intent="order",
            subject=desk.patient(person),
            encounter=desk.ref("Encounter", person.key, visit_key(visit)),
            authoredOn=stamp(visit.start + timedelta(minutes=40)),
            requester=_doctor(desk, visit),
            dosageInstruction=[{"text": order.dosage}] if order.dosage else None,
            dispenseRequest=_supply(visit, order),
        )


def _medication(desk: Desk, drug: Drug) -> dict[str, Any]:
    """A code; hospital B keeps products with a form as contained resources and points into the order itself."""
    code = concept(drug.text, (ATC, drug.atc, None))
    if desk.system != "hospital-b" or drug.form is None:
        return {"medicationCodeableConcept": code}
    product = {"resourceType": "Medication", "id": "thuoc", "code": code, "form": concept(drug.form)}
    return {"contained": [product], "medicationReference": {"reference": "#thuoc"}}


def _state(visit: Visit, order: Prescription) -> str:
    running = order.days is None or visit.start.date() + timedelta(days=order.days) >= REFERENCE_DATE
    return "active" if running else "completed"


def _supply(visit: Visit, order: Prescription) -> Resource | None:
    if order.days is None:
        return None
    start = visit.start.date()
    return {
        "validityPeriod": {"start": start.isoformat(), "end": (start + timedelta(days=order.days)).isoformat()},
        "expectedSupplyDuration": {"value": order.days, "unit": "ngày", "system": UCUM, "code": "d"},
    }


def _doctor(desk: Desk, visit: Visit) -> Resource:
    return desk.ref("Practitioner", visit.department, display=doctor(desk, visit.department))


def _labels(desk: Desk, visit: Visit) -> list[Resource]:
    return next((labels for found in visit.diagnoses if (labels := sensitivity(desk.system, found))), [])
