"""Dossiers of the health station in the claims XML (QĐ 4750/QĐ-BYT; table 13 in the form of QĐ 3176/QĐ-BYT).

One envelope for each finished visit, all envelopes of a person in one wrapper. Totals add up: what the insurance pays
is the whole cost inside its scope without the citizen's part.
"""

from base64 import b64encode
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from html import escape

from tests.sandbox.people.model import BloodPressure, Coded, Measurement, Person, Visit
from tests.sandbox.people.numbers import PROVINCE
from tests.sandbox.people.places import FACILITIES, HEALTH_STATION, HOSPITAL_A
from tests.sandbox.people.vocabulary import DRUGS, TESTS

HEADER = '<?xml version="1.0" encoding="utf-8"?>\n'
Fields = Mapping[str, str]
EXAMINATION = 36_500
UNIT_PRICE = 800
"""VND for an examination at a health station, and for one unit of any drug."""
OWN_PART = {1: 0, 2: 0, 3: 5, 4: 20, 5: 0}
"""Percent that the citizen pays, by the benefit digit of the card."""
MARKS = {"pulse": "M", "temperature": "T", "breathing": "NT", "spo2": "SP"}
DOCTOR = "000783/HCM-CCHN"
CHAPTERS = {"laboratory": ("23.0001.1000", "1"), "imaging": ("18.0119.0028", "2")}


def dossiers(person: Person) -> bytes:
    """Everything that the health station reported about this person, oldest first."""
    finished = [visit for visit in person.visits if visit.facility == HEALTH_STATION and visit.end]
    ordered = sorted(finished, key=lambda visit: visit.start)
    envelopes = (_envelope(person, visit, number) for number, visit in enumerate(ordered, 1))
    return wrapped(envelopes)


def wrapped(envelopes: Iterable[str]) -> bytes:
    """Envelopes in the wrapper; nobody's visits are an empty one."""
    return f"{HEADER}<DANHSACHGIAMDINHHS>{''.join(envelopes)}</DANHSACHGIAMDINHHS>".encode()


def envelope(facility: str, made: str, parts: Iterable[tuple[str, str]]) -> str:
    """``GIAMDINHHS`` with one dossier: (LOAIHOSO, document) of each table."""
    files = "".join(
        f"<FILEHOSO><LOAIHOSO>{kind}</LOAIHOSO>"
        f"<NOIDUNGFILE>{b64encode((HEADER + document).encode()).decode()}</NOIDUNGFILE></FILEHOSO>"
        for kind, document in parts
    )
    return (
        f"<GIAMDINHHS><THONGTINDONVI><MACSKCB>{facility}</MACSKCB></THONGTINDONVI>"
        f"<THONGTINHOSO><NGAYLAP>{made}</NGAYLAP><SOLUONGHOSO>1</SOLUONGHOSO>"
        f"<DANHSACHHOSO><HOSO>{files}</HOSO></DANHSACHHOSO></THONGTINHOSO><CHUKYDONVI/></GIAMDINHHS>"
    )


def element(name: str, inside: Fields | str) -> str:
    """An element of fields, or of mark-up."""
    if not isinstance(inside, str):
        inside = "".join(f"<{field}>{escape(text, quote=False)}</{field}>" for field, text in inside.items())
    return f"<{name}>{inside}</{name}>"


def table(names: tuple[str, str, str], rows: Iterable[Fields]) -> str:
    """A table with a list of rows; its root, list and row have these names."""
    root, listed, row = names
    return element(root, element(listed, "".join(element(row, fields) for fields in rows)))


def _envelope(person: Person, visit: Visit, number: int) -> str:
    key = f"{HEALTH_STATION}.{visit.start:%y%m}.{person.serial:03d}{number:02d}"
    drugs, services, notes = _drugs(visit, key), _services(visit, key), _notes(visit, key)
    parts = [
        ("XML1", element("TONG_HOP", _summary(person, visit, key, [*drugs, *services]))),
        ("XML2", table(("CHITIEU_CHITIET_THUOC", "DSACH_CHI_TIET_THUOC", "CHI_TIET_THUOC"), drugs) if drugs else ""),
        ("XML3", table(("CHITIEU_CHITIET_DVKT_VTYT", "DSACH_CHI_TIET_DVKT", "CHI_TIET_DVKT"), services)),
        ("XML4", _results(visit, key)),
        ("XML5", _course(notes) if notes else ""),
        ("XML13", element("CHI_TIEU_GIAYCHUYENTUYEN", _letter(person, visit, key)) if visit.leaving == 2 else ""),
    ]
    return envelope(HEALTH_STATION, f"{_end(visit):%Y%m%d}", [(kind, text) for kind, text in parts if text])


