"""The places and the day of the sandbox city: what every story is told in relation to."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

REFERENCE_DATE = date(2026, 11, 23)
"""Today, in the city. Every story counts its days back from here."""

System = Literal[
    "hospital-a",
    "hospital-b",
    "vaccination",
    "insurance",
    "population",
    "health-station",
    "vaccination-book",
    "appointments",
]
"""A source of the city, by the name it has in the gateway's configuration."""

FhirSystem = Literal["hospital-a", "hospital-b", "vaccination"]
"""The sources that speak FHIR."""


@dataclass(frozen=True, slots=True)
class Facility:
    """A place of care; ``system`` is absent where the place has no system that can be asked."""

    code: str
    name: str
    system: System | None


HOSPITAL_A = "79981"
HOSPITAL_B = "79982"
HEALTH_STATION = "79983"

FACILITIES = {
    HOSPITAL_A: Facility(HOSPITAL_A, "Bệnh viện Mẫu A", "hospital-a"),
    HOSPITAL_B: Facility(HOSPITAL_B, "Bệnh viện Mẫu B", "hospital-b"),
    HEALTH_STATION: Facility(HEALTH_STATION, "Trạm Y tế Phường Mẫu", "health-station"),
}
"""Five-character insurance codes (79: the city)."""

DEPARTMENTS = {
    "noi": "Khoa Nội tổng hợp",
    "tim-mach": "Khoa Tim mạch",
    "noi-tiet": "Khoa Nội tiết",
    "san": "Khoa Phụ sản",
    "nhi": "Khoa Nhi",
    "cap-cuu": "Khoa Cấp cứu",
    "ho-hap": "Khoa Hô hấp",
    "mat": "Khoa Mắt",
    "than": "Khoa Thận",
    "ngoai": "Khoa Ngoại",
    "tam-than": "Khoa Tâm thần",
    "ngoai-tru": "Phòng khám ngoại trú",
}
"""Department slug to the name on its door."""
