"""What ends or comes on a day that a source itself gives: cards, medicines, referrals, booked visits."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from connectors.clock import HO_CHI_MINH
from connectors.records import (
    Appointment,
    Coverage,
    CoverageStatus,
    Medication,
    MedicationStatus,
    PartialDate,
    Referral,
)
from resolvers.covering.verdict import CLOSED
from resolvers.joining.agreeing import agree
from resolvers.partial_dates import earliest, in_zone, latest
from resolvers.reminding.reminder import Reminder, ReminderKind, ReminderReason, ReminderState, doubtful
from resolvers.reminding.rules import Rules

_BOOKED = frozenset({"booked", "pending"})
_TAKEN = (MedicationStatus.ACTIVE, MedicationStatus.UNKNOWN)


def appointments(today: date, booked: Sequence[Appointment], rules: Rules) -> Iterator[Reminder]:
    """Booked visits of the next days."""
    for one in booked:
        day = in_zone(one.at, HO_CHI_MINH).date()
        if one.status in _BOOKED and today <= day <= today + timedelta(days=rules.appointment_days):
            yield Reminder(
                kind=ReminderKind.APPOINTMENT,
                rule="appointment",
                state=ReminderState.UPCOMING,
                reason=ReminderReason.BOOKED,
                due=day,
                what=one.facility.name,
                based_on=(one,),
            )


def referrals(today: date, written: Sequence[Referral], rules: Rules) -> Iterator[Reminder]:
    """Referrals that end soon. Whether one was used is not known: it is not called late."""
    for one in written:
        last = one.valid_until
        if one.status in CLOSED or last is None or not today <= last <= today + timedelta(days=rules.referral_days):
            continue
        yield Reminder(
            kind=ReminderKind.REFERRAL,
            rule="referral",
            state=ReminderState.UPCOMING,
            reason=ReminderReason.ENDS,
            due=last,
            what=one.to_facility.name if one.to_facility else "",
            based_on=(one,),
        )


def cards(today: date, known: Sequence[Coverage], rules: Rules, *, complete: bool) -> Iterator[Reminder]:
    """The end of the last card that is known. A card that nobody told of may follow it."""
    current = [card for card in known if card.status in (CoverageStatus.ACTIVE, CoverageStatus.UPCOMING)]
    ending = current or [card for card in known if card.status is CoverageStatus.EXPIRED]
    dated = [(card.valid_until, card) for card in ending if card.valid_until is not None]
    if not dated or len(dated) < len(ending):
        return
    last, card = max(dated, key=lambda pair: (pair[0], pair[1].card_number))
    if current and last > today + timedelta(days=rules.card_days):
        return
    unclear = any(one.status is CoverageStatus.UNKNOWN for one in known) or bool(current) == (last < today)
    state = ReminderState.OVERDUE if last < today else ReminderState.UPCOMING
    reason = ReminderReason.ENDED if last < today else ReminderReason.ENDS
    yield doubtful(
        Reminder(
            kind=ReminderKind.INSURANCE,
            rule="insurance-card",
            state=ReminderState.CANNOT_SAY if unclear else state,
            reason=ReminderReason.UNCLEAR if unclear else reason,
            due=last,
            based_on=(card,),
        ),
        complete=complete,
    )


def refills(today: date, known: Sequence[Medication], rules: Rules, *, complete: bool) -> Iterator[Reminder]:
    """Medicines of longer courses that run out and that no later prescription follows."""
    for one in known:
        start, end = _day(one.start), _day(one.end)
        if one.status not in _TAKEN or start is None or end is None or (end - start).days + 1 < rules.course_days:
            continue
        near = -rules.refill_days_after <= (end - today).days <= rules.refill_days_before
        if not near or any(_follows(other, one, start, end) for other in known):
            continue
        yield doubtful(
            Reminder(
                kind=ReminderKind.REFILL,
                rule="refill",
                state=ReminderState.UPCOMING if today <= end else ReminderState.DUE,
                reason=ReminderReason.ENDS if today <= end else ReminderReason.ENDED,
                due=end,
                what=one.code.text,
                based_on=(one,),
            ),
            complete=complete,
        )


def _follows(other: Medication, one: Medication, start: date, end: date) -> bool:
    """Whether the other entry says more of the same medicine: it lasts longer, began later, or has no end.

    Of two that end on the same day the first by its id speaks.
    """
    if other.id == one.id or not agree(other.code, one.code):
        return False
    begun = earliest(other.start) if other.start else None
    if begun is not None and begun > start:
        return True
    if other.status not in _TAKEN:
        return begun is None or begun == start
    return other.end is None or latest(other.end) > end or (latest(other.end) == end and other.id < one.id)


def _day(known: PartialDate | None) -> date | None:
    return earliest(known) if known and earliest(known) == latest(known) else None