def _summary(person: Person, visit: Visit, key: str, rows: Iterable[Fields]) -> Fields:
    written = person.as_written_by("health-station")
    card = person.card
    total = sum((Decimal(row["THANH_TIEN_BH"]) for row in rows), Decimal(0))
    own = (total * (OWN_PART[int(card.number[2])] if card else 100) / 100).quantize(Decimal(1), ROUND_HALF_UP)
    weight = next((found.value for found in visit.results if found.test == "weight"), None)
    return {
        "MA_LK": key,
        "STT": "1",
        "MA_BN": f"TYT-{person.serial:06d}",
        "HO_TEN": (written.name or "").upper(),
        "SO_CCCD": person.personal_id,
        "NGAY_SINH": (written.birth_date or "").replace("-", "").ljust(12, "0"),
        "GIOI_TINH": "1" if person.sex == "male" else "2",
        "NHOM_MAU": person.blood_type or "",
        "MA_QUOCTICH": "000",
        "MA_DANTOC": person.ethnicity,
        "DIA_CHI": person.address,
        "MATINH_CU_TRU": PROVINCE,
        "MAHUYEN_CU_TRU": "",
        "DIEN_THOAI": person.phone or "",
        "MA_THE_BHYT": card.number if card and visit.insured else "",
        "MA_DKBD": card.registered_facility if card and visit.insured else "",
        "GT_THE_TU": f"{card.valid_from:%Y%m%d}" if card and visit.insured else "",
        "LY_DO_VV": visit.reason or "",
        "CHAN_DOAN_VAO": visit.diagnoses[0].text,
        "CHAN_DOAN_RV": "; ".join(found.text for found in visit.diagnoses),
        "MA_BENH_CHINH": visit.diagnoses[0].code,
        "MA_BENH_KT": ";".join(found.code for found in visit.diagnoses[1:]),
        "MA_DOITUONG_KCB": visit.right if visit.insured else "9",
        "MA_NOI_DEN": HOSPITAL_A if visit.leaving == 2 else "",
        "NGAY_VAO": minute(visit.start),
        "NGAY_RA": minute(_end(visit)),
        "KET_QUA_DTRI": str(visit.outcome),
        "MA_LOAI_RV": str(visit.leaving),
        "NGAY_TTOAN": minute(_end(visit)),
        "T_TONGCHI_BV": str(total),
        "T_TONGCHI_BH": str(total),
        "T_BNTT": "0",
        "T_BNCCT": str(own),
        "T_BHTT": str(total - own),
        "T_NGUONKHAC": "0",
        "NAM_QT": f"{visit.start:%Y}",
        "THANG_QT": f"{visit.start:%m}",
        "MA_LOAI_KCB": "01",
        "MA_KHOA": "K01",
        "MA_CSKCB": HEALTH_STATION,
        "CAN_NANG": f"{weight:.2f}" if isinstance(weight, int | float) else "",
        "DU_PHONG": "",
    }


def _drugs(visit: Visit, key: str) -> list[Fields]:
    return [
        {
            "MA_LK": key,
            "STT": str(number),
            "MA_THUOC": f"40.{number:03d}",
            "TEN_THUOC": DRUGS[given.drug].text,
            "DON_VI_TINH": "Viên",
            "DUONG_DUNG": "1.01",
            "LIEU_DUNG": f"1 viên/lần * 1 lần/ngày * {given.days or 1} ngày [1 viên/ngày]",
            "CACH_DUNG": given.dosage or "",
            "SO_DANG_KY": "VD-00000-26",
            "SO_LUONG": f"{given.days or 1}.000",
            "DON_GIA": str(UNIT_PRICE),
            "THANH_TIEN_BV": str((given.days or 1) * UNIT_PRICE),
            "THANH_TIEN_BH": str((given.days or 1) * UNIT_PRICE),
            "MA_BAC_SI": DOCTOR,
            "NGAY_YL": minute(visit.start),
        }
        for number, given in enumerate(visit.prescriptions, 1)
    ]


