"""Values of one field in several records: do they say the same, and how are they shown in words?"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from connectors.records import (
    Address,
    BooleanValue,
    CodedText,
    CodedValue,
    Diagnosis,
    DiagnosisRole,
    Facility,
    PartialDate,
    Practitioner,
    Quantity,
    QuantityValue,
    RangeValue,
    TextValue,
)
from connectors.records.agreement import dates_agree, folded, names_agree
from resolvers.joining.codes import codes, is_insurance_code, merged, minute, words

_NOTHING_SAID = frozenset({"UNKNOWN", "UNSPECIFIED", "OTHER"})


def says(value: Any) -> bool:
    """Whether the value says anything."""
    if isinstance(value, Enum):
        return value.name not in _NOTHING_SAID
    if isinstance(value, Facility):
        return value.code != "unknown"
    return value not in (None, (), "", "unknown")


def agree(one: Any, other: Any) -> bool:  # noqa: PLR0911 - a table by type
    """Whether both can mean the same, as two systems write it."""
    match one, other:
        case CodedText(), CodedText():
            return words(one.text) == words(other.text) or bool({*codes(one)} & {*codes(other)})
        case Facility(), Facility():
            both = is_insurance_code(one.code) and is_insurance_code(other.code)
            return one.code == other.code or (not both and folded(one.name) == folded(other.name))
        case Practitioner(), Practitioner():
            return names_agree(one.name, other.name)
        case Diagnosis(), Diagnosis():
            roles = {one.role, other.role} - {DiagnosisRole.UNSPECIFIED}
            return len(roles) < 2 and agree(one.code, other.code)
        case (Quantity(), Quantity()) | (QuantityValue(), QuantityValue()):
            return measure(one) == measure(other)
        case Address(), Address():
            return folded(one.text) == folded(other.text)
        case datetime(), datetime():
            return minute(one) == minute(other)
        case str(), str() if _is_date(one) and _is_date(other):
            return dates_agree(PartialDate(one), PartialDate(other))
        case str(), str():
            return words(one) == words(other)
    return bool(one == other)


def measure(amount: Quantity | QuantityValue) -> tuple[Decimal, str | None, str | None]:
    """What makes two amounts the same: the number whatever its digits, the unit, the bound."""
    return amount.value, amount.code or amount.unit, amount.comparator


def together(lists: Iterable[Sequence[Any]]) -> tuple[Any, ...]:
    """Every entry of several lists, each once. Entries meet by hash: a source may send very many."""
    entries = [entry for entries in lists for entry in entries]
    # What names no role belongs to whatever does, so it comes last.
    entries.sort(key=lambda entry: isinstance(entry, Diagnosis) and entry.role is DiagnosisRole.UNSPECIFIED)
    places: dict[Hashable, int] = {}
    found: list[list[Any]] = []
    for entry in entries:
        keys = _keys(entry)
        place = next((places[key] for key in keys if key in places), len(found))
        found += [[]] if place == len(found) else []
        found[place].append(entry)
        for key in (*keys, *_keys_without_role(entry)):
            places.setdefault(key, place)
    return tuple(exactest(same) for same in found)


def _keys(entry: Any) -> list[Hashable]:
    if isinstance(entry, CodedText):
        return [words(entry.text), *codes(entry)]
    if isinstance(entry, Diagnosis):
        return [(entry.role, key) for key in _keys(entry.code)]
    return [entry]


def _keys_without_role(entry: Any) -> list[Hashable]:
    return [(DiagnosisRole.UNSPECIFIED, key) for key in _keys(entry.code)] if isinstance(entry, Diagnosis) else []


def exactest(values: Sequence[Any]) -> Any:
    """The first value, with what those that agree with it know beyond it."""
    first = values[0]
    others = [other for other in values[1:] if agree(first, other)]
    match first:
        case CodedText():
            return merged(first, others)
        case Diagnosis():
            return Diagnosis(code=merged(first.code, (other.code for other in others)), role=first.role)
        case Facility() if not is_insurance_code(first.code):
            return next((other for other in others if is_insurance_code(other.code)), first)
        case Practitioner():
            known = {name: _known(name, (first, *others)) for name in first.__struct_fields__}
            return Practitioner(**known)
        case str() if _is_date(first):
            return max((first, *others), key=len)
    return first


def _known(name: str, values: Iterable[Any]) -> Any:
    return next(filter(None, (getattr(value, name) for value in values)), None)


def in_words(value: Any) -> str:
    """The value as a sentence about a conflict shows it."""
    if isinstance(value, Enum):
        return value.name
    write = _WORDS.get(type(value))
    return write(value) if write else str(value)


def _amount(found: Quantity | QuantityValue) -> str:
    return " ".join(part for part in (found.comparator, f"{found.value:f}", found.unit or found.code) if part)


def _range(found: RangeValue) -> str:
    bounds = " - ".join("" if bound is None else f"{bound:f}" for bound in (found.low, found.high))
    return f"{bounds} {found.unit or ''}".strip()


_WORDS: Mapping[type, Callable[[Any], str]] = {
    CodedText: lambda found: found.text,
    CodedValue: lambda found: found.coded.text,
    TextValue: lambda found: found.text,
    Address: lambda found: found.text,
    Facility: lambda found: found.name,
    Practitioner: lambda found: found.name or found.licence or "",
    Quantity: _amount,
    QuantityValue: _amount,
    RangeValue: _range,
    BooleanValue: lambda found: in_words(found.boolean),
    bool: lambda found: "true" if found else "false",
    Decimal: lambda found: f"{found:f}",
    date: date.isoformat,
    datetime: datetime.isoformat,
}


def _is_date(text: str) -> bool:
    return len(text) in (4, 7, 10) and all(part.isdecimal() for part in text.split("-")) and text[4:5] in ("", "-")
