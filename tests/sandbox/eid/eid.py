"""The sandbox e-ID as one thing: an application to serve, and the handles a test turns."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.routing import Route

from connectors.clock import Clock
from tests.sandbox.eid import endpoints, visitor
from tests.sandbox.eid.authorize import authorize, choice
from tests.sandbox.eid.holder import Holder, proof
from tests.sandbox.eid.introspection import claims_of, introspect, revoke
from tests.sandbox.eid.model import LEVELS, Client, PersonLike, RandomBytes
from tests.sandbox.eid.partners import PartnerClient
from tests.sandbox.eid.provider import Provider, Session
from tests.sandbox.eid.token_endpoint import token


class Eid:
    """An OpenID provider for invented people.

    ``app`` speaks the protocol and must be served at ``issuer``; the other members are for the city and
    its tests: tokens made directly, tokens fetched over HTTP, rotation of the keys.
    """

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
        self._provider = Provider(issuer=issuer, people=people, clients=clients, clock=clock, random=random)
        self._clock = clock
        self._random = random
        self.app = Starlette(
            routes=[
                Route("/.well-known/openid-configuration", endpoints.metadata),
                Route("/jwks", endpoints.jwks),
                Route("/authorize", authorize, methods=["GET", "POST"]),
                Route("/authorize/choice", choice, methods=["POST"]),
                Route("/token", token, methods=["POST"]),
                Route("/introspect", introspect, methods=["POST"]),
                Route("/revoke", revoke, methods=["POST"]),
                Route("/userinfo", endpoints.userinfo, methods=["GET", "POST"]),
                Route("/logout", endpoints.logout, methods=["GET", "POST"]),
            ]
        )
        self.app.state.provider = self._provider
        self.app.state.eid = self

    def client(self, client_id: str) -> Client:
        """Give a registered client.

        Raises:
            KeyError: there is none of that name.
        """
        return self._provider.clients[client_id]

    @property
    def partners(self) -> Sequence[PartnerClient]:
        """The clients of the city's partners."""
        return [client for client in self._provider.clients.values() if isinstance(client, PartnerClient)]

    def rotate(self, *, keep_old: bool = True) -> None:
        """Sign with new keys; without ``keep_old`` the old ones are withdrawn at once."""
        self._provider.keys.rotate(keep_old=keep_old)

    def token_for(
        self,
        person: PersonLike | str,
        *,
        client_id: str = "citizen-app",
        level: str = LEVELS[-1],
        algorithm: str | None = None,
        header: Mapping[str, Any] | None = None,
        expires_in: timedelta | None = None,
        **overrides: Any,
    ) -> str:
        """Make a citizen's access token without the flow.

        Args:
            person: one of the people, or the key of one.
            client_id: the client it is made for; all its scopes are granted.
            level: the value of ``acr``.
            algorithm: ``RS256``, ``ES256`` or ``PS256``; the client's own when not given.
            header: members of the JOSE header that win over the ordinary ones.
            expires_in: life counted from now; half an hour when not given.
            overrides: claims that win; one that is ``None`` is left out of the token.
        """
        client = self.client(client_id)
        someone = self._provider.people[person] if isinstance(person, str) else person
        session = Session(someone, level, self._clock.now())
        claims = self._provider.person_access_claims(client, session, " ".join(client.scopes))
        if expires_in is not None:
            claims["exp"] = int((self._clock.now() + expires_in).timestamp())
        claims = {name: value for name, value in {**claims, **overrides}.items() if value is not None}
        return self._provider.sign_access(claims, algorithm=algorithm or client.algorithm, header=header)

    async def sign_in(
        self, person: PersonLike | str, *, client_id: str = "citizen-app", level: str = LEVELS[-1]
    ) -> visitor.SignedIn:
        """Sign a person in over HTTP: discovery, page, code, PKCE, tokens, ID token checked."""
        async with _browser() as http:
            return await visitor.sign_in(
                http,
                issuer=self.issuer,
                client=self.client(client_id),
                person=person if isinstance(person, str) else person.key,
                level=level,
                random=self._random,
            )

    async def organisation_token(self, client_id: str) -> str:
        """Get an organisation's access token over HTTP, with its signed assertion."""
        return await self._client_token(client_id)

    async def partner(
        self, client_id: str, *, purpose: str | None = None, professional: str | None = None, **asked: str
    ) -> Holder:
        """Get a partner's access token over HTTP, bound to its key or certificate.

        Args:
            client_id: one of ``partner_clients``.
            purpose: code of the purpose of use; the client's first when not given.
            professional: who acts; the client's first, if it has any, when not given.
            asked: further parameters of the request.
        """
        client = self.client(client_id)
        if not isinstance(client, PartnerClient):
            raise TypeError(f"{client_id} is no partner")
        wanted = {"purpose_of_use": purpose or client.a_purpose, **asked}
        if who := professional or client.somebody:
            wanted["professional_id"] = who
        if client.bound == "mtls":
            return Holder(
                await self._client_token(client_id, **wanted), certificate=client.certificate, clock=self._clock
            )
        proved = proof(client.holding, "POST", f"{self.issuer}/token", now=self._clock.now().timestamp())
        token = await self._client_token(client_id, proof=proved, **wanted)
        return Holder(token, key=client.holding, clock=self._clock)

    def opaque_token_for(self, person: PersonLike | str, **other: Any) -> str:
        """Make a citizen's access token without the flow, of the sort that says nothing by itself.

        Args:
            person: one of the people, or the key of one.
            other: as for ``token_for``.
        """
        return self._provider.opaque_token(self._provider.keys.verify(self.token_for(person, **other)).claims)

    def says(self, token: str) -> dict[str, Any]:
        """What a token says while it is good; nothing when it is not."""
        return claims_of(self._provider, token) or {}

    def revoke(self, token: str) -> None:
        """Take a token back, as its holder can over HTTP."""
        claims = claims_of(self._provider, token)
        if claims is not None:
            self._provider.revoked.put(claims["jti"], value=True)

    async def _client_token(self, client_id: str, *, proof: str | None = None, **asked: str) -> str:
        async with _browser() as http:
            return await visitor.organisation_token(
                http,
                issuer=self.issuer,
                client=self.client(client_id),
                now=int(self._clock.now().timestamp()),
                random=self._random,
                proof=proof,
                **asked,
            )


def _browser() -> httpx.AsyncClient:
    # The machine's proxy settings have no say in a loop-back conversation.
    return httpx.AsyncClient(trust_env=False, timeout=10)


def eid_app(
    *,
    issuer: str,
    people: Sequence[PersonLike],
    clients: Sequence[Client],
    clock: Clock,
    random: RandomBytes,
) -> Starlette:
    """Give the application of a new e-ID; its ``state.eid`` is the ``Eid`` behind it.

    Args:
        issuer: the address at which it will be served, without a slash at the end: ``iss`` of every token.
        people: who can sign in.
        clients: who may ask; ``city_clients`` gives the usual ones.
        clock: what time it is.
        random: gives that many random bytes.
    """
    return Eid(issuer=issuer, people=people, clients=clients, clock=clock, random=random).app
