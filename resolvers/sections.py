"""The sections of a record, as callers name them: one per class of record."""

from connectors.records import (
    Allergy,
    Appointment,
    CarePlan,
    Claim,
    Condition,
    CoPayment,
    Coverage,
    Demographics,
    Described,
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


class Section(Described):
    """A part of a citizen's record."""

    DEMOGRAPHICS = "DEMOGRAPHICS", "Who the citizen is."
    FAMILY = "FAMILY", "Whom the citizen represents."
    ENCOUNTERS = "ENCOUNTERS", "Visits and stays."
    CONDITIONS = "CONDITIONS", "Problems and diagnoses."
    ALLERGIES = "ALLERGIES", "Allergies and intolerances."
    MEDICATIONS = "MEDICATIONS", "Medicines."
    OBSERVATIONS = "OBSERVATIONS", "Measurements, laboratory values and findings."
    IMMUNIZATIONS = "IMMUNIZATIONS", "Vaccinations."
    COVERAGE = "COVERAGE", "Health-insurance cards."
    CLAIMS = "CLAIMS", "Insured visits."
    CO_PAYMENTS = "CO_PAYMENTS", "What was paid towards insured visits."
    REPORTS = "REPORTS", "Laboratory, imaging and other reports."
    PROCEDURES = "PROCEDURES", "Operations and procedures."
    DOCUMENTS = "DOCUMENTS", "Discharge papers, letters and other documents."
    REFERRALS = "REFERRALS", "Referrals to another place of care."
    APPOINTMENTS = "APPOINTMENTS", "Planned visits."
    CARE_PLANS = "CARE_PLANS", "What is meant to be done over some time."
    REPRESENTATIVES = "REPRESENTATIVES", "Who represents the citizen."
    PRIMARY_CARE = "PRIMARY_CARE", "Who is responsible for everyday care."
    SCREENINGS = "SCREENINGS", "Results of screening programmes."
    PREGNANCIES = "PREGNANCIES", "Pregnancies."


SECTION_OF: dict[type[Record], Section] = {
    Demographics: Section.DEMOGRAPHICS,
    Relation: Section.FAMILY,
    Encounter: Section.ENCOUNTERS,
    Condition: Section.CONDITIONS,
    Allergy: Section.ALLERGIES,
    Medication: Section.MEDICATIONS,
    Observation: Section.OBSERVATIONS,
    Immunization: Section.IMMUNIZATIONS,
    Coverage: Section.COVERAGE,
    Claim: Section.CLAIMS,
    CoPayment: Section.CO_PAYMENTS,
    Report: Section.REPORTS,
    Procedure: Section.PROCEDURES,
    Document: Section.DOCUMENTS,
    Referral: Section.REFERRALS,
    Appointment: Section.APPOINTMENTS,
    CarePlan: Section.CARE_PLANS,
    Representative: Section.REPRESENTATIVES,
    PrimaryCare: Section.PRIMARY_CARE,
    Screening: Section.SCREENINGS,
    Pregnancy: Section.PREGNANCIES,
}
