"""What a caller sends to allow or forbid something, and the terms that it means. Everything in it is hostile."""

import re
from collections.abc import Sequence
from datetime import date, datetime

import strawberry
from msgspec import structs

from connectors.contract import Purpose
from resolvers.access.consents import ConsentEffect, Extent, Grantee, Sensitivity
from resolvers.consenting.book import Agreed, Terms
from resolvers.consenting.texts import PURPOSES, is_text_of
from resolvers.consenting.trusting import Trusting
from resolvers.refusals import BadRequest
from resolvers.scalars import CitizenId
from resolvers.sections import Section
from resolvers.shown import enumeration

_FACILITY = re.compile(r"[0-9A-Z]{5}")
_MOST = 50
_LONGEST_ID = 128

for _kind in (Purpose, Section, Sensitivity):
    enumeration(_kind)


@strawberry.input(description="That a consent text was read and is agreed to, for one purpose.")
class AgreementInput:
    """Agreement for one purpose."""

    purpose: Purpose = strawberry.field(description="For which purpose.")
    text: strawberry.ID = strawberry.field(description="Id of the text that was shown, from 'consentTexts'.")


@strawberry.input(
    description="What a partner is allowed. What is left out does not narrow it, special categories apart."
)
class GrantConsentInput:
    """The argument of ``grantConsent``."""

    organisation: strawberry.ID = strawberry.field(description="Key of the partner, from 'organisations'.")
    agreements: list[AgreementInput] = strawberry.field(
        description="One for each purpose that is allowed, at least one. There is no purpose by default."
    )
    valid_until: datetime = strawberry.field(
        description="When it ends, with an offset; years ahead at most, as the error says."
    )
    idempotency_key: strawberry.ID = strawberry.field(
        description="A UUID made by the application for this one act: however often it is sent, it has one effect."
    )
    citizen: CitizenId | None = strawberry.field(
        default=None, description="Whose record; that of the holder of the token by default."
    )
    professional: strawberry.ID | None = strawberry.field(
        default=None, description="Only this person of the partner, by the id that they have there."
    )
    sections: list[Section] | None = strawberry.field(default=None, description="Only these sections.")
    facilities: list[str] | None = strawberry.field(
        default=None, description="Only records from these facilities, by health-insurance facility code."
    )
    sensitivities: list[Sensitivity] | None = strawberry.field(
        default=None, description="Special categories that are included; none is unless it stands here."
    )
    since: date | None = strawberry.field(default=None, description="Only records from that day on.")
    until: date | None = strawberry.field(default=None, description="Only records up to that day.")
    record: strawberry.ID | None = strawberry.field(default=None, description="Only this record, by its id.")
    child_agrees: bool | None = strawberry.field(
        default=None, description="For a child of seven or more without an account: that the child agrees as well."
    )


@strawberry.input(
    description="What is forbidden, and to whom. Without a partner or representative: to everybody but the citizen."
)
class BlockAccessInput:
    """The argument of ``blockAccess``."""

    idempotency_key: strawberry.ID = strawberry.field(
        description="A UUID made by the application for this one act: however often it is sent, it has one effect."
    )
    citizen: CitizenId | None = strawberry.field(
        default=None, description="Whose record; that of the holder of the token by default."
    )
    organisation: strawberry.ID | None = strawberry.field(default=None, description="To this partner.")
    professional: strawberry.ID | None = strawberry.field(
        default=None, description="Only to this person of the partner, by the id that they have there."
    )
    representative: CitizenId | None = strawberry.field(
        default=None, description="To this person, who acts for the citizen: from 15 on, and not the whole record."
    )
    purposes: list[Purpose] | None = strawberry.field(default=None, description="Only for these purposes.")
    sections: list[Section] | None = strawberry.field(default=None, description="Only these sections.")
    facilities: list[str] | None = strawberry.field(
        default=None, description="Only records from these facilities, by health-insurance facility code."
    )
    sensitivities: list[Sensitivity] | None = strawberry.field(
        default=None, description="Only records of these special categories."
    )
    since: date | None = strawberry.field(default=None, description="Only records from that day on.")
    until: date | None = strawberry.field(default=None, description="Only records up to that day.")
    record: strawberry.ID | None = strawberry.field(default=None, description="Only this record, by its id.")
    valid_until: datetime | None = strawberry.field(default=None, description="When it ends; when lifted by default.")
    even_in_emergency: bool = strawberry.field(
        default=False,
        description="Whether it holds in a declared emergency, when whoever treats the citizen may need to know.",
    )


@strawberry.input(description="What stays of a consent. What is left out stays as it is; nothing can be added.")
class NarrowConsentInput:
    """The argument of ``narrowConsent``."""

    id: strawberry.ID = strawberry.field(description="Id of the consent.")
    professional: strawberry.ID | None = strawberry.field(default=None, description="Only this person of the partner.")
    purposes: list[Purpose] | None = strawberry.field(default=None, description="These purposes of it, at least one.")
    sections: list[Section] | None = strawberry.field(default=None, description="Only these sections of it.")
    facilities: list[str] | None = strawberry.field(default=None, description="Only records from these facilities.")
    sensitivities: list[Sensitivity] | None = strawberry.field(
        default=None, description="These special categories of it; an empty list leaves none."
    )
    since: date | None = strawberry.field(default=None, description="Only records from that day on.")
    until: date | None = strawberry.field(default=None, description="Only records up to that day.")
    record: strawberry.ID | None = strawberry.field(default=None, description="Only this record, by its id.")
    valid_until: datetime | None = strawberry.field(default=None, description="An earlier end.")


