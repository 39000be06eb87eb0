"""Organisations whose people and systems may ask: the registry in the settings, and what it allows of their tokens.

An organisation is what this registry says of the client that holds a token. What a token says of itself, its own
``organisation`` for example, is not believed: a client could otherwise speak for its neighbour.
"""

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

from msgspec import Meta, Struct

from connectors.contract import Purpose
from resolvers.access.caller import CallerKind

Bound = Literal["dpop", "mtls", "either", "none"]
"""How a token must be bound to its holder's key (RFC 9449) or certificate (RFC 8705)."""

PARTNER_ALGORITHMS = ("PS256", "ES256")
"""What the FAPI 2.0 security profile (section 5.4.1) leaves of the algorithms we know."""

_PURPOSES: Mapping[CallerKind, frozenset[Purpose]] = {
    CallerKind.CLINICIAN: frozenset({Purpose.TREATMENT, Purpose.EMERGENCY}),
    CallerKind.HEALTH_STATION: frozenset({Purpose.TREATMENT, Purpose.EMERGENCY, Purpose.PUBLIC_HEALTH}),
    CallerKind.INSURER: frozenset({Purpose.PAYMENT}),
    CallerKind.OPERATOR: frozenset({Purpose.ADMINISTRATION}),
}
"""For what each role can be agreed with at all; a registry that says otherwise is refused."""

_NAMED = frozenset({CallerKind.CLINICIAN, CallerKind.HEALTH_STATION, CallerKind.OPERATOR})
"""Roles in which somebody acts by name, always. An insurer's claims are also decided by its system."""


class Partner(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One organisation: ``[partners.<key>]``.

    Raises:
        ValueError: a setting makes no sense or is not safe; the text begins with the setting's name.
    """

    name: Annotated[str, Meta(min_length=1)]
    """As people know it; citizens read it where they allow and where they see who asked."""
    role: Literal["clinician", "health_station", "insurer", "operator"]
    clients: tuple[str, ...]
    """Its clients (``client_id``) at the issuer."""
    purposes: tuple[Purpose, ...]
    """For what it may ask; each of its tokens names one."""
    issuer: str | None = None
    """Who issues its tokens; the first issuer by default."""
    facility: Annotated[str, Meta(pattern=r"^[0-9A-Z]{5}\Z")] | None = None
    """Health-insurance facility code. With it, the organisation is known by this code; without, by its key."""
    bound: Bound = "either"
    """``none`` takes bearer tokens, which whoever steals one can use: for a trial alone."""
    algorithms: tuple[str, ...] = PARTNER_ALGORITHMS
    """Which signatures of its tokens are taken."""

    def __post_init__(self) -> None:
        _require(bool(self.clients) and all(self.clients), "clients", "must name at least one, none empty")
        allowed = _PURPOSES[self.kind]
        fitting = bool(self.purposes) and set(self.purposes) <= allowed
        _require(fitting, "purposes", f"of a {self.role} may hold {', '.join(sorted(one.value for one in allowed))}")
        strong = bool(self.algorithms) and set(self.algorithms) <= set(PARTNER_ALGORITHMS)
        _require(strong, "algorithms", f"may hold {', '.join(PARTNER_ALGORITHMS)}")

    @property
    def kind(self) -> CallerKind:
        """Its role, as callers have it."""
        return CallerKind(self.role)

    @property
    def acts_by_name(self) -> bool:
        """Whether every token must name the person who acts."""
        return self.kind in _NAMED

    def is_satisfied_by(self, *, key: str | None, certificate: str | None) -> bool:
        """Whether a token that is bound to these is bound as was agreed."""
        by_key, by_certificate = key is not None, certificate is not None
        return {"dpop": by_key, "mtls": by_certificate, "either": by_key or by_certificate, "none": True}[self.bound]


class Registered(Struct, frozen=True):
    """A partner with the key under which it is known to everybody else."""

    organisation: str
    partner: Partner


class Partners:
    """The registry: by issuer and client."""

    def __init__(self, partners: Mapping[str, Partner], *, issuers: Iterable[str]) -> None:
        """Register them.

        Args:
            partners: by their key in the settings.
            issuers: the issuers that are trusted; the first is meant where a partner names none.

        Raises:
            ValueError: two partners share a client or a code, or one names an issuer that is not trusted.
        """
        trusted = tuple(issuers)
        self._by_client: dict[tuple[str, str], Registered] = {}
        self._names: dict[str, str] = {}
        for key, partner in partners.items():
            issuer = partner.issuer or next(iter(trusted), None)
            if issuer is None or issuer not in trusted:
                raise ValueError(f"partners.{key}.issuer is none of authentication.issuers")
            organisation = partner.facility or key
            if organisation in self._names:
                raise ValueError(f"partners.{key}.facility is another partner's, too")
            self._names[organisation] = partner.name
            for client in partner.clients:
                if (issuer, client) in self._by_client:
                    raise ValueError(f"partners.{key}.clients names a client of another partner")
                self._by_client[issuer, client] = Registered(organisation, partner)

    def of(self, issuer: str, client_id: str) -> Registered | None:
        """Whose client that is; ``None`` for a client of nobody's."""
        return self._by_client.get((issuer, client_id))

    @property
    def names(self) -> Mapping[str, str]:
        """What every organisation is called, by ``Caller.organisation``."""
        return self._names


NO_PARTNERS = Partners({}, issuers=())


def _require(holds: bool, setting: str, sentence: str) -> None:
    if not holds:
        raise ValueError(f"{setting} {sentence}")
