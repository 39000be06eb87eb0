"""Pure: where a source does otherwise than it was asked or than its protocol promises. Counted for the operator.

None of it reaches a citizen as such: what lies outside a slice is filtered again, what cannot be read makes the list
incomplete, what is not understood stays visible. But whoever runs the gateway learns here that a hospital renamed a
field last night, before somebody misses an allergy.
"""

import typing
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Enum
from functools import lru_cache
from operator import attrgetter
from typing import Any, TypeGuard, TypeVar

from msgspec import Struct, structs

from connectors.contract import Answer, Question
from connectors.errors import Garbled, SourceError, Unmatched, WrongPerson
from connectors.records import CodedText, Record
from resolvers.moments import MOMENTS, When
from resolvers.period import within

R = TypeVar("R", bound=Record)

_Read = Callable[[Any], Any]
"""Reads one field."""
_Find = Callable[[Iterable[Record]], bool]
"""Whether any of these records has a field with something that is not understood."""
_UNNAMED_SYSTEM = "unknown"
"""Stands in a ``Coding`` where the source names no code system."""


class DeviationKind(Enum):
    """In which way."""

    OUTSIDE_SLICE = "outside_slice"
    """Records that a filter, which the source was given, should have held back."""
    UNKNOWN_CODE = "unknown_code"
    """Records with a word or a code that is not understood: an enumeration's other value, a code without a system."""
    DROPPED = "dropped"
    """Records that could not be read: a field that was renamed, another type than promised."""
    CUT_OFF = "cut_off"
    """Answers with more than the bounds let through."""
    GARBLED = "garbled"
    """Answers that could not be read at all."""
    WRONG_PERSON = "wrong_person"
    """Answers about somebody else."""
    UNMATCHED = "unmatched"
    """Answers with the right number and another name or birth date."""


class Deviation(Struct, frozen=True):
    """So many times, by one source, for one class of record."""

    source: str
    about: type[Record]
    kind: DeviationKind
    count: int = 1


def fits(question: Question[R], when: When[R]) -> Callable[[R], bool]:
    """Whether a record belongs to the slice that the question is about, as far as the record tells.

    Args:
        question: with its slice.
        when: tells when a record's fact was true.
    """
    if not question.is_slice:
        return lambda _: True
    inside = within(question.since, question.until)
    codes, category = frozenset(question.codes), question.category

    def kept(record: R) -> bool:
        return inside(when(record)) and _has_code(record, codes) and _has_category(record, category)

    return kept


def of_answer(source: str, question: Question[Any], answer: Answer[Any]) -> Sequence[Deviation]:
    """What an answer shows by itself."""
    about, records = question.about, answer.records
    found: list[Deviation] = []
    if answer.dropped:
        found.append(Deviation(source, about, DeviationKind.DROPPED, answer.dropped))
    if answer.truncated:
        found.append(Deviation(source, about, DeviationKind.CUT_OFF))
    # What ails an answer that was kept was counted when it came.
    if not records or records[0].provenance[0].from_cache:
        return found
    if count := _not_understood(question, records):
        found.append(Deviation(source, about, DeviationKind.UNKNOWN_CODE, count))
    if answer.narrowed is not None:
        inside = sum(map(fits(answer.narrowed, MOMENTS[about]), records))
        if inside < len(records):
            found.append(Deviation(source, about, DeviationKind.OUTSIDE_SLICE, len(records) - inside))
    return found


def of_error(source: str, question: Question[Any], error: SourceError) -> Iterator[Deviation]:
    """What a failure says about the source's promise; most say nothing about it."""
    for kind, deviation in (
        (Unmatched, DeviationKind.UNMATCHED),
        (WrongPerson, DeviationKind.WRONG_PERSON),
        (Garbled, DeviationKind.GARBLED),
    ):
        if isinstance(error, kind):
            yield Deviation(source, question.about, deviation)
            return


def _has_code(record: Any, codes: frozenset[str]) -> bool:
    return not codes or any(coding.code in codes for coding in record.code.codings)


def _has_category(record: Any, category: str | None) -> bool:
    return category is None or record.category.value == category


def _not_understood(question: Question[Any], records: Sequence[Record]) -> int:
    """How many of them have a word or a code that is not understood: mostly none, and then none is counted."""
    about: type[Record] = question.about
    finds = _finds(about, question.wanted)
    for find in finds:
        if find(records):
            return sum(any(find((record,)) for find in finds) for record in records)
    return 0


@lru_cache(maxsize=4096)
def _finds(about: type[Record], wanted: frozenset[str] | None) -> tuple[_Find, ...]:
    """What finds that, field by field. What may have been left out of a record says nothing."""
    hints = typing.get_type_hints(about)
    finds: list[_Find] = []
    for field in structs.fields(about):
        if wanted is not None and field.name not in wanted and not field.required:
            continue
        kind, read = hints[field.name], attrgetter(field.name)
        parts = _parts(kind)
        finds += [_word(read, part.__members__["UNKNOWN"]) for part in parts if _may_be_unknown(part)]
        if CodedText in parts:
            finds.append(_texts(read) if typing.get_origin(kind) is tuple else _text(read))
    return tuple(finds)


def _may_be_unknown(part: type[Any]) -> TypeGuard[type[Enum]]:
    return issubclass(part, Enum) and "UNKNOWN" in part.__members__


def _word(read: _Read, unknown: Enum) -> _Find:
    return lambda records: unknown in map(read, records)


def _text(read: _Read) -> _Find:
    def find(records: Iterable[Record]) -> bool:
        for text in map(read, records):
            if text is not None:
                for coding in text.codings:
                    if coding.system == _UNNAMED_SYSTEM:
                        return True
        return False

    return find


def _texts(read: _Read) -> _Find:
    return lambda records: any(
        coding.system == _UNNAMED_SYSTEM for texts in map(read, records) for text in texts for coding in text.codings
    )


def _parts(wanted: Any) -> list[type[Any]]:
    """The classes that a type is made of."""
    if isinstance(wanted, type) and not typing.get_args(wanted):
        return [wanted]
    return [part for inner in typing.get_args(wanted) for part in _parts(inner)]
