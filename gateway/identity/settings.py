"""Settings of one issuer of access tokens, checked when they are made: a gateway with a bad one does not start."""

import re
from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, urlsplit

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey
from msgspec import Struct, field

from connectors.contract import Purpose
from connectors.options import Duration, Secret
from gateway.identity.algorithms import ALGORITHMS

DATE_FORMATS = ("yyyy-MM-dd", "yyyyMMdd", "dd/MM/yyyy")
"""Ways of writing a birth date that can be listed in ``birth_date_formats``."""
PURPOSES = {
    "TREAT": Purpose.TREATMENT,
    "ETREAT": Purpose.EMERGENCY,
    "HPAYMT": Purpose.PAYMENT,
    "PUBHLTH": Purpose.PUBLIC_HEALTH,
    "HSYSADMIN": Purpose.ADMINISTRATION,
}
"""Codes of HL7 v3 PurposeOfUse that a partner's token may name."""
_REGISTERED = frozenset({"iss", "sub", "aud", "exp", "nbf", "iat", "jti", "client_id", "azp", "typ"})


class ClaimNames(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Under which names an issuer writes what we need; each list is tried in order.

    The first name of each is what a standard issuer writes (OpenID Connect Core, RFC 9068), the second what the
    national sign-on services were seen to write.
    """

    citizen_id: tuple[str, ...] = ("citizen_pid", "SoDinhDanh")
    """Twelve digits. If more than one is present, all must agree."""
    name: tuple[str, ...] = ("name", "HoVaTen")
    birth_date: tuple[str, ...] = ("birthdate", "NgayThangNamSinh")
    birth_date_formats: tuple[str, ...] = DATE_FORMATS
    assurance: tuple[str, ...] = ("acr", "loAs", "IAL")
    client_id: tuple[str, ...] = ("client_id", "azp")
    organisation: tuple[str, ...] = ("organisation",)
    """A token that has no citizen's number but one of these, or whose ``sub`` is its client, is an organisation's."""
    purpose: tuple[str, ...] = ("purpose_of_use",)
    """Why a partner asks: a text, or a coding with ``code``, or a list of one of these."""
    professional: tuple[str, ...] = ("professional_id",)
    """Who acts for a partner: a licence number or an employee's id."""
    professional_name: tuple[str, ...] = ("professional_name",)

    def __post_init__(self) -> None:
        for setting in self.__struct_fields__:
            names: tuple[str, ...] = getattr(self, setting)
            _require(all(names), f"claims.{setting}", "must not hold an empty name")
        _require(bool(self.citizen_id), "claims.citizen_id", "must name at least one claim")
        _require(bool(self.assurance), "claims.assurance", "must name at least one claim")
        # A claim that every token has would give every sign-in the same level: a default, by the back door.
        _require(not set(self.assurance) & _REGISTERED, "claims.assurance", "must be about how the holder signed in")
        _require(bool(self.client_id), "claims.client_id", "must name at least one claim")
        known = set(self.birth_date_formats) <= set(DATE_FORMATS)
        _require(known, "claims.birth_date_formats", f"may hold {', '.join(DATE_FORMATS)}")


class Remembering(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long tokens that were found good are remembered. Their keys, times and proofs are judged all the same."""

    most: int = 10_000
    longest: Duration = Duration(300)
    """Afterwards the signature is checked again."""

    def __post_init__(self) -> None:
        _require(self.most >= 1, "most", "must be 1 or more")
        _within("longest", self.longest, 1, 3_600)


class Introspection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Asking the issuer whether a token is good (RFC 7662), as a client of its own.

    Raises:
        ValueError: a setting makes no sense; the text begins with the setting's name.
    """

    client_id: str
    """Of this gateway at the issuer."""
    tokens: Literal["opaque", "signed", "all"] = "opaque"
    """``opaque``: tokens that are no JWT, which one issuer alone can have. ``signed``: JWTs too are asked about, after
    their signature, so that a revoked one is refused before its end."""
    cache: Duration = Duration(10)
    """What the issuer said is believed for so long: a revoked token is refused that late at most."""
    key: Secret | None = None
    """Private key in PEM, P-256 or RSA: proves who asks (``private_key_jwt``) ..."""
    key_id: str | None = None
    """``kid`` under which its public half was registered; its thumbprint (RFC 7638) by default."""
    identity: Path | None = None
    """... or PEM file with certificate and key (``tls_client_auth``, RFC 8705)."""
    ca: Path | None = None
    """PEM file of the authorities that may vouch for the issuer then; the system's by default."""
    url: str | None = None
    """Address of the endpoint; by default the one of the issuer's discovery document, at its own site."""
    deadline: Duration = Duration(2)
    concurrency: int = 32
    """Tokens asked about at once; more are a 503: invented tokens must not become the issuer's trouble."""

    def __post_init__(self) -> None:
        _require(bool(self.client_id), "introspection.client_id", "must not be empty")
        _require((self.key is None) != (self.identity is None), "introspection", "needs either key or identity")
        _require(self.concurrency >= 1, "introspection.concurrency", "must be 1 or more")
        _within("introspection.cache", self.cache, 0, 300)
        _within("introspection.deadline", self.deadline, 0.05, 10)
        if self.key is not None:
            signing_key(self.key)

    @property
    def takes_opaque(self) -> bool:
        """Whether tokens that are no JWT are asked about."""
        return self.tokens in {"opaque", "all"}

    @property
    def takes_signed(self) -> bool:
        """Whether JWTs are asked about."""
        return self.tokens in {"signed", "all"}


def signing_key(key: Secret) -> ECKey | RSAKey:
    """The private key with which this gateway proves itself.

    Raises:
        ValueError: it is none, or none that is strong enough.
    """
    for kind in (ECKey, RSAKey):
        try:
            known = kind.import_key(key.reveal())
        except (JoseError, ValueError, TypeError):
            continue
        strong = known.curve_name == "P-256" if isinstance(known, ECKey) else known.raw_value.key_size >= 2048
        if known.is_private and strong:
            return known
    raise ValueError("introspection.key must be a private key in PEM, P-256 or RSA of 2048 bits or more")


class IssuerSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One issuer whose access tokens are taken. Durations are written as ``"30s"`` or ``"5m"``.

    Raises:
        ValueError: a setting makes no sense or is not safe; the text begins with the setting's name.
    """

    issuer: str
    """``iss`` of its tokens, letter by letter; an https address (RFC 8414 section 2)."""
    audiences: tuple[str, ...]
    """A token must be meant for one of these (``aud``)."""
    assurance: dict[str, int]
    """Value of the assurance claim to our own level; what is not listed is level 0."""
    algorithms: tuple[str, ...] = ("RS256", "PS256", "ES256")
    token_types: tuple[str, ...] = ("at+jwt",)
    """Accepted ``typ`` headers, without ``application/`` (RFC 9068 section 2.1).

    ``JWT`` is for an issuer that knows no better: then only ``aud`` and a few claims tell an ID token apart.
    """
    jwks_url: str | None = None
    """Address of the key set; read from the issuer's discovery document when not given."""
    refresh_unknown_kid_interval: Duration = Duration(30)
    """Between two fetches that are caused by an unknown key id, or by an issuer that did not answer well."""
    max_key_age: Duration = Duration(300)
    """Older keys are fetched anew before they are used: how long a withdrawn key can still be taken."""
    max_key_age_unreachable: Duration = Duration(43_200)
    """How long the last good keys serve while fetching anew fails; afterwards every token of it is a 503."""
    fetch_deadline: Duration = Duration(3)
    """For a whole fetch, discovery included."""
    leeway: Duration = Duration(30)
    """Allowed difference of the clocks when times in a token are judged."""
    introspection: Introspection | None = None
    claims: ClaimNames = field(default_factory=ClaimNames)
    purposes: dict[str, Purpose] = field(default_factory=lambda: dict(PURPOSES))
    """Value of the purpose claim to what it means here; what is not listed is no purpose."""
    allow_http: bool = False
    """Plain http addresses are taken. For development alone: anybody on the way could hand us keys."""

    def __post_init__(self) -> None:
        _check_address("issuer", self.issuer, allow_http=self.allow_http)
        if self.jwks_url is not None:
            _check_address("jwks_url", self.jwks_url, allow_http=self.allow_http)
        if self.introspection is not None and self.introspection.url is not None:
            _check_address("introspection.url", self.introspection.url, allow_http=self.allow_http)
        _require(bool(self.audiences) and all(self.audiences), "audiences", "must name at least one, none empty")
        _require(bool(self.assurance), "assurance", "must map at least one value to a level")
        _require(min(self.assurance.values()) >= 0, "assurance", "levels must be 0 or more")
        strong = bool(self.algorithms) and set(self.algorithms) <= set(ALGORITHMS)
        _require(strong, "algorithms", f"may hold {', '.join(ALGORITHMS)}: public-key signatures only")
        _require(bool(self.token_types), "token_types", "must name at least one type")
        plain = all(re.fullmatch(r"[A-Za-z0-9.+_-]+", name) for name in self.token_types)
        _require(plain, "token_types", "must be written without application/")
        self._check_durations()

    def weaknesses(self) -> tuple[str, ...]:
        """Give the names of settings that are allowed and yet unsafe, for a warning at the start."""
        found = {
            "allow_http": self.allow_http,
            "token_types": "jwt" in {name.lower() for name in self.token_types},
        }
        return tuple(name for name, weak in found.items() if weak)

    def _check_durations(self) -> None:
        _within("refresh_unknown_kid_interval", self.refresh_unknown_kid_interval, 1, 3_600)
        _within("max_key_age", self.max_key_age, self.refresh_unknown_kid_interval, 86_400)
        _within("max_key_age_unreachable", self.max_key_age_unreachable, self.max_key_age, 7 * 86_400)
        _within("fetch_deadline", self.fetch_deadline, 0.05, 30)
        _within("leeway", self.leeway, 0, 300)


def _check_address(setting: str, address: str, *, allow_http: bool) -> None:
    try:
        parts = urlsplit(address)
        complete = bool(parts.hostname) and parts.port != 0
    except ValueError:
        parts, complete = SplitResult("", "", "", "", ""), False
    _require(complete and address.isascii() and address.isprintable(), setting, "must be a complete address")
    _require(parts.scheme == "https" or (allow_http and parts.scheme == "http"), setting, "must be an https address")
    clean = not (parts.query or parts.fragment or "@" in parts.netloc)
    _require(clean, setting, "must have no query, no fragment and no user")


def _within(setting: str, value: float, least: float, most: float) -> None:
    # Written so that "not a number" fails as well.
    _require(least <= value <= most, setting, f"must be from {least} to {most}")


def _require(holds: bool, setting: str, sentence: str) -> None:
    if not holds:
        raise ValueError(f"{setting} {sentence}")
