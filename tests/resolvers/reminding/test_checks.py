"""Checks by age and condition, as a table: nobody is called late while a source is silent."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.records import ConditionStatus, PartialDate
from resolvers.reminding.checks import Known, checks
from resolvers.reminding.reminder import Reminder, ReminderReason, ReminderState
from resolvers.reminding.rules import RULES
from tests.resolvers.reminding.facts import TODAY, having
from tests.resolvers.retesting.results import loinc, result

HBA1C, PRESSURE = "hba1c-diabetes", "blood-pressure-adults"
OVER = having("E11.9", status=ConditionStatus.RESOLVED)


def told(**more: Any) -> dict[str, Reminder]:
    known = {
        "born": PartialDate("2015-01-01"),
        "conditions": [having("E11.9")],
        "results": [],
        "conditions_complete": True,
        "results_complete": True,
        **more,
    }
    return {one.rule: one for one in checks(Known(today=TODAY, **known), RULES)}


@pytest.mark.parametrize(
    ("more", "rule", "state"),
    [
        ({}, HBA1C, "DUE"),
        ({"results": [result(59)]}, HBA1C, None),
        ({"results": [result(60)]}, HBA1C, "UPCOMING"),
        ({"results": [result(90)]}, HBA1C, "DUE"),
        ({"results": [result(180)]}, HBA1C, "DUE"),
        ({"results": [result(181)]}, HBA1C, "OVERDUE"),
        ({"results": [result(181), result(10)]}, HBA1C, None),
        ({"results": [result(181), result(10, value=None)]}, HBA1C, "OVERDUE"),
        ({"results": [result(181), result(10, status="entered-in-error")]}, HBA1C, "OVERDUE"),
        ({"results": [result(181), result(10, loinc("2823-3"))]}, HBA1C, "OVERDUE"),
        ({"results": [result(181)], "results_complete": False}, HBA1C, "CANNOT_SAY"),
        ({"results_complete": False}, HBA1C, "CANNOT_SAY"),
        ({"results": [result(181)], "conditions_complete": False}, HBA1C, "OVERDUE"),
        ({"results": [result(181), result(None)]}, HBA1C, "CANNOT_SAY"),
        ({"results": [result(181), result(-3)]}, HBA1C, "CANNOT_SAY"),
        ({"conditions": [OVER]}, HBA1C, None),
        ({"conditions": [having("E11.9", refuted=True)]}, HBA1C, None),
        ({"conditions": [having("E12")]}, HBA1C, None),
        ({"conditions": [], "born": PartialDate("2008-11-23")}, PRESSURE, "DUE"),
        ({"conditions": [], "born": PartialDate("2008-11-24")}, PRESSURE, None),
        ({"conditions": [], "born": PartialDate("2008")}, PRESSURE, None),
        ({"conditions": [], "born": None}, PRESSURE, None),
        ({"conditions": [having("I10")], "born": PartialDate("1980")}, PRESSURE, None),
        (
            {"conditions": [], "born": PartialDate("1980"), "conditions_complete": False},
            PRESSURE,
            "CANNOT_SAY",
        ),
    ],
)
def test_a_check_is_told_by_what_is_known(more: dict[str, Any], rule: str, state: str | None) -> None:
    """One line per rule."""
    found = told(**more).get(rule)

    assert (found.state.name if found else None) == state


def test_a_reminder_rests_on_the_condition_and_the_last_result() -> None:
    """So that it can be checked."""
    found = told(results=[result(200), result(181)])[HBA1C]

    assert [one.id for one in found.based_on] == ["E11.9", "o181"]
    assert found.reason is ReminderReason.INTERVAL


@given(st.lists(st.builds(result, st.none() | st.integers(-40, 1200)), max_size=4), st.booleans())
def test_f3_nobody_is_late_while_a_source_is_silent(results: list[Any], conditions_complete: bool) -> None:
    """Whatever the others say, and no day is called for."""
    found = told(results=results, results_complete=False, conditions_complete=conditions_complete)

    assert {one.state for one in found.values()} <= {ReminderState.CANNOT_SAY}
