"""Which rule joins which class of record."""

from collections.abc import Mapping
from typing import Any

from connectors.records import (
    Allergy,
    Appointment,
    CarePlan,
    Claim,
    Condition,
    CoPayment,
    Coverage,
    Demographics,
    Document,
    Encounter,
    Immunization,
    Medication,
    Observation,
    Pregnancy,
    PrimaryCare,
    Procedure,
    Record,
    Referral,
    Relation,
    Report,
    Representative,
    Screening,
)
from resolvers.joining import (
    allergy,
    care,
    citizen,
    condition,
    encounter,
    immunization,
    insurance,
    medication,
    observation,
    programmes,
)
from resolvers.joining.rule import Rule

APART: Rule[Any] = Rule()
"""Never joined: a document is known by nothing but its place, a plan of care is its maker's own, and a right to act for
somebody is judged one by one."""

RULES: Mapping[type[Record], Rule[Any]] = {
    Demographics: citizen.RULE,
    Relation: APART,
    Encounter: encounter.RULE,
    Condition: condition.RULE,
    Allergy: allergy.RULE,
    Medication: medication.RULE,
    Observation: observation.RULE,
    Immunization: immunization.RULE,
    Coverage: insurance.COVERAGE,
    Claim: insurance.CLAIM,
    CoPayment: insurance.CO_PAYMENT,
    Report: care.REPORT,
    Procedure: care.PROCEDURE,
    Document: APART,
    Referral: care.REFERRAL,
    Appointment: care.APPOINTMENT,
    CarePlan: APART,
    Representative: APART,
    PrimaryCare: programmes.PRIMARY_CARE,
    Screening: programmes.SCREENING,
    Pregnancy: programmes.PREGNANCY,
}
