"""What single fields of the portal say."""

import re
from collections.abc import Mapping
from decimal import Decimal

from connectors.records import CodedText, Coding, Facility

ICD10 = "http://hl7.org/fhir/sid/icd-10"
_OWN = "urn:citizen-graph:vss:{}"
"""System of a code list of the portal, by the name of its field."""
_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,6})?", re.ASCII)


def said(text: str | float | None) -> str | None:
    """What the portal said; an empty text says nothing."""
    return ("" if text is None else str(text)).strip() or None


def number(text: str | float | None) -> Decimal | None:
    """The number; none where the portal says nothing.

    Raises:
        ValueError: it says something that is no number, or one beyond any sense.
    """
    found = said(text)
    if found is None:
        return None
    if not _NUMBER.fullmatch(found):
        raise ValueError("not a number")
    return Decimal(found)


def facility(code: str | None, name: str | None = None) -> Facility | None:
    """The place of that code; the portal rarely names one."""
    return Facility(code=code, name=name or code) if code else None


def coding(code: str, field: str) -> Coding:
    """A code of the portal's own list."""
    return Coding(system=_OWN.format(field), code=code)


def from_list(code: str | None, field: str, words: Mapping[str, str]) -> CodedText | None:
    """A code with its words; a code outside the list stands for itself."""
    return None if code is None else CodedText(text=words.get(code, code), codings=(coding(code, field),))
