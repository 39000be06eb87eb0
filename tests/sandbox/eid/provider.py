"""The state of one sandbox e-ID, and the tokens it makes."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from connectors.clock import Clock
from tests.sandbox.eid.expiring import Expiring, handle
from tests.sandbox.eid.keyring import KeyRing
from tests.sandbox.eid.model import AUDIENCE, Client, PersonLike, RandomBytes

TOKEN_SECONDS = 1_800
CODE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody has signed in, at a level (a value of ``acr``), at a time."""

    person: PersonLike
    level: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A checked authorization request (RFC 6749 section 4.1.1, OpenID Connect Core section 3.1.2.1)."""

    client: Client
    redirect_uri: str
    scope: str
    challenge: str
    state: str | None
    nonce: str | None
    level: str
    prompt: frozenset[str]
    max_age: int | None


@dataclass(frozen=True, slots=True)
class Granted:
    """What an authorization code stands for until it is exchanged."""

    asked: Asked
    session: Session


class Provider:
    """People, clients, keys and everything that is pending, of one issuer."""

    def __init__(
        self,
        *,
        issuer: str,
        people: Sequence[PersonLike],
        clients: Sequence[Client],
        clock: Clock,
        random: RandomBytes,
    ) -> None:
        self.issuer = issuer
        self.people: Mapping[str, PersonLike] = {person.key: person for person in people}
        self.clients: Mapping[str, Client] = {client.client_id: client for client in clients}
        self.clock = clock
        self.keys = KeyRing()
        self._random = random
        self.pending: Expiring[Asked] = Expiring(clock, lifetime=timedelta(minutes=10))
        self.codes: Expiring[Granted] = Expiring(clock, lifetime=timedelta(seconds=CODE_SECONDS))
        self.sessions: Expiring[Session] = Expiring(clock, lifetime=timedelta(hours=8))
        self.opaque: Expiring[dict[str, Any]] = Expiring(clock, lifetime=timedelta(hours=24))
        self.revoked: Expiring[bool] = Expiring(clock, lifetime=timedelta(hours=24))
        """By ``jti``."""
        self.seen_assertions: Expiring[bool] = Expiring(clock, lifetime=timedelta(minutes=10))

    def handle(self) -> str:
        """Give a new name that nobody can guess."""
        return handle(self._random)

    def person_token(self, client: Client, session: Session, scope: str) -> str:
        """Give an access token of a citizen (RFC 9068)."""
        claims = self.person_access_claims(client, session, scope)
        return self.sign_access(claims, algorithm=client.algorithm)

    def person_access_claims(self, client: Client, session: Session, scope: str) -> dict[str, Any]:
        """Give what a citizen's access token says."""
        return {
            **self._access_claims(client, session.person.key, scope),
            "acr": session.level,
            "auth_time": int(session.since.timestamp()),
            **self.person_claims(session.person),
        }

    def organisation_token(self, client: Client, scope: str, acting: Mapping[str, Any]) -> str:
        """Give an access token of an organisation: its ``sub`` is its ``client_id`` (RFC 9068 section 2.2).

        Args:
            client: whose token.
            scope: what it may.
            acting: who acts and why, and to what the token is bound; nothing of a system that acts for no person.
        """
        claims = {**self._access_claims(client, client.client_id, scope), "organisation_name": client.name, **acting}
        if client.organisation is not None:
            claims["organisation"] = client.organisation
        return self.sign_access(claims, algorithm=client.algorithm)

    def opaque_token(self, claims: Mapping[str, Any]) -> str:
        """Give a token that says nothing by itself; whoever may introspects it."""
        token = self.handle()
        self.opaque.put(token, dict(claims))
        return token

    def sign_access(self, claims: dict[str, Any], *, algorithm: str, header: Mapping[str, Any] | None = None) -> str:
        """Give the claims as a signed ``at+jwt``; entries of ``header`` win."""
        return self.keys.sign(claims, algorithm=algorithm, header={"typ": "at+jwt", **(header or {})})

    def id_token(self, granted: Granted, access_token: str) -> str:
        """Give the ID token that goes with an access token (OpenID Connect Core section 2)."""
        asked, session = granted.asked, granted.session
        now = int(self.clock.now().timestamp())
        claims = {
            "iss": self.issuer,
            "sub": session.person.key,
            "aud": asked.client.client_id,
            "iat": now,
            "exp": now + TOKEN_SECONDS,
            "auth_time": int(session.since.timestamp()),
            "acr": session.level,
            "at_hash": _half_hash(access_token),
            **({"nonce": asked.nonce} if asked.nonce is not None else {}),
            **({"name": session.person.name} if "profile" in asked.scope.split() else {}),
        }
        # RS256 is what every OpenID Connect client must understand (Core section 15.1).
        return self.keys.sign(claims, algorithm="RS256", header={"typ": "JWT"})

    def person_claims(self, person: PersonLike) -> dict[str, Any]:
        """Give who the person is, as claims."""
        return {
            "citizen_pid": person.personal_id,
            "name": person.name,
            "birthdate": person.birth_date.isoformat(),
        }

    def _access_claims(self, client: Client, subject: str, scope: str) -> dict[str, Any]:
        now = int(self.clock.now().timestamp())
        return {
            "iss": self.issuer,
            "sub": subject,
            "aud": AUDIENCE,
            "iat": now,
            "exp": now + TOKEN_SECONDS,
            "jti": self.handle(),
            "client_id": client.client_id,
            "scope": scope,
        }


def _half_hash(token: str) -> str:
    left = hashlib.sha256(token.encode()).digest()[:16]
    return base64.urlsafe_b64encode(left).rstrip(b"=").decode()
