"""What a stay leaves behind beside the visit: reports, procedures, the discharge paper, what was handed out.

Visits to the outpatient desk leave nothing of the kind in these two systems.
"""

import base64
from collections.abc import Iterator
from datetime import timedelta

from tests.sandbox.people.model import Measurement, Person, Visit
from tests.sandbox.people.places import DEPARTMENTS
from tests.sandbox.people.vocabulary import DRUGS, TESTS
from tests.sandbox.render.fhir_parts import (
    ATC,
    LOINC,
    SNOMED,
    TERMINOLOGY,
    Desk,
    Resource,
    concept,
    kept,
    sensitivity,
    settled,
    stamp,
    visit_key,
)
from tests.sandbox.render.fhir_people import doctor
from tests.sandbox.render.paper import paper

ICD9 = "http://hl7.org/fhir/sid/icd-9-cm"
DONE = {
    "H25.9": ("Phẫu thuật tán nhuyễn thể thủy tinh, đặt kính nội nhãn", "13.41"),
    "O80.0": ("Đỡ đẻ thường ngôi chỏm", "73.59"),
}
"""Main diagnosis of a stay to what was done about it."""
NO_RESULT = ("cancelled", "entered-in-error")


def papers(desk: Desk, person: Person, visit: Visit) -> Iterator[Resource]:
    """Nothing for a visit to the outpatient desk."""
    if visit.kind == "AMB":
        return
    yield from _laboratory(desk, person, visit)
    yield from _imaging(desk, person, visit)
    yield from _procedure(desk, person, visit)
    if visit.kind == "IMP" and visit.end:
        yield _discharge_paper(desk, person, visit)
        yield _its_content(desk, person, visit)
    if desk.system == "hospital-b":
        yield from _handed_out(desk, person, visit)


def _of(category: str, visit: Visit) -> list[tuple[int, Measurement]]:
    return [
        (position, found)
        for position, found in enumerate(visit.results)
        if TESTS[found.test].category == category and found.status not in NO_RESULT
    ]


def _laboratory(desk: Desk, person: Person, visit: Visit) -> Iterator[Resource]:
    """One report on everything that the laboratory found; the order for it is no referral."""
    results = _of("laboratory", visit)
    if not results:
        return
    yield desk.resource(
        "ServiceRequest",
        person.key,
        visit_key(visit),
        "laboratory",
        updated=settled(visit),
        security=_labels(desk, visit),
        status="completed",
        intent="order",
        category=[concept("Xét nghiệm", (SNOMED, "108252007", None))],
        code=concept("Xét nghiệm máu"),
        subject=desk.patient(person),
        encounter=_encounter(desk, person, visit),
        authoredOn=stamp(visit.start),
        performer=[desk.ref("Organization", visit.facility)],
    )
    last = max(found.minutes for _, found in results)
    yield _report(desk, person, visit, "LAB", concept("Xét nghiệm máu", (LOINC, "11502-2", None)), results, last)


def _imaging(desk: Desk, person: Person, visit: Visit) -> Iterator[Resource]:
    for position, found in _of("imaging", visit):
        test = TESTS[found.test]
        report = _report(
            desk,
            person,
            visit,
            "RAD",
            concept(test.text, (LOINC, test.loinc, test.display)),
            [(position, found)],
            found.minutes,
        )
        yield {**report, "conclusion": str(found.value)}


def _report(
    desk: Desk,
    person: Person,
    visit: Visit,
    kind: str,
    code: Resource,
    results: list[tuple[int, Measurement]],
    minutes: int,
) -> Resource:
    issued = visit.start + timedelta(minutes=minutes + 60)
    paper = {"contentType": "application/pdf", "title": code["text"], "url": f"Binary/{kind.lower()}", "size": 48213}
    return desk.resource(
        "DiagnosticReport",
        person.key,
        visit_key(visit),
        kind,
        updated=max(issued, settled(visit)),
        security=_labels(desk, visit),
        status="final",
        category=[concept(None, (f"{TERMINOLOGY}/v2-0074", kind, None))],
        code=code,
        subject=desk.patient(person),
        encounter=_encounter(desk, person, visit),
        effectiveDateTime=stamp(visit.start),
        issued=stamp(issued),
        performer=[desk.ref("Organization", visit.facility)],
        result=[
            desk.ref("Observation", person.key, visit_key(visit), found.test, str(position))
            for position, found in results
        ],
        presentedForm=[paper] if desk.system == "hospital-a" else None,
    )


