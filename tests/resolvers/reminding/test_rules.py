"""What citizens are reminded of is data that is checked at start."""

import msgspec
import pytest

from resolvers.language import LANGUAGES
from resolvers.reminding.reminder import ReminderReason
from resolvers.reminding.rules import RULES, load

TEXT = """version = "x"
ahead_days = 1
appointment_days = 1
referral_days = 1
card_days = 1
course_days = 1
refill_days_before = 1
refill_days_after = 1
"""
CHECK = """[[checks]]
id = "a"
kind = "SCREENING"
from_age = 1
loinc = ["1-1"]
due_days = 2
source = "x"
verified = false
"""


def test_every_rule_and_reason_has_words() -> None:
    """In every language."""
    for language in LANGUAGES.values():
        assert {check.id for check in RULES.checks} <= set(language.words["reminders"])
        assert {reason.name for reason in ReminderReason} < set(language.words["reminder_reasons"])


@pytest.mark.parametrize(
    "check",
    [
        CHECK + CHECK,
        CHECK + "overdue_days = 1\n",
        CHECK + 'conditions = ["I10"]\n',
        CHECK.replace("from_age = 1\n", ""),
        CHECK.replace("SCREENING", "OTHER"),
        CHECK.replace("due_days = 2", "due_days = 0"),
    ],
)
def test_a_file_that_is_not_clear_stops_the_start(check: str) -> None:
    """Two of one id, late before due, for both or for nobody, an unknown kind, no time."""
    assert load(TEXT + CHECK).checks
    with pytest.raises(msgspec.ValidationError):
        load(TEXT + check)
