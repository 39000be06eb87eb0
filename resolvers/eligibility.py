"""Whether health insurance covers a visit to a facility, at which share, and why."""

from collections.abc import Awaitable
from datetime import date
from typing import Annotated

import strawberry
from msgspec import Struct

from connectors.contract import Question
from connectors.records import CoPayment, Coverage, Referral, doc
from resolvers.chart import Chart
from resolvers.completeness import CompletenessOf, together
from resolvers.context import Info
from resolvers.covering.exemption import Exemption, ExemptionState, exemption
from resolvers.covering.rules import RULES
from resolvers.covering.verdict import Ask, EligibilityReasonCode, EligibilityVerdict, judge
from resolvers.gathering import Gathered, gather
from resolvers.joining.codes import is_insurance_code
from resolvers.refusals import BadRequest
from resolvers.shown import enumeration, resolved, shown
from resolvers.under_way import UnderWay

enumeration(EligibilityVerdict)
enumeration(ExemptionState)


class EligibilityReason(Struct, frozen=True, kw_only=True):
    """One reason for a verdict, for programs and for people."""

    code: Annotated[EligibilityReasonCode, doc("For programs.")]
    text: Annotated[str, doc("For the citizen, in the language of the answer.")]


class EligibilityOf(Struct, frozen=True, kw_only=True):
    """Whether a visit is covered."""

    facility: Annotated[str, doc("Code of the facility that was asked about.")]
    on: Annotated[date, doc("The day that was asked about.")]
    verdict: Annotated[EligibilityVerdict, doc("Whether the visit is covered. CANNOT_SAY is not 'not insured'.")]
    benefit_percent: Annotated[
        int | None, doc("Share of health insurance in percent of what it covers; none where it is not sure.")
    ]
    co_pay_percent: Annotated[
        int | None, doc("The citizen's share in percent, before the yearly limit; none where it is not sure.")
    ]
    reasons: Annotated[tuple[EligibilityReason, ...], doc("Why, the most important first.")]
    coverage: Annotated[Coverage | None, doc("The card that counts; none where no card is valid.")]
    rule: Annotated[str, doc("Edition of the rules.")]
    information_only: Annotated[bool, doc("Always true: the facility's card check decides.")]
    completeness: Annotated[CompletenessOf, doc("Whether cards and referrals are all there are.")]
    cards: Gathered[Coverage]
    chart: Chart


class ExemptionOf(Exemption, frozen=True, kw_only=True):
    """The yearly limit of co-payments, in the caller's language."""

    text: Annotated[str, doc("For the citizen, in the language of the answer.")]
    completeness: Annotated[CompletenessOf, doc("Whether cards and payments are all there are.")]


@shown(ExemptionOf)
class CoPaymentExemption:
    """Whether the citizen is free of co-payment for the rest of the year (NĐ 188/2025/NĐ-CP Đ18 k2)."""


def _exemption(root: strawberry.Parent[EligibilityOf], info: Info) -> Awaitable[ExemptionOf]:
    payments = gather(info, root.chart, Question(about=CoPayment))

    async def said() -> ExemptionOf:
        paid = await payments
        found = exemption(
            root.on,
            info.context.today,
            root.cards.items,
            paid.items,
            RULES,
            cards_complete=root.cards.complete,
            payments_complete=paid.complete,
        )
        return ExemptionOf(
            state=found.state,
            paid=found.paid,
            limit=found.limit,
            limit_verified=found.limit_verified,
            five_years=found.five_years,
            text=info.context.language.say("exemption", found.state.name),
            completeness=together((root.cards.completeness, paid.completeness)),
        )

    return UnderWay(said)


@shown(EligibilityOf)
class Eligibility:
    """Whether a visit is covered, at which share, and why. Information only: the facility's card check decides."""

    exemption: CoPaymentExemption = resolved(
        _exemption,
        "Whether the yearly limit of co-payments is reached. The insurer may take a minute: it is asked only here.",
    )


Place = Annotated[str, strawberry.argument(description="Health-insurance code of the facility, five characters.")]
Day = Annotated[date | None, strawberry.argument(description="The day of the visit; today by default.")]


def covered(root: strawberry.Parent[Chart], info: Info, facility: Place, on: Day = None) -> Awaitable[EligibilityOf]:
    """Whether that visit is covered.

    Raises:
        BadRequest: the code is none of a facility.
    """
    if not is_insurance_code(facility):
        raise BadRequest("'facility' must be a health-insurance facility code of five characters.")
    context = info.context
    asked = (gather(info, root, Question(about=Coverage)), gather(info, root, Question(about=Referral)))
    ask = Ask(facility=facility, on=on or context.today, today=context.today, born=root.subject.birth_date)

    async def said() -> EligibilityOf:
        cards, referrals = await asked[0], await asked[1]
        found = judge(
            ask,
            cards.items,
            referrals.items,
            RULES,
            cards_complete=cards.complete,
            referrals_complete=referrals.complete,
        )
        share = found.benefit_percent
        return EligibilityOf(
            facility=facility,
            on=ask.on,
            verdict=found.verdict,
            benefit_percent=share,
            co_pay_percent=None if share is None else 100 - share,
            reasons=tuple(
                EligibilityReason(code=code, text=context.language.say("eligibility", code.name))
                for code in found.reasons
            ),
            coverage=found.coverage,
            rule=RULES.version,
            information_only=True,
            completeness=together((cards.completeness, referrals.completeness)),
            cards=cards,
            chart=root,
        )

    return UnderWay(said)