def _procedure(desk: Desk, person: Person, visit: Visit) -> Iterator[Resource]:
    main = visit.diagnoses[0].code
    if main in DONE:
        text, code = DONE[main]
        begun = visit.start + timedelta(hours=2)
        yield desk.resource(
            "Procedure",
            person.key,
            visit_key(visit),
            code,
            updated=settled(visit),
            status="completed",
            code=concept(text, (ICD9, code, None)),
            subject=desk.patient(person),
            encounter=_encounter(desk, person, visit),
            performedPeriod={"start": stamp(begun), "end": stamp(begun + timedelta(hours=1))},
            performer=[{"actor": _doctor(desk, visit)}],
        )


def _discharge_paper(desk: Desk, person: Person, visit: Visit) -> Resource:
    written = visit.end or visit.start
    return desk.resource(
        "DocumentReference",
        person.key,
        visit_key(visit),
        updated=settled(visit),
        security=_labels(desk, visit),
        status="current",
        docStatus="final",
        type=concept("Giấy ra viện", (LOINC, "18842-5", "Discharge summary")),
        subject=desk.patient(person),
        date=stamp(written),
        author=[_doctor(desk, visit)],
        content=[
            {
                "attachment": {
                    "contentType": "application/pdf",
                    "title": f"Giấy ra viện, {DEPARTMENTS[visit.department]}",
                    "url": f"Binary/{desk.id('Binary', person.key, visit_key(visit))}",
                    "size": len(_paper(visit)),
                }
            }
        ],
        context={"encounter": [_encounter(desk, person, visit)]},
    )


def _its_content(desk: Desk, person: Person, visit: Visit) -> Resource:
    return desk.resource(
        "Binary",
        person.key,
        visit_key(visit),
        updated=settled(visit),
        contentType="application/pdf",
        securityContext=desk.patient(person),
        data=base64.b64encode(_paper(visit)).decode(),
    )


def _paper(visit: Visit) -> bytes:
    """A page that says what it is; of a size at which it matters that it is passed on in pieces."""
    return paper(f"Giay ra vien mau, {visit.start:%Y-%m-%d}", padding=300_000)


def _handed_out(desk: Desk, person: Person, visit: Visit) -> Iterator[Resource]:
    """Hospital B's own pharmacy, to those who leave."""
    for order in visit.prescriptions:
        drug = DRUGS[order.drug]
        yield desk.resource(
            "MedicationDispense",
            person.key,
            visit_key(visit),
            order.drug,
            updated=settled(visit),
            status="completed",
            medicationCodeableConcept=concept(drug.text, (ATC, drug.atc, None)),
            subject=desk.patient(person),
            context=_encounter(desk, person, visit),
            authorizingPrescription=[desk.ref("MedicationRequest", person.key, visit_key(visit), order.drug)],
            quantity={"value": order.days, "unit": "viên"} if order.days else None,
            whenHandedOver=stamp(visit.end or visit.start),
            dosageInstruction=[{"text": order.dosage}] if order.dosage else None,
        )


def _encounter(desk: Desk, person: Person, visit: Visit) -> Resource:
    return desk.ref("Encounter", person.key, visit_key(visit))


def _doctor(desk: Desk, visit: Visit) -> Resource:
    return kept(**desk.ref("Practitioner", visit.department, display=doctor(desk, visit.department)))


def _labels(desk: Desk, visit: Visit) -> list[Resource]:
    return next((labels for found in visit.diagnoses if (labels := sensitivity(desk.system, found))), [])
