"""Who has to agree to a consent, by who gives it and how old the citizen is; and who may forbid what. Pure.

Luật 91/2025/QH15 Đ24 k2: for a child under seven the representative alone; from seven the child as well. A child
without an account cannot be asked by us, so the representative states it; one with an account says it there.
"""

from datetime import date, datetime

from connectors.contract import Basis
from connectors.records import Described, PartialDate
from resolvers.access.ages import AGES, Step
from resolvers.access.caller import CallerKind
from resolvers.access.consents import Extent, Sensitivity
from resolvers.access.decisions import may_refuse, refusable
from resolvers.access.policy import SINGLE_RECORD
from resolvers.access.standing import Agreed, Party, representing

REPRESENTING = frozenset({Basis.PARENT, Basis.GUARDIAN, Basis.COURT_APPOINTED})
"""Those who may allow something in another's place. Partners never can, nor whom the citizen authorised to look."""


class Needed(Described):
    """Whose agreement a consent needs beside the word of who gives it."""

    NOBODY = "NOBODY", "Who gives it is enough."
    STATED = "STATED", "The representative states that the child agrees."
    OTHER = "OTHER", "The minor or the representative agrees with an account of their own."


def needed(basis: Basis, born: PartialDate, today: date) -> Needed | None:
    """What else a consent needs that somebody gives on that basis; ``None`` when they may not give any.

    A birthday that is known only in part is read so that more have to agree.
    """
    if basis is Basis.SELF:
        return Needed.NOBODY if is_adult(born, today) else Needed.OTHER
    if basis not in REPRESENTING:
        return None
    if is_adult(born, today) or Step.DATA_CONSENT not in AGES.may_be_reached(born, today):
        return Needed.NOBODY
    return Needed.OTHER if Step.OWN_ACCOUNT in AGES.reached(born, today) else Needed.STATED


def is_adult(born: PartialDate, today: date) -> bool:
    """Whether somebody born then is of age for certain."""
    return Step.ADULT in AGES.reached(born, today)


def may_agree(given_on: Basis, basis: Basis) -> bool:
    """Whether somebody on ``basis`` is the other one whose agreement a consent awaits that was given on another."""
    return basis is Basis.SELF if given_on in REPRESENTING else given_on is Basis.SELF and basis in REPRESENTING


def may_lift(given_on: Basis, basis: Basis) -> bool:
    """Whether somebody on ``basis`` may lift a block: nobody lifts what the citizen set but the citizen."""
    return basis is Basis.SELF or (basis in REPRESENTING and given_on in REPRESENTING)


def holds_against_representative(basis: Basis, extent: Extent, born: PartialDate, now: datetime, today: date) -> bool:
    """Whether a block of that extent, given on ``basis``, holds in full against who represents the citizen by law.

    The policies say what can be refused to a representative; one representative can refuse another only violence.
    """
    if basis in REPRESENTING:
        return bool(extent.sensitivities) and extent.sensitivities <= {Sensitivity.VIOLENCE}
    parent = representing(
        Party(role=CallerKind.CITIZEN, representative=""),
        Basis.PARENT,
        Agreed(),
        now,
        citizen="",
        reached=AGES.may_be_reached(born, today),
    )
    if extent.record is not None and may_refuse(parent, SINGLE_RECORD):
        return True
    return bool(extent.sensitivities) and extent.sensitivities <= refusable(parent)
