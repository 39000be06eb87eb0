"""Is an answer about the right person? Numbers decide; birth dates and names can contradict them."""

from connectors.contract import Subject
from connectors.errors import Unmatched, WrongPerson
from connectors.records import PartialDate
from connectors.records.agreement import dates_agree


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
    if not dates_agree(subject.birth_date, birth_date):
        mismatch = WrongPerson if personal_ids is None else Unmatched
        raise mismatch("the answer carries another birth date")
