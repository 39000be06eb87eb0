"""Who has to agree to a consent, by who gives it and how old the citizen is. Pure.

Luật 91/2025/QH15 Đ24 k2: for a child under seven the representative alone; from seven the child as well. A child
without an account cannot be asked by us, so the representative states it; one with an account says it there.
"""

from datetime import date

from connectors.contract import Basis
from connectors.records import Described, PartialDate
from resolvers.access.ages import AGES, Step
from resolvers.consenting.rules import RULES, has_surely_reached, may_have_reached

REPRESENTING = frozenset({Basis.PARENT, Basis.GUARDIAN, Basis.COURT_APPOINTED})
"""Those who may allow something in another's place. Partners never can."""


class Needed(Described):
    """Whose agreement a consent needs beside the word of who gives it."""

    NOBODY = "NOBODY", "Who gives it is enough."
    STATED = "STATED", "The representative states that the child agrees."
    OTHER = "OTHER", "The minor or the representative agrees with an account of their own."


def needed(basis: Basis, born: PartialDate, today: date) -> Needed | None:
    """What else a consent needs that somebody gives on that basis; ``None`` when they may not give any.

    A birthday that is known only in part is read so that more have to agree.
    """
    is_adult = Step.ADULT in AGES.reached(born, today)
    if basis is Basis.SELF:
        return Needed.NOBODY if is_adult else Needed.OTHER
    if basis not in REPRESENTING:
        return None
    if is_adult or not may_have_reached(born, RULES.child_agrees, today):
        return Needed.NOBODY
    return Needed.OTHER if has_surely_reached(born, RULES.own_account, today) else Needed.STATED


def may_agree(given_on: Basis, basis: Basis) -> bool:
    """Whether somebody on ``basis`` is the other one whose agreement a consent awaits that was given on another."""
    return basis is Basis.SELF if given_on in REPRESENTING else given_on is Basis.SELF and basis in REPRESENTING


def may_lift(given_on: Basis, basis: Basis) -> bool:
    """Whether somebody on ``basis`` may lift a block: nobody lifts what the citizen set but the citizen."""
    return basis is Basis.SELF or (basis in REPRESENTING and given_on in REPRESENTING)


def may_hide_from_representatives(basis: Basis, born: PartialDate, today: date) -> bool:
    """Whether a minor, or an adult, may hide something from those who represent them. Only they themselves can."""
    return basis is Basis.SELF and has_surely_reached(born, RULES.against_representatives, today)
