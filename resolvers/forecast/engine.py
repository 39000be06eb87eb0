"""The rules by which doses count and the next one is found. README.md says them in words."""

from collections.abc import Sequence
from datetime import date, timedelta

from msgspec import Struct

from connectors.records import Described
from resolvers.forecast.dose import Dose, Verdict
from resolvers.forecast.schedule import DoseRule, Rules, Schedule, Series, Span
from resolvers.forecast.vaccines import ANTIGENS


class SeriesStatus(Described):
    """How a series of vaccinations stands today."""

    COMPLETE = "COMPLETE", "Every dose of the schedule was given."
    NOT_YET_DUE = "NOT_YET_DUE", "The next dose is for a later day."
    DUE = "DUE", "The next dose may be given now."
    OVERDUE = "OVERDUE", "The next dose should have been given."
    AGED_OUT = "AGED_OUT", "Not complete, and the schedule has no dose for this age any more: ask."
    CANNOT_SAY = "CANNOT_SAY", "Nobody can tell from what is known: see 'why'. It does not mean that nothing is due."


class Reason(Described):
    """Why nobody can tell."""

    INCOMPLETE = "INCOMPLETE", "Not every source that could hold vaccinations answered in full."
    BIRTH_DATE = "BIRTH_DATE", "The date of birth is not known as a day."
    DOSE_DATE = "DOSE_DATE", "The day of a dose is known in part only, or lies before the birth or to come."
    UNKNOWN_VACCINE = "UNKNOWN_VACCINE", "What a recorded vaccine protects against is not known."
    NO_AGES = "NO_AGES", "The schedule names the disease, but no ages are published."
    DECEASED = "DECEASED", "The person has died."


class Known(Struct, frozen=True, kw_only=True):
    """What is known of a person."""

    born: date | None
    today: date
    complete: bool
    """Whether everybody who could know answered in full."""
    deceased: bool = False


class Next(Struct, frozen=True):
    """The dose that comes next."""

    number: int
    earliest: date
    recommended: date
    overdue_since: date | None


class State(Struct, frozen=True, kw_only=True):
    """How a series stands."""

    antigen: str
    status: SeriesStatus
    reason: Reason | None = None
    given: int
    required: int | None
    doses: tuple[tuple[Dose, Verdict], ...]
    next: Next | None = None


def forecast(schedule: Schedule, doses: Sequence[Dose], known: Known) -> tuple[State, ...]:
    """One state per series of the schedule, in its order. The order of the doses does not matter."""
    ordered = sorted(doses, key=lambda dose: (dose.record.on, dose.record.id))
    return tuple(_state(schedule.rules, series, ordered, known) for series in schedule.series)


def _state(rules: Rules, series: Series, doses: Sequence[Dose], known: Known) -> State:
    own = [dose for dose in doses if series.antigen in (dose.antigens or ())]
    judged = _judge(rules, series, own, doses, known)
    left_out = judged.left_out
    rest = series.doses[judged.counted + left_out :]
    if rest and known.born and _left_out(rest[0], known.born, known.today):
        rest, left_out = rest[1:], left_out + 1
    state = State(
        antigen=series.antigen,
        status=SeriesStatus.COMPLETE,
        given=judged.counted,
        required=len(series.doses) - left_out if series.doses else None,
        doses=judged.doses,
    )
    if series.doses and not rest:
        return state
    reason = _reason(series, own, doses, known)
    if reason or known.born is None:
        return _changed(state, SeriesStatus.CANNOT_SAY, reason=reason)
    return _with_next(state, rules, rest[0], _live(series, doses), known.born, judged.last, known.today)


class _Judged(Struct, frozen=True):
    """What the doses of a series count for."""

    doses: tuple[tuple[Dose, Verdict], ...]
    counted: int
    left_out: int
    last: date | None
    """Day of the last dose that counted."""


