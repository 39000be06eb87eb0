"""Verified claims become a ``Caller``, by the issuer's own names for things."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

import structlog
from msgspec import Struct

from connectors.contract import Purpose
from gateway.identity.errors import Fault, InvalidToken, Lack, NotEntitled
from gateway.identity.partners import NO_PARTNERS, Partner, Partners
from gateway.identity.settings import ClaimNames, IssuerSettings
from resolvers.access.caller import Caller, CallerKind, Professional

log = structlog.get_logger()

Claims = Mapping[str, Any]

_CITIZEN_ID = re.compile(r"[0-9]{12}")
"""Twelve ASCII digits: ``\\d`` would take the digits of every script."""

_DATES = {
    "yyyy-MM-dd": re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"),
    "yyyyMMdd": re.compile(r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})"),
    "dd/MM/yyyy": re.compile(r"(?P<day>[0-9]{2})/(?P<month>[0-9]{2})/(?P<year>[0-9]{4})"),
}
_MOST_NAME = 200
_MOST_ID = 255
_LAST_SECOND = 253_402_300_799
"""The end of the year 9999, the last a calendar of ours can show; ``datetime.max`` itself rounds to one more."""


def caller_of(claims: Claims, settings: IssuerSettings, partners: Partners = NO_PARTNERS) -> Caller:
    """Give the caller that the claims of a verified token describe.

    ``claims`` must have passed ``tokens.Verifier``: nothing here proves that anybody signed them.

    Raises:
        InvalidToken: the citizen's number is not twelve digits, ``sub`` or the client is missing, or the token
            is neither a citizen's nor an organisation's.
        NotEntitled: a partner's token names a purpose that was not agreed, or nobody who acts.
    """
    names = settings.claims
    subject = _identifier(claims.get("sub"), cause="sub is missing or not a usable text")
    client_id = client_of(claims, settings)
    personal_id = _citizen_id(claims, names)
    registered = partners.of(settings.issuer, client_id)
    if registered is not None and personal_id is not None:
        raise InvalidToken(Fault.UNIDENTIFIED, cause="a partner's token carries a citizen's number")
    acting = None if registered is None else _acting(claims, settings, registered.partner)
    return Caller(
        kind=acting.kind if acting else _kind(claims, names, personal_id, is_client=subject == client_id),
        issuer=settings.issuer,
        subject=subject,
        client_id=client_id,
        assurance=_assurance(_first(claims, names.assurance), settings.assurance),
        scopes=_scopes(claims.get("scope")),
        organisation=registered.organisation if registered else None,
        professional=acting.professional if acting else None,
        purpose=acting.purpose if acting else None,
        personal_id=personal_id,
        name=_name(_first(claims, names.name)),
        birth_date=_birth_date(claims, settings),
        authenticated_at=_moment(claims.get("auth_time")),
        expires_at=datetime.fromtimestamp(claims["exp"], UTC),
    )


def client_of(claims: Claims, settings: IssuerSettings) -> str:
    """The client that holds the token.

    Raises:
        InvalidToken: no claim names it.
    """
    return _identifier(_first(claims, settings.claims.client_id), cause="no claim names the client")


def is_moment(value: Any) -> bool:
    """Whether a claim is whole seconds since 1970 that a calendar can show. ``True`` is no number here."""
    return type(value) is int and 0 <= value <= _LAST_SECOND


class _Acting(Struct, frozen=True):
    """In which role a partner asks, why, and who does."""

    kind: CallerKind
    purpose: Purpose | None = None
    professional: Professional | None = None


def _acting(claims: Claims, settings: IssuerSettings, partner: Partner) -> _Acting:
    """A partner's role, once the token says why and who. One that says neither is its system's, for nobody's record."""
    names = settings.claims
    professional = _professional(claims, names)
    if not any(name in claims for name in names.purpose) and professional is None:
        return _Acting(CallerKind.ORGANISATION)
    purpose = _purpose(_first(claims, names.purpose), settings.purposes)
    if purpose not in partner.purposes:
        raise NotEntitled(Lack.PURPOSE)
    if professional is None and partner.acts_by_name:
        raise NotEntitled(Lack.PROFESSIONAL)
    return _Acting(partner.kind, purpose, professional)


