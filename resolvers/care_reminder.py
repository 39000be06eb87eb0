"""What a citizen is reminded of: ``reminding/`` and due vaccinations in the graph."""

from collections.abc import Awaitable, Iterable, Iterator
from datetime import date
from itertools import chain
from typing import Annotated

import strawberry
from msgspec import Struct

from connectors import records
from connectors.contract import Question
from connectors.records import CoverageStatus, doc
from resolvers import pregnancy, screening
from resolvers.chart import Chart
from resolvers.completeness import CompletenessOf, together
from resolvers.connection import Record
from resolvers.context import Context, Info
from resolvers.forecast.engine import Reason, SeriesStatus
from resolvers.gathering import gather
from resolvers.reminding import ends, programmes
from resolvers.reminding.checks import Known, checks
from resolvers.reminding.reminder import Reminder, ReminderKind, ReminderReason, ReminderState
from resolvers.reminding.rules import RULES
from resolvers.shown import enumeration, shown
from resolvers.under_way import UnderWay
from resolvers.vaccination_forecast import Forecast, immunization_forecast

_ORDER = {
    state: place for place, state in enumerate((ReminderState.OVERDUE, ReminderState.DUE, ReminderState.UPCOMING))
}
_DUE = {SeriesStatus.DUE: ReminderState.DUE, SeriesStatus.OVERDUE: ReminderState.OVERDUE}

enumeration(ReminderKind)


class CareReminderOf(Struct, frozen=True, kw_only=True):
    """One thing to think of."""

    kind: Annotated[ReminderKind, doc("What sort of thing it is.")]
    state: Annotated[ReminderState, doc("How it stands today. CANNOT_SAY is never 'late'.")]
    reason: Annotated[ReminderReason, doc("Why, for programs.")]
    title: Annotated[str, doc("What to think of, in the language of the answer.")]
    why: Annotated[str, doc("Why, for people, in the language of the answer.")]
    due: Annotated[date | None, doc("For which day, or since when; none where nobody can tell.")]
    rule: Annotated[str, doc("Id of the rule.")]
    source: Annotated[str | None, doc("Where the rule is written; none for a day that a source itself gives.")]
    verified: Annotated[bool, doc("False for a rule that is not yet signed off by a clinician.")]
    based_on: tuple[records.Record, ...]


class CareRemindersOf(Struct, frozen=True, kw_only=True):
    """Everything a citizen is reminded of."""

    reminders: Annotated[tuple[CareReminderOf, ...], doc("What is late first, then what is due, to come, not known.")]
    cannot_say: Annotated[
        tuple[ReminderKind, ...],
        doc(
            "Kinds of which not everything is known: that nothing of them is listed does not mean that nothing is due."
        ),
    ]
    version: Annotated[str, doc("Edition of the rules.")]
    advice: Annotated[str, doc("Words to show with it: it is for information only.")]
    completeness: Annotated[CompletenessOf, doc("Whether everything it rests on is all there is.")]


@shown(CareReminderOf)
class CareReminder:
    """One thing to think of. Information only."""

    based_on: list[Record] = strawberry.field(description="The records that it rests on, as in their own lists.")


@shown(CareRemindersOf)
class CareReminders:
    """What a citizen is reminded of. Information only: whoever treats decides."""


