"""Allergies: what is joined, what is not, and what an item says when systems disagree."""

from typing import Any

import pytest

from connectors.records import Allergy, CodedText, Coding, ConflictRule
from tests.resolvers.joining.facts import ATC, SNOMED, allergy, joined, partition, together

X, Y = (SNOMED, "387458008"), (SNOMED, "764146007")

TABLE: list[tuple[str, Allergy, Allergy, bool]] = [
    ("same code", allergy("a", "Aspirin", X), allergy("b", "Acid acetylsalicylic", X), True),
    (
        "same code, other name of the system",
        allergy("a", "A", X),
        allergy("b", "B", ("urn:oid:2.16.840.1.113883.6.96", X[1])),
        True,
    ),
    ("same words, no code", allergy("a", "Tôm"), allergy("b", " TÔM "), True),
    ("same words in another Unicode form", allergy("a", "To\u0302m"), allergy("b", "Tôm"), True),
    ("same words, one of them coded", allergy("a", "Aspirin", X), allergy("b", "aspirin"), True),
    ("same words, codes of two systems", allergy("a", "Aspirin", X), allergy("b", "Aspirin", (ATC, "N02BA01")), True),
    ("same words, but codes that differ", allergy("a", "Aspirin", X), allergy("b", "Aspirin", Y), False),
    (
        "one code in common, another that differs",
        allergy("a", "A", X, (ATC, "1")),
        allergy("b", "A", X, (ATC, "2")),
        False,
    ),
    ("one code of the same system more", allergy("a", "A", X), allergy("b", "B", X, Y), False),
    ("bean and ointment", allergy("a", "Đậu xanh"), allergy("b", "Dầu xanh"), False),
    ("fish, and fish or aubergine", allergy("a", "Cá"), allergy("b", "CA"), False),
    ("same code of unknown systems", allergy("a", "A", ("unknown", "1")), allergy("b", "B", ("unknown", "1")), False),
    (
        "a substance, and 'none known' under the same code",
        allergy("a", "A", X),
        allergy("b", "A", X, none_known=True),
        False,
    ),
    (
        "'none known' twice",
        allergy("a", "Không", X, none_known=True),
        allergy("b", "Không rõ", X, none_known=True),
        True,
    ),
    ("present and refuted", allergy("a", "A", X), allergy("b", "A", X, status="refuted"), True),
    ("twice in one system", allergy("a", "A", X), allergy("a", "A", X, number="2"), True),
]


@pytest.mark.parametrize(("one", "other", "same"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_what_is_the_same_allergy(one: Allergy, other: Allergy, same: bool) -> None:
    """The rule as a table: in doubt there are two items."""
    assert together(one, other) is same


def test_a_class_of_substances_written_beside_two_of_them_joins_neither() -> None:
    """Penicillin and amoxicillin, each also coded as "antibiotic": two allergies."""
    assert not together(allergy("a", "Penicilin", X, (SNOMED, "0")), allergy("b", "Amoxicilin", Y, (SNOMED, "0")))


def test_words_that_could_mean_either_of_two_codes_join_neither() -> None:
    """Three systems write "Aspirin": two with codes that contradict each other, one without. That is a doubt."""
    assert len(joined(allergy("a", "Aspirin", X), allergy("b", "Aspirin", Y), allergy("c", "Aspirin"))) == 3


def test_a_doubt_about_words_leaves_together_what_a_code_joins() -> None:
    """Weaker evidence never takes apart what stronger evidence put together."""
    items = joined(allergy("a", "Aspirin", X), allergy("b", "Aspirin", X), allergy("c", "Aspirin", Y))

    assert partition(items) == {frozenset({("a", "1"), ("b", "1")}), frozenset({("c", "1")})}


@pytest.mark.parametrize(
    ("field", "values", "shown", "rule"),
    [
        ("criticality", ("low", "high"), "high", ConflictRule.HIGHEST_CRITICALITY),
        ("criticality", ("low", "unable-to-assess"), "unable-to-assess", ConflictRule.HIGHEST_CRITICALITY),
        ("criticality", ("high", "something new"), "something new", ConflictRule.HIGHEST_CRITICALITY),
        ("status", ("refuted", "active"), "active", ConflictRule.PRESENT_OVER_ABSENT),
        ("status", ("refuted", "unknown"), "unknown", ConflictRule.PRESENT_OVER_ABSENT),
        ("status", ("resolved", "active"), "active", ConflictRule.PRESENT_OVER_ABSENT),
        ("status", ("resolved", "unknown"), "unknown", ConflictRule.PRESENT_OVER_ABSENT),
        ("category", ("food", "medication"), "food", ConflictRule.LEADING_SYSTEM),
    ],
)
def test_a_disagreement_is_shown_with_the_safest_value(
    field: str, values: tuple[str, str], shown: str, rule: ConflictRule
) -> None:
    """Both values stand there with their sources, and the rule has a name."""
    (item,) = joined(*(allergy(source, "A", X, **{field: value}) for source, value in zip("ab", values, strict=True)))

    assert getattr(item, field) == shown
    (conflict,) = item.conflicts
    assert (conflict.field, conflict.rule) == (field, rule)
    assert [(each.value, each.provenance[0].source.id) for each in conflict.values] == list(
        zip(values, "ab", strict=True)
    )


@pytest.mark.parametrize(
    ("field", "values", "shown"),
    [
        ("criticality", (None, "low"), "low"),
        ("severity", ("mild", "severe"), "severe"),
        ("severity", (None, "mild"), "mild"),
        ("status", ("unknown", "active"), "active"),
        ("verified", (False, True), True),
        ("recorded", ("2016-09-20", "2025-10-01"), "2025-10-01"),
        ("onset", ("2015", "2015-08"), "2015-08"),
    ],
)
def test_what_one_does_not_say_is_no_disagreement(field: str, values: tuple[Any, Any], shown: Any) -> None:
    """Nothing, an unknown, a less exact date, a second day of writing down, a reaction that the other did not see."""
    (item,) = joined(*(allergy(source, "A", X, **{field: value}) for source, value in zip("ab", values, strict=True)))

    assert getattr(item, field) == shown
    assert item.conflicts == ()


def test_a_refuted_allergy_never_hides_a_present_one() -> None:
    """Whoever leads, whatever the number of those who deny it."""
    denials = [allergy(source, "A", X, status="refuted", verified=False) for source in "bcd"]
    (item,) = joined(*denials, allergy("z", "A", X, status="active"))

    assert item.status == "active"
    assert item.verified


def test_nothing_that_a_source_said_is_lost() -> None:
    """Reactions of both, codes of both, and the other's words beside its own code."""
    (item,) = joined(
        allergy("a", "Aspirin", X, reactions=(CodedText(text="Mề đay"),)),
        allergy(
            "b",
            "Acid acetylsalicylic",
            X,
            (ATC, "N02BA01"),
            reactions=(CodedText(text="mề đay"), CodedText(text="Khó thở")),
        ),
    )

    assert [reaction.text for reaction in item.reactions] == ["Mề đay", "Khó thở"]
    assert item.substance == CodedText(
        text="Aspirin",
        codings=(
            Coding(system=SNOMED, code=X[1]),
            Coding(system=SNOMED, code=X[1], display="Acid acetylsalicylic"),
            Coding(system=ATC, code="N02BA01", display="Acid acetylsalicylic"),
        ),
    )
