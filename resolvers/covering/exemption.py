"""Whether the yearly limit of co-payments is reached (NĐ 188/2025/NĐ-CP Đ18 k2). Amounts in VND, exact."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated

from msgspec import Struct

from connectors.clock import HO_CHI_MINH
from connectors.records import CoPayment, Coverage, Described, doc
from resolvers.covering.rules import Rules
from resolvers.partial_dates import in_zone


class ExemptionState(Described):
    """Whether a citizen is free of co-payment for the rest of a year."""

    EXEMPT = "EXEMPT", "Five continuous years, and paid more than the limit."
    NOT_EXEMPT = "NOT_EXEMPT", "Known not to be."
    CANNOT_SAY = "CANNOT_SAY", "Not known: a source is silent, or amounts or limit are not sure."


class Exemption(Struct, frozen=True, kw_only=True):
    """What can be said of the yearly limit of co-payments."""

    state: Annotated[ExemptionState, doc("Whether the citizen pays no more this year.")]
    paid: Annotated[Decimal | None, doc("What counts of the calendar year up to that day, in VND; none if unknown.")]
    limit: Annotated[Decimal | None, doc("The limit in VND; none for a day before the first known base salary.")]
    limit_verified: Annotated[bool, doc("Whether the limit rests on a base salary known from a legal text.")]
    five_years: Annotated[bool | None, doc("Whether five continuous years are fulfilled; none if unknown.")]


def exemption(
    on: date,
    today: date,
    cards: Sequence[Coverage],
    payments: Sequence[CoPayment],
    rules: Rules,
    *,
    cards_complete: bool,
    payments_complete: bool,
) -> Exemption:
    """Say it where every reading of what is known agrees, and not otherwise."""
    limits = rules.limits(on)
    sums = _sums(on, payments)
    five_years = _five_years(on, cards, complete=cards_complete)
    above = {paid > limit for paid in sums for limit in limits}
    reached = above == {True}
    # A visit to come may still be added, and a silent source may hold one: only what is reached is then sure.
    below = above == {False} and payments_complete and on <= today
    if five_years and reached and on.year <= today.year:
        state = ExemptionState.EXEMPT
    elif five_years is False or below:
        state = ExemptionState.NOT_EXEMPT
    else:
        state = ExemptionState.CANNOT_SAY
    return Exemption(
        state=state,
        paid=sums[0] if len(set(sums)) == 1 and (payments_complete or sums[0]) else None,
        limit=limits[-1] if limits else None,
        limit_verified=len(limits) == 1,
        five_years=five_years,
    )


def _sums(on: date, payments: Sequence[CoPayment]) -> tuple[Decimal, ...]:
    """The year's sum as it can be read: dated visits, with the undated ones, and as the insurer itself adds up."""
    dated = [(in_zone(paid.admitted, HO_CHI_MINH).date(), paid) for paid in payments if paid.admitted]
    inside = [paid for day, paid in dated if day.year == on.year and day <= on]
    sure = sum((paid.amount for paid in inside), Decimal(0))
    undated = sum((paid.amount for paid in payments if paid.admitted is None), Decimal(0))
    added = [paid.year_to_date for paid in inside if paid.year_to_date is not None]
    return (sure, sure + undated, *((max(added),) if added else ()))


def _five_years(on: date, cards: Sequence[Coverage], *, complete: bool) -> bool | None:
    """Whether any card says that five continuous years count; unknown where none says anything."""
    said = [card.five_years_continuous_from for card in cards if card.five_years_continuous_from]
    if any(since <= on for since in said):
        return True
    return False if said and complete else None
