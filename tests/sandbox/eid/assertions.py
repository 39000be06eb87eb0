"""Client authentication by a signed assertion: ``private_key_jwt`` (RFC 7523 section 3)."""

import json
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from tests.sandbox.eid.model import Client
from tests.sandbox.eid.provider import Provider
from tests.sandbox.eid.wire import ProtocolError

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST_SECONDS = 300
"""An assertion may not live longer; it is shorter than the memory of the ids seen, so none can be replayed."""


def client_of_assertion(provider: Provider, given: dict[str, str]) -> Client:
    """Give the organisation that signed the assertion.

    Raises:
        ProtocolError: ``invalid_client``, whatever was wrong (RFC 6749 section 5.2).
    """
    if given.get("client_assertion_type") != ASSERTION_TYPE:
        raise _refused("Authenticate with a signed assertion.")
    assertion = given.get("client_assertion", "")
    client = provider.clients.get(_claimed_issuer(assertion))
    if client is None or client.key is None:
        raise _refused("The assertion is not from a registered organisation.")
    claims = _verified(assertion, client.key)
    _check(provider, client, claims)
    if given.get("client_id", client.client_id) != client.client_id:
        raise _refused("client_id is not the one of the assertion.")
    return client


def _claimed_issuer(assertion: str) -> str:
    """Give the issuer an assertion claims, only to find the key that must have signed it."""
    try:
        claims = json.loads(jws.extract_compact(assertion.encode()).payload)
    except (JoseError, ValueError, RecursionError):
        return ""
    return str(claims.get("iss")) if isinstance(claims, dict) else ""


def _verified(assertion: str, key: ECKey) -> dict[str, Any]:
    try:
        return jwt.decode(assertion, key, algorithms=["ES256"]).claims
    except (JoseError, ValueError):
        raise _refused("The assertion is not signed with the organisation's key.") from None


def _check(provider: Provider, client: Client, claims: dict[str, Any]) -> None:
    now = provider.clock.now().timestamp()
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    expires, name = claims.get("exp"), claims.get("jti")
    if claims.get("sub") != client.client_id:
        raise _refused("iss and sub must both be the client_id.")
    if not {provider.issuer, f"{provider.issuer}/token", f"{provider.issuer}/introspect"} & set(map(str, audiences)):
        raise _refused("The assertion is meant for another server.")
    if not isinstance(expires, int) or not now < expires <= now + LONGEST_SECONDS:
        raise _refused("The assertion must expire within five minutes.")
    if not isinstance(name, str) or not name or provider.seen_assertions.get(name):
        raise _refused("The assertion has no id of its own, or was used before.")
    provider.seen_assertions.put(name, value=True)


def _refused(description: str) -> ProtocolError:
    return ProtocolError("invalid_client", description, 401)
