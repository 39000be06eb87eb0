"""Screenings by programme, and visits in pregnancy: when is the next one?"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from connectors.records import Encounter, PartialDate, Pregnancy, PregnancyStatus, Screening, Sex
from resolvers.access.ages import anniversary
from resolvers.partial_dates import earliest, latest
from resolvers.programmes.antenatal import ANTENATAL
from resolvers.programmes.expecting import next_visit
from resolvers.programmes.screened import Due
from resolvers.programmes.screening import PROGRAMMES, Programme, named
from resolvers.reminding.reminder import Reminder, ReminderKind, ReminderReason, ReminderState, doubtful
from resolvers.reminding.rules import Rules


def screenings(
    today: date,
    born: PartialDate | None,
    sex: Sex | None,
    known: Sequence[Screening],
    due: Mapping[str, Due],
    rules: Rules,
    *,
    complete: bool,
) -> Iterator[Reminder]:
    """A reminder for every programme that is for this citizen. After an abnormal result whoever treats decides.

    Args:
        today: the day of the request.
        born: of the citizen.
        sex: of the citizen; of a programme for one sex, nothing is said where it is not known.
        known: every screening.
        due: when each is due again, by its id.
        rules: for how long beforehand is told.
        complete: whether everybody who may know answered in full.
    """
    for programme in PROGRAMMES.programmes:
        if not _is_for(programme, today, born, sex):
            continue
        its = [one for one in known if (known_as := named(one.programme)) and known_as.id == programme.id]
        reminder = _told(programme, today, its, due, rules)
        if reminder is not None:
            yield doubtful(reminder, complete=complete)


def _is_for(programme: Programme, today: date, born: PartialDate | None, sex: Sex | None) -> bool:
    """Whether the citizen is of the sex and, for certain, of the age."""
    if programme.from_age is None or born is None or programme.sex not in (None, sex):
        return False
    begun = anniversary(latest(born), programme.from_age) <= today
    return begun and (programme.until_age is None or today < anniversary(earliest(born), programme.until_age + 1))


def _told(
    programme: Programme, today: date, its: Sequence[Screening], due: Mapping[str, Due], rules: Rules
) -> Reminder | None:
    state, reason, on = ReminderState.DUE, ReminderReason.NEVER_DONE, None
    last = max(its, key=lambda one: (latest(one.on), one.id), default=None)
    if last is not None:
        again = due.get(last.id)
        if again is None or again.on > today + timedelta(days=rules.ahead_days):
            return None
        reason, on = ReminderReason.INTERVAL, again.on
        state = ReminderState.UPCOMING if on > today else ReminderState.DUE
    return Reminder(
        kind=ReminderKind.SCREENING,
        rule=programme.id,
        state=state,
        reason=reason,
        due=on,
        based_on=(last,) if last else (),
        source=programme.source,
        verified=programme.verified,
    )


def antenatal(
    today: date,
    known: Sequence[tuple[Pregnancy, Sequence[Encounter]]],
    rules: Rules,
    *,
    complete: bool,
) -> Iterator[Reminder]:
    """The next visit of a pregnancy that goes on.

    Args:
        today: the day of the request.
        known: every pregnancy with its visits.
        rules: for how long beforehand is told.
        complete: whether everybody who may know answered in full.
    """
    for one, visits in known:
        if one.status is not PregnancyStatus.ACTIVE:
            continue
        on = next_visit(one, visits, today)
        if on is not None and on > today + timedelta(days=rules.ahead_days):
            continue
        state = ReminderState.DUE
        if on is not None and on > today:
            state = ReminderState.UPCOMING
        elif on is not None and today > on + timedelta(days=ANTENATAL.overdue_days):
            state = ReminderState.OVERDUE
        yield doubtful(
            Reminder(
                kind=ReminderKind.ANTENATAL,
                rule=ANTENATAL.id,
                state=state,
                reason=ReminderReason.INTERVAL if on else ReminderReason.NEVER_DONE,
                due=on,
                based_on=(one,),
                source=ANTENATAL.source,
                verified=ANTENATAL.verified,
            ),
            complete=complete,
        )
