"""The legal state of an item: how far its paper has come, and who says so."""

from connectors.records import LegalState
from resolvers.joining.legal import Reached
from resolvers.shown import enumeration, shown

enumeration(LegalState)

DESCRIPTION = (
    "How far its paper has come, as far as a system says so; in the order of states. "
    "A state that is not there is not known, which is not 'not reached'."
)


@shown(Reached)
class LegalStep:
    """A state that the paper of a visit has reached, and which system says so."""
