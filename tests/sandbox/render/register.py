"""Answers of the population register: CongDan with the field names of the national database, and who is represented.

``SoDienThoai``, ``NgayChet`` (day of death, yyyymmdd or empty), ``TuNgay``, ``DenNgay`` and ``HanChe`` are the city's
own additions.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from tests.sandbox.people.model import Person
from tests.sandbox.people.numbers import PROVINCE, old_identity_number

SEX = {"male": "1", "female": "2"}
KINDS = {"parent": "CON", "guardian": "GIAM_HO", "court": "TOA_AN"}
WARD = "99901"
LAST_OF_THE_OLD_CARD = 1998
"""Whoever was born later never had an identity card of nine digits."""


def congdan(person: Person, people: Iterable[Person]) -> dict[str, Any]:
    """The register's entry; father, mother, spouse and legal representative are named where they are known."""
    known = {someone.personal_id: someone for someone in people}
    home = _address(person)
    return {
        **_identity(person),
        "SoCMND": old_identity_number(person.serial) if person.birth_date.year < LAST_OF_THE_OLD_CARD else "",
        "DanToc": person.ethnicity,
        "TonGiao": "",
        "TinhTrangHonNhan": "2" if person.spouse else "",
        "NhomMau": person.blood_type or "",
        "QuocTich": "VN",
        "NoiDangKyKhaiSinh": home,
        "QueQuan": home,
        "ThuongTru": home,
        "NoiOHienTai": home,
        "SoDienThoai": person.phone or "",
        "Cha": _relative(person.father, known),
        "Me": _relative(person.mother, known),
        "VoChong": _relative(person.spouse, known),
        "NguoiDaiDien": _relative(person.guardian, known),
        "ChuHo": {"QuanHe": "", "SoDinhDanh": "", "SoCMND": "", "HoVaTen": None},
        "SoSoHoKhau": "",
        "NgayChet": compact(person.deceased),
    }


def dependants(person: Person, people: Iterable[Person]) -> list[dict[str, Any]]:
    """Whom this person may act for, also where the right has ended or a court has barred it: the reader decides.

    Days are yyyymmdd, both included; empty where the register does not say.
    """
    known = {someone.personal_id: someone for someone in people}
    return [
        {
            "QuanHe": KINDS[relation.kind],
            "TuNgay": compact(relation.valid_from),
            "DenNgay": compact(relation.valid_until),
            "HanChe": relation.barred,
            "CongDan": _identity(known[relation.dependant]),
        }
        for relation in person.represents
    ]


def representatives(person: Person, people: Iterable[Person]) -> list[dict[str, Any]]:
    """Who may act for this person, as ``dependants`` has it from the other side."""
    return [
        {
            "QuanHe": KINDS[relation.kind],
            "TuNgay": compact(relation.valid_from),
            "DenNgay": compact(relation.valid_until),
            "HanChe": relation.barred,
            "CongDan": _identity(someone),
        }
        for someone in people
        for relation in someone.represents
        if relation.dependant == person.personal_id
    ]


def compact(day: date | None) -> str:
    return f"{day:%Y%m%d}" if day else ""


def _identity(person: Person) -> dict[str, Any]:
    written = person.as_written_by("population")
    return {
        "SoDinhDanh": person.personal_id,
        "HoVaTen": _name(written.name or ""),
        "GioiTinh": SEX[person.sex],
        "NgayThangNamSinh": {
            "Nam": f"{person.birth_date.year}",
            "NgayThangNam": (written.birth_date or "").replace("-", ""),
        },
    }


def _name(name: str) -> dict[str, str]:
    """Family name, middle names, given name, in capitals with marks."""
    family, *middle, given = name.upper().split()
    return {"Ho": family, "ChuDem": " ".join(middle), "Ten": given}


def _relative(number: str | None, known: dict[str, Person]) -> dict[str, Any] | None:
    if number is None:
        return None
    relative = known[number]
    return {"HoVaTen": _name(relative.name), "QuocTich": "VN", "SoDinhDanh": number, "SoCMND": ""}


def _address(person: Person) -> dict[str, str]:
    return {
        "MaTinhThanh": PROVINCE,
        "MaQuanHuyen": "",
        "MaPhuongXa": WARD,
        "ChiTiet": person.address,
        "QuocGia": "VN",
    }
