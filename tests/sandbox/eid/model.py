"""What the sandbox e-ID knows before anyone signs in: people, clients, words of the protocol."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, Protocol

from joserfc.jwk import ECKey

RandomBytes = Callable[[int], bytes]
"""Gives that many random bytes: ``secrets.token_bytes`` in the city, a seeded generator in a test."""

AUDIENCE = "urn:citizen-graph:gateway"
"""``aud`` of every access token (RFC 9068 section 2.2): the gateway, whatever address it stands at."""

LEVELS = ("LoA1", "LoA2")
"""Values of ``acr``, lowest first, written as the National Public Service Portal writes them."""

CITIZEN_SCOPES = ("openid", "profile", "health.read", "consent.write")
ORGANISATION_SCOPES = ("health.read",)
EVENT_SCOPES = ("events:write",)
"""Of an organisation that tells the gateway where records lie."""


GATEWAY_CLIENT = "citizen-graph"
"""The gateway itself, which may ask whether a token is good."""

Bound = Literal["dpop", "mtls"]


class PersonLike(Protocol):
    """The little of a person of the sandbox city that an e-ID has to know."""

    @property
    def key(self) -> str:
        """Short name in addresses and tests, like ``an``; also the ``sub`` of the tokens."""

    @property
    def personal_id(self) -> str:
        """Twelve digits."""

    @property
    def name(self) -> str: ...

    @property
    def birth_date(self) -> date: ...

    @property
    def story(self) -> str:
        """One English sentence, shown on the page where a person is chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A registered client: a public one with redirect addresses, or an organisation with a key.

    ``algorithm`` signs its access tokens; the clients differ in it, so that every algorithm is lived with.
    """

    client_id: str
    name: str
    scopes: tuple[str, ...]
    algorithm: str
    redirect_uris: tuple[str, ...] = ()
    post_logout_redirect_uris: tuple[str, ...] = ()
    key: ECKey | None = field(default=None, repr=False)
    """P-256 pair of an organisation (``private_key_jwt``, ES256). The e-ID itself only uses the public half."""
    organisation: str | None = None
    """Facility code of the hospital, or the insurer's name: the claim ``organisation``."""
    purposes: tuple[str, ...] = ()
    """For what it may ask: codes of HL7 v3 ActReason, such as ``TREAT``."""
    professionals: Mapping[str, str] = field(default_factory=dict)
    """Who may act for it: licence number or employee's id, and name."""
    bound: Bound | None = None
    """To what its tokens are bound: a key that it proves (DPoP), or the certificate that is registered for it."""
    certificate: bytes | None = field(default=None, repr=False)
    """In DER."""


def city_clients(
    *,
    citizen_app: Sequence[str],
    explorer: Sequence[str],
    after_logout: Sequence[str] = (),
    gateway_key: ECKey | None = None,
) -> tuple[Client, ...]:
    """Give the clients of the city, with fresh keys for the organisations.

    Args:
        citizen_app: redirect addresses of the citizen's application, compared letter by letter.
        explorer: redirect addresses of the gateway's own web page.
        after_logout: where the explorer may be sent after signing out.
        gateway_key: with which the gateway proves itself when it asks whether a token is good.
    """
    return (
        Client(
            client_id="citizen-app",
            name="Sổ sức khoẻ Mẫu",
            scopes=CITIZEN_SCOPES,
            algorithm="RS256",
            redirect_uris=tuple(citizen_app),
        ),
        Client(
            client_id="explorer",
            name="Citizen Graph",
            scopes=CITIZEN_SCOPES,
            algorithm="ES256",
            redirect_uris=tuple(explorer),
            post_logout_redirect_uris=tuple(after_logout),
        ),
        _organisation("hospital-a", "Bệnh viện Mẫu A", "79981"),
        _organisation("hospital-b", "Bệnh viện Mẫu B", "79982", scopes=EVENT_SCOPES),
        Client(
            client_id=GATEWAY_CLIENT,
            name="Citizen Graph",
            scopes=(),
            algorithm="PS256",
            key=gateway_key or ECKey.generate_key("P-256", private=True, auto_kid=True),
        ),
    )


def _organisation(
    client_id: str, name: str, organisation: str, *, scopes: tuple[str, ...] = ORGANISATION_SCOPES
) -> Client:
    return Client(
        client_id=client_id,
        name=name,
        scopes=scopes,
        algorithm="PS256",
        key=ECKey.generate_key("P-256", private=True, auto_kid=True),
        organisation=organisation,
    )
