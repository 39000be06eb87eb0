"""Answers of the insurance portal (VSS): card check KQNhanLichSuKCB2024 and visit history Lskcb2025.

Field names and codes as in the portal's guide (letters 1923/BHXH-CNTT and 2746/BHXH-CNTT).
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from tests.sandbox.people.model import InsuranceCard, InsuranceVisit, Person
from tests.sandbox.people.places import FACILITIES

SENTENCES = {
    "000": "Thẻ còn giá trị sử dụng",
    "003": "Thẻ cũ hết giá trị sử dụng, đã được cấp thẻ mới",
    "004": "Thẻ cũ còn giá trị sử dụng, đã được cấp thẻ mới",
    "010": "Thẻ hết giá trị sử dụng",
    "050": "Không thấy thông tin thẻ bảo hiểm y tế",
    "110": "Thẻ đã thu hồi",
    "120": "Thẻ báo giảm",
}
NO_CARD = "050"
CARD_FIELDS = (
    "maThe", "hoTen", "ngaySinh", "gioiTinh", "diaChi", "maDKBD", "cqBHXH", "gtTheTu", "gtTheDen", "maKV", "ngayDu5Nam",
    "maSoBHXH", "maTheCu", "maTheMoi", "gtTheTuMoi", "gtTheDenMoi", "maDKBDMoi", "tenDKBDMoi", "dsLichSuKCB2018",
    "dsLichSuKT2018",
)  # fmt: skip


def card(person: Person) -> dict[str, Any]:
    """The answer to a check of this person's card; somebody without one is answered 050 and nothing else.

    ``ngaySinh`` is dd/MM/yyyy or the year alone; history is null here since it moved to its own call.
    """
    if person.card is None:
        return {"maKetQua": NO_CARD, "ghiChu": SENTENCES[NO_CARD], **dict.fromkeys(CARD_FIELDS)}
    held = person.card
    return {
        "maKetQua": held.code,
        "ghiChu": f"{SENTENCES[held.code]}: {held.number}",
        **dict.fromkeys(CARD_FIELDS),
        **_holder(person),
        "maThe": held.number,
        "maDKBD": held.registered_facility,
        "cqBHXH": "Bảo hiểm xã hội cơ sở Mẫu",
        "gtTheTu": slashed(held.valid_from),
        "gtTheDen": slashed(held.valid_until),
        "maKV": "",
        "ngayDu5Nam": slashed(held.five_years_from),
        "maSoBHXH": held.social_insurance_number,
        **_renewal(held),
        "dsLichSuKT2018": [_check(visit) for visit in person.insurance_visits],
    }


def history(person: Person) -> dict[str, Any]:
    """The visits of which the insurance paid a part, oldest first; without a card the list is null."""
    if person.card is None:
        return {"maKetQua": NO_CARD, "ghiChu": SENTENCES[NO_CARD], "dsLichSuKCB2025": None}
    items = [_item(visit, file) for file, visit in numbered(person)]
    return {"maKetQua": "000", "ghiChu": None, "dsLichSuKCB2025": items}


def numbered(person: Person) -> Iterator[tuple[str, InsuranceVisit]]:
    """The visits with the portal's numbers for them, oldest first."""
    for number, visit in enumerate(sorted(person.insurance_visits, key=lambda visit: visit.admitted), 1):
        yield f"{visit.facility}{visit.admitted:%Y}{person.serial:03d}{number:03d}", visit


def slashed(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""


def _holder(person: Person) -> dict[str, str]:
    written = person.as_written_by("insurance")
    parts = (written.birth_date or "").split("-")
    return {
        "hoTen": (written.name or "").upper(),
        "ngaySinh": "/".join(reversed(parts)),
        "gioiTinh": "Nam" if person.sex == "male" else "Nữ",
        "diaChi": person.address,
    }


def _renewal(held: InsuranceCard) -> dict[str, str]:
    if held.new_number is None:
        return {}
    return {
        "maTheMoi": held.new_number,
        "gtTheTuMoi": slashed(held.new_valid_from),
        "gtTheDenMoi": slashed(held.new_valid_until),
        "maDKBDMoi": held.registered_facility,
        "tenDKBDMoi": FACILITIES[held.registered_facility].name,
    }


def _check(visit: InsuranceVisit) -> dict[str, str]:
    """Every visit began with a check of the card by the facility's account."""
    return {
        "userKT": f"{visit.facility}_BV",
        "thoiGianKT": minute(visit.admitted),
        "thongBao": "Thông tin thẻ chính xác",
        "maLoi": "000",
    }


def _item(visit: InsuranceVisit, file: str) -> dict[str, str]:
    return {
        "maHoSo": file,
        "maCSKCB": visit.facility,
        "ngayVao": minute(visit.admitted),
        "ngayRa": minute(visit.discharged),
        "tenBenh": "; ".join(f"{found.code} - {found.text}" for found in visit.diagnoses),
        "tinhTrang": str(visit.leaving),
        "kqDieuTri": str(visit.outcome),
        "lyDoVV": visit.right,
    }


def minute(when: datetime) -> str:
    return f"{when:%Y%m%d%H%M}"