def checked(agreements: Sequence[AgreementInput]) -> tuple[Agreed, ...]:
    """The agreements, each to the text of its purpose.

    Raises:
        BadRequest: there is none, two for a purpose, or one to another text.
    """
    purposes = [agreement.purpose for agreement in agreements]
    if not purposes or len(set(purposes)) < len(purposes):
        raise BadRequest("'agreements' has one for each purpose, at least one.")
    if not all(is_text_of(agreement.purpose, agreement.text) for agreement in agreements):
        raise BadRequest("'agreements' names a text that is none of its purpose now: show it again.")
    return tuple(Agreed(purpose=agreement.purpose, text=str(agreement.text)) for agreement in agreements)


def granted(given: GrantConsentInput, trusting: Trusting, now: datetime) -> Terms:
    """What the input allows.

    Raises:
        BadRequest: it cannot be allowed like this.
    """
    organisation = trusting.organisations.get(str(given.organisation))
    if organisation is None:
        raise BadRequest("'organisation' is none of the partners.")
    purposes = frozenset(agreement.purpose for agreement in checked(given.agreements))
    if not purposes <= set(organisation.purposes):
        raise BadRequest("'agreements' names a purpose for which this partner cannot ask.")
    until = _moment(given.valid_until)
    if not now < until <= now + trusting.bounds.longest:
        raise BadRequest(f"'validUntil' lies in the future, at most {trusting.bounds.longest.days} days from now.")
    return Terms(
        effect=ConsentEffect.PERMIT,
        grantee=Grantee(organisation=organisation.id, professional=_id(given.professional, "professional")),
        purposes=purposes,
        extent=_extent(given),
        valid_until=until,
    )


def forbidden(given: BlockAccessInput, trusting: Trusting, now: datetime, *, representative: str | None) -> Terms:
    """What the input forbids.

    Args:
        given: as it was sent.
        trusting: of this request.
        now: the time.
        representative: reference of the person whom it names.

    Raises:
        BadRequest: it cannot be forbidden like this.
    """
    organisation = None if given.organisation is None else str(given.organisation)
    if organisation is not None and organisation not in trusting.organisations:
        raise BadRequest("'organisation' is none of the partners.")
    if organisation is not None and representative is not None:
        raise BadRequest("A block names a partner or a representative, not both.")
    if given.professional is not None and organisation is None:
        raise BadRequest("'professional' is a person of a partner: 'organisation' is missing.")
    until = None if given.valid_until is None else _moment(given.valid_until)
    if until is not None and until <= now:
        raise BadRequest("'validUntil' lies in the future.")
    return Terms(
        effect=ConsentEffect.DENY,
        grantee=Grantee(
            organisation=organisation,
            professional=_id(given.professional, "professional"),
            representative=representative,
        ),
        purposes=frozenset(given.purposes or ()),
        extent=_extent(given),
        valid_until=until,
        even_in_emergency=given.even_in_emergency,
    )


def narrowed(terms: Terms, given: NarrowConsentInput) -> Terms:
    """What stays of the terms. Whether that is no more than before is for ``narrowing`` to say.

    Raises:
        BadRequest: it cannot be read.
    """
    purposes = terms.purposes if given.purposes is None else frozenset(given.purposes)
    if not purposes or not purposes <= frozenset(PURPOSES):
        raise BadRequest("'purposes' leaves at least one. To leave none, withdraw the consent.")
    wanted, extent = _extent(given), terms.extent
    changed = {
        name: getattr(wanted, name) for name in Extent.__struct_fields__ if getattr(given, name, None) is not None
    }
    professional = _id(given.professional, "professional") or terms.grantee.professional
    return structs.replace(
        terms,
        purposes=purposes,
        grantee=structs.replace(terms.grantee, professional=professional),
        extent=structs.replace(extent, **changed),
        valid_until=terms.valid_until if given.valid_until is None else _moment(given.valid_until),
    )


def _extent(given: GrantConsentInput | BlockAccessInput | NarrowConsentInput) -> Extent:
    facilities = given.facilities
    if facilities is not None and not (
        0 < len(facilities) <= _MOST and all(_FACILITY.fullmatch(code) for code in facilities)
    ):
        raise BadRequest(f"'facilities' has facility codes of five characters, at least one and at most {_MOST}.")
    if given.sections is not None and not given.sections:
        raise BadRequest("'sections' names at least one section.")
    if given.since is not None and given.until is not None and given.until < given.since:
        raise BadRequest("'until' lies before 'since'.")
    return Extent(
        sections=frozenset(given.sections or ()),
        facilities=frozenset(facilities or ()),
        sensitivities=frozenset(given.sensitivities or ()),
        since=given.since,
        until=given.until,
        record=_id(given.record, "record"),
    )


def _id(given: strawberry.ID | None, name: str) -> str | None:
    if given is None:
        return None
    text = str(given)
    if not 0 < len(text) <= _LONGEST_ID or not text.isascii() or not text.isprintable():
        raise BadRequest(f"'{name}' is no id.")
    return text


def _moment(given: datetime) -> datetime:
    if given.tzinfo is None:
        raise BadRequest("'validUntil' has an offset.")
    return given