def care_reminders(root: strawberry.Parent[Chart], info: Info) -> Awaitable[CareRemindersOf]:
    """Everything that is due, late or near, and what cannot be told."""
    context = info.context
    today = context.today
    vaccinations = immunization_forecast(root, info)
    conditions = gather(info, root, Question(about=records.Condition))
    results = gather(info, root, Question(about=records.Observation))
    medicines = gather(info, root, Question(about=records.Medication))
    cards = gather(info, root, Question(about=records.Coverage))
    referrals = gather(info, root, Question(about=records.Referral))
    appointments = gather(info, root, Question(about=records.Appointment))
    person = gather(info, root, Question(about=records.Demographics))
    screenings, pregnancies = screening.known(info, root), pregnancy.known(info, root)

    async def told() -> CareRemindersOf:
        doses, has, measured = await vaccinations, await conditions, await results
        taken, insured, sent, booked = await medicines, await cards, await referrals, await appointments
        who, screened, expected = await person, await screenings, await pregnancies
        sex = who.items[0].sex if who.items else None
        examined = screened.completeness.complete
        known = Known(
            today=today,
            born=root.subject.birth_date,
            conditions=has.items,
            results=measured.items,
            conditions_complete=has.complete,
            results_complete=measured.complete,
        )
        found = chain(
            checks(known, RULES),
            ends.refills(today, taken.items, RULES, complete=taken.complete),
            ends.cards(today, insured.items, RULES, complete=insured.complete),
            ends.appointments(today, booked.items, RULES),
            ends.referrals(today, sent.items, RULES),
            programmes.screenings(
                today, known.born, sex, screened.items, screened.due, RULES, complete=examined and who.complete
            ),
            programmes.antenatal(
                today,
                [(one, one.visits) for one in expected.items],
                RULES,
                complete=expected.completeness.complete,
            ),
        )
        clear = not any(card.status is CoverageStatus.UNKNOWN for card in insured.items)
        checked = has.complete and measured.complete
        told_in_full = {
            ReminderKind.VACCINATION: _is_told(doses),
            ReminderKind.SCREENING: checked and known.born is not None and examined and sex is not None,
            ReminderKind.FOLLOW_UP: checked,
            ReminderKind.REFILL: taken.complete,
            ReminderKind.INSURANCE: insured.complete and clear,
            ReminderKind.APPOINTMENT: booked.complete,
            ReminderKind.REFERRAL: sent.complete,
            ReminderKind.ANTENATAL: expected.completeness.complete,
        }
        each = (has, measured, taken, insured, sent, booked, who)
        return CareRemindersOf(
            reminders=_ordered([*_doses(context, doses), *(_shown(context, one) for one in found)]),
            cannot_say=tuple(kind for kind, complete in told_in_full.items() if not complete),
            version=RULES.version,
            advice=context.language.say("reminder_reasons", "ADVICE"),
            completeness=together(
                (doses.completeness, screened.completeness, expected.completeness, *(one.completeness for one in each))
            ),
        )

    return UnderWay(told)


def _is_told(doses: Forecast) -> bool:
    """Whether no series could be due without being called so. Nobody can tell where a schedule has no ages."""
    apart = (Reason.NO_AGES, Reason.DECEASED)
    unsaid = (one for one in doses.series if one.status is SeriesStatus.CANNOT_SAY and one.reason not in apart)
    return doses.completeness.complete and not any(unsaid)


def _doses(context: Context, doses: Forecast) -> Iterator[CareReminderOf]:
    for series in doses.series:
        state = _DUE.get(series.status)
        if state is None or series.next is None:
            continue
        yield CareReminderOf(
            kind=ReminderKind.VACCINATION,
            state=state,
            reason=ReminderReason.SCHEDULE,
            title=context.language.say("reminders", "vaccination", what=series.disease.text),
            why=series.why,
            due=series.next.recommended,
            rule=doses.rule,
            source=doses.source,
            verified=True,
            based_on=tuple(dose.immunization for dose in series.doses),
        )


def _shown(context: Context, one: Reminder) -> CareReminderOf:
    return CareReminderOf(
        kind=one.kind,
        state=one.state,
        reason=one.reason,
        title=context.language.say("reminders", one.rule, what=one.what),
        why=context.language.say("reminder_reasons", one.reason.name),
        due=one.due,
        rule=one.rule,
        source=one.source,
        verified=one.verified,
        based_on=one.based_on,
    )


def _ordered(reminders: Iterable[CareReminderOf]) -> tuple[CareReminderOf, ...]:
    return tuple(sorted(reminders, key=lambda one: (_ORDER.get(one.state, len(_ORDER)), one.due or date.max, one.rule)))
