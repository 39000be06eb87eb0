"""The city's appointments, as its small system of its own writes them."""

from typing import Any

from tests.sandbox.people.model import Appointment, Person
from tests.sandbox.people.places import DEPARTMENTS, FACILITIES

STATES = {"booked": "DA_DAT", "cancelled": "DA_HUY"}


def appointments(person: Person) -> list[dict[str, Any]]:
    """Every appointment of a person, in the order in which they were made."""
    return [_appointment(person, number, planned) for number, planned in enumerate(person.appointments, 1)]


def _appointment(person: Person, number: int, planned: Appointment) -> dict[str, Any]:
    """The time is Ho Chi Minh City's, without an offset."""
    return {
        "ma_lich_hen": f"LH-{person.serial:03d}-{number}",
        "so_dinh_danh": person.personal_id,
        "thoi_gian": f"{planned.at:%d/%m/%Y %H:%M}",
        "co_so": {"ma": planned.facility, "ten": FACILITIES[planned.facility].name},
        "khoa": DEPARTMENTS[planned.department],
        "ly_do": planned.reason,
        "trang_thai": STATES[planned.status],
    }
