"""What a visit cost, line by line, and what of it counts towards the yearly limit of co-payments.

The details of a visit (``nhanHoSoKCBChiTiet``) have the camel-case names of the older claims XML. Money is VND: a price
for an examination, one for any drug's unit, one for any test. Totals add up.
"""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tests.sandbox.people.model import BloodPressure, Coded, InsuranceVisit, Measurement, Person
from tests.sandbox.people.vocabulary import DRUGS, TESTS
from tests.sandbox.render.hospital_xml import EXAMINATION, OWN_PART, UNIT_PRICE
from tests.sandbox.render.insurance import minute, numbered, slashed

TEST_PRICE = 42_000
LOOKED_UP = "202611230900"
Json = dict[str, Any]


def files(person: Person) -> dict[str, Json]:
    """The details of every insured visit, by the number of its file."""
    return {file: _answer(person, file, visit) for file, visit in numbered(person)} if person.card else {}


def co_payments(person: Person) -> Json:
    """What counts of each visit, summed up by year; 204 where there is no card, or no visit that cost anything."""
    entries = _entries(person) if person.card else []
    if not entries or person.card is None:
        return {"MaKetQua": "204", "GhiChu": "Không có dữ liệu", "DataCCT": None, "ThongTinSoThe": None}
    written = person.as_written_by("insurance")
    holder = {
        "hoTen": (written.name or "").upper(),
        "ngaySinh": "/".join(reversed((written.birth_date or "").split("-"))),
        "ngayKetThuc": slashed(person.card.valid_until),
        "maBhxh": person.card.social_insurance_number,
    }
    return {"MaKetQua": "200", "GhiChu": "", "DataCCT": entries, "ThongTinSoThe": holder}


def _entries(person: Person) -> list[Json]:
    entries: list[Json] = []
    sums: dict[int, int] = {}
    for number, (_, visit) in enumerate(numbered(person), 1):
        own = _own_part(person, _cost(visit))
        sums[visit.admitted.year] = sums.get(visit.admitted.year, 0) + own
        entries.append(
            {
                "Id": number,
                "ngayTraCuu": LOOKED_UP,
                "maThe": person.card.number if person.card else "",
                "maCskcb": visit.facility,
                "ngayVao": minute(visit.admitted),
                "ngayRa": minute(visit.discharged),
                "maDoiTuongKCB": visit.right,
                "tBNCCTMCCT": own,
                "tBNCCTLuyKe": sums[visit.admitted.year],
                "ngayNhanCong": minute(visit.discharged),
                "ngayNhan": minute(visit.discharged),
                **{f"duPhong{spare}": "" for spare in range(1, 6)},
            }
        )
    return entries


def _answer(person: Person, file: str, visit: InsuranceVisit) -> Json:
    written = person.as_written_by("insurance")
    total = _cost(visit)
    own = _own_part(person, total)
    summary = {
        "MaLk": file,
        "MaBn": f"BN-{person.serial:06d}",
        "HoTen": (written.name or "").upper(),
        "NgaySinh": (written.birth_date or "").replace("-", ""),
        "GioiTinh": "1" if person.sex == "male" else "2",
        "DiaChi": person.address,
        "MaThe": person.card.number if person.card else "",
        "TenBenh": "; ".join(found.text for found in visit.diagnoses),
        "MaBenh": visit.diagnoses[0].code,
        "MaBenhkhac": ";".join(found.code for found in visit.diagnoses[1:]),
        "NgayVao": minute(visit.admitted),
        "NgayRa": minute(visit.discharged),
        "KetQuaDtri": str(visit.outcome),
        "TinhTrangRv": str(visit.leaving),
        "TThuoc": sum(int(row["ThanhTien"]) for row in _drugs(visit)),
        "TVtyt": 0,
        "TTongchi": total,
        "TBntt": own,
        "TBhtt": total - own,
        "MaCskcb": visit.facility,
        "MaKhoa": "K01",
    }
    details = {
        "xml1": summary,
        "dsXml2": _drugs(visit),
        "dsXml3": _services(visit),
        "dsXml4": [_finding(found, visit) for found in visit.results if _value(found)],
        "dsXml5": None,
    }
    return {"maKetQua": "000", "ghiChu": None, "hoSoKCB": details}


def _cost(visit: InsuranceVisit) -> int:
    return sum(int(row["ThanhTien"]) for row in (*_drugs(visit), *_services(visit)))


def _own_part(person: Person, total: int) -> int:
    percent = OWN_PART[int(person.card.number[2])] if person.card else 100
    return int((Decimal(total) * percent / 100).quantize(Decimal(1), ROUND_HALF_UP))


def _drugs(visit: InsuranceVisit) -> list[Json]:
    return [
        {
            "MaThuoc": f"40.{number:03d}",
            "TenThuoc": DRUGS[given.drug].text,
            "DonViTinh": "Viên",
            "HamLuong": "",
            "DuongDung": "1.01",
            "LieuDung": given.dosage or "",
            "SoDangKy": "VD-00000-26",
            "SoLuong": given.days or 1,
            "DonGia": UNIT_PRICE,
            "ThanhTien": (given.days or 1) * UNIT_PRICE,
            "MaBacSi": "000783/HCM-CCHN",
            "MaBenh": visit.diagnoses[0].code,
            "NgayYl": minute(visit.admitted),
        }
        for number, given in enumerate(visit.prescriptions, 1)
    ]


def _services(visit: InsuranceVisit) -> list[Json]:
    named = [
        ("02.1896", "Khám bệnh", EXAMINATION),
        *((found.test, _name(found), TEST_PRICE) for found in _tests(visit)),
    ]
    return [
        {
            "MaDichVu": code,
            "MaVatTu": "",
            "TenDichVu": name,
            "SoLuong": 1,
            "DonGia": price,
            "ThanhTien": price,
            "NgayYl": minute(visit.admitted),
            "NgayKq": minute(visit.discharged),
        }
        for code, name, price in named
    ]


def _tests(visit: InsuranceVisit) -> list[Measurement]:
    return [found for found in visit.results if _value(found) and TESTS[found.test].category == "laboratory"]


def _finding(found: Measurement, visit: InsuranceVisit) -> Json:
    return {
        "MaDichVu": found.test,
        "MaChiSo": found.test,
        "TenChiSo": _name(found),
        "GiaTri": _value(found),
        "MaMay": "",
        "MoTa": "",
        "KetLuan": "",
        "NgayKq": minute(visit.discharged),
    }


def _name(found: Measurement) -> str:
    return TESTS[found.test].text


def _value(found: Measurement) -> str:
    """A result as the claims have it: text, without a unit."""
    value = found.value
    if value is None or found.status == "entered-in-error":
        return ""
    if isinstance(value, BloodPressure):
        return f"{value.systolic}/{value.diastolic}"
    return value.text if isinstance(value, Coded) else f"{found.comparator or ''}{value}"
