"""Whether two systems can mean the same although they write it differently. What is unknown contradicts nothing."""

import unicodedata

from connectors.records.base import PartialDate


def folded(name: str) -> str:
    """A name without what sources lose on the way: marks, case, Unicode form, superfluous spaces.

    >>> folded("NGUYỄN  Thị Mẫu Đào")
    'nguyen thi mau dao'
    """
    plain = unicodedata.normalize("NFD", name.replace("Đ", "D").replace("đ", "d"))
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).casefold().split())


def dates_agree(one: PartialDate | None, other: PartialDate | None) -> bool:
    """Whether two dates can be the same day as far as both are known."""
    if not one or not other:
        return True
    known = min(len(one), len(other))
    return one[:known] == other[:known]


def names_agree(one: str | None, other: str | None) -> bool:
    """Whether two spellings can be the same name."""
    return not one or not other or folded(one) == folded(other)
