"""A section without entries says why, and the reasons never look alike."""

from typing import Any

import pytest

from connectors.contract import SourceState
from gateway.fhir_out.document import Filled, filled_section
from gateway.fhir_out.sections import SECTIONS
from resolvers.completeness import CompletenessOf, ShownOutcome
from resolvers.language import LANGUAGES
from resolvers.sections import Section
from tests.connectors.false_source import info
from tests.gateway.fhir_out.test_round_trip import RECORDS


def told(state: SourceState, *, complete: bool) -> CompletenessOf:
    outcome = ShownOutcome(
        source=info(), about=type(RECORDS[0]), state=state, section=Section.ALLERGIES, message="…", records=0
    )
    return CompletenessOf(complete=complete, sources=(outcome,), not_asked=0)


@pytest.mark.parametrize(
    ("state", "complete", "none_stated", "code"),
    [
        (SourceState.ANSWERED, True, True, "nilknown"),
        (SourceState.NO_RECORD, True, False, None),
        (SourceState.TIMED_OUT, False, True, "unavailable"),
        (SourceState.NOT_PERMITTED, False, False, "withheld"),
        (SourceState.NOT_ASKED, False, False, "notasked"),
    ],
)
def test_an_empty_section_says_why(state: SourceState, complete: bool, none_stated: bool, code: str | None) -> None:
    """In a code where R4 has one, and always in words; a statement counts only when everybody answered."""
    filled = Filled(SECTIONS[0], (), told(state, complete=complete), none_stated=none_stated)
    section: dict[str, Any] = filled_section(filled, (), LANGUAGES["en"])

    assert "entry" not in section
    assert section["emptyReason"]["text"] in section["text"]["div"]
    assert [coding["code"] for coding in section["emptyReason"].get("coding", [])] == ([code] if code else [])


def test_a_section_that_may_lack_something_says_so_above_what_it_holds() -> None:
    """R4 allows no reason beside entries."""
    filled = Filled(SECTIONS[0], RECORDS[:1], told(SourceState.TIMED_OUT, complete=False))
    section = filled_section(filled, ["urn:uuid:1"], LANGUAGES["en"])

    assert "emptyReason" not in section
    assert "may be missing" in section["text"]["div"]
