"""The permit office: opens a chart for a caller, on a basis that it finds out; ``Granting`` gives the grants for it."""

from collections.abc import Sequence
from datetime import date

from connectors.contract import Basis, Grant, Purpose, Question, Refused, Subject
from connectors.records import (
    Coverage,
    CoverageStatus,
    Demographics,
    PartialDate,
    Record,
    Relation,
    SourceKind,
)
from resolvers.access.ages import AGES, Step
from resolvers.access.caller import Caller, CallerKind
from resolvers.access.consents import Emergency, Trust, TrustUnavailable
from resolvers.access.granting import Granting
from resolvers.access.rules import is_barred, represents, standing_ones
from resolvers.access.standing import (
    Agreed,
    Party,
    Standing,
    by_agreement,
    by_consent,
    own,
    representing,
)
from resolvers.chart import Chart
from resolvers.federation import Federation
from resolvers.identifiers import Identifiers, birth_year
from resolvers.refusals import Forbidden, StepUpRequired, Unverifiable

_NAMED_PROFESSIONALS = frozenset({CallerKind.CLINICIAN, CallerKind.HEALTH_STATION})
_PARTNERS = _NAMED_PROFESSIONALS | {CallerKind.INSURER}


class Access(Granting):
    """One request's decisions about one caller."""

    def __init__(
        self,
        caller: Caller,
        *,
        federation: Federation,
        identifiers: Identifiers,
        trust: Trust,
        today: date,
        required_assurance: int,
        longest_sign_in: float = 0,
        acr_values: tuple[str, ...],
    ) -> None:
        super().__init__()
        self._caller = caller
        self._federation = federation
        self._identifiers = identifiers
        self._trust = trust
        self._today = today
        self._required_assurance = required_assurance
        self._longest_sign_in = longest_sign_in
        self._acr_values = acr_values
        self.refused = 0
        """How often a citizen was asked for whom the caller may not open."""
        self._references: dict[str, str] = {}
        if caller.personal_id is not None and caller.ref is not None:
            self._references[caller.personal_id] = caller.ref
        federation.beside = self.beside

    async def me(self) -> Chart:
        """The caller's own chart.

        Raises:
            Forbidden: the caller is no citizen, or too young to open health data alone.
            StepUpRequired: the sign-in is too weak.
        """
        return await self._own_chart()

    async def citizen(self, personal_id: str) -> Chart:
        """The chart of that citizen, when the caller may open it.

        Whether the citizen exists is never asked before something speaks for the caller: an unknown number and a
        stranger's number take the same way and get the same answer.

        Raises:
            Forbidden: nothing opens that record to the caller, or there is none.
            Unverifiable: who represents whom, or what the citizen agreed to, cannot be read now.
            StepUpRequired: the sign-in is too weak.
        """
        try:
            if self._caller.kind in _PARTNERS:
                return await self._partners(personal_id)
            return await self._familys(personal_id)
        except Forbidden:
            self.refused += 1
            raise

    async def representing(self, relation: Relation) -> Chart | None:
        """The chart that a relation of the caller opens today; ``None`` when its right has ended or was taken away.

        Where it cannot be read what the citizen refused, the chart opens nothing.
        """
        basis = represents(relation, self._today)
        if basis is None:
            return None
        subject = Subject(
            ref=self._reference(relation.personal_id),
            personal_id=relation.personal_id,
            name=relation.full_name,
            birth_date=relation.birth_date,
        )
        try:
            agreed: Agreed | None = await self._agreed(subject.ref)
        except TrustUnavailable:
            agreed = None
        standing = representing(
            Party(role=self._caller.kind, representative=self._caller.ref),
            basis,
            agreed,
            self._federation.clock.now(),
            citizen=subject.ref,
            scope=relation.scope,
            reached=AGES.may_be_reached(relation.birth_date, self._today),
        )
        return self._chart(subject, standing)

    async def preview(
        self, own: Chart, party: Party, purpose: Purpose, *, supposed: Sequence[Emergency] = ()
    ) -> Chart | None:
        """The citizen's own chart as that party would have it at this moment; ``None`` where it would have none.

        Args:
            own: the chart of the caller.
            party: who would look.
            purpose: why.
            supposed: emergencies that are taken as declared.

        Raises:
            Forbidden: it is not the caller's own chart.
            TrustUnavailable: what is agreed cannot be read now.
        """
        if own.basis is not Basis.SELF:
            raise Forbidden
        agreed = Agreed(consents=await self._trust.consents(own.subject.ref), emergencies=supposed)
        now = self._federation.clock.now()
        standing = by_consent(party, purpose, agreed, now, preview=True)
        if standing is None:
            standing = by_agreement(party, purpose, agreed, now, preview=True)
            try:
                await self._require_registration(own.subject, standing)
            except Forbidden:
                return None
        return self._chart(own.subject, standing)

    def _is_recent(self, caller: Caller) -> bool:
        """Whether the sign-in is young enough; one that does not say when it was is not."""
        at = caller.authenticated_at
        return at is not None and (self._federation.clock.now() - at).total_seconds() <= self._longest_sign_in

    def _reference(self, personal_id: str) -> str:
        """The number's reference, made once per request: it costs more than a decision."""
        ref = self._references.get(personal_id)
        if ref is None:
            ref = self._references[personal_id] = self._identifiers.reference(personal_id)
        return ref

    async def _own_chart(self) -> Chart:
        subject = self._own_subject()
        if subject.name is None or subject.birth_date is None:
            subject = await self._completed(subject)
        reached = AGES.reached(subject.birth_date or birth_year(subject.personal_id), self._today)
        if Step.OWN_ACCOUNT not in reached:
            raise Forbidden
        return self._chart(subject, own(reached))

    def _own_subject(self) -> Subject:
        caller = self._caller
        if caller.kind is not CallerKind.CITIZEN or caller.personal_id is None or caller.ref is None:
            raise Forbidden
        if caller.assurance < self._required_assurance:
            raise StepUpRequired(acr_values=self._acr_values)
        if self._longest_sign_in and not self._is_recent(caller):
            raise StepUpRequired(acr_values=self._acr_values, max_age=round(self._longest_sign_in))
        return Subject(
            ref=caller.ref,
            personal_id=caller.personal_id,
            name=caller.name,
            birth_date=PartialDate(caller.birth_date.isoformat()) if caller.birth_date else None,
        )

    async def _completed(self, subject: Subject) -> Subject:
        """The subject with what the token did not say, from the register that knows; as it was when nobody knows."""
        grant = self._granted(subject, own(frozenset()), Demographics)
        found = await self._federation.ask(Question(about=Demographics), grant)
        for known in found.records[:1]:
            return Subject(
                ref=subject.ref,
                personal_id=subject.personal_id,
                name=subject.name or known.full_name,
                birth_date=subject.birth_date or known.birth_date,
            )
        return subject

    async def _familys(self, personal_id: str) -> Chart:
        """The chart of the caller, or of somebody for whom the caller may act."""
        mine = await self._own_chart()
        if personal_id == mine.personal_id:
            return mine
        found = await self._federation.ask(Question(about=Relation), self.permit(mine, Relation))
        for relation in standing_ones(found.records, self._today):
            if relation.personal_id == personal_id and (chart := await self.representing(relation)):
                if not chart.standing.verified:
                    raise Unverifiable
                return chart
        if not found.complete:
            # A court's bar may be among what is missing.
            raise Unverifiable
        if any(one.personal_id == personal_id and is_barred(one, self._today) for one in found.records):
            raise Forbidden
        party = Party(role=self._caller.kind, representative=mine.subject.ref)
        return await self._by_consent(personal_id, party, Purpose.REPRESENTATION)

    async def _partners(self, personal_id: str) -> Chart:
        """The chart of a citizen for whoever acts for an organisation: as the citizen agreed, or a law has it."""
        caller, purpose = self._caller, self._caller.purpose
        if caller.organisation is None or purpose is None:
            raise Forbidden
        if caller.kind in _NAMED_PROFESSIONALS and caller.professional is None:
            raise Forbidden
        party = Party(
            role=caller.kind,
            organisation=caller.organisation,
            professional=caller.professional.id if caller.professional else None,
        )
        return await self._by_consent(personal_id, party, purpose)

    async def _by_consent(self, personal_id: str, party: Party, purpose: Purpose) -> Chart:
        ref = self._reference(personal_id)
        now = self._federation.clock.now()
        try:
            agreed = await self._agreed(ref)
        except TrustUnavailable:
            raise Unverifiable from None
        agreement = by_agreement(party, purpose, agreed, now)
        standing = by_consent(party, purpose, agreed, now) or agreement
        subject = await self._identified(Subject(ref=ref, personal_id=personal_id), standing)
        if standing is agreement:
            # The insurer wants name and birth date before it says where somebody is registered.
            await self._require_registration(subject, standing)
        return self._chart(subject, standing)

    async def _require_registration(self, subject: Subject, standing: Standing) -> None:
        """Refuse a health station those who are not registered with it: a law opens the others' records to it."""
        grant = self._asked_first(subject, standing, Coverage)
        found = await self._federation.ask(Question(about=Coverage), grant)
        registered = any(
            card.status is CoverageStatus.ACTIVE
            and card.registered_facility is not None
            and card.registered_facility.code == standing.party.organisation
            for card in found.records
        )
        if not registered:
            raise Forbidden if found.complete else Unverifiable

    async def _identified(self, subject: Subject, standing: Standing) -> Subject:
        """The subject with name and birth date of the population register, against which every answer is compared."""
        found = await self._federation.ask(
            Question(about=Demographics), self._asked_first(subject, standing, Demographics)
        )
        known = [
            record
            for record in found.records
            if any(place.source.kind is SourceKind.POPULATION_REGISTER for place in record.provenance)
        ]
        if not known:
            raise Forbidden if found.complete else Unverifiable
        if any(person.deceased for person in known):
            raise Forbidden
        return Subject(
            ref=subject.ref,
            personal_id=subject.personal_id,
            name=known[0].full_name,
            birth_date=known[0].birth_date,
        )

    def _asked_first(self, subject: Subject, standing: Standing, about: type[Record]) -> Grant:
        """The grant for what must be known before a chart is opened; without it there is none."""
        given = self._granted(subject, standing, about)
        if isinstance(given, Refused):
            raise Forbidden
        return given

    async def _agreed(self, ref: str) -> Agreed:
        consents = await self._trust.consents(ref)
        emergencies = await self._trust.emergencies(ref) if self._caller.purpose is Purpose.EMERGENCY else ()
        return Agreed(consents=consents, emergencies=emergencies)

    def _chart(self, subject: Subject, standing: Standing) -> Chart:
        return Chart(subject=subject, standing=standing, identifiers=self._identifiers)
