"""Was a test just done, and can its result be used again? A source that is silent may hold what is missed here."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct

from connectors.clock import HO_CHI_MINH
from connectors.records import CodedText, CodedValue, Described, Observation, ObservationValue, Report, TextValue
from resolvers.joining.agreeing import agree
from resolvers.joining.codes import words
from resolvers.partial_dates import in_zone
from resolvers.retesting.rules import KnownTest

_VOID = frozenset({"entered-in-error", "cancelled"})
"""States of a FHIR Observation or DiagnosticReport in which it says nothing."""
_FINAL = frozenset({"final", "amended", "corrected", "appended"})
_DECIDING = frozenset({"value", "components", "status", "at"})


class DuplicateVerdict(Described):
    """Whether a test was just done, and can be spared."""

    REUSABLE = "REUSABLE", "A recent final result is there. Whoever treats decides."
    NOT_REUSABLE = "NOT_REUSABLE", "It was done, but what is there cannot be used again: see the reason."
    NOT_DONE = "NOT_DONE", "Every source answered in full, and none knows a result in that time."
    CANNOT_SAY = "CANNOT_SAY", "Not known: see the reason. It is not 'not done'."


class DuplicateReason(Described):
    """Why the verdict is what it is."""

    RECENT = "RECENT", "A result is recent enough."
    LASTING = "LASTING", "The result does not grow old."
    TOO_OLD = "TOO_OLD", "The result is older than it holds."
    NO_VALUE = "NO_VALUE", "It was done, but its value is not here: ask where it was done, or look into the reports."
    NOT_FINAL = "NOT_FINAL", "The result is not final."
    DISAGREEING = "DISAGREEING", "Results that should be the same differ."
    DATE_UNKNOWN = "DATE_UNKNOWN", "There is a result whose day is not known, or lies ahead."
    NONE_FOUND = "NONE_FOUND", "No source knows a result."
    SOURCE_SILENT = "SOURCE_SILENT", "Not every source that could know a result answered in full."
    UNKNOWN_TEST = "UNKNOWN_TEST", "The code is not in the table of tests; what carries the very same code is shown."


class Look(Struct, frozen=True, kw_only=True):
    """What is looked for."""

    code: str
    test: KnownTest | None
    within: int
    """How many days back."""
    today: date

    @property
    def since(self) -> date:
        """The first day that counts, or the first of the calendar."""
        return self.today - timedelta(days=min(self.within, (self.today - date.min).days))

    def values(self, result: Observation) -> tuple[ObservationValue | None, ...]:
        """Its values of what is looked for, also of parts of a panel; empty where it is of something else."""
        parts = tuple(part.value for part in result.components if self.matches(part.code))
        if self.matches(result.code):
            return (result.value, *(part.value for part in result.components))
        return parts

    def matches(self, concept: CodedText) -> bool:
        """Whether a result or report of these words and codes is looked for."""
        if self.test is None:
            return self.code in {coding.code for coding in concept.codings}
        return self.test.is_named_by(concept)


class Duplicate(Struct, frozen=True, kw_only=True):
    """What can be said of one test."""

    verdict: DuplicateVerdict
    reason: DuplicateReason
    found: tuple[Observation, ...] = ()
    """Newest first, those without a day last."""
    reports: tuple[Report, ...] = ()
    until: date | None = None
    """The last day on which the newest usable result can be used; none where nothing can, or for ever."""


def judge(look: Look, results: Iterable[Observation], reports: Iterable[Report], *, complete: bool) -> Duplicate:
    """What can be said of one test.

    Args:
        look: what is looked for.
        results: joined observations.
        reports: joined reports.
        complete: whether both are all there are.
    """
    found = sorted(
        (one for one in results if one.status not in _VOID and look.values(one) and _inside(look, one.at)),
        key=lambda one: (one.at is not None, _day(one.at) or date.min, one.id),
        reverse=True,
    )
    told = tuple(
        one for one in reports if one.status not in _VOID and look.matches(one.code) and _inside(look, one.issued)
    )
    verdict, reason, day = _verdict(look, found, told, complete=complete)
    days = look.test.days if look.test else None
    return Duplicate(
        verdict=verdict,
        reason=reason,
        found=tuple(found),
        reports=told,
        until=day + timedelta(days=days) if day and days else None,
    )


def _verdict(
    look: Look, found: Sequence[Observation], reports: Sequence[Report], *, complete: bool
) -> tuple[DuplicateVerdict, DuplicateReason, date | None]:
    """With the day of the newest result that can be used."""
    if look.test is None:
        return DuplicateVerdict.CANNOT_SAY, DuplicateReason.UNKNOWN_TEST, None
    recent = [one for one in found if _holds(look, look.test, one.at)]
    usable = [one for one in recent if _known(look, one) and one.status in _FINAL and not _disputed(one)]
    lasting = look.test.days is None
    if lasting and _differ([value for one in found for value in _known(look, one)]):
        return DuplicateVerdict.CANNOT_SAY, DuplicateReason.DISAGREEING, None
    days = [one.at for one in usable] + [
        one.issued
        for one in reports
        if look.test.report and one.status in _FINAL and one.conclusion and _holds(look, look.test, one.issued)
    ]
    if known := [day for day in map(_day, days) if day]:
        return DuplicateVerdict.REUSABLE, DuplicateReason.LASTING if lasting else DuplicateReason.RECENT, max(known)
    return (*_nothing_usable(look, found, recent, reports, complete=complete), None)


def _nothing_usable(
    look: Look,
    found: Sequence[Observation],
    recent: Sequence[Observation],
    reports: Sequence[Report],
    *,
    complete: bool,
) -> tuple[DuplicateVerdict, DuplicateReason]:
    if not complete:
        return DuplicateVerdict.CANNOT_SAY, DuplicateReason.SOURCE_SILENT
    if any(_age(look, when) is None for when in (*(one.at for one in found), *(one.issued for one in reports))):
        return DuplicateVerdict.CANNOT_SAY, DuplicateReason.DATE_UNKNOWN
    if recent or reports:
        return DuplicateVerdict.NOT_REUSABLE, _why_not(look, recent)
    if found:
        return DuplicateVerdict.NOT_REUSABLE, DuplicateReason.TOO_OLD
    return DuplicateVerdict.NOT_DONE, DuplicateReason.NONE_FOUND


def _why_not(look: Look, recent: Sequence[Observation]) -> DuplicateReason:
    valued = [one for one in recent if _known(look, one)]
    if not valued:
        return DuplicateReason.NO_VALUE
    return DuplicateReason.DISAGREEING if any(map(_disputed, valued)) else DuplicateReason.NOT_FINAL


def _known(look: Look, one: Observation) -> list[ObservationValue]:
    return [value for value in look.values(one) if value is not None]


def _disputed(one: Observation) -> bool:
    """Whether its systems disagree in what decides."""
    return any(conflict.field in _DECIDING for conflict in one.conflicts)


def _day(moment: datetime | None) -> date | None:
    return in_zone(moment, HO_CHI_MINH).date() if moment else None


def _age(look: Look, moment: datetime | None) -> int | None:
    """Days since; none where the day is not known or lies ahead, which no result can."""
    day = _day(moment)
    return (look.today - day).days if day and day <= look.today else None


def _inside(look: Look, moment: datetime | None) -> bool:
    """Whether it can lie in the time that is asked about: without a usable day it may."""
    age = _age(look, moment)
    return age is None or age <= look.within


def _holds(look: Look, test: KnownTest, moment: datetime | None) -> bool:
    age = _age(look, moment)
    return age is not None and (test.days is None or age <= test.days)


def _differ(values: Sequence[ObservationValue]) -> bool:
    return any(not _same(values[0], other) for other in values[1:])


def _same(one: ObservationValue, other: ObservationValue) -> bool:
    match one, other:
        case CodedValue(), CodedValue():
            return agree(one.coded, other.coded)
        case CodedValue(coded=CodedText(text=said)), TextValue(text=written):
            return words(said) == words(written)
        case TextValue(text=written), CodedValue(coded=CodedText(text=said)):
            return words(said) == words(written)
        case TextValue(), TextValue():
            return words(one.text) == words(other.text)
    return agree(one, other)
