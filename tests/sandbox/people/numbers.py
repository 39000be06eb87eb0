"""Invented numbers of the right form: nobody has them, everything that checks a form accepts them.

Forms: personal identification number by the Law on Identification 26/2023/QH15 (three digits of place, one of century
and sex, two of birth year, six free), insurance card by decision 1018/QĐ-BHXH (two letters, benefit digit, province,
ten digits of the social-insurance number).
"""

from datetime import date
from typing import Literal

Sex = Literal["male", "female"]

PROVINCE = "79"


def personal_id(birth_date: date, sex: Sex, serial: int) -> str:
    """The 12 digits of a person of this birth date and sex; the 998 in the middle marks the city's own people."""
    century_and_sex = 2 * (birth_date.year // 100 - 19) + (sex == "female")
    return f"0{PROVINCE}{century_and_sex}{birth_date:%y}998{_three(serial)}"


def agrees(number: str, birth_date: date, sex: Sex) -> bool:
    """Whether the digits of century, sex and year say the same as the birth date and the sex."""
    century, female = divmod(int(number[3]), 2)
    year = 1900 + 100 * century + int(number[4:6])
    return year == birth_date.year and bool(female) == (sex == "female")


def social_insurance_number(serial: int) -> str:
    """The 10 digits of a BHXH number."""
    return f"7999998{_three(serial)}"


def card_code(group: str, benefit: int, serial: int) -> str:
    """The 15 characters of a card: object group (``HT``, ``TE`` ...), benefit digit 1-5, place, number."""
    return f"{group}{benefit}{PROVINCE}{social_insurance_number(serial)}"


def phone(serial: int) -> str:
    """A telephone number that no network gives out."""
    return f"0900000{_three(serial)}"


def old_identity_number(serial: int) -> str:
    """The nine digits of an identity card (CMND) of the time before the 12-digit number."""
    return f"029998{_three(serial)}"


def _three(serial: int) -> str:
    if not 0 < serial < 1000:
        raise ValueError("a serial has one to three digits")
    return f"{serial:03d}"
