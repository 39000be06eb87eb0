"""What one request decided about every section, and by which policies: for whoever writes it down or asks why."""

from msgspec import Struct

from connectors.contract import Basis, Purpose
from resolvers.access.decisions import Decision
from resolvers.access.standing import Standing
from resolvers.sections import Section


class Decided(Struct, frozen=True, kw_only=True):
    """A decision about one section of one citizen's record, or about writing into it."""

    ref: str
    """Reference of the citizen."""
    purpose: Purpose
    basis: Basis
    emergency: str | None
    """Id of the declared emergency, where that is the basis."""
    decision: Decision
    preview: bool
    """Whether nobody looked: the citizen wanted to know what somebody would see."""


class Rulings:
    """Every decision once, in the order in which it was made."""

    def __init__(self) -> None:
        self._decided: dict[tuple[str, Basis, Purpose, Section], Decided] = {}

    def add(self, ref: str, standing: Standing, decision: Decision) -> None:
        """Note a decision."""
        self._decided[ref, standing.basis, standing.purpose, decision.section] = Decided(
            ref=ref,
            purpose=standing.purpose,
            basis=standing.basis,
            emergency=standing.emergency,
            decision=decision,
            preview=standing.preview,
        )

    @property
    def decided(self) -> list[Decided]:
        """Every decision about a section, once."""
        return list(self._decided.values())