def _professional(claims: Claims, names: ClaimNames) -> Professional | None:
    present = [claims[name] for name in names.professional if name in claims]
    # A client is not somebody, even where the claim that names the person is ``sub``.
    if not present or present[0] == _first(claims, names.client_id):
        return None
    who = _identifier(present[0], cause="the professional is not a usable text")
    return Professional(id=who, name=_name(_first(claims, names.professional_name)))


def _purpose(value: Any, known: Mapping[str, Purpose]) -> Purpose | None:
    """Give the one purpose. Of several, nobody could say afterwards for which of them it was asked."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, dict):
        value = value.get("code")
    return known.get(value) if isinstance(value, str) else None


def _kind(claims: Claims, names: ClaimNames, personal_id: str | None, *, is_client: bool) -> CallerKind:
    if personal_id is not None and not is_client:
        return CallerKind.CITIZEN
    if personal_id is not None:
        # RFC 9068 section 2.2: sub equal to the client means that no person is involved.
        raise InvalidToken(Fault.UNIDENTIFIED, cause="a client's own token carries a citizen's number")
    organisation = _first(claims, names.organisation)
    if is_client or (isinstance(organisation, str) and organisation):
        return CallerKind.ORGANISATION
    raise InvalidToken(Fault.UNIDENTIFIED, cause="neither a citizen's number nor an organisation")


def _citizen_id(claims: Claims, names: ClaimNames) -> str | None:
    present = [claims[name] for name in names.citizen_id if name in claims]
    if not present:
        return None
    number = present[0]
    if not isinstance(number, str) or not _CITIZEN_ID.fullmatch(number):
        raise InvalidToken(Fault.UNIDENTIFIED, cause="the citizen's number is not twelve digits")
    if any(other != number for other in present):
        raise InvalidToken(Fault.UNIDENTIFIED, cause="two claims give different citizen's numbers")
    return number


def _identifier(value: Any, *, cause: str) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= _MOST_ID or not value.isprintable():
        raise InvalidToken(Fault.UNIDENTIFIED, cause=cause)
    return value


def _assurance(value: Any, levels: Mapping[str, int]) -> int:
    """Give the level; a number is read as its text, whatever else is not listed is 0."""
    if isinstance(value, str) or type(value) is int:
        return levels.get(str(value), 0)
    return 0


def _scopes(value: Any) -> frozenset[str]:
    """Give the scopes (RFC 6749 section 3.3): parted by spaces and by nothing else; another shape gives no power."""
    return frozenset(value.split(" ")) - {""} if isinstance(value, str) else frozenset()


def _name(value: Any) -> str | None:
    if not isinstance(value, str):
        return None
    name = unicodedata.normalize("NFC", value).strip()
    return name if 0 < len(name) <= _MOST_NAME and name.isprintable() else None


def _birth_date(claims: Claims, settings: IssuerSettings) -> date | None:
    """Give the birth date, or nothing when it cannot be read: some old papers know only the year."""
    value = _first(claims, settings.claims.birth_date)
    if value is None:
        return None
    read = _read_date(value, settings.claims.birth_date_formats) if isinstance(value, str) else None
    if read is None:
        log.warning("identity.birth_date_unreadable", issuer=settings.issuer)
    return read


def _read_date(text: str, formats: Iterable[str]) -> date | None:
    for name in formats:
        if match := _DATES[name].fullmatch(text):
            try:
                return date(int(match["year"]), int(match["month"]), int(match["day"]))
            except ValueError:
                return None
    return None


def _moment(value: Any) -> datetime | None:
    return datetime.fromtimestamp(value, UTC) if is_moment(value) else None


def _first(claims: Claims, names: Iterable[str]) -> Any:
    return next((claims[name] for name in names if name in claims), None)
