"""Which results, reports and procedures are screenings, and when each is due again."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct

from connectors.clock import HO_CHI_MINH
from connectors.records import (
    CodedText,
    CodedValue,
    Observation,
    PartialDate,
    Procedure,
    Report,
    Screening,
)
from resolvers.access.ages import anniversary
from resolvers.joining.agreeing import in_words
from resolvers.partial_dates import earliest, in_zone, latest
from resolvers.programmes.screening import PROGRAMMES, Programme, Test, counting, named

_VOID = frozenset({"entered-in-error", "cancelled", "registered", "not-done", "stopped", "preparation"})
"""States in which nothing was examined."""


class Due(Struct, frozen=True):
    """When a screening is due again, and by which rule of which programme."""

    on: date
    programme: Programme | None
    """None where the source itself says the day."""


def screenings(
    observations: Iterable[Observation], reports: Iterable[Report], procedures: Iterable[Procedure]
) -> Iterator[Screening]:
    """Those that count for a programme, as records with the id and provenance of what they are made of."""
    for seen in observations:
        result = _result(seen)
        if result is not None and seen.at:
            yield from _screening(seen, seen.code, _day(seen.at), result, seen.status)
    for report in reports:
        if report.issued:
            result = CodedText(text=report.conclusion) if report.conclusion else None
            yield from _screening(report, report.code, _day(report.issued), result, report.status)
    for done in procedures:
        if done.performed:
            yield from _screening(done, done.code, done.performed, done.outcome, done.status)


def _screening(
    record: Observation | Report | Procedure, code: CodedText, on: PartialDate, result: CodedText | None, status: str
) -> Iterator[Screening]:
    found = counting(code)
    if found is None or status in _VOID:
        return
    yield Screening(
        id=record.id,
        provenance=record.provenance,
        programme=found[0].text,
        test=code,
        on=on,
        result=result,
        facility=record.facility,
    )


def _day(at: datetime) -> PartialDate:
    return PartialDate(in_zone(at, HO_CHI_MINH).date().isoformat())


def _result(seen: Observation) -> CodedText | None:
    """What was found: a word from a list as it is, a number in words with the codes of its interpretation."""
    if isinstance(seen.value, CodedValue):
        return seen.value.coded
    if seen.value is None:
        return seen.interpretation
    judged = seen.interpretation
    words = in_words(seen.value)
    return CodedText(text=f"{words} ({judged.text})" if judged else words, codings=judged.codings if judged else ())


def due_again(items: Sequence[Screening], born: PartialDate | None) -> Mapping[str, Due]:
    """When each is due again, by its id. By the rules only the newest of a programme tells."""
    newest = _newest(items)
    due = {item.id: next_due(item, born) for item in items if item.next_due or newest[_key(item)] is item}
    return {id_: found for id_, found in due.items() if found is not None}


def next_due(item: Screening, born: PartialDate | None) -> Due | None:
    """When it is due again: as its source says, else by the rule of its programme, after a normal result alone."""
    if item.next_due is not None:
        return Due(item.next_due, None)
    programme = named(item.programme)
    test = _test(item, programme)
    if programme is None or test is None or test.next_days is None or not PROGRAMMES.is_normal(item.result):
        return None
    if earliest(item.on) != latest(item.on):
        return None
    on = earliest(item.on) + timedelta(days=test.next_days)
    last_age = programme.until_age
    beyond = last_age is not None and born is not None and on >= anniversary(latest(born), last_age + 1)
    return None if beyond else Due(on, programme)


def _test(item: Screening, programme: Programme | None) -> Test | None:
    found = counting(item.test) if item.test else None
    return found[1] if found and programme and found[0].id == programme.id else None


def _key(item: Screening) -> str:
    programme = named(item.programme)
    return programme.id if programme else item.programme.text


def _newest(items: Sequence[Screening]) -> dict[str, Screening]:
    found: dict[str, Screening] = {}
    for item in sorted(items, key=lambda one: (latest(one.on), one.id)):
        found[_key(item)] = item
    return found
