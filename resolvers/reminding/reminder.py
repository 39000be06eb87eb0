"""What a reminder consists of."""

from datetime import date

from msgspec import Struct

from connectors.records import Described, Record


class ReminderKind(Described):
    """What a citizen is reminded of."""

    VACCINATION = "VACCINATION", "A dose of the vaccination schedule."
    SCREENING = "SCREENING", "A check by age and sex."
    FOLLOW_UP = "FOLLOW_UP", "A check that goes with a condition."
    REFILL = "REFILL", "A medicine of a longer course runs out."
    INSURANCE = "INSURANCE", "A health-insurance card ends or has ended."
    APPOINTMENT = "APPOINTMENT", "A booked visit."
    REFERRAL = "REFERRAL", "A referral ends."
    ANTENATAL = "ANTENATAL", "A visit in pregnancy."


class ReminderState(Described):
    """How it stands today."""

    UPCOMING = "UPCOMING", "It is for a day to come."
    DUE = "DUE", "It may be done now."
    OVERDUE = "OVERDUE", "Everybody who could know answered in full, and it is late."
    CANNOT_SAY = "CANNOT_SAY", "It may be due, or done: see 'why'. It is never 'late'."


class ReminderReason(Described):
    """Why it stands so."""

    INTERVAL = "INTERVAL", "So long after the last time."
    NEVER_DONE = "NEVER_DONE", "Every source answered in full, and none knows that it was done lately."
    SCHEDULE = "SCHEDULE", "By the vaccination schedule."
    ENDS = "ENDS", "It ends on that day."
    ENDED = "ENDED", "It has ended."
    BOOKED = "BOOKED", "It is booked."
    SOURCE_SILENT = "SOURCE_SILENT", "Not every source that could know answered in full."
    UNCLEAR = "UNCLEAR", "What the sources say is not clear, such as a day that is not known."


class Reminder(Struct, frozen=True, kw_only=True):
    """One thing to think of."""

    kind: ReminderKind
    rule: str
    state: ReminderState
    reason: ReminderReason
    due: date | None = None
    what: str = ""
    """In the words of the source: the medicine, the place."""
    based_on: tuple[Record, ...] = ()
    source: str | None = None
    """Where the rule is written; none for a day that a source itself gives."""
    verified: bool = True
    """Whether the rule is signed off, or rests on a day that a source itself gives."""


def doubtful(reminder: Reminder, *, complete: bool) -> Reminder:
    """The same where all is known; else it cannot be said: who is silent may know that it was done."""
    if complete:
        return reminder
    return Reminder(
        kind=reminder.kind,
        rule=reminder.rule,
        state=ReminderState.CANNOT_SAY,
        reason=ReminderReason.SOURCE_SILENT,
        due=reminder.due,
        what=reminder.what,
        based_on=reminder.based_on,
        source=reminder.source,
        verified=reminder.verified,
    )
