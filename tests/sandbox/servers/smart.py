"""SMART Backend Services as a FHIR server offers them: where the token endpoint is, and the endpoint itself.

HL7 SMART App Launch 2.2, backend-services: the client proves itself by an assertion signed with RS384 or ES384.
"""

from datetime import timedelta
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from connectors.clock import Clock
from tests.sandbox.eid.assertions import ASSERTION_TYPE, LONGEST_SECONDS
from tests.sandbox.eid.expiring import Expiring, handle
from tests.sandbox.eid.model import RandomBytes
from tests.sandbox.eid.wire import NO_STORE, ProtocolError, form_of, json_error

TOKEN_SECONDS = 300
"""As long as the profile recommends."""
SCOPE = "system/*.rs"
ALGORITHMS = ["RS384", "ES384"]


class TokenOffice:
    """Gives one registered client tokens, and knows them again.

    Args:
        base_url: of the FHIR server.
        client_id: of the client.
        key: the client's; only its public half is used.
        clock: for the ends of assertions and tokens.
        random: gives random bytes.
    """

    def __init__(
        self, *, base_url: str, client_id: str, key: RSAKey | ECKey, clock: Clock, random: RandomBytes
    ) -> None:
        self.token_url = f"{base_url}/oauth/token"
        self._client_id = client_id
        self._key = key
        self._clock = clock
        self._random = random
        self._tokens: Expiring[bool] = Expiring(clock, lifetime=timedelta(seconds=TOKEN_SECONDS))
        self._seen: Expiring[bool] = Expiring(clock, lifetime=timedelta(seconds=2 * LONGEST_SECONDS))

    def routes(self, path: str) -> list[Route]:
        """Its two addresses below the path of the FHIR server."""
        return [
            Route(f"{path}/.well-known/smart-configuration", self._configuration),
            Route(f"{path}/oauth/token", self._token, methods=["POST"]),
        ]

    def accepts(self, authorization: str) -> bool:
        """Whether this header carries a token that lives."""
        scheme, _, token = authorization.partition(" ")
        return scheme.lower() == "bearer" and bool(self._tokens.get(token))

    def forget(self) -> None:
        """Accept no token that was given so far."""
        self._tokens = Expiring(self._clock, lifetime=timedelta(seconds=TOKEN_SECONDS))

    async def _configuration(self, _: Request) -> JSONResponse:
        return JSONResponse(
            {
                "token_endpoint": self.token_url,
                "grant_types_supported": ["client_credentials"],
                "token_endpoint_auth_methods_supported": ["private_key_jwt"],
                "token_endpoint_auth_signing_alg_values_supported": ALGORITHMS,
                "scopes_supported": [SCOPE],
                "capabilities": ["client-confidential-asymmetric", "permission-v2"],
            }
        )

    async def _token(self, request: Request) -> JSONResponse:
        try:
            given = await form_of(request)
            self._check(given)
        except ProtocolError as error:
            return json_error(error)
        token = handle(self._random)
        self._tokens.put(token, value=True)
        answer = {"access_token": token, "token_type": "bearer", "expires_in": TOKEN_SECONDS, "scope": SCOPE}
        return JSONResponse(answer, headers=NO_STORE)

    def _check(self, given: dict[str, str]) -> None:
        """Refuse what the profile does not allow."""
        if given.get("grant_type") != "client_credentials":
            raise ProtocolError("unsupported_grant_type", "Client credentials only.")
        if given.get("scope") != SCOPE:
            raise ProtocolError("invalid_scope", "Ask for what this client may read.")
        claims = self._verified(given)
        expires, name, now = claims.get("exp"), claims.get("jti"), self._clock.now().timestamp()
        fits = (claims.get("iss"), claims.get("sub"), claims.get("aud")) == (
            self._client_id,
            self._client_id,
            self.token_url,
        )
        if not fits or not isinstance(expires, int) or not now < expires <= now + LONGEST_SECONDS:
            raise _refused("The assertion is for somebody else, somewhere else, or another time.")
        if not isinstance(name, str) or not name or self._seen.get(name):
            raise _refused("The assertion has no id of its own, or was used before.")
        self._seen.put(name, value=True)

    def _verified(self, given: dict[str, str]) -> dict[str, Any]:
        assertion = given.get("client_assertion", "")
        try:
            header = jws.extract_compact(assertion.encode()).headers()
            claims = jwt.decode(assertion, self._key, algorithms=ALGORITHMS).claims
        except (JoseError, ValueError):
            raise _refused("The assertion is not signed with the registered key.") from None
        proven = given.get("client_assertion_type") == ASSERTION_TYPE and header.get("kid") == self._key.thumbprint()
        if not proven or header.get("typ") != "JWT":
            raise _refused("The header of the assertion lacks what the profile wants.")
        return claims


def _refused(description: str) -> ProtocolError:
    return ProtocolError("invalid_client", description, 400)
