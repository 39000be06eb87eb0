"""Vital signs that stand in the text of a note: ``CSST<M75_T37_HA120/70_NT18_HL2>`` (QĐ 4750/QĐ-BYT, XML5).

Read leniently: order, case and spaces do not matter, a comma is a decimal mark too, what is not understood stays text.
Units are not written; they are those of the convention. A zero is what a form fills in where nobody measured.
"""

import re
from collections.abc import Iterator
from decimal import Decimal

from msgspec import Struct

_BRACKET = re.compile(r"CSST\s{0,4}:?\s{0,4}<([^<>]{0,200})>", re.IGNORECASE)
_SEPARATOR = re.compile(r"[_;]")
_PRESSURE = re.compile(r"HA\s{0,4}:?\s{0,4}(\d{1,3})\s{0,4}/\s{0,4}(\d{1,3})", re.ASCII | re.IGNORECASE)
_SINGLE = re.compile(r"(M|T|NT|SP)\s{0,4}:?\s{0,4}(\d{1,3}(?:[.,]\d{1,2})?)", re.ASCII | re.IGNORECASE)


class Measure(Struct, frozen=True):
    """What a mark stands for."""

    text: str
    unit: str
    ucum: str


MEASURES = {
    "M": Measure("Mạch", "lần/phút", "/min"),
    "T": Measure("Nhiệt độ", "°C", "Cel"),
    "NT": Measure("Nhịp thở", "lần/phút", "/min"),
    "SP": Measure("SpO2", "%", "%"),
}
PRESSURE = "HA"
PRESSURE_PARTS = (Measure("Huyết áp tâm thu", "mmHg", "mm[Hg]"), Measure("Huyết áp tâm trương", "mmHg", "mm[Hg]"))


class Sign(Struct, frozen=True):
    """One vital sign; blood pressure has two values, systolic and diastolic."""

    mark: str
    values: tuple[Decimal, ...]


class Signs(Struct, frozen=True):
    """The vital signs of a note."""

    found: tuple[Sign, ...]
    rest: str
    """What of the text is no vital sign that was understood; empty when everything was."""


def signs(text: str) -> Signs:
    """The vital signs in that text, in its order."""
    found: list[Sign] = []
    rest: list[str] = []
    end = 0
    for bracket in _BRACKET.finditer(text):
        rest.append(text[end : bracket.start()])
        end = bracket.end()
        for mark in _SEPARATOR.split(bracket[1]):
            understood = list(_sign(mark.strip()))
            found += understood
            rest.append("" if understood else mark)
    rest.append(text[end:])
    return Signs(tuple(found), " ".join(" ".join(rest).split()))


def _sign(text: str) -> Iterator[Sign]:
    if pressure := _PRESSURE.fullmatch(text):
        values = Decimal(pressure[1]), Decimal(pressure[2])
        if all(values):
            yield Sign(PRESSURE, values)
    elif single := _SINGLE.fullmatch(text):
        value = Decimal(single[2].replace(",", "."))
        if value:
            yield Sign(single[1].upper(), (value,))
