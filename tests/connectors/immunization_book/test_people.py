"""An entry of the book is the citizen's, or nothing of it is shown."""

from typing import Any

import msgspec
import pytest
from msgspec import Raw

from connectors.contract import Subject
from connectors.errors import Garbled, SourceError, WrongPerson
from connectors.immunization_book import people
from connectors.records import PartialDate
from tests.connectors.immunization_book.book import ENTRY, NA, TI, member
from tests.connectors.samples import FOLDER, needs

NAMELESS = Subject(ref="ref-na", personal_id=NA.personal_id)


def entries(*members: Any, subject: Subject = NA) -> tuple[str, ...]:
    return people.entries([Raw(msgspec.json.encode(one)) for one in members], subject)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"ho_ten": "Con bà Mẫu Dung"},
        {"ho_ten": None, "ngay_sinh": None},
        {"ngay_sinh": "2018"},
        {"ngay_sinh": "07/2018"},
        {"ngay_sinh": "not a day"},
        {"ma_dinh_danh": "", "ho_ten": "kieu le mau na"},
        {"ma_dinh_danh": None, "ho_ten": "KIE\u0302\u0300U LE\u0302 MA\u0302\u0303U NA"},
    ],
)
def test_the_number_or_name_and_birth_date_prove_an_entry(fields: dict[str, Any]) -> None:
    """Beside the number a name refuses nothing, for names change; without the number it must be the same."""
    assert entries(member(**fields)) == (str(ENTRY),)


@pytest.mark.parametrize(
    "fields",
    [
        {"ma_dinh_danh": TI.personal_id},
        {"ma_dinh_danh": "1"},
        {"ngay_sinh": "24/07/2018"},
        {"ngay_sinh": "2017"},
        {"ma_dinh_danh": "", "ho_ten": "KIỀU LÊ MẪU NGA"},
        {"ma_dinh_danh": "", "ngay_sinh": "24/07/2018"},
    ],
)
def test_f12_an_entry_of_somebody_else_is_withheld(fields: dict[str, Any]) -> None:
    """Also when an entry of hers comes with it: the answer is mixed up."""
    for answer in ([member(**fields)], [member(), member(**fields)]):
        with pytest.raises(WrongPerson) as caught:
            entries(*answer)
        assert not [word for word in (NA.personal_id, "Mẫu", "MẪU") if word in str(caught.value)]


@pytest.mark.parametrize(
    "fields",
    [
        {"ma_dinh_danh": "", "ho_ten": None},
        {"ma_dinh_danh": "", "ngay_sinh": None},
        {"ma_dinh_danh": None, "ngay_sinh": "not a day"},
        {"doi_tuong_id": None},
        {"doi_tuong_id": ""},
        {"doi_tuong_id": "1&doi_tuong_id=2"},
        {"doi_tuong_id": "../1"},
        {"doi_tuong_id": NA.personal_id},
        {"doi_tuong_id": f"x{NA.personal_id}"},
        {"doi_tuong_id": [1]},
        {"ma_dinh_danh": 79318998120},
    ],
)
def test_an_entry_that_proves_nothing_or_has_no_usable_id_is_garbled(fields: dict[str, Any]) -> None:
    """The id will stand in a URL: it must be an id, and must not be the number."""
    with pytest.raises(Garbled):
        entries(member(**fields))


def test_name_and_birth_date_that_nobody_proved_prove_nothing() -> None:
    """Without them an entry that does not repeat the number cannot be held against anything."""
    assert entries(member(), subject=NAMELESS) == (str(ENTRY),)
    with pytest.raises(SourceError, match="not known"):
        entries(member(ma_dinh_danh=""), subject=NAMELESS)


def test_a_child_that_was_entered_twice_has_two_entries() -> None:
    """The same entry twice is one; a crowd is no citizen."""
    assert entries(member(), member(), member(doi_tuong_id="b")) == (str(ENTRY), "b")
    with pytest.raises(Garbled):
        entries(*(member(doi_tuong_id=number) for number in range(4)))


@needs("immunization")
def test_every_sample_of_an_entry_is_read() -> None:
    """They repeat no number: each is accepted with its own name and birth date, and with no other."""
    files = sorted((FOLDER / "immunization").glob("*/thanh_vien.json"))
    for file in files:
        (one,) = msgspec.json.decode(file.read_bytes())["data"]
        day, month, year = one["ngay_sinh"].split("/")
        subject = Subject(
            ref="ref", personal_id="079399998199", name=one["ho_ten"], birth_date=PartialDate(f"{year}-{month}-{day}")
        )
        assert entries(one, subject=subject) == (str(one["doi_tuong_id"]),)
        with pytest.raises(WrongPerson):
            entries(one, subject=NA)
    assert files
