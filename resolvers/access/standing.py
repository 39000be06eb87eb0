"""What a party is to a citizen at this moment: the facts that speak for it and against it. Pure; nothing is decided.

``decisions.decide`` judges a standing for one section of the record. The same two steps serve a request and a preview:
what would that hospital see? So the preview cannot differ from what the hospital then gets.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache

from msgspec import Struct

from connectors.contract import Basis, Purpose
from connectors.records import RepresentationScope
from resolvers.access.ages import Step
from resolvers.access.caller import CallerKind
from resolvers.access.consents import Consent, ConsentEffect, Emergency


class Party(Struct, frozen=True, kw_only=True):
    """Who would look: an organisation and who acts for it, or a person who represents the citizen."""

    role: CallerKind
    organisation: str | None = None
    professional: str | None = None
    representative: str | None = None
    """Reference of the person."""


class Agreed(Struct, frozen=True, kw_only=True):
    """What one citizen allowed, forbade, and what was declared about them."""

    consents: Sequence[Consent] = ()
    emergencies: Sequence[Emergency] = ()


class Standing(Struct, frozen=True, kw_only=True, cache_hash=True):
    """A party, why it asks, and every fact about that which a decision may rest on."""

    party: Party
    purpose: Purpose
    basis: Basis
    scope: RepresentationScope = RepresentationScope.FULL
    reached: frozenset[Step] = frozenset()
    """Steps of age of the citizen."""
    citizen: str | None = None
    """Reference of the citizen, where it matters who of the family gave a consent."""
    permits: tuple[Consent, ...] = ()
    denies: tuple[Consent, ...] = ()
    emergency: str | None = None
    """Id of the declared emergency, where that is the basis."""
    verified: bool = True
    """False where it cannot be read now what the citizen allowed and forbade: then nothing is open (fail closed)."""
    preview: bool = False
    """Whether nobody looks, but the citizen wants to know what somebody would see."""


@lru_cache(maxsize=256)
def own(reached: frozenset[Step]) -> Standing:
    """That of a citizen to their own record: one for everybody who reached the same steps of age."""
    return Standing(party=Party(role=CallerKind.CITIZEN), purpose=Purpose.SELF, basis=Basis.SELF, reached=reached)


def representing(
    party: Party,
    basis: Basis,
    agreed: Agreed | None,
    now: datetime,
    *,
    citizen: str,
    scope: RepresentationScope = RepresentationScope.FULL,
    reached: frozenset[Step] = frozenset(),
) -> Standing:
    """That of a representative, as a register's word has it. ``None`` for what is agreed means that nobody can tell."""
    permits, denies = _about(party, Purpose.REPRESENTATION, agreed.consents if agreed else (), now)
    return Standing(
        party=party,
        purpose=Purpose.REPRESENTATION,
        basis=basis,
        scope=scope,
        reached=reached,
        permits=permits,
        denies=denies,
        citizen=citizen,
        verified=agreed is not None,
    )


def by_consent(
    party: Party, purpose: Purpose, agreed: Agreed, now: datetime, *, preview: bool = False
) -> Standing | None:
    """That of a party to which the citizen agreed, or who declared an emergency; ``None`` where there is neither."""
    permits, denies = _about(party, purpose, agreed.consents, now)
    if purpose is Purpose.EMERGENCY:
        declared = next((one for one in agreed.emergencies if one.stands(now) and _declared_by(party, one)), None)
        if declared is None:
            return None
        return Standing(
            party=party,
            purpose=purpose,
            basis=Basis.BREAK_GLASS,
            denies=denies,
            emergency=declared.id,
            preview=preview,
        )
    if not permits:
        return None
    return Standing(party=party, purpose=purpose, basis=Basis.CONSENT, permits=permits, denies=denies, preview=preview)


def by_agreement(party: Party, purpose: Purpose, agreed: Agreed, now: datetime, *, preview: bool = False) -> Standing:
    """That of a party for which a law or an agreement speaks; what the citizen forbade holds all the same."""
    _, denies = _about(party, purpose, agreed.consents, now)
    return Standing(party=party, purpose=purpose, basis=Basis.AGREEMENT, denies=denies, preview=preview)


def _declared_by(party: Party, emergency: Emergency) -> bool:
    return emergency.organisation == party.organisation and emergency.professional == party.professional


def _about(
    party: Party, purpose: Purpose, consents: Iterable[Consent], now: datetime
) -> tuple[tuple[Consent, ...], tuple[Consent, ...]]:
    """The consents in force that speak of that party and purpose: those that allow, and those that forbid."""
    # By id: in whichever order they were given, the facts are the same.
    standing = sorted((one for one in consents if one.stands(now)), key=lambda one: one.id)
    permits = tuple(one for one in standing if one.effect is ConsentEffect.PERMIT and _permits(one, party, purpose))
    denies = tuple(one for one in standing if one.effect is ConsentEffect.DENY and _denies(one, party, purpose))
    return permits, denies


def _permits(consent: Consent, party: Party, purpose: Purpose) -> bool:
    grantee = consent.grantee
    if purpose not in consent.purposes:
        return False
    if grantee.organisation is None:
        # Who is named without the organisation is nobody in particular.
        return grantee.representative is not None and _meets(consent, party)
    return _meets(consent, party)


def _denies(consent: Consent, party: Party, purpose: Purpose) -> bool:
    if party.representative is not None and consent.granted_by == party.representative:
        return False
    return (not consent.purposes or purpose in consent.purposes) and _meets(consent, party)


def _meets(consent: Consent, party: Party) -> bool:
    """Whether that party is among those whom the consent names; one that names nobody names everybody."""
    grantee = consent.grantee
    return all(
        named is None or named == actual
        for named, actual in (
            (grantee.organisation, party.organisation),
            (grantee.professional, party.professional),
            (grantee.representative, party.representative),
        )
    )
