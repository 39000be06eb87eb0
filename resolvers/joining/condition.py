"""Conditions: a chronic one is one item; two episodes of the same illness are two."""

from collections.abc import Callable, Iterable, Sequence

from connectors.records import CodedText, Condition, ConditionStatus, ConflictRule, PartialDate
from resolvers.joining.choosing import gravest, if_any, latest, only_if_all
from resolvers.joining.codes import by_code, by_words, code_facts, date_facts
from resolvers.joining.rule import Choice, Fact, Mark, Rule


def _what(condition: Condition) -> CodedText:
    return condition.code


def _course(condition: Condition) -> Mark | None:
    """A problem that stays is known by its code alone, an episode by the day on which it began or was written down."""
    known = condition.onset or condition.recorded
    return ("chronic",) if condition.chronic else ("episode", known) if known else None


def _facts(condition: Condition) -> Iterable[Fact]:
    return [*code_facts(condition.code), *date_facts(condition.onset, "onset")]


_STATUSES = (ConditionStatus.ACTIVE, ConditionStatus.UNKNOWN, ConditionStatus.INACTIVE, ConditionStatus.RESOLVED)
_status: Callable[[Sequence[Condition]], ConditionStatus] = gravest(
    "status", _STATUSES, ConflictRule.PRESENT_OVER_ABSENT
).pick


def _abated(records: Sequence[Condition]) -> PartialDate | None:
    """The end, only where nobody holds the condition for present."""
    ends = [record.abated for record in records if record.abated]
    return (
        max(ends, default=None) if _status(records) is ConditionStatus.RESOLVED or len(ends) == len(records) else None
    )


RULE: Rule[Condition] = Rule(
    evidence=(by_code(_what, _course), by_words(_what, _course)),
    needs=_course,
    facts=_facts,
    reads=frozenset({"code", "chronic", "onset", "recorded", "status", "abated"}),
    once_per_source=False,
    choices={
        "status": gravest("status", _STATUSES, ConflictRule.PRESENT_OVER_ABSENT),
        "refuted": only_if_all("refuted", ConflictRule.PRESENT_OVER_ABSENT),
        "abated": Choice(pick=_abated, rule=ConflictRule.PRESENT_OVER_ABSENT),
        "chronic": if_any("chronic"),
        "verified": if_any("verified"),
        "recorded": latest("recorded"),
    },
)
