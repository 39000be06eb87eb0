"""What a citizen allowed and forbade, as facts for the policy; and who remembers it. Nothing here decides anything.

Luật 91/2025/QH15 Đ9 and Đ26 k2: consent is given per purpose, provable, and can be withdrawn at any time.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from msgspec import Struct

from connectors.contract import Purpose
from connectors.records import Described
from resolvers.sections import Section


class ConsentEffect(Described):
    """Which way a consent works."""

    PERMIT = "PERMIT", "The citizen allows it."
    DENY = "DENY", "The citizen forbids it: this beats whatever else would allow it."


class Sensitivity(Described):
    """A special category of health data, which is shown to others only where it is named (NĐ 356/2025 Đ4)."""

    HIV = "HIV", "HIV and AIDS (Luật 64/2006, 71/2020 Đ30)."
    MENTAL_HEALTH = "MENTAL_HEALTH", "Psychiatry and psychology."
    SUBSTANCE_USE = "SUBSTANCE_USE", "Alcohol, drugs, drug tests and substitution treatment."
    REPRODUCTIVE_HEALTH = "REPRODUCTIVE_HEALTH", "Contraception, abortion, fertility, gamete donation, surrogacy."
    SEXUAL_HEALTH = "SEXUAL_HEALTH", "Sexually transmitted infections, sex re-determination."
    VIOLENCE = "VIOLENCE", "Domestic violence and abuse."
    GENETICS = "GENETICS", "Genetic data and hereditary diseases told by a test."
    TRANSPLANT = "TRANSPLANT", "Organs and tissue given or received."


class Grantee(Struct, frozen=True, kw_only=True):
    """Whom a consent is about. A DENY that names nobody is about every party other than the citizen.

    A PERMIT that names neither an organisation nor a representative allows nothing: a written request names its party.
    """

    organisation: str | None = None
    """Key of the organisation, as in ``Caller.organisation``."""
    professional: str | None = None
    """``Professional.id`` at that organisation."""
    representative: str | None = None
    """Reference of a person who acts for the citizen."""


class Extent(Struct, frozen=True, kw_only=True):
    """Of which records a consent speaks. What is left empty does not narrow it."""

    sections: frozenset[Section] = frozenset()
    facilities: frozenset[str] = frozenset()
    """Records that come from these facilities (health-insurance facility code)."""
    sensitivities: frozenset[Sensitivity] = frozenset()
    """For PERMIT: special categories that are included by name. For DENY: those that are meant."""
    since: date | None = None
    until: date | None = None
    """Of the record's own date."""
    record: str | None = None
    """A single record, by its id in the graph."""


class Consent(Struct, frozen=True, kw_only=True):
    """One consent of one citizen, as it stands."""

    id: str
    effect: ConsentEffect
    grantee: Grantee
    purposes: frozenset[Purpose]
    """For PERMIT at least one. For DENY none means all."""
    extent: Extent
    granted_by: str
    """Reference of who gave it: the citizen, or a representative. A DENY does not hold against who gave it, and one
    that a representative gave holds against others who represent the citizen by law only for VIOLENCE: one parent
    cannot shut out the other."""
    valid_from: datetime
    valid_until: datetime | None = None
    revoked_at: datetime | None = None
    used_at: datetime | None = None
    """When it last allowed something: one that nobody uses lapses, which ``valid_until`` says already."""
    even_in_emergency: bool = False
    """For DENY: whether it holds also against a declared emergency."""

    def stands(self, now: datetime) -> bool:
        """Whether it is in force: begun, not over, and not withdrawn."""
        if now < self.valid_from or (self.valid_until is not None and now >= self.valid_until):
            return False
        return self.revoked_at is None or now < self.revoked_at


class Emergency(Struct, frozen=True, kw_only=True):
    """An emergency that a professional declared about a citizen (break-glass), as it stands."""

    id: str
    organisation: str
    professional: str
    opened_at: datetime
    until: datetime

    def stands(self, now: datetime) -> bool:
        """Whether it is open."""
        return self.opened_at <= now < self.until


class TrustUnavailable(Exception):
    """What citizens allowed cannot be read now: whoever needs it is refused, and told to try again (F25)."""


class Trust(Protocol):
    """Remembers what citizens allowed and forbade. Citizens are known by their reference alone."""

    async def consents(self, ref: str) -> Sequence[Consent]:
        """Every consent of that citizen that is not long over, in the order in which they were given.

        Raises:
            TrustUnavailable: they cannot be read now.
        """

    async def emergencies(self, ref: str) -> Sequence[Emergency]:
        """Emergencies that are open about that citizen.

        Raises:
            TrustUnavailable: they cannot be read now.
        """


class NothingAgreed:
    """Nobody keeps consents: then no partner sees anything, and nothing is blocked."""

    async def consents(self, ref: str) -> Sequence[Consent]:  # noqa: ARG002 - the protocol's
        """None."""
        return ()

    async def emergencies(self, ref: str) -> Sequence[Emergency]:  # noqa: ARG002 - the protocol's
        """None."""
        return ()
