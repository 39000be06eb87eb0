"""How far the paper of a visit has come, as a source says: at the facility, paid, claimed, decided."""

from datetime import datetime

from msgspec import Struct

from connectors.records.base import Described


class LegalState(Described):
    """How far the paper of a visit has come. The states are known one by one: none follows from another."""

    RECORDED = "RECORDED", "A hospital or health station holds it; when that system wrote it down."
    PAID = "PAID", "Its bill was settled at the facility; when it was paid."
    CLAIMED = "CLAIMED", "It was claimed from health insurance; when the claim was made."
    FINAL = "FINAL", "Health insurance has decided about the claim, and nothing of it is open; when it decided."


class LegalStep(Struct, frozen=True, kw_only=True, gc=False):
    """A state that a source says a visit or claim has reached."""

    state: LegalState
    at: datetime | None = None
    """When; none where the source does not say."""
