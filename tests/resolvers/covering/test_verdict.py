"""Whether a visit is covered, as a table: what is not known is never 'not insured'."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.records import Coverage, CoverageStatus, PartialDate
from resolvers.covering.rules import RULES
from resolvers.covering.verdict import Ask, EligibilityReasonCode, EligibilityVerdict, Verdict, judge
from tests.resolvers.covering.cards import HERE, TODAY, card, place, referral

ELSEWHERE = {"registered_facility": place("79983")}
EXPIRED = {"status": CoverageStatus.EXPIRED, "valid_until": date(2026, 6, 30)}


def said(cards: Sequence[Coverage], **more: Any) -> Verdict:
    ask = Ask(
        facility=HERE,
        on=more.pop("on", TODAY),
        today=TODAY,
        born=more.pop("born", PartialDate("1987-02-14")),
    )
    known = {"referrals": (), "rules": RULES, "cards_complete": True, "referrals_complete": True, **more}
    return judge(ask, cards, **known)


@pytest.mark.parametrize(
    ("cards", "more", "verdict", "percent", "reason"),
    [
        ([card()], {}, "ELIGIBLE", 80, "REGISTERED_HERE"),
        ([card(**ELSEWHERE)], {"referrals": [referral()]}, "ELIGIBLE", 80, "REFERRED_HERE"),
        ([card(**ELSEWHERE)], {}, "ELIGIBLE", None, "NOT_REGISTERED_HERE"),
        ([card(**ELSEWHERE)], {"referrals": [referral(valid_until=None)]}, "ELIGIBLE", None, "NOT_REGISTERED_HERE"),
        ([card(**ELSEWHERE)], {"referrals": [referral(status="revoked")]}, "ELIGIBLE", None, "NOT_REGISTERED_HERE"),
        ([card(**ELSEWHERE)], {"referrals_complete": False}, "ELIGIBLE", None, "REFERRALS_SILENT"),
        ([card(), card(card_number="HT3790000000001", benefit_percent=95)], {}, "ELIGIBLE", 95, "SEVERAL_CARDS"),
        ([card(benefit_percent=None)], {}, "ELIGIBLE", None, "SHARE_UNSURE"),
        ([card()], {"cards_complete": False}, "ELIGIBLE", None, "INSURER_SILENT"),
        ([card(valid_until=None)], {}, "ELIGIBLE", 80, "CARD_VALID"),
        ([], {}, "NOT_ELIGIBLE", None, "NO_CARD"),
        ([card(**EXPIRED)], {}, "NOT_ELIGIBLE", None, "CARD_LAPSED"),
        ([card(**EXPIRED)], {"cards_complete": False}, "CANNOT_SAY", None, "INSURER_SILENT"),
        ([card(**EXPIRED)], {"on": date(2026, 5, 1)}, "ELIGIBLE", 80, "CARD_VALID"),
        ([card(**(EXPIRED | {"valid_until": date(2026, 11, 8)}))], {}, "CANNOT_SAY", None, "CARD_LAPSED_LATELY"),
        ([card(**(EXPIRED | {"valid_until": date(2026, 11, 7)}))], {}, "NOT_ELIGIBLE", None, "CARD_LAPSED"),
        ([], {"cards_complete": False}, "CANNOT_SAY", None, "INSURER_SILENT"),
        ([card(status=CoverageStatus.UNKNOWN)], {}, "CANNOT_SAY", None, "CARD_UNCLEAR"),
        ([card()], {"on": date(2027, 1, 2)}, "CANNOT_SAY", None, "ANOTHER_DAY"),
        ([], {"born": PartialDate("2020-11-24")}, "CANNOT_SAY", None, "CHILD"),
        ([], {"born": PartialDate("2020-11-23")}, "NOT_ELIGIBLE", None, "NO_CARD"),
        ([], {"born": PartialDate("2020")}, "CANNOT_SAY", None, "CHILD"),
        ([], {"born": None}, "CANNOT_SAY", None, "CHILD"),
    ],
)
def test_a_visit_is_judged_by_the_cards_and_by_what_is_not_known(
    cards: list[Coverage], more: dict[str, Any], verdict: str, percent: int | None, reason: str
) -> None:
    """One line per rule; the percentage stands only where all that decides about it is known."""
    found = said(cards, **more)

    assert (found.verdict.name, found.benefit_percent) == (verdict, percent)
    assert reason in {code.name for code in found.reasons}


def test_whoever_is_not_known_to_be_at_the_right_place_is_told_about_emergencies() -> None:
    """Nobody stays away from an emergency department because of a share."""
    for cards in ([], [card(**ELSEWHERE)]):
        assert EligibilityReasonCode.EMERGENCY in said(cards).reasons


@given(
    st.lists(
        st.builds(
            card,
            status=st.sampled_from(CoverageStatus),
            valid_from=st.none() | st.dates(),
            valid_until=st.none() | st.dates(),
            benefit_percent=st.sampled_from([None, 80, 95, 100]),
        ),
        max_size=3,
    ),
    st.dates(),
    st.booleans(),
)
def test_f3_no_silent_insurer_and_no_other_day_ever_says_not_insured(
    cards: list[Coverage], on: date, complete: bool
) -> None:
    """Whatever cards there are, at any day of the calendar."""
    found = said(cards, on=on, cards_complete=complete)

    if not complete or on != TODAY:
        assert found.verdict is not EligibilityVerdict.NOT_ELIGIBLE
    assert (found.coverage is None) == (found.verdict is not EligibilityVerdict.ELIGIBLE)
