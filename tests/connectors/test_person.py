"""Is it the right person? Numbers decide, birth dates contradict, names forgive."""

import pytest

from connectors.contract import Subject
from connectors.errors import Unmatched, WrongPerson
from connectors.person import require_same_person
from connectors.records import PartialDate

NAME = "Nguyễn Thị Mẫu Đào"
NUMBER = "079190998901"
HER = Subject(ref="r", personal_id=NUMBER, name=NAME, birth_date=PartialDate("1990-03-02"))


@pytest.mark.parametrize(
    ("numbers", "born"),
    [
        (frozenset({NUMBER}), "1990-03-02"),
        (frozenset({NUMBER, "A-1"}), None),
        (frozenset({NUMBER}), "1990"),
        (None, "1990-03-02"),
        (None, None),
    ],
)
def test_the_right_person_passes(numbers: frozenset[str] | None, born: str | None) -> None:
    require_same_person(HER, personal_ids=numbers, birth_date=PartialDate(born) if born else None)


@pytest.mark.parametrize(
    ("numbers", "born"),
    [
        (frozenset({"079190998902"}), "1990-03-02"),
        (frozenset(), "1990-03-02"),
        (frozenset({NUMBER + " "}), None),
        (frozenset({NUMBER}), "1990-03-03"),
        (None, "1991"),
    ],
)
def test_f12_another_person_does_not(numbers: frozenset[str] | None, born: str | None) -> None:
    """Neither by another number, nor by none where there should be one, nor by another day of birth."""
    with pytest.raises(WrongPerson) as caught:
        require_same_person(HER, personal_ids=numbers, birth_date=PartialDate(born) if born else None)
    assert NUMBER not in str(caught.value)
    assert "1990" not in str(caught.value)


def test_one_mistyped_file_is_told_apart_from_a_source_that_mixes_people_up() -> None:
    """The first withholds one answer; the second may close the source to everybody (see the breaker)."""
    with pytest.raises(Unmatched):
        require_same_person(HER, personal_ids=frozenset({NUMBER}), birth_date=PartialDate("1990-03-03"))
    for numbers, born in ((frozenset({"079190998902"}), "1990-03-03"), (None, "1990-03-03")):
        with pytest.raises(WrongPerson) as caught:
            require_same_person(HER, personal_ids=numbers, birth_date=PartialDate(born))
        assert type(caught.value) is WrongPerson
