"""Two invented people in the formats of the systems, for tests of the servers themselves."""

from typing import Any

from tests.sandbox.contents import Contents
from tests.sandbox.servers.store import IDENTIFIER_SYSTEM

AN = "079185998101"
BINH = "079080998102"
OBSERVATIONS = 5

Json = dict[str, Any]


def patient(id_: str, number: str, name: str) -> Json:
    return {
        "resourceType": "Patient",
        "id": id_,
        "identifier": [{"system": IDENTIFIER_SYSTEM, "value": number}, {"system": "urn:mrn", "value": f"MRN-{id_}"}],
        "name": [{"text": name}],
        "birthDate": "1985-02-03",
    }


def pulse(id_: str, about: str, on: str, **more: Any) -> Json:
    return {
        "resourceType": "Observation",
        "id": id_,
        "status": "final",
        "category": [{"coding": [{"system": "http://example.org/category", "code": "vital-signs"}]}],
        "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}], "text": "Mạch"},
        "subject": {"reference": f"Patient/{about}"},
        "effectiveDateTime": on,
        "valueQuantity": {"value": 72, "unit": "/min"},
        **more,
    }


def resources() -> list[Json]:
    """A woman with five observations, a man with one; her allergy; his stay of two days."""
    return [
        patient("p-an", AN, "Trần Thị Mẫu Ân"),
        patient("p-binh", BINH, "Lê Văn Mẫu Bình"),
        *(pulse(f"o-{month}", "p-an", f"2026-{month:02}-10T08:00:00+07:00") for month in range(1, OBSERVATIONS + 1)),
        pulse("o-binh", "p-binh", "2026-02-10"),
        {
            "resourceType": "AllergyIntolerance",
            "id": "a-1",
            "clinicalStatus": {"coding": [{"code": "active"}]},
            "category": ["medication"],
            "patient": {"reference": "Patient/p-an"},
        },
        {
            "resourceType": "Encounter",
            "id": "e-1",
            "status": "finished",
            "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IMP"},
            "subject": {"reference": "Patient/p-binh"},
            "period": {"start": "2026-03-30T10:00:00+07:00", "end": "2026-04-01T10:00:00+07:00"},
        },
    ]


def card(number: str, code: str, insured: str, name: str, birth: str) -> Json:
    return {
        "maKetQua": "000",
        "ghiChu": "",
        "maThe": code,
        "maSoBHXH": insured,
        "hoTen": name,
        "ngaySinh": birth,
        "dsLichSuKCB2018": None,
    }


def cards() -> dict[str, Json]:
    """She has a re-issued card; he one that knows only his birth year."""
    return {
        AN: {
            **card(AN, "DN4797999998101", "7999998101", "Trần Thị Mẫu Ân", "03/02/1985"),
            "maTheMoi": "GD4797999998101",
        },
        BINH: card(BINH, "HT3797999998102", "7999998102", "Lê Văn Mẫu Bình", "1980"),
    }


def histories() -> dict[str, Json]:
    return {number: {"maKetQua": "000", "ghiChu": "", "dsLichSuKCB2025": []} for number in (AN, BINH)}


def citizens() -> dict[str, Json]:
    return {number: {"SoDinhDanh": number, "GioiTinh": 2} for number in (AN, BINH)}


def contents() -> Contents:
    """A city with nothing but these two, both known everywhere."""
    return Contents(
        resources={source: resources() for source in ("hospital-a", "hospital-b", "vaccination")},
        cards=cards(),
        histories=histories(),
        citizens=citizens(),
        dependants={AN: [{"QuanHe": "CON", "CongDan": {"SoDinhDanh": BINH}}]},
    )
