"""A citizen in the graph, opened on a basis: what the fields of ``Citizen`` hang on."""

from msgspec import Struct

from connectors.contract import Basis, Purpose, Subject


class Chart(Struct, frozen=True, kw_only=True):
    """The right to look at one citizen's record, not yet used."""

    id: str
    """Opaque id of the citizen in the graph."""
    subject: Subject
    basis: Basis
    purpose: Purpose

    @property
    def personal_id(self) -> str:
        """Twelve digits."""
        return self.subject.personal_id

    def __repr__(self) -> str:
        return f"Chart({self.subject!r}, {self.basis.name})"
