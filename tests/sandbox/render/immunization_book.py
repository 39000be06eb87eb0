"""The vaccination book: an entry, the history by antigen and the history by product, which show the same doses twice.

Ids of antigens are the book's own where its protocol table names them; the others are the city's inventions.
"""

from datetime import date
from typing import Any

from tests.sandbox.people.model import Dose, Person
from tests.sandbox.people.places import FACILITIES
from tests.sandbox.people.vaccines import DISEASES, VACCINES

ANTIGENS = {
    "polio": 2,
    "hepatitis-b": 3,
    "diphtheria": 5,
    "measles": 8,
    "japanese-encephalitis": 9,
    "influenza": 17,
    "hib": 172,
    "rubella": 176,
    "tuberculosis": 270,
    "pertussis": 290,
    "tetanus": 291,
    "rotavirus": 9901,
    "covid-19": 9902,
}
PLANNED, GIVEN = 1, 2
WITHOUT_NUMBER = frozenset({"lan"})
"""Entries from before the number was written down: nothing but name and birth date says whose they are."""

Json = dict[str, Any]


def contents(person: Person) -> Json | None:
    """All that the book says about a person; nothing where it has no entry."""
    if person.book_entry is None:
        return None
    return {"thanh_vien": member(person), "khang_nguyen": by_antigen(person), "vacxin": by_product(person)}


def member(person: Person) -> Json:
    """The entry itself (``thanh_vien``). ``cmnd`` of a carer is another person's number, to be read by nobody."""
    return {
        "doi_tuong_id": person.book_entry,
        "ma_doi_tuong": f"790001{person.birth_date:%Y}{person.serial:05d}",
        "ma_dinh_danh": "" if person.key in WITHOUT_NUMBER else person.personal_id,
        "ho_ten": person.name.upper(),
        "ngay_sinh": f"{person.birth_date:%d/%m/%Y}",
        "gioi_tinh": int(person.sex == "female"),
        "dia_chi": person.address,
        "theo_doi": 1,
        "ds_nguoi_cham_soc": [{"cmnd": person.mother, "quan_he": "Mẹ", "mac_dinh": 1}] if person.mother else [],
    }


def by_antigen(person: Person) -> list[Json]:
    """A row for each antigen of each dose."""
    return [
        {
            "lich_su_tiem_id": id_,
            "khang_nguyen_id": ANTIGENS[disease],
            "ten_khang_nguyen": DISEASES[disease].text,
            "trang_thai": _state(dose),
            "ngay_tiem": _day(dose),
            "thu_tu_mui_tiem": number,
            "thu_tu_hien_thi": number,
        }
        for id_, dose in _doses(person)
        for disease, number in dose.numbers
    ]


def by_product(person: Person) -> list[Json]:
    """A row for each dose."""
    products = list(VACCINES)
    return [
        {
            "lich_su_tiem_id": id_,
            "vacxin_id": 100 + products.index(dose.vaccine),
            "ten_vacxin": VACCINES[dose.vaccine].text,
            "khang_nguyen": ", ".join(DISEASES[disease].text for disease, _ in dose.numbers),
            "trang_thai": _state(dose),
            "ngay_tiem": _day(dose),
            "thu_tu_mui_tiem": dose.numbers[0][1],
            "co_so_tiem_chung": FACILITIES[dose.facility].name,
            "seo": None,
            "truoc_24h": None,
            "lo_vacxin": dose.lot or "",
            "phan_ung_sau_tiem": {"ngay_phan_ung": _date(dose), "loai_phan_ung": dose.reaction, "ket_qua": "Khỏi"}
            if dose.reaction
            else None,
        }
        for id_, dose in _doses(person)
    ]


def _doses(person: Person) -> list[tuple[int, Dose]]:
    """Given and planned ones with their ids: the book has no word for a refusal, and corrects its errors."""
    shown = [dose for dose in person.doses if dose.status in {"completed", "planned"}]
    return [((person.book_entry or 0) * 100 + number, dose) for number, dose in enumerate(shown)]


def _state(dose: Dose) -> int:
    return GIVEN if dose.status == "completed" else PLANNED


def _day(dose: Dose) -> str:
    return f"00:00 {_date(dose)}"


def _date(dose: Dose) -> str:
    return f"{date.fromisoformat(dose.on):%d/%m/%Y}"
