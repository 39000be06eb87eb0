"""Is an answer of the portal about the right person? It carries no citizen number: name and birth date decide."""

from connectors.contract import Subject
from connectors.errors import Garbled, WrongPerson
from connectors.person import require_same_person
from connectors.records.agreement import names_agree
from connectors.vss import dates
from connectors.vss.wire import CardAnswer, Code


def require_card_holder(answer: CardAnswer, subject: Subject) -> None:
    """Refuse a card check about somebody else, or about a card of nobody.

    Raises:
        WrongPerson: the card is somebody else's.
        Garbled: there is a card, and it does not say whose it is.
    """
    if answer.name or answer.card or answer.new_card or answer.old_card:
        require_holder(answer.name, answer.birth_date, subject)


def require_holder(name: str | None, birth_date: Code, subject: Subject) -> None:
    """Refuse what is about somebody else, or does not say about whom.

    Raises:
        WrongPerson: it is about somebody else.
        Garbled: the name or the birth date is missing, or no date.
    """
    if not name:
        raise Garbled("an answer without its holder")
    try:
        born = dates.partial_date(birth_date)
    except ValueError:
        raise Garbled("the holder's birth date cannot be read") from None
    if born is None:
        raise Garbled("a holder without a birth date")
    require_same_person(subject, personal_ids=None, birth_date=born)
    if not names_agree(subject.name, name):
        # Elsewhere a name alone refuses nothing; here it is half of all that the answer says about the person.
        raise WrongPerson("the holder has another name")
