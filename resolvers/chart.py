"""A citizen in the graph, opened on a basis: what the fields of ``Citizen`` hang on."""

from msgspec import Struct

from connectors.contract import Basis, Purpose, Subject
from resolvers.access.standing import Standing
from resolvers.identifiers import Identifiers


class Chart(Struct, frozen=True, kw_only=True):
    """The right to look at one citizen's record, not yet used."""

    subject: Subject
    standing: Standing
    """What whoever looks is to the citizen."""
    identifiers: Identifiers
    """Makes the id."""

    @property
    def id(self) -> str:
        """Opaque id of the citizen in the graph. It is sealed, which costs more than to open the chart."""
        return self.identifiers.node_id(self.subject.personal_id)

    @property
    def personal_id(self) -> str:
        """Twelve digits."""
        return self.subject.personal_id

    @property
    def basis(self) -> Basis:
        """The fact that opened it."""
        return self.standing.basis

    @property
    def purpose(self) -> Purpose:
        """Why it was opened."""
        return self.standing.purpose

    def __repr__(self) -> str:
        return f"Chart({self.subject!r}, {self.basis.name})"
