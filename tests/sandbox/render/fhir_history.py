"""What one hospital keeps beyond a visit: its list of problems, and allergies."""

from tests.sandbox.people.model import Allergy, Condition, Person
from tests.sandbox.people.vocabulary import SUBSTANCES
from tests.sandbox.render.fhir_parts import SNOMED, Desk, Resource, concept, diagnosis, listed, noted, sensitivity


def problem(desk: Desk, person: Person, condition: Condition) -> Resource:
    """An error keeps no clinical status: FHIR forbids it."""
    recorded = condition.recorded.isoformat() if condition.recorded else None
    mistaken = condition.verification == "entered-in-error"
    return desk.resource(
        "Condition",
        person.key,
        "problem",
        condition.diagnosis.code,
        updated=noted(recorded),
        security=sensitivity(desk.system, condition.diagnosis),
        clinicalStatus=None if mistaken else listed("condition-clinical", condition.clinical),
        verificationStatus=listed("condition-ver-status", condition.verification),
        category=[listed("condition-category", "problem-list-item")],
        code=diagnosis(condition.diagnosis),
        subject=desk.patient(person),
        onsetDateTime=condition.onset,
        recordedDate=recorded,
        note=[{"text": condition.note}] if condition.note else None,
    )


def allergy(desk: Desk, person: Person, found: Allergy) -> Resource:
    snomed, text, category = SUBSTANCES[found.substance]
    mistaken = found.verification == "entered-in-error"
    return desk.resource(
        "AllergyIntolerance",
        person.key,
        found.substance,
        updated=noted(found.recorded),
        clinicalStatus=None if mistaken else listed("allergyintolerance-clinical", "active"),
        verificationStatus=listed("allergyintolerance-verification", found.verification),
        category=[category] if category else None,
        criticality=found.criticality,
        code=concept(text, (SNOMED, snomed, None)),
        patient=desk.patient(person),
        recordedDate=found.recorded,
        reaction=_reactions(found),
    )


def _reactions(found: Allergy) -> list[Resource] | None:
    if not found.reactions:
        return None
    signs = [concept(sign) for sign in found.reactions]
    return [{"manifestation": signs} | ({"severity": found.severity} if found.severity else {})]
