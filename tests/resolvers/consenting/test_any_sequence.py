"""Whatever is said in whatever order: what a partner sees is what a simple model of all that was said would show."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import hypothesis.strategies as st
from hypothesis import given, settings
from msgspec import Struct, structs

from connectors.contract import Basis, Purpose
from connectors.records import CodedText, Coding, Condition, PartialDate
from resolvers.access.caller import CallerKind
from resolvers.access.consents import ConsentEffect, Extent, Grantee, Sensitivity
from resolvers.access.decisions import decide
from resolvers.access.standing import Agreed, Party, by_consent
from resolvers.consenting.book import Terms, Word, WordKind, standings
from resolvers.consenting.narrowing import is_within
from resolvers.sections import Section
from tests.resolvers.access.people import REF
from tests.resolvers.world import NOW, condition

LAPSE = timedelta(days=365)
HOSPITALS, DOCTORS, FACILITIES = ("79001", "79002"), ("d1", "d2"), ("79011", "79012")
DAYS = (date(2025, 3, 1), date(2025, 9, 1), date(2026, 3, 1))
IDS = ("r0", "r1", "r2", "r3")


def record(name: str, day: date, facility: str, *, tells: bool) -> Condition:
    """A problem of that day from that facility, which tells of HIV or of nothing in particular."""
    made = condition(name, onset=PartialDate(day.isoformat()), source=f"s-{facility}")
    for place in made.provenance:
        place.source.facility_code = facility
    if not tells:
        return made
    return structs.replace(
        made, code=CodedText(text="x", codings=(Coding(system="http://hl7.org/fhir/sid/icd-10", code="B20"),))
    )


RECORDS = tuple(
    record(name, DAYS[number % 3], FACILITIES[number % 2], tells=number == 3) for number, name in enumerate(IDS)
)
TELLS = {"r3": frozenset({Sensitivity.HIV})}
PARTIES = tuple(
    Party(role=CallerKind.CLINICIAN, organisation=hospital, professional=doctor)
    for hospital in HOSPITALS
    for doctor in DOCTORS
)


class Model(Struct):
    """One consent as a child would draw it."""

    terms: Terms
    begun: datetime
    used: datetime | None = None
    revoked: bool = False

    def holds(self, now: datetime) -> bool:
        """Whether it counts."""
        over = self.terms.valid_until is not None and now >= self.terms.valid_until
        unused = self.terms.effect is ConsentEffect.PERMIT and now >= max(self.begun, self.used or self.begun) + LAPSE
        return not (self.revoked or over or unused)

    def is_about(self, party: Party, purpose: Purpose) -> bool:
        """Whether it speaks of them."""
        named = self.terms.grantee
        return (
            named.organisation in (None, party.organisation)
            and named.professional in (None, party.professional)
            and (purpose in self.terms.purposes or not self.terms.purposes)
        )

    def means(self, one: Condition) -> bool:
        """Whether it speaks of that record."""
        extent, day = self.terms.extent, date.fromisoformat(str(one.onset))
        tells = TELLS.get(one.id, frozenset())
        if self.terms.effect is ConsentEffect.PERMIT:
            special = tells <= extent.sensitivities
        else:
            special = not extent.sensitivities or bool(tells & extent.sensitivities)
        return (
            special
            and (not extent.sections or Section.CONDITIONS in extent.sections)
            and (not extent.facilities or one.provenance[0].source.facility_code in extent.facilities)
            and (extent.record is None or extent.record == one.id)
            and (extent.since is None or day >= extent.since)
            and (extent.until is None or day <= extent.until)
        )


def modelled(said: Sequence[Model], party: Party, purpose: Purpose, now: datetime) -> set[str]:
    """The records that this party sees: allowed by some, forbidden by none."""
    about = [one for one in said if one.holds(now) and one.is_about(party, purpose)]
    permits = [one for one in about if one.terms.effect is ConsentEffect.PERMIT]
    denies = [one for one in about if one.terms.effect is ConsentEffect.DENY]
    return {
        one.id
        for one in RECORDS
        if any(permit.means(one) for permit in permits) and not any(deny.means(one) for deny in denies)
    }


def decided(
    words: Sequence[Word], used: dict[str, datetime], party: Party, purpose: Purpose, now: datetime
) -> set[str]:
    """The records that the code shows this party."""
    facts = [fact for one in standings(words, used) if (fact := one.as_fact(LAPSE)) is not None]
    standing = by_consent(party, purpose, Agreed(consents=facts), now)
    if standing is None:
        return set()
    decision = decide(standing, Section.CONDITIONS)
    if not decision.permitted:
        return set()
    kept = RECORDS if decision.withholding is None else decision.withholding.kept(Condition, RECORDS, key=REF)
    return {one.id for one in kept}


def some(values: Sequence[Any]) -> st.SearchStrategy[frozenset[Any]]:
    return st.sets(st.sampled_from(values), max_size=2).map(frozenset)


EXTENTS = st.builds(
    Extent,
    sections=some((Section.CONDITIONS, Section.ALLERGIES)),
    facilities=some(FACILITIES),
    sensitivities=some((Sensitivity.HIV, Sensitivity.GENETICS)),
    since=st.sampled_from((None, *DAYS)),
    until=st.sampled_from((None, *DAYS)),
    record=st.sampled_from((None, None, None, *IDS)),
)
PURPOSES = (Purpose.TREATMENT, Purpose.PAYMENT)


def terms(effect: ConsentEffect) -> st.SearchStrategy[Terms]:
    """What may be said. A permit names its party and a purpose; a block need not."""
    is_permit = effect is ConsentEffect.PERMIT
    return st.builds(
        Terms,
        effect=st.just(effect),
        grantee=st.builds(
            Grantee,
            organisation=st.sampled_from(HOSPITALS if is_permit else (None, *HOSPITALS)),
            professional=st.sampled_from((None, None, *DOCTORS)),
        ),
        purposes=st.sets(st.sampled_from(PURPOSES), min_size=1 if is_permit else 0).map(frozenset),
        extent=st.one_of(st.just(Extent()), EXTENTS),
        valid_until=st.sampled_from([NOW + timedelta(days=days) for days in (10, 100, 1000)]),
    )


ACTS = st.one_of(
    st.tuples(st.just("give"), terms(ConsentEffect.PERMIT)),
    st.tuples(st.just("give"), terms(ConsentEffect.DENY)),
    st.tuples(st.just("narrow"), st.integers(0, 9), EXTENTS),
    st.tuples(st.just("revoke"), st.integers(0, 9)),
    st.tuples(st.just("use"), st.integers(0, 9)),
    st.tuples(st.just("wait"), st.sampled_from((1, 20, 200))),
)


class Story:
    """What was said so far, to the code and to the model."""

    def __init__(self) -> None:
        self.words: list[Word] = []
        self.used: dict[str, datetime] = {}
        self.said: list[Model] = []
        self.now = NOW

    def act(self, act: tuple[Any, ...]) -> None:
        """Do it to both."""
        kind, *given_ = act
        if kind == "wait":
            self.now += timedelta(days=given_[0])
        elif kind == "give":
            self._say(str(len(self.said)), WordKind.GIVEN, given_[0])
            self.said.append(Model(given_[0], self.now))
        elif self.said:
            place = given_[0] % len(self.said)
            one = self.said[place]
            if kind == "revoke" and not one.revoked:
                self._say(str(place), WordKind.REVOKED, one.terms)
                one.revoked = True
            elif kind == "use" and one.holds(self.now):
                self.used[str(place)] = one.used = self.now
            elif kind == "narrow":
                self._narrow(place, one, given_[1])

    def _narrow(self, place: int, one: Model, extent: Extent) -> None:
        less = structs.replace(one.terms, extent=extent)
        if one.revoked or one.terms.effect is ConsentEffect.DENY or not is_within(less, one.terms):
            return
        before = [self.seen(party, purpose) for party in PARTIES for purpose in PURPOSES]
        self._say(str(place), WordKind.NARROWED, less)
        one.terms = less
        after = [self.seen(party, purpose) for party in PARTIES for purpose in PURPOSES]
        assert all(now <= then for now, then in zip(after, before, strict=True)), "narrowing showed more"

    def seen(self, party: Party, purpose: Purpose) -> set[str]:
        """What the code shows."""
        return decided(self.words, self.used, party, purpose, self.now)

    def _say(self, consent: str, kind: WordKind, said: Terms) -> None:
        self.words.append(Word(consent=consent, kind=kind, at=self.now, by=REF, basis=Basis.SELF, terms=said))


@settings(max_examples=150, deadline=None)
@given(st.lists(ACTS, max_size=14))
def test_after_every_act_each_partner_sees_what_the_model_shows(acts: list[tuple[Any, ...]]) -> None:
    """Two hospitals with two doctors each; given, narrowed, withdrawn, expired, lapsed, used, blocked, in any order."""
    story = Story()
    for act in acts:
        story.act(act)
        for party in PARTIES:
            expected = modelled(story.said, party, Purpose.TREATMENT, story.now)
            assert story.seen(party, Purpose.TREATMENT) == expected, (act, party)
            assert story.seen(party, Purpose.PAYMENT) == set(), "no hospital sees a diagnosis to be paid"


def test_the_model_can_fail() -> None:
    """A sequence in which everything matters shows some records and hides others."""
    story = Story()
    permit = Terms(
        effect=ConsentEffect.PERMIT,
        grantee=Grantee(organisation="79001"),
        purposes=frozenset({Purpose.TREATMENT}),
        extent=Extent(sensitivities=frozenset({Sensitivity.HIV})),
        valid_until=NOW + timedelta(days=10),
    )
    story.act(("give", permit))
    assert story.seen(PARTIES[0], Purpose.TREATMENT) == set(IDS)
    story.act(("give", structs.replace(permit, effect=ConsentEffect.DENY, extent=Extent(record="r1"))))
    assert story.seen(PARTIES[0], Purpose.TREATMENT) == {"r0", "r2", "r3"}
    story.act(("narrow", 0, Extent(since=DAYS[1])))
    assert story.seen(PARTIES[0], Purpose.TREATMENT) == {"r2"}
    story.act(("wait", 20))
    assert story.seen(PARTIES[0], Purpose.TREATMENT) == set()
