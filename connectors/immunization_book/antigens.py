"""The book's antigens, as the disease that each protects against.

Ids and names: the protocol table that the book itself gives out (``phac_do_tiem_chung``), as observed. The ICD-10
category is ours (WHO, ICD-10 version 2019): the code of the disease without further specification.
"""

import unicodedata
from collections.abc import Mapping

from msgspec import Struct


class Antigen(Struct, frozen=True):
    """One line of the table."""

    id: str
    """``khang_nguyen_id``."""
    icd10: str
    names: tuple[str, ...]
    """As the book writes it, and as it is also called."""


_TABLE = (
    Antigen("2", "A80.9", ("Bại liệt",)),
    Antigen("3", "B16.9", ("Viêm gan B", "VGB")),
    Antigen("5", "A36.9", ("Bạch hầu",)),
    Antigen("6", "A00.9", ("Tả",)),
    Antigen("8", "B05.9", ("Sởi",)),
    Antigen("9", "A83.0", ("Viêm não Nhật Bản", "VNNB")),
    Antigen("12", "A82.9", ("Dại",)),
    Antigen("13", "A01.0", ("Thương hàn",)),
    Antigen("17", "J11.1", ("Cúm", "Cúm mùa")),
    Antigen("172", "A49.2", ("Hib", "Bệnh do Hib")),
    Antigen("176", "B06.9", ("Rubella",)),
    Antigen("270", "A16.9", ("Lao",)),
    Antigen("290", "A37.9", ("Ho gà",)),
    Antigen("291", "A35", ("Uốn ván",)),
)
_BY_ID: Mapping[str, Antigen] = {antigen.id: antigen for antigen in _TABLE}


def _key(name: str) -> str:
    """A name whatever its case, spaces and Unicode form. Marks stay: the names are short, and tell apart by them."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


_BY_NAME: Mapping[str, Antigen] = {_key(name): antigen for antigen in _TABLE for name in antigen.names}


def known(id_: str | None, name: str | None) -> Antigen | None:
    """The antigen of that name; of that id only where there is no name; none where the table has it not.

    Ids may be others at another installation of the book, and the wrong disease is worse than none.
    """
    return _BY_NAME.get(_key(name)) if name else _BY_ID.get(id_ or "")


def same(id_: str | None, name: str | None) -> str:
    """What is equal for two ways of writing the same antigen."""
    antigen = known(id_, name)
    return antigen.id if antigen else _key(name or "") or (id_ or "")
