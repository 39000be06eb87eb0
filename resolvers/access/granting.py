"""Gives the grants with which sources are asked, and the mandates with which they are written to, for opened charts."""

from collections.abc import Mapping

from connectors.contract import Basis, Grant, Purpose, Refused, SourceState, Subject
from connectors.records import Record
from connectors.writing import Entry, Mandate
from resolvers.access.decisions import decide, may_write
from resolvers.access.rulings import Rulings
from resolvers.access.standing import Standing
from resolvers.chart import Chart
from resolvers.refusals import Forbidden
from resolvers.sections import SECTION_OF

_ONLY: Mapping[type[Record], frozenset[type[Record]]] = {about: frozenset({about}) for about in SECTION_OF}


class Granting:
    """The decisions of one request about the charts that it opened: each is made once, and noted."""

    def __init__(self) -> None:
        self.rulings = Rulings()
        """Every decision of this request about a section, and by which policies and consents."""
        self.purposes: frozenset[Purpose] | None = None
        """What the operation serves, where whoever published it said so: it opens nothing for another purpose."""
        self._given: dict[tuple[int, int, type[Record]], tuple[Subject, Standing, Grant | Refused]] = {}
        self._standings: dict[tuple[str, Basis, Purpose], Standing] = {}

    def permit(self, chart: Chart, about: type[Record]) -> Grant | Refused:
        """The grant for one class of record of that chart, or why there is none."""
        subject, standing = chart.subject, chart.standing
        if self.purposes is not None and standing.purpose not in self.purposes:
            given: Grant | Refused = Refused(state=SourceState.NOT_PERMITTED)
        else:
            known = self._given.get((id(subject), id(standing), about))
            given = known[2] if known else self._granted(subject, standing, about)
        if isinstance(given, Refused):
            self._denied(chart, about)
        return given

    def mandate(self, chart: Chart, of: type[Entry]) -> Mandate:
        """The proof that such an entry may be written into that citizen's record.

        Raises:
            Forbidden: the basis of the chart does not allow it.
        """
        if not self._serves(chart) or not may_write(chart.standing, of.__name__):
            raise Forbidden
        return Mandate(subject=chart.subject, purpose=chart.purpose, basis=chart.basis, of=of)

    def beside(self, grant: Grant, about: type[Record]) -> Grant | None:
        """The grant for another class of record of that citizen; ``None`` when the basis does not open that class.

        With it the door finds out where a citizen has been; it opens nothing that the caller could not ask for.
        """
        standing = self._standings[grant.subject.ref, grant.basis, grant.purpose]
        given = self._granted(grant.subject, standing, about)
        return given if isinstance(given, Grant) else None

    def _denied(self, chart: Chart, about: type[Record]) -> None:
        """There is no grant for that class; for whoever keeps account of it."""

    def _serves(self, chart: Chart) -> bool:
        return self.purposes is None or chart.purpose in self.purposes

    def _granted(self, subject: Subject, standing: Standing, about: type[Record]) -> Grant | Refused:
        """The decision, made once per request for the same chart and class."""
        key = (id(subject), id(standing), about)
        known = self._given.get(key)
        if known is None:
            known = self._given[key] = (subject, standing, self._decided(subject, standing, about))
        return known[2]

    def _decided(self, subject: Subject, standing: Standing, about: type[Record]) -> Grant | Refused:
        self._standings[subject.ref, standing.basis, standing.purpose] = standing
        decision = decide(standing, SECTION_OF[about])
        self.rulings.add(subject.ref, standing, decision)
        if not decision.permitted:
            return Refused(state=decision.state, retryable=not standing.verified)
        return Grant(
            subject=subject,
            purpose=standing.purpose,
            basis=standing.basis,
            about=_ONLY[about],
            restriction=decision.withholding,
        )


def grant_of_operator(subject: Subject, about: type[Record]) -> Grant:
    """The grant with which the operator's command line tests a source. No request of a caller can come here.

    It gives nobody more than they have: who may start that command reads the credentials of the source as well.
    """
    return Grant(subject=subject, purpose=Purpose.ADMINISTRATION, basis=Basis.OPERATOR, about=frozenset({about}))
