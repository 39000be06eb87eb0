"""Whether health insurance covers a visit. What is not known is never "not insured": the citizen would be turned away.

NĐ 188/2025/NĐ-CP Đ21 (of several cards the highest benefit applies), Đ37 (children), Đ38 (a silent portal), Đ50 k4
(cards that end during a stay).
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Annotated

from msgspec import Struct

from connectors.records import Coverage, CoverageStatus, Described, PartialDate, Referral, doc
from resolvers.covering.rules import Rules
from resolvers.partial_dates import latest

CLOSED = frozenset({"completed", "revoked", "entered-in-error", "draft", "on-hold"})
"""States of a FHIR request in which it opens nothing."""


class EligibilityVerdict(Described):
    """Whether a visit is covered by health insurance."""

    ELIGIBLE = "ELIGIBLE", "A card is valid on that day."
    NOT_ELIGIBLE = "NOT_ELIGIBLE", "The insurer answered in full, and no card is valid today."
    CANNOT_SAY = "CANNOT_SAY", "Not known: see the reasons. It is not 'not insured'."


class EligibilityReasonCode(Described):
    """Why a verdict is what it is, or what else the citizen should know."""

    CARD_VALID = "CARD_VALID", "A card is valid on that day."
    NO_CARD = "NO_CARD", "The insurer knows no card."
    CARD_LAPSED = "CARD_LAPSED", "No card is valid on that day."
    CARD_UNCLEAR = "CARD_UNCLEAR", "The insurer's word on a card is not understood."
    CARD_LAPSED_LATELY = "CARD_LAPSED_LATELY", "A card ended so lately that a stay begun before is still covered."
    ANOTHER_DAY = "ANOTHER_DAY", "No card is known for that day: cards are renewed, and old ones are not all listed."
    CHILD = "CHILD", "A small child is insured without a card."
    INSURER_SILENT = "INSURER_SILENT", "Not every source that could know a card answered in full."
    SEVERAL_CARDS = "SEVERAL_CARDS", "Of several valid cards the one with the highest benefit counts."
    REGISTERED_HERE = "REGISTERED_HERE", "The citizen is registered at this facility."
    REFERRED_HERE = "REFERRED_HERE", "A valid referral leads to this facility."
    NOT_REGISTERED_HERE = "NOT_REGISTERED_HERE", "Neither registered nor known to be referred here."
    REFERRALS_SILENT = "REFERRALS_SILENT", "Not every source that could know a referral answered in full."
    SHARE_UNSURE = "SHARE_UNSURE", "The share for this card is not sure."
    EMERGENCY = "EMERGENCY", "In an emergency every facility counts as the right one."


class Ask(Struct, frozen=True, kw_only=True):
    """The visit that is asked about."""

    facility: str
    on: date
    today: date
    born: PartialDate | None


class Verdict(Struct, frozen=True, kw_only=True):
    """What can be said of a visit."""

    verdict: Annotated[EligibilityVerdict, doc("Whether the visit is covered.")]
    benefit_percent: Annotated[
        int | None, doc("Share of health insurance in percent of what it covers; none where it is not sure.")
    ]
    coverage: Annotated[Coverage | None, doc("The card that counts; none where no card is valid.")]
    reasons: tuple[EligibilityReasonCode, ...]


def judge(
    ask: Ask,
    cards: Sequence[Coverage],
    referrals: Iterable[Referral],
    rules: Rules,
    *,
    cards_complete: bool,
    referrals_complete: bool,
) -> Verdict:
    """Whether a visit is covered, at which share, and why."""
    valid = [card for card in cards if _is_valid(card, ask)]
    silent = () if cards_complete else (EligibilityReasonCode.INSURER_SILENT,)
    if not valid:
        verdict, why = _without_card(ask, cards, rules, cards_complete=cards_complete)
        return Verdict(
            verdict=verdict,
            benefit_percent=None,
            coverage=None,
            reasons=(*why, *silent, EligibilityReasonCode.EMERGENCY),
        )
    chosen = max(valid, key=lambda card: (card.benefit_percent or 0, _is_here(card, ask), card.card_number))
    tier = _tier(ask, chosen, referrals, complete=referrals_complete)
    right = tier[0] in (EligibilityReasonCode.REGISTERED_HERE, EligibilityReasonCode.REFERRED_HERE)
    known = all(card.benefit_percent is not None for card in valid)
    return Verdict(
        verdict=EligibilityVerdict.ELIGIBLE,
        benefit_percent=chosen.benefit_percent if right and known and cards_complete else None,
        coverage=chosen,
        reasons=(
            EligibilityReasonCode.CARD_VALID,
            *((EligibilityReasonCode.SEVERAL_CARDS,) if len(valid) > 1 else ()),
            *tier,
            *(() if known else (EligibilityReasonCode.SHARE_UNSURE,)),
            *silent,
            *(() if right else (EligibilityReasonCode.EMERGENCY,)),
        ),
    )


def _is_valid(card: Coverage, ask: Ask) -> bool:
    """Whether the card is known to cover that day.

    A card that the insurer calls revoked or ended covers none; one called expired may have covered an earlier day.
    """
    if card.status in (CoverageStatus.UNKNOWN, CoverageStatus.REVOKED, CoverageStatus.ENDED):
        return False
    began = card.valid_from is None or card.valid_from <= ask.on
    lasts = card.valid_until is None or ask.on <= card.valid_until
    if card.status is CoverageStatus.UPCOMING:
        return card.valid_from is not None and began and lasts
    if card.status is CoverageStatus.EXPIRED:
        return ask.on < ask.today and card.valid_until is not None and began and lasts
    return began and lasts


def _without_card(
    ask: Ask, cards: Sequence[Coverage], rules: Rules, *, cards_complete: bool
) -> tuple[EligibilityVerdict, tuple[EligibilityReasonCode, ...]]:
    why: list[EligibilityReasonCode] = []
    if any(_unclear(card, ask) for card in cards):
        why.append(EligibilityReasonCode.CARD_UNCLEAR)
    if any(_lapsed_lately(card, ask, rules) for card in cards):
        why.append(EligibilityReasonCode.CARD_LAPSED_LATELY)
    if ask.on != ask.today:
        why.append(EligibilityReasonCode.ANOTHER_DAY)
    if ask.born is None or _years(latest(ask.born), ask.on) < rules.child_years:
        why.append(EligibilityReasonCode.CHILD)
    if why or not cards_complete:
        return EligibilityVerdict.CANNOT_SAY, tuple(why)
    known = EligibilityReasonCode.CARD_LAPSED if cards else EligibilityReasonCode.NO_CARD
    return EligibilityVerdict.NOT_ELIGIBLE, (known,)


def _unclear(card: Coverage, ask: Ask) -> bool:
    """Whether its state is not understood, or says 'valid' where its dates say otherwise."""
    return card.status is CoverageStatus.UNKNOWN or (card.status is CoverageStatus.ACTIVE and ask.on == ask.today)


def _lapsed_lately(card: Coverage, ask: Ask, rules: Rules) -> bool:
    return card.valid_until is not None and 0 < (ask.on - card.valid_until).days <= rules.grace_days


def _years(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _is_here(card: Coverage, ask: Ask) -> bool:
    return card.registered_facility is not None and card.registered_facility.code == ask.facility


def _tier(
    ask: Ask, card: Coverage, referrals: Iterable[Referral], *, complete: bool
) -> tuple[EligibilityReasonCode, ...]:
    """Whether the facility is known to be the right one. The tier of a facility itself is not known to any source."""
    if _is_here(card, ask):
        return (EligibilityReasonCode.REGISTERED_HERE,)
    if any(_leads_here(referral, ask) for referral in referrals):
        return (EligibilityReasonCode.REFERRED_HERE,)
    silent = () if complete else (EligibilityReasonCode.REFERRALS_SILENT,)
    return (EligibilityReasonCode.NOT_REGISTERED_HERE, *silent)


def _leads_here(referral: Referral, ask: Ask) -> bool:
    """Whether the referral surely opens that facility on that day: without a last day nothing is sure."""
    return (
        referral.to_facility is not None
        and referral.to_facility.code == ask.facility
        and referral.status not in CLOSED
        and (referral.issued is None or referral.issued <= ask.on)
        and referral.valid_until is not None
        and ask.on <= referral.valid_until
    )
