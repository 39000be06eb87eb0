"""The search parameters this server knows, by type: R4's own names on R4's own elements."""

from typing import Literal, NamedTuple


class Parameter(NamedTuple):
    """How to search: the way of comparing, and the elements that are compared."""

    way: Literal["token", "date", "reference"]
    elements: tuple[str, ...]


def _token(element: str) -> Parameter:
    return Parameter("token", (element,))


def _date(*elements: str) -> Parameter:
    return Parameter("date", elements)


_COMMON = {
    "_id": _token("id"),
    "_lastUpdated": _date("meta.lastUpdated"),
    "identifier": _token("identifier"),
}
_SUBJECT = {"patient": Parameter("reference", ("subject",)), "subject": Parameter("reference", ("subject",))}
_PATIENT = {"patient": Parameter("reference", ("patient",))}
_STATES = {
    "clinical-status": _token("clinicalStatus"),
    "verification-status": _token("verificationStatus"),
}

PARAMETERS: dict[str, dict[str, Parameter]] = {
    "Patient": {**_COMMON, "birthdate": _date("birthDate")},
    "Organization": _COMMON,
    "Practitioner": _COMMON,
    "Encounter": {
        **_COMMON,
        **_SUBJECT,
        "date": _date("period"),
        "status": _token("status"),
        "class": _token("class"),
        "type": _token("type"),
    },
    "Condition": {
        **_COMMON,
        **_SUBJECT,
        **_STATES,
        "category": _token("category"),
        "code": _token("code"),
        "onset-date": _date("onsetDateTime", "onsetPeriod"),
        "recorded-date": _date("recordedDate"),
    },
    "AllergyIntolerance": {
        **_COMMON,
        **_PATIENT,
        **_STATES,
        "category": _token("category"),
        "code": _token("code"),
        "date": _date("recordedDate"),
    },
    "MedicationRequest": {
        **_COMMON,
        **_SUBJECT,
        "status": _token("status"),
        "intent": _token("intent"),
        "code": _token("medicationCodeableConcept"),
        "authoredon": _date("authoredOn"),
    },
    "Observation": {
        **_COMMON,
        **_SUBJECT,
        "status": _token("status"),
        "category": _token("category"),
        "code": _token("code"),
        "date": _date("effectiveDateTime", "effectivePeriod", "effectiveInstant"),
    },
    "Immunization": {
        **_COMMON,
        **_PATIENT,
        "status": _token("status"),
        "vaccine-code": _token("vaccineCode"),
        "date": _date("occurrenceDateTime"),
    },
    "MedicationDispense": {
        **_COMMON,
        **_SUBJECT,
        "status": _token("status"),
        "code": _token("medicationCodeableConcept"),
        "whenhandedover": _date("whenHandedOver"),
    },
    "MedicationStatement": {
        **_COMMON,
        **_SUBJECT,
        "status": _token("status"),
        "code": _token("medicationCodeableConcept"),
        "effective": _date("effectiveDateTime", "effectivePeriod"),
    },
    "DiagnosticReport": {
        **_COMMON,
        **_SUBJECT,
        "status": _token("status"),
        "category": _token("category"),
        "code": _token("code"),
        "date": _date("effectiveDateTime", "effectivePeriod"),
        "issued": _date("issued"),
    },
    "Procedure": {
        **_COMMON,
        **_SUBJECT,
        "status": _token("status"),
        "code": _token("code"),
        "date": _date("performedDateTime", "performedPeriod"),
    },
    "DocumentReference": {
        **_COMMON,
        **_SUBJECT,
        "status": _token("status"),
        "category": _token("category"),
        "type": _token("type"),
        "date": _date("date"),
    },
    "ServiceRequest": {
        **_COMMON,
        **_SUBJECT,
        "status": _token("status"),
        "intent": _token("intent"),
        "category": _token("category"),
        "code": _token("code"),
        "authored": _date("authoredOn"),
    },
    "Binary": _COMMON,
    "Communication": {**_COMMON, **_SUBJECT, "status": _token("status")},
    "EpisodeOfCare": {
        **_COMMON,
        **_PATIENT,
        "status": _token("status"),
        "type": _token("type"),
        "date": _date("period"),
    },
    "CareTeam": {
        **_COMMON,
        **_SUBJECT,
        "status": _token("status"),
        "category": _token("category"),
        "date": _date("period"),
    },
    "Appointment": {
        **_COMMON,
        "patient": Parameter("reference", ("participant",)),
        "status": _token("status"),
        "date": _date("start"),
    },
    "CarePlan": {
        **_COMMON,
        **_SUBJECT,
        "status": _token("status"),
        "intent": _token("intent"),
        "category": _token("category"),
        "date": _date("period"),
    },
}
"""Types this server knows. AllergyIntolerance, Immunization and Appointment have no ``subject`` (R4)."""
