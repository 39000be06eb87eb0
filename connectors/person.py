"""Is an answer about the right person? Numbers decide; birth dates and names can contradict them."""

import unicodedata

from connectors.contract import Subject
from connectors.errors import Unmatched, WrongPerson
from connectors.records import PartialDate


def folded(name: str) -> str:
    """A name without what sources lose on the way: marks, case, Unicode form, superfluous spaces.

    >>> folded("NGUYỄN  Thị Mẫu Đào")
    'nguyen thi mau dao'
    """
    plain = unicodedata.normalize("NFD", name.replace("Đ", "D").replace("đ", "d"))
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).casefold().split())


def birth_dates_agree(one: PartialDate | None, other: PartialDate | None) -> bool:
    """Whether two dates can be the same day as far as both are known. An unknown date contradicts nothing."""
    if not one or not other:
        return True
    known = min(len(one), len(other))
    return one[:known] == other[:known]


def names_agree(one: str | None, other: str | None) -> bool:
    """Whether two spellings can be the same name. An unknown name contradicts nothing."""
    return not one or not other or folded(one) == folded(other)


def require_same_person(
    subject: Subject, *, personal_ids: frozenset[str] | None, birth_date: PartialDate | None
) -> None:
    """Refuse an answer that is about somebody else.

    The number must be among those that the answer carries, where the protocol carries any. A birth date that
    contradicts the proven one refuses it as well: a mistyped number is then somebody else's record. A name alone
    refuses nothing here, for names change and are written in many ways.

    Args:
        subject: of whom the record was asked.
        personal_ids: numbers in the answer; ``None`` where the protocol has no place for one.
        birth_date: in the answer.

    Raises:
        WrongPerson: the answer is about another person.
        Unmatched: it carries the number, and another birth date: somebody mistyped one file.
    """
    if personal_ids is not None and subject.personal_id not in personal_ids:
        raise WrongPerson("the answer carries another number")
    if not birth_dates_agree(subject.birth_date, birth_date):
        mismatch = WrongPerson if personal_ids is None else Unmatched
        raise mismatch("the answer carries another birth date")
