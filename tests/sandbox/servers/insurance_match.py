"""Finding the holder of a card, and comparing name and birth date the way the insurance portal does."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

_CODES = re.compile(r"[A-Z]{2}[0-9]{13}|[0-9]{10}|[0-9]{12}")
_BIRTH = re.compile(r"(?:(?:(?P<day>[0-9]{2})/)?(?P<month>[0-9]{2})/)?(?P<year>[0-9]{4})")
_CARD_FIELDS = ("maThe", "maTheCu", "maTheMoi", "maSoBHXH")


class Wrong(Exception):  # not an error of the server: its answer
    """A request the portal answers with a business code.

    Args:
        code: ``maKetQua``.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Book:
    """The cards of everybody, findable by each of their numbers.

    Args:
        cards: the answer to a right card check, by citizen number.
    """

    def __init__(self, cards: Mapping[str, dict[str, Any]]) -> None:
        self.cards = cards
        self.insured = [citizen for citizen, card in cards.items() if card.get("maThe")]
        """Those who have or had a card."""
        self._holders = {
            card[name]: citizen for citizen, card in cards.items() for name in _CARD_FIELDS if card.get(name)
        }

    def holder(self, code: str) -> str | None:
        """The citizen number behind a card code (15), BHXH number (10) or citizen number (12)."""
        return code if code in self.cards else self._holders.get(code)

    def citizen(self, fields: Mapping[str, str]) -> str:
        """The citizen a request is about, when its name and birth date are those of the card.

        Raises:
            Wrong: 205 bad parameters, 050 no such card, 060 and 061 another name, 070 another birth date.
        """
        code, name, birth = (fields.get(field, "").strip() for field in ("maThe", "hoTen", "ngaySinh"))
        if not (_CODES.fullmatch(code) and name and _BIRTH.fullmatch(birth)):
            raise Wrong("205")
        citizen = self.holder(code)
        if citizen is None:
            raise Wrong("050")
        card = self.cards[citizen]
        if card.get("hoTen") and not same_name(name, card["hoTen"]):
            raise Wrong("061" if plain(name)[:1] == plain(card["hoTen"])[:1] else "060")
        if card.get("ngaySinh") and not same_birth(birth, card["ngaySinh"]):
            raise Wrong("070")
        return citizen


def plain(name: str) -> str:
    """A name without marks, case and superfluous space: ``TRAN THI MAU AN`` for ``Trần  Thị Mẫu Ân``."""
    apart = unicodedata.normalize("NFD", name.upper().replace("Đ", "D"))
    return " ".join("".join(letter for letter in apart if not unicodedata.combining(letter)).split())


def same_name(one: str, other: str) -> bool:
    """Whether two names are the same but for marks, case, Unicode form and spacing."""
    return plain(one) == plain(other)


def same_birth(asked: str, card: str) -> bool:
    """Whether ``dd/MM/yyyy``, ``MM/yyyy`` or ``yyyy`` agree with the card.

    A card that knows only the year is content with any day of it; a card that knows the day wants the day.
    """
    given, known = _BIRTH.fullmatch(asked), _BIRTH.fullmatch(card)
    if not given or not known:
        return False
    return all(given[part] == known[part] for part in ("day", "month", "year") if known[part])