def _judge(rules: Rules, series: Series, own: Sequence[Dose], doses: Sequence[Dose], known: Known) -> _Judged:
    judged: list[tuple[Dose, Verdict]] = []
    counted, left_out, last = 0, 0, None
    for dose in own:
        if dose.on is None or known.born is None or not _certain(dose, known):
            judged.append((dose, Verdict.UNCERTAIN))
            continue
        rest = series.doses[counted + left_out :]
        if rest and _left_out(rest[0], known.born, dose.on):
            rest, left_out = rest[1:], left_out + 1
        verdict = _verdict(rules, rest[0], dose.on, _live(series, doses), known.born, last) if rest else (Verdict.EXTRA)
        judged.append((dose, verdict))
        if verdict is Verdict.COUNTED:
            counted, last = counted + 1, dose.on
    return _Judged(tuple(judged), counted, left_out, last)


def _verdict(rules: Rules, rule: DoseRule, on: date, live: Sequence[date], born: date, last: date | None) -> Verdict:
    if on == last:
        return Verdict.EXTRA
    if on < rule.minimum_age.after(born):
        return Verdict.TOO_YOUNG
    if _past(rule, born, on):
        return Verdict.TOO_OLD
    if last and on < rule.interval.after(last):
        return Verdict.TOO_EARLY
    if any(other < on < rules.live_interval.after(other) for other in live):
        return Verdict.TOO_CLOSE_TO_LIVE
    return Verdict.COUNTED


def _with_next(
    state: State, rules: Rules, rule: DoseRule, live: Sequence[date], born: date, last: date | None, today: date
) -> State:
    spaced = [rules.live_interval.after(day) for day in live]
    earliest = max([rule.minimum_age.after(born), rule.interval.after(last) if last else born, *spaced])
    if _past(rule, born, max(today, earliest)) or today >= rules.until_age.after(born):
        return _changed(state, SeriesStatus.AGED_OUT)
    recommended = max(earliest, rule.at.after(born))
    overdue = _tolerated(rule, rules.tolerance, born, recommended) + timedelta(days=1)
    following = Next(state.given + 1, earliest, recommended, overdue if overdue <= today else None)
    if overdue <= today:
        return _changed(state, SeriesStatus.OVERDUE, following=following)
    due = recommended <= today
    return _changed(state, SeriesStatus.DUE if due else SeriesStatus.NOT_YET_DUE, following=following)


def _tolerated(rule: DoseRule, tolerance: Span, born: date, recommended: date) -> date:
    """The last day on which the dose is not overdue: never beyond the last on which it may be given."""
    until = tolerance.after(recommended)
    return min(until, rule.latest_age.after(born) - timedelta(days=1)) if rule.latest_age else until


def _reason(series: Series, own: Sequence[Dose], doses: Sequence[Dose], known: Known) -> Reason | None:
    """The first reason for which nobody can tell."""
    live = [dose for dose in doses if dose.live] if ANTIGENS[series.antigen].live else []
    reasons = {
        Reason.DECEASED: known.deceased,
        Reason.NO_AGES: not series.doses,
        Reason.INCOMPLETE: not known.complete,
        Reason.BIRTH_DATE: known.born is None,
        Reason.UNKNOWN_VACCINE: any(dose.antigens is None for dose in doses),
        Reason.DOSE_DATE: any(not _certain(dose, known) for dose in (*own, *live)),
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def _certain(dose: Dose, known: Known) -> bool:
    return bool(dose.on and known.born and known.born <= dose.on <= known.today)


def _live(series: Series, doses: Sequence[Dose]) -> list[date]:
    """Days of live injected vaccines from which the doses of the series keep their distance."""
    return [dose.on for dose in doses if dose.on and dose.live] if ANTIGENS[series.antigen].live else []


def _past(rule: DoseRule, born: date, day: date) -> bool:
    return rule.latest_age is not None and day >= rule.latest_age.after(born)


def _left_out(rule: DoseRule, born: date, day: date) -> bool:
    return rule.left_out_when_missed and _past(rule, born, day)


def _changed(
    state: State, status: SeriesStatus, *, reason: Reason | None = None, following: Next | None = None
) -> State:
    return State(
        antigen=state.antigen,
        status=status,
        reason=reason,
        given=state.given,
        required=state.required,
        doses=state.doses,
        next=following,
    )
