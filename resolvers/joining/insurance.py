"""Health insurance: a card is known by its number, an insured visit by its facility and its beginning."""

from collections.abc import Iterable

from connectors.records import Claim, CoPayment, Coverage, SourceKind
from resolvers.joining.choosing import leading
from resolvers.joining.codes import minute, place
from resolvers.joining.rule import Fact, Mark, Rule


def _admitted(claim: Claim | CoPayment) -> Mark | None:
    return minute(claim.admitted)


def _by_beginning(claim: Claim | CoPayment) -> Iterable[Mark]:
    where, begun = place(claim.facility), _admitted(claim)
    return [("visit", *where, *begun)] if where and begun else []


def _facts(claim: Claim) -> Iterable[Fact]:
    """Two claims of one morning are told apart by their sums: a claim can be made in parts."""
    return [("total", claim.total)] if claim.total is not None else []


COVERAGE: Rule[Coverage] = Rule(
    evidence=(lambda card: [("card", card.card_number.strip().upper())],),
    reads=frozenset({"card_number"}),
    once_per_source=False,
    authority=(SourceKind.INSURANCE,),
)
CLAIM: Rule[Claim] = Rule(
    evidence=(_by_beginning,),
    needs=_admitted,
    facts=_facts,
    reads=frozenset({"facility", "admitted", "total"}),
    authority=(SourceKind.INSURANCE,),
    choices={"lines": leading("lines")},
)
CO_PAYMENT: Rule[CoPayment] = Rule(
    evidence=(_by_beginning,),
    needs=_admitted,
    facts=lambda payment: [("amount", payment.amount)],
    reads=frozenset({"facility", "admitted", "amount"}),
    authority=(SourceKind.INSURANCE,),
)