def _services(visit: Visit, key: str) -> list[Fields]:
    """The examination, and what was ordered: its price is in the examination's at a health station."""
    kinds = {TESTS[found.test].category for found in visit.results}
    ordered = [("02.1896", "13", "Khám bệnh", EXAMINATION)]
    ordered += [(*CHAPTERS[kind], "Cận lâm sàng", 0) for kind in sorted(kinds & set(CHAPTERS))]
    return [
        {
            "MA_LK": key,
            "STT": str(number),
            "MA_DICH_VU": code,
            "MA_NHOM": group,
            "TEN_DICH_VU": name,
            "SO_LUONG": "1",
            "THANH_TIEN_BV": str(price),
            "THANH_TIEN_BH": str(price),
            "MA_BAC_SI": DOCTOR,
            "NGAY_YL": minute(visit.start),
            "NGAY_TH_YL": minute(visit.start),
        }
        for number, (code, group, name, price) in enumerate(ordered, 1)
    ]


def _results(visit: Visit, key: str) -> str:
    """What a laboratory measured, as a value; what imaging showed, in words."""
    rows: list[Fields] = [
        {
            "MA_LK": key,
            "STT": str(number),
            "MA_DICH_VU": CHAPTERS[TESTS[found.test].category][0],
            "TEN_CHI_SO": TESTS[found.test].text,
            **_result(found),
            "NGAY_KQ": minute(visit.start),
            "MA_BS_DOC_KQ": DOCTOR,
        }
        for number, found in enumerate(visit.results, 1)
        if TESTS[found.test].category in CHAPTERS
    ]
    names = ("CHITIEU_CHITIET_DICHVUCANLAMSANG", "DSACH_CHI_TIET_CLS", "CHI_TIET_CLS")
    return table(names, rows) if rows else ""


def _result(found: Measurement) -> Fields:
    value = found.value.text if isinstance(found.value, Coded) else str(found.value)
    if TESTS[found.test].category == "imaging":
        return {"KET_LUAN": value}
    return {"GIA_TRI": (found.comparator or "") + value, "DON_VI_DO": TESTS[found.test].unit or ""}


def _notes(visit: Visit, key: str) -> list[Fields]:
    """One note with the vital signs in its text, where any were taken."""
    marks = [f"{MARKS[found.test]}{found.value}" for found in visit.results if found.test in MARKS]
    pressures = [found.value for found in visit.results if isinstance(found.value, BloodPressure)]
    marks += [f"HA{value.systolic}/{value.diastolic}" for value in pressures]
    if not marks:
        return []
    text = f"Tỉnh, tiếp xúc tốt. CSST<{'_'.join(marks)}>"
    return [{"MA_LK": key, "STT": "1", "DIEN_BIEN_LS": text, "THOI_DIEM_DBLS": minute(visit.start)}]


def _course(notes: Iterable[Fields]) -> str:
    names = ("CHITIEU_CHITIET_DIENBIENLAMSANG", "DSACH_CHI_TIET_DIEN_BIEN_BENH", "CHI_TIET_DIEN_BIEN_BENH")
    return table(names, notes)


def _letter(person: Person, visit: Visit, key: str) -> Fields:
    return {
        "MA_LK": key,
        "GIAY_CHUYEN_TUYEN": f"{HEALTH_STATION}/{visit.start:%Y}/{person.serial}",
        "MA_CSKCB": HEALTH_STATION,
        "MA_CSKCB_DI": HEALTH_STATION,
        "MA_CSKCB_DEN": HOSPITAL_A,
        "HO_TEN": person.name.upper(),
        "NGAY_RA": minute(_end(visit)),
        "CHAN_DOAN_RV": visit.diagnoses[0].text,
        "MA_BENH_CHINH": visit.diagnoses[0].code,
        "TINH_TRANG_CT": "Tỉnh, tự đi lại",
        "MA_LOAI_RV": "2",
        "MA_LYDO_CT": "1",
        "HUONG_DIEU_TRI": f"Khám chuyên khoa tại {FACILITIES[HOSPITAL_A].name}",
    }


def _end(visit: Visit) -> datetime:
    if visit.end is None:
        raise ValueError("a visit that goes on has no dossier")
    return visit.end


def minute(when: datetime) -> str:
    return f"{when:%Y%m%d%H%M}"
