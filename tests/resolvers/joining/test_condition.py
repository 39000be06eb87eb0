"""Conditions: chronic ones are one, episodes are many."""

import pytest

from connectors.records import Condition, ConditionStatus, ConflictRule
from tests.resolvers.joining.facts import ICD10, condition, joined, together

RA, ARTHRITIS, COLD = (ICD10, "M06.9"), (ICD10, "M06"), (ICD10, "J06.9")

TABLE: list[tuple[str, Condition, Condition, bool]] = [
    ("chronic, same code", condition("a", RA), condition("b", RA, text="Viêm khớp"), True),
    ("chronic, same words", condition("a"), condition("b", RA), True),
    (
        "chronic, onset as far as both know it",
        condition("a", RA, onset="2015"),
        condition("b", RA, onset="2015-08"),
        True,
    ),
    ("chronic, onset known to one", condition("a", RA, onset="2015"), condition("b", RA), True),
    ("chronic, another onset", condition("a", RA, onset="2015-03"), condition("b", RA, onset="2015-08"), False),
    ("a broader code", condition("a", RA), condition("b", ARTHRITIS), False),
    (
        "an episode on the same day",
        condition("a", COLD, chronic=False, onset="2026-01-05"),
        condition("b", COLD, chronic=False, onset="2026-01-05"),
        True,
    ),
    (
        "two episodes",
        condition("a", COLD, chronic=False, onset="2026-01-05"),
        condition("b", COLD, chronic=False, onset="2026-03-05"),
        False,
    ),
    (
        "episodes of which nothing is known",
        condition("a", COLD, chronic=False),
        condition("b", COLD, chronic=False),
        False,
    ),
    ("chronic in one alone", condition("a", COLD), condition("b", COLD, chronic=False, onset="2026-01-05"), False),
    ("present and refuted", condition("a", RA), condition("b", RA, refuted=True), True),
]


@pytest.mark.parametrize(("one", "other", "same"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_what_is_the_same_condition(one: Condition, other: Condition, same: bool) -> None:
    """The rule as a table."""
    assert together(one, other) is same


def test_what_one_holds_for_present_is_present() -> None:
    """Then it has no end either; both words stand in the conflicts."""
    (item,) = joined(
        condition("a", RA, status=ConditionStatus.RESOLVED, abated="2020", refuted=True, verified=False),
        condition("b", RA, status=ConditionStatus.ACTIVE),
    )

    assert (item.status, item.abated, item.refuted, item.verified) == (ConditionStatus.ACTIVE, None, False, True)
    told = {conflict.field: [each.value for each in conflict.values] for conflict in item.conflicts}
    assert told == {"status": ["RESOLVED", "ACTIVE"], "abated": ["2020"], "refuted": ["true", "false"]}
    assert {conflict.rule for conflict in item.conflicts} == {ConflictRule.PRESENT_OVER_ABSENT}


def test_a_condition_that_is_over_for_all_keeps_its_end() -> None:
    """The later one, if they differ, and the other one beside it."""
    (item,) = joined(
        *(
            condition(source, RA, status=ConditionStatus.RESOLVED, abated=end)
            for source, end in (("a", "2020"), ("b", "2021"))
        )
    )

    assert item.abated == "2021"
    assert [[each.value for each in conflict.values] for conflict in item.conflicts] == [["2020", "2021"]]
