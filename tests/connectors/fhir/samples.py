"""Two invented people on an invented FHIR server, and the means to ask about them."""

from typing import Any

from connectors.contract import Subject
from connectors.fhir.options import FhirOptions
from connectors.options import Duration
from connectors.records import PartialDate, SourceKind

SYSTEM = "urn:citizen-graph:sandbox:cccd"

HOA = Subject(
    ref="4f1c0e5a9b7d", personal_id="079190998901", name="Nguyễn Thị Mẫu Hoa", birth_date=PartialDate("1990-03-02")
)
BINH = Subject(
    ref="c03d77e21a56", personal_id="079085998902", name="Lê Văn Mẫu Bình", birth_date=PartialDate("1985-11-20")
)
NOBODY = Subject(
    ref="99aa01d2b3c4", personal_id="079201998903", name="Trần Mẫu Không", birth_date=PartialDate("2001-01-01")
)

Resource = dict[str, Any]


def options(url: str, **more: Any) -> FhirOptions:
    """The options of a hospital at that address."""
    given: dict[str, Any] = {
        "kind": "fhir",
        "name": "Bệnh viện Mẫu A",
        "category": SourceKind.HOSPITAL,
        "facility": "79981",
        "url": url,
        "identifier_system": SYSTEM,
        "deadline": Duration(5),
    }
    return FhirOptions(**(given | more))


def patient(id_: str, subject: Subject, **more: Any) -> Resource:
    """A Patient that carries the citizen's number."""
    return {
        "resourceType": "Patient",
        "id": id_,
        "identifier": [{"system": "urn:mrn", "value": f"A-{id_}"}, {"system": SYSTEM, "value": subject.personal_id}],
        "name": [{"use": "official", "text": subject.name}],
        "gender": "female",
        "birthDate": subject.birth_date,
    } | more


def weight(id_: str, patient_id: str, value: float = 52.5, **more: Any) -> Resource:
    """An Observation about a Patient."""
    return {
        "resourceType": "Observation",
        "id": id_,
        "status": "final",
        "category": [
            {
                "coding": [
                    {"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "vital-signs"}
                ]
            }
        ],
        "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}], "text": "Cân nặng"},
        "subject": {"reference": f"Patient/{patient_id}"},
        "effectiveDateTime": "2026-05-04T08:00:00+07:00",
        "valueQuantity": {"value": value, "unit": "kg", "code": "kg"},
    } | more


def hospital() -> list[Resource]:
    """Everything on the server: each person has records of several classes."""
    return [
        patient("p1", HOA),
        patient("p2", BINH, gender="male"),
        *(weight(f"w{number}", "p1", 50 + number / 10) for number in range(5)),
        *(weight(f"v{number}", "p2", 70 + number / 10) for number in range(3)),
        {
            "resourceType": "AllergyIntolerance",
            "id": "a1",
            "clinicalStatus": {"coding": [{"code": "active"}]},
            "verificationStatus": {"coding": [{"code": "confirmed"}]},
            "code": {"text": "Penicillin"},
            "patient": {"reference": "Patient/p1"},
        },
        {
            "resourceType": "Condition",
            "id": "c1",
            "clinicalStatus": {"coding": [{"code": "active"}]},
            "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": "I10"}], "text": "Tăng huyết áp"},
            "subject": {"reference": "Patient/p1"},
        },
        {
            "resourceType": "Encounter",
            "id": "e1",
            "status": "finished",
            "class": {"code": "AMB"},
            "subject": {"reference": "Patient/p1"},
            "period": {"start": "2026-05-04T07:45:00+07:00", "end": "2026-05-04T09:00:00+07:00"},
            "diagnosis": [{"condition": {"reference": "Condition/c1"}, "rank": 1}],
        },
    ]
