"""Allergies: one substance is one item, and whoever holds it for present is believed."""

from collections.abc import Iterable

from connectors.records import Allergy, ConflictRule
from resolvers.joining.choosing import gravest, if_any, latest
from resolvers.joining.codes import by_code, by_words, code_facts
from resolvers.joining.rule import Fact, Rule


def _facts(allergy: Allergy) -> Iterable[Fact]:
    return [("none known", allergy.none_known), *code_facts(allergy.substance)]


RULE: Rule[Allergy] = Rule(
    evidence=(by_code(lambda allergy: allergy.substance), by_words(lambda allergy: allergy.substance)),
    facts=_facts,
    reads=frozenset({"substance", "none_known"}),
    once_per_source=False,
    choices={
        # A status that is not understood, or not said, is not a denial.
        "status": gravest(
            "status", ("active", "unknown", "inactive", "resolved", "refuted"), ConflictRule.PRESENT_OVER_ABSENT
        ),
        "criticality": gravest("criticality", ("high", "unable-to-assess", "low"), ConflictRule.HIGHEST_CRITICALITY),
        # Two systems that saw two reactions do not contradict each other.
        "severity": gravest("severity", ("severe", "moderate", "mild"), None),
        "verified": if_any("verified"),
        "recorded": latest("recorded"),
    },
)
