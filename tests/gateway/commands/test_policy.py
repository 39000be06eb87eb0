"""``policy``: what a lawyer reads, and why somebody may or may not."""

import json

import pytest
from click.testing import CliRunner

from gateway.verbs import main
from resolvers.access.policy import POLICIES


def typed(*words: str) -> tuple[int, str]:
    """The exit code and what was printed."""
    done = CliRunner().invoke(main, ["policy", *words])
    return done.exit_code, done.output


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_policy_is_printed_with_the_law_that_it_rests_on(language: str) -> None:
    """In both languages, as a table and for programs."""
    code, text = typed("print", "--language", language)
    assert code == 0
    for row in POLICIES.rows:
        assert f"| {row.id} |" in text and row.sentences[language] in text and row.law in text
    assert [row["id"] for row in json.loads(typed("print", "--json")[1])] == [row.id for row in POLICIES.rows]


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("clinician", "TREATMENT", "CONSENT", "ALLERGIES", "--named"), 0, "treatment-by-consent"),
        (("clinician", "TREATMENT", "CONSENT", "ALLERGIES"), 1, "no policy permits it"),
        (("clinician", "TREATMENT", "CONSENT", "ALLERGIES", "--named", "--blocked"), 1, "blocked-by-citizen"),
        (("insurer", "PAYMENT", "CONSENT", "CONDITIONS", "--named"), 1, "no policy permits it"),
        (("operator", "ADMINISTRATION", "OPERATOR", "CONDITIONS"), 1, "operator-sees-nothing"),
        (("nobody", "PAYMENT", "CONSENT", "CONDITIONS"), 2, "Invalid value"),
    ],
)
def test_why_somebody_may_or_may_not(words: tuple[str, ...], code: int, told: str) -> None:
    """The policies that decide, by name."""
    assert typed("explain", *words)[0] == code
    assert told in typed("explain", *words)[1]
