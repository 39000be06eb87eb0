"""The permit office: opens a chart for a caller, and gives the grants with which sources are asked."""

from datetime import date

from connectors.contract import Basis, Grant, Purpose, Question, Subject
from connectors.records import Demographics, PartialDate, Record, Relation
from connectors.writing import Entry, Mandate
from resolvers.access.caller import Caller, CallerKind
from resolvers.access.rules import VISIBLE, WRITABLE, may_open_alone, represents
from resolvers.chart import Chart
from resolvers.federation import Federation
from resolvers.identifiers import Identifiers, birth_year
from resolvers.refusals import Forbidden, StepUpRequired, Unverifiable


class Access:
    """One request's decisions about one caller."""

    def __init__(
        self,
        caller: Caller,
        *,
        federation: Federation,
        identifiers: Identifiers,
        today: date,
        required_assurance: int,
        acr_values: tuple[str, ...],
    ) -> None:
        self._caller = caller
        self._federation = federation
        self._identifiers = identifiers
        self._today = today
        self._required_assurance = required_assurance
        self._acr_values = acr_values
        self.refused = 0
        """How often a citizen was asked for whom the caller may not open."""
        federation.beside = self.beside

    async def me(self) -> Chart:
        """The caller's own chart.

        Raises:
            Forbidden: the caller is no citizen, or too young to open health data alone.
            StepUpRequired: the sign-in is too weak.
        """
        chart = self._own_chart()
        subject = chart.subject
        if subject.name is None or subject.birth_date is None:
            subject = await self._completed(chart)
        if not may_open_alone(subject.birth_date or birth_year(subject.personal_id), self._today):
            raise Forbidden
        return Chart(id=chart.id, subject=subject, basis=chart.basis, purpose=chart.purpose)

    async def citizen(self, personal_id: str) -> Chart:
        """The chart of that citizen, when the caller may open it.

        Whether the citizen exists is never asked: only the caller's own relations are looked up, so an unknown number
        and a stranger's number take the same way and get the same answer.

        Raises:
            Forbidden: the caller does not represent that citizen, or there is none.
            Unverifiable: the register of relations did not answer.
            StepUpRequired: the sign-in is too weak.
        """
        own = await self.me()
        if personal_id == own.personal_id:
            return own
        found = await self._federation.ask(Question(about=Relation), self.permit(own, Relation))
        for relation in found.records:
            if relation.personal_id == personal_id and (chart := self.representing(relation)):
                return chart
        if not found.complete:
            raise Unverifiable
        self.refused += 1
        raise Forbidden

    def representing(self, relation: Relation) -> Chart | None:
        """The chart that a relation of the caller opens today; ``None`` when its right has ended or was taken away."""
        basis = represents(relation, self._today)
        if basis is None:
            return None
        subject = Subject(
            ref=self._identifiers.reference(relation.personal_id),
            personal_id=relation.personal_id,
            name=relation.full_name,
            birth_date=relation.birth_date,
        )
        return self._chart(subject, basis, Purpose.REPRESENTATION)

    def permit(self, chart: Chart, about: type[Record]) -> Grant | None:
        """The grant for one class of record of that chart; ``None`` when its basis does not open that class."""
        return _granted(chart.subject, chart.purpose, chart.basis, about)

    def mandate(self, chart: Chart, of: type[Entry]) -> Mandate:
        """The proof that such an entry may be written into that citizen's record.

        Raises:
            Forbidden: the basis of the chart does not allow it.
        """
        if of not in WRITABLE[chart.basis]:
            raise Forbidden
        return Mandate(subject=chart.subject, purpose=chart.purpose, basis=chart.basis, of=of)

    def beside(self, grant: Grant, about: type[Record]) -> Grant | None:
        """The grant for another class of record of that citizen; ``None`` when the basis does not open that class.

        With it the door finds out where a citizen has been; it opens nothing that the caller could not ask for.
        """
        return _granted(grant.subject, grant.purpose, grant.basis, about)

    def _own_chart(self) -> Chart:
        caller = self._caller
        if caller.kind is not CallerKind.CITIZEN or caller.personal_id is None:
            raise Forbidden
        if caller.assurance < self._required_assurance:
            raise StepUpRequired(acr_values=self._acr_values)
        subject = Subject(
            ref=self._identifiers.reference(caller.personal_id),
            personal_id=caller.personal_id,
            name=caller.name,
            birth_date=PartialDate(caller.birth_date.isoformat()) if caller.birth_date else None,
        )
        return self._chart(subject, Basis.SELF, Purpose.SELF)

    async def _completed(self, chart: Chart) -> Subject:
        """The subject with what the token did not say, from the register that knows; as it was when nobody knows."""
        found = await self._federation.ask(Question(about=Demographics), self.permit(chart, Demographics))
        subject = chart.subject
        for known in found.records[:1]:
            return Subject(
                ref=subject.ref,
                personal_id=subject.personal_id,
                name=subject.name or known.full_name,
                birth_date=subject.birth_date or known.birth_date,
            )
        return subject

    def _chart(self, subject: Subject, basis: Basis, purpose: Purpose) -> Chart:
        return Chart(id=self._identifiers.node_id(subject.personal_id), subject=subject, basis=basis, purpose=purpose)


def _granted(subject: Subject, purpose: Purpose, basis: Basis, about: type[Record]) -> Grant | None:
    if about not in VISIBLE[basis]:
        return None
    return Grant(subject=subject, purpose=purpose, basis=basis, about=frozenset({about}))


def grant_of_operator(subject: Subject, about: type[Record]) -> Grant:
    """The grant with which the operator's command line tests a source. No request of a caller can come here.

    It gives nobody more than they have: who may start that command reads the credentials of the source as well.
    """
    return Grant(subject=subject, purpose=Purpose.ADMINISTRATION, basis=Basis.OPERATOR, about=frozenset({about}))
