"""Whether a test can be spared, as a table: a silent source is never 'not done'."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.records import (
    CodedText,
    Coding,
    Conflict,
    ConflictRule,
    Observation,
    ObservationComponent,
    Report,
    TextValue,
)
from resolvers.retesting.rules import RULES
from resolvers.retesting.verdict import Duplicate, DuplicateReason, DuplicateVerdict, Look, judge
from tests.resolvers.retesting.results import BLOOD_GROUP, CHEST, HBA1C, TODAY, loinc, report, result

DISPUTED = (Conflict(field="value", values=(), rule=ConflictRule.NONE_WHERE_DISAGREED),)
NAMED = CodedText(text="HBA1C", codings=(Coding(system="urn:own", code="X1"),))
SERVICE = CodedText(
    text="?", codings=(Coding(system="urn:citizen-graph:hospital-xml:MA_DICH_VU", code="23.0083.1523"),)
)
PANEL = {"value": None, "components": (ObservationComponent(code=loinc(HBA1C), value=TextValue(text="7")),)}
EMPTY_PANEL = {"value": None, "components": (ObservationComponent(code=loinc(HBA1C)),)}
A, B = {"value": TextValue(text="A+")}, {"value": TextValue(text="B+")}


def said(results: Sequence[Observation], reports: Sequence[Report] = (), code: str = HBA1C, **more: Any) -> Duplicate:
    look = Look(code=code, test=RULES.find(code), within=more.pop("within", 365), today=TODAY)
    return judge(look, results, reports, complete=more.pop("complete", True))


@pytest.mark.parametrize(
    ("results", "reports", "more", "reason"),
    [
        ([result(10)], [], {}, "RECENT"),
        ([result(90)], [], {}, "RECENT"),
        ([result(91)], [], {}, "TOO_OLD"),
        ([result(10)], [], {"complete": False}, "RECENT"),
        ([result(10)], [], {"within": 9}, "NONE_FOUND"),
        ([result(10, NAMED)], [], {}, "RECENT"),
        ([result(10, SERVICE)], [], {}, "RECENT"),
        ([result(10, loinc("2345-7", "HbA1c"))], [], {}, "NONE_FOUND"),
        ([result(10, loinc("24323-8"), **PANEL)], [], {}, "RECENT"),
        ([result(10, loinc("24323-8"), **EMPTY_PANEL)], [], {}, "NO_VALUE"),
        ([result(10, value=None)], [], {}, "NO_VALUE"),
        ([result(10, status="preliminary")], [], {}, "NOT_FINAL"),
        ([result(10, status="unknown")], [], {}, "NOT_FINAL"),
        ([result(10, conflicts=DISPUTED)], [], {}, "DISAGREEING"),
        ([result(10, status="entered-in-error")], [], {}, "NONE_FOUND"),
        ([result(10, status="cancelled")], [], {}, "NONE_FOUND"),
        ([result(None)], [], {}, "DATE_UNKNOWN"),
        ([result(-2)], [], {}, "DATE_UNKNOWN"),
        ([result(None), result(10)], [], {}, "RECENT"),
        ([], [], {}, "NONE_FOUND"),
        ([], [report(10)], {}, "NO_VALUE"),
        ([], [report(None)], {}, "DATE_UNKNOWN"),
        ([], [report(10, CHEST)], {"code": CHEST}, "RECENT"),
        ([], [report(31, CHEST)], {"code": CHEST}, "NO_VALUE"),
        ([], [report(10, CHEST, conclusion=None)], {"code": CHEST}, "NO_VALUE"),
        ([], [report(10, CHEST, status="partial")], {"code": CHEST}, "NO_VALUE"),
        ([result(300, BLOOD_GROUP, **A)], [], {"code": BLOOD_GROUP}, "LASTING"),
        ([result(300, BLOOD_GROUP, **A), result(9, BLOOD_GROUP, **A)], [], {"code": BLOOD_GROUP}, "LASTING"),
        ([result(300, BLOOD_GROUP, **A), result(9, BLOOD_GROUP, **B)], [], {"code": BLOOD_GROUP}, "DISAGREEING"),
        ([result(10, "99999-9")], [], {"code": "99999-9"}, "UNKNOWN_TEST"),
    ],
)
def test_a_test_is_judged_by_its_results_and_by_what_is_not_known(
    results: list[Observation], reports: list[Report], more: dict[str, Any], reason: str
) -> None:
    """One line per rule."""
    assert said(results, reports, **more).reason.name == reason


@pytest.mark.parametrize(
    "results", [[], [result(91)], [result(10, value=None)], [result(10, status="preliminary")], [result(None)]]
)
def test_f3_a_silent_source_may_hold_what_is_missed(results: list[Observation]) -> None:
    """Then it cannot be said, whatever else there is; what was found is shown all the same."""
    found = said(results, complete=False)

    assert (found.verdict, found.reason) == (DuplicateVerdict.CANNOT_SAY, DuplicateReason.SOURCE_SILENT)
    assert len(found.found) == len(results)


def test_different_blood_groups_are_never_used() -> None:
    """Neither the newer one nor the older."""
    groups = [result(9, BLOOD_GROUP, **A), result(300, BLOOD_GROUP, **B)]

    assert said(groups, code=BLOOD_GROUP).verdict is DuplicateVerdict.CANNOT_SAY


def test_the_newest_result_leads_and_says_how_long_it_can_be_used() -> None:
    """Ninety days for HbA1c; those without a day stand last."""
    found = said([result(None), result(80), result(10)])

    assert [one.id for one in found.found] == ["o10", "o80", "oNone"]
    assert found.until == TODAY + timedelta(days=80)


def test_an_unknown_code_shows_what_carries_it_and_guesses_nothing() -> None:
    """No name and no other code is taken for it."""
    found = said([result(10, "99999-9"), result(10)], code="99999-9")

    assert found.verdict is DuplicateVerdict.CANNOT_SAY
    assert [one.code for one in found.found] == [loinc("99999-9")]


@given(
    st.lists(
        st.builds(
            result,
            st.none() | st.integers(-40, 500),
            st.sampled_from([HBA1C, BLOOD_GROUP, CHEST]),
            status=st.sampled_from(["final", "preliminary", "entered-in-error", "?"]),
        ),
        max_size=4,
    ),
    st.sampled_from([HBA1C, BLOOD_GROUP, CHEST, "none"]),
    st.booleans(),
    st.integers(1, 36_525),
)
def test_f3_whatever_is_known_incomplete_knowledge_never_says_not_done(
    results: list[Observation], code: str, complete: bool, within: int
) -> None:
    """And only a final result with a value is ever called usable."""
    found = said(results, code=code, complete=complete, within=within)

    if not complete:
        assert found.verdict in (DuplicateVerdict.REUSABLE, DuplicateVerdict.CANNOT_SAY)
    if found.verdict is DuplicateVerdict.REUSABLE:
        assert any(one.status == "final" for one in found.found)


def test_any_number_of_days_back_is_a_day_of_the_calendar() -> None:
    """Also from its first days on."""
    assert Look(code="x", test=None, within=36_525, today=date(1, 5, 1)).since == date.min
