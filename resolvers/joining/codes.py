"""Codes and words as they are compared. They are shown as the source wrote them."""

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timezone
from typing import TypeVar

from msgspec import to_builtins

from connectors.records import CodedText, Coding, Facility, PartialDate, Record
from resolvers.joining.rule import Fact, Mark
from resolvers.partial_dates import in_zone

R = TypeVar("R", bound=Record)

ICD10 = "http://hl7.org/fhir/sid/icd-10"
LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
_CANONICAL: Mapping[str, str] = {
    "urn:oid:2.16.840.1.113883.6.96": SNOMED,
    "urn:oid:2.16.840.1.113883.6.1": LOINC,
    "urn:oid:2.16.840.1.113883.6.3": ICD10,
    "urn:oid:2.16.840.1.113883.6.73": "http://www.whocc.no/atc",
    "urn:oid:2.16.840.1.113883.12.292": "http://hl7.org/fhir/sid/cvx",
}
"""Two names of one code system (HL7 Terminology, terminology.hl7.org)."""


_MINUTE = len("2019-04-30T08:15")


def codes(concept: CodedText) -> list[tuple[str, str]]:
    """System and code of every coding whose system is known: the same number means something else elsewhere."""
    codings = concept.codings
    if len(codings) == 1 and codings[0].system != "unknown":  # as most are: no list is sorted for one
        (coding,) = codings
        return [(_CANONICAL.get(coding.system, coding.system), coding.code.strip())]
    known = (coding for coding in codings if coding.system != "unknown")
    return sorted({(_CANONICAL.get(coding.system, coding.system), coding.code.strip()) for coding in known})


def words(text: str) -> str:
    """A text whatever its Unicode form, case and spaces. Marks stay: *đậu xanh* is a bean, *dầu xanh* an ointment."""
    return " ".join((text if text.isascii() else unicodedata.normalize("NFC", text)).casefold().split())


def by_code(concept: Callable[[R], CodedText], *more: Callable[[R], Mark | None]) -> Callable[[R], Iterable[Mark]]:
    """Marks of records by each of their codes, together with more that must be the same and known."""
    known = _all_known(more)

    def marks(record: R) -> Iterable[Mark]:
        rest = known(record)
        if rest is None:
            return ()
        found = codes(concept(record))
        if len(found) == 1:
            return (("code", *found[0], *rest),)
        return [("code", *code, *rest) for code in found]

    return marks


def by_words(concept: Callable[[R], CodedText], *more: Callable[[R], Mark | None]) -> Callable[[R], Iterable[Mark]]:
    """Marks of records by their words, together with more that must be the same and known."""
    known = _all_known(more)

    def marks(record: R) -> Iterable[Mark]:
        rest = known(record)
        return () if rest is None else (("words", words(concept(record).text), *rest),)

    return marks


def _all_known(parts: Sequence[Callable[[R], Mark | None]]) -> Callable[[R], Mark | None]:
    """Reads what must be the same beside the code or the words; ``None`` where any of it is not known."""
    if len(parts) == 1:
        return parts[0]

    def known(record: R) -> Mark | None:
        rest: Mark = ()
        for part in parts:
            mark = part(record)
            if mark is None:
                return None
            rest += mark
        return rest

    return known


def code_facts(concept: CodedText, name: str = "code") -> Iterable[Fact]:
    """All its codes of one system together: a record with one code more may mean another thing.

    Otherwise a class of substances that is written beside two of them would make one thing of both.
    """
    found: dict[str, list[str]] = {}
    for system, code in codes(concept):
        found.setdefault(system, []).append(code)
    return [((name, system), tuple(all_of_it)) for system, all_of_it in found.items()]


def date_facts(known: PartialDate | None, name: str) -> Iterable[Fact]:
    """Year, month and day, as far as they are known: ``2015`` and ``2015-08`` agree."""
    parts = known.split("-") if known else []
    return [((name, place), part) for place, part in enumerate(parts)]


def day(known: PartialDate | None) -> Mark | None:
    """The day, if it is known as a day."""
    return (known,) if known and len(known) == len("2019-04-30") else None


def minute(at: datetime | None) -> Mark | None:
    """The minute: some systems write seconds, some do not."""
    if at is None:
        return None
    zone = at.tzinfo
    try:
        # The digits are those in UTC, for a third of what it costs to move it there.
        there = at - (zone.utcoffset(None) if type(zone) is timezone else at.utcoffset())  # type: ignore[operator]  # without an offset, this raises
    except (OverflowError, TypeError):
        there = in_zone(at, UTC)
    return (f"{to_builtins(there)[:_MINUTE]}:00+00:00",)


def place(facility: Facility | None) -> Mark | None:
    """A facility that is known by a code of health insurance: a source's own code means something else elsewhere."""
    return (facility.code,) if facility and is_insurance_code(facility.code) else None


def place_facts(facility: Facility | None) -> Iterable[Fact]:
    """Two codes of health insurance are two places."""
    known = place(facility)
    return [("facility", known)] if known else []


def is_insurance_code(code: str) -> bool:
    """Whether the code has the form of a facility code: five characters, the first two the province."""
    return len(code) == 5 and code.isascii() and code.isalnum() and code[:2].isdigit()


def merged(one: CodedText, others: Iterable[CodedText]) -> CodedText:
    """The first one's words with the codes of all; the others' words stay beside their codes where they differ."""
    found = dict.fromkeys(one.codings)
    for other in others:
        named = words(other.text) == words(one.text)
        found |= dict.fromkeys(coding if named else _displayed(coding, other.text) for coding in other.codings)
    return CodedText(text=one.text, codings=tuple(found))


def _displayed(coding: Coding, text: str) -> Coding:
    return coding if coding.display else Coding(system=coding.system, code=coding.code, display=text)
