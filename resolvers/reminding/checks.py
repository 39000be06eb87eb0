"""Checks by age or condition: when was it last done, and when is it due again?"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from msgspec import Struct

from connectors.clock import HO_CHI_MINH
from connectors.records import CodedText, Condition, ConditionStatus, Observation, PartialDate
from resolvers.joining.codes import ICD10, LOINC, codes
from resolvers.partial_dates import in_zone, latest
from resolvers.reminding.reminder import Reminder, ReminderKind, ReminderReason, ReminderState, doubtful
from resolvers.reminding.rules import Check, Rules
from resolvers.retesting.rules import RULES as TESTS

_VOID = frozenset({"entered-in-error", "cancelled"})
_PAST = (ConditionStatus.RESOLVED, ConditionStatus.INACTIVE)


class Known(Struct, frozen=True, kw_only=True):
    """What is known of a citizen."""

    today: date
    born: PartialDate | None
    conditions: Sequence[Condition]
    results: Sequence[Observation]
    conditions_complete: bool
    results_complete: bool


def checks(known: Known, rules: Rules) -> Iterator[Reminder]:
    """A reminder for every check that is for this citizen and comes up, is due, or cannot be told."""
    for check in rules.checks:
        having = _having(known, check.conditions)
        if not (having or _is_of_age(known, check)) or _having(known, check.unless):
            continue
        reminder = _told(known, check, having, rules)
        if reminder is not None:
            all_known = known.results_complete and (known.conditions_complete or not check.unless)
            yield doubtful(reminder, complete=all_known)


def _told(known: Known, check: Check, having: tuple[Condition, ...], rules: Rules) -> Reminder | None:
    done = [(day, one) for one in known.results if _is_of(check, one) for day in [_day(one)]]
    past = [(day, one) for day, one in done if day is not None and day <= known.today]
    state, reason, due = ReminderState.DUE, ReminderReason.NEVER_DONE, None
    last: tuple[Observation, ...] = ()
    if past:
        day, newest = max(past, key=lambda pair: (pair[0], pair[1].id))
        last, due = (newest,), day + timedelta(days=check.due_days)
        reason = ReminderReason.INTERVAL
        if due > known.today + timedelta(days=rules.ahead_days):
            return None
        if due > known.today:
            state = ReminderState.UPCOMING
        elif check.overdue_days is not None and (known.today - day).days > check.overdue_days:
            state = ReminderState.OVERDUE
    if len(past) < len(done) and state is not ReminderState.UPCOMING:
        state, reason, due = ReminderState.CANNOT_SAY, ReminderReason.UNCLEAR, None
    return Reminder(
        kind=ReminderKind[check.kind],
        rule=check.id,
        state=state,
        reason=reason,
        due=due,
        based_on=(*having, *last),
        source=check.source,
        verified=check.verified,
    )


def _having(known: Known, beginnings: tuple[str, ...]) -> tuple[Condition, ...]:
    """The conditions of those codes that are not over and not refuted."""
    return tuple(
        one
        for one in known.conditions
        if beginnings
        and not one.refuted
        and one.status not in _PAST
        and any(system == ICD10 and code.upper().startswith(beginnings) for system, code in codes(one.code))
    )


def _is_of_age(known: Known, check: Check) -> bool:
    """Whether the age is reached for certain: a birth date known in part is read as its last day."""
    if check.from_age is None or known.born is None:
        return False
    born = latest(known.born)
    return known.today.year - born.year - ((known.today.month, known.today.day) < (born.month, born.day)) >= (
        check.from_age
    )


def _is_of(check: Check, one: Observation) -> bool:
    valued = one.value is not None or any(part.value is not None for part in one.components)
    return (
        valued
        and one.status not in _VOID
        and any(_is_named(check, concept) for concept in (one.code, *(part.code for part in one.components)))
    )


def _is_named(check: Check, concept: CodedText) -> bool:
    """By a LOINC code, or by what else the table of tests knows for one of the check's codes."""
    tests = {test.id: test for code in check.loinc if (test := TESTS.find(code))}
    return any(system == LOINC and code in check.loinc for system, code in codes(concept)) or any(
        test.is_named_by(concept) for test in tests.values()
    )


def _day(one: Observation) -> date | None:
    return in_zone(one.at, HO_CHI_MINH).date() if one.at else None
