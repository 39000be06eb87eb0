"""What was said about consents, word by word, and what follows from it. Nothing that was said is ever changed.

A *word* is one act: who said what about which consent, and when. All words of a citizen in their order are the whole
truth; how a consent stands is read from them at the moment it is needed, so it also ends without anybody's doing.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from msgspec import Struct

from connectors.contract import Basis, Purpose
from connectors.records import Described
from resolvers.access.consents import Consent, ConsentEffect, Extent, Grantee


class ConsentStatus(Described):
    """How a consent stands now."""

    ACTIVE = "ACTIVE", "It holds."
    AWAITING_AGREEMENT = "AWAITING_AGREEMENT", "It does not hold yet: the minor, or who represents them, has to agree."
    EXPIRED = "EXPIRED", "Its time is over."
    ASKED_AGAIN = "ASKED_AGAIN", "It ended on a birthday from which on others have to agree: it must be given anew."
    LAPSED = "LAPSED", "It ended because nobody used it for long."
    REVOKED = "REVOKED", "It was withdrawn."


class WordKind(Described):
    """What was done to a consent."""

    GIVEN = "GIVEN", "It was given, or the block set."
    AGREED = "AGREED", "The other one who has to agree did so."
    NARROWED = "NARROWED", "It was narrowed."
    REVOKED = "REVOKED", "It was withdrawn."


class Agreed(Struct, frozen=True, kw_only=True):
    """A text that was agreed to, by its digest: it can be shown which words were read."""

    purpose: Purpose
    text: str


class Terms(Struct, frozen=True, kw_only=True):
    """What a consent says."""

    effect: ConsentEffect
    grantee: Grantee
    purposes: frozenset[Purpose]
    extent: Extent
    valid_until: datetime | None = None
    even_in_emergency: bool = False


class Word(Struct, frozen=True, kw_only=True):
    """One act."""

    consent: str
    """Id of the consent."""
    kind: WordKind
    at: datetime
    by: str
    """Reference of who did it."""
    basis: Basis
    """As whom: the citizen, a parent, a guardian."""
    terms: Terms
    """As they stand from then on."""
    agreed: tuple[Agreed, ...] = ()
    """For GIVEN and AGREED: what was read before."""
    child_agreed: bool = False
    """The representative stated that the child agrees."""
    awaiting: bool = False
    """For GIVEN: it holds only when the other one agreed."""
    asked_again: datetime | None = None
    """The birthday on which it ends."""


class Standing(Struct, frozen=True, kw_only=True):
    """One consent as its words leave it."""

    words: tuple[Word, ...]
    """At least one, in their order; the first gave it."""
    used_at: datetime | None = None

    @property
    def id(self) -> str:
        """The store's own."""
        return self.words[0].consent

    @property
    def terms(self) -> Terms:
        """As they stand."""
        return self.words[-1].terms

    @property
    def revoked_at(self) -> datetime | None:
        """When it was withdrawn."""
        return next((word.at for word in self.words if word.kind is WordKind.REVOKED), None)

    @property
    def valid_from(self) -> datetime | None:
        """Since when it holds; ``None`` while somebody has yet to agree."""
        if not self.words[0].awaiting:
            return self.words[0].at
        return next((word.at for word in self.words if word.kind is WordKind.AGREED), None)

    def end(self, lapse: timedelta) -> tuple[datetime, ConsentStatus] | None:
        """When it ends by itself, and as what; ``None`` when it does not."""
        first, since = self.words[0], self.valid_from
        ends = [(self.terms.valid_until, ConsentStatus.EXPIRED)]
        if self.terms.effect is ConsentEffect.PERMIT:
            ends.append((first.asked_again, ConsentStatus.ASKED_AGAIN))
            ends.append((None if since is None else max(since, self.used_at or since) + lapse, ConsentStatus.LAPSED))
        return min(((at, status) for at, status in ends if at is not None), key=lambda end: end[0], default=None)

    def status(self, now: datetime, lapse: timedelta) -> ConsentStatus:
        """How it stands at that moment."""
        if self.revoked_at is not None:
            return ConsentStatus.REVOKED
        end = self.end(lapse)
        if end is not None and now >= end[0]:
            return end[1]
        return ConsentStatus.ACTIVE if self.valid_from is not None else ConsentStatus.AWAITING_AGREEMENT

    def as_fact(self, lapse: timedelta) -> Consent | None:
        """The consent for the policy; ``None`` while somebody has yet to agree."""
        since = self.valid_from
        if since is None:
            return None
        terms, end = self.terms, self.end(lapse)
        return Consent(
            id=self.id,
            effect=terms.effect,
            grantee=terms.grantee,
            purposes=terms.purposes,
            extent=terms.extent,
            granted_by=self.words[0].by,
            valid_from=since,
            valid_until=None if end is None else end[0],
            revoked_at=self.revoked_at,
            used_at=self.used_at,
            even_in_emergency=terms.even_in_emergency,
        )


def standings(words: Sequence[Word], used: Mapping[str, datetime]) -> list[Standing]:
    """Every consent, in the order in which they were given.

    Args:
        words: all of one citizen, in their order.
        used: when consents last allowed something, by id.
    """
    by_consent: dict[str, list[Word]] = {}
    for word in words:
        by_consent.setdefault(word.consent, []).append(word)
    return [Standing(words=tuple(said), used_at=used.get(consent)) for consent, said in by_consent.items()]


class Key(Struct, frozen=True):
    """What makes an act happen once: the caller's own key, and a digest of all that was asked with it."""

    name: str
    content: str


class KeyTaken(Exception):
    """The key was used before, for something else."""


class TooManyWords(Exception):
    """Nothing more can be said about this citizen's consents, except to withdraw them."""


Decide = Callable[[Sequence[Standing]], Word | Standing]
"""From how everything stands to the word that is said, or to the consent of which all is said already.

It raises a ``Refusal`` where nothing may be said, and may be asked again when others said something meanwhile.
"""


class ConsentBook(Protocol):
    """Keeps the words. What is said stands everywhere from the next question on."""

    async def standings(self, ref: str) -> Sequence[Standing]:
        """Every consent of that citizen, in the order in which they were given.

        Raises:
            TrustUnavailable: they cannot be read now.
        """

    async def say(self, ref: str, key: Key | None, decide: Decide) -> Standing:
        """Add the word that follows from how everything stands, with nothing said in between.

        Args:
            ref: of the citizen.
            key: with which it is said once; ``None`` for what can be repeated without harm.
            decide: gives the word.

        Raises:
            TrustUnavailable: it is not known to be said; the same key finds out.
            KeyTaken: the key was used for something else.
            TooManyWords: there is no room.
            Refusal: from ``decide``.
        """
