"""Is a token still good? Introspection (RFC 7662) for the gateway alone, revocation (RFC 7009) for who holds one."""

from typing import Any

from joserfc.errors import JoseError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.sandbox.eid.assertions import client_of_assertion
from tests.sandbox.eid.model import GATEWAY_CLIENT
from tests.sandbox.eid.provider import Provider
from tests.sandbox.eid.wire import NO_STORE, ProtocolError, form_of, json_error


async def introspect(request: Request) -> Response:
    """Answer what a token says, to the gateway and nobody else; of one that is not good, that and nothing more."""
    provider: Provider = request.app.state.provider
    try:
        given = await form_of(request)
        asking = client_of_assertion(provider, given)
    except ProtocolError as error:
        return json_error(error)
    if asking.client_id != GATEWAY_CLIENT:
        return json_error(ProtocolError("invalid_client", "Only a resource server may ask.", 401))
    claims = claims_of(provider, given.get("token", ""))
    return JSONResponse({"active": False} if claims is None else {"active": True, **claims}, headers=NO_STORE)


async def revoke(request: Request) -> Response:
    """Take a token back. The answer is the same for one that never was (RFC 7009 section 2.2)."""
    provider: Provider = request.app.state.provider
    try:
        given = await form_of(request)
        client = _holder(provider, given)
    except ProtocolError as error:
        return json_error(error)
    claims = claims_of(provider, given.get("token", ""))
    if claims is not None and claims["client_id"] == client:
        provider.revoked.put(claims["jti"], value=True)
    return Response(headers=NO_STORE)


def claims_of(provider: Provider, token: str) -> dict[str, Any] | None:
    """What a token says, while it is good."""
    claims = provider.opaque.get(token)
    if claims is None:
        try:
            signed = provider.keys.verify(token)
        except (JoseError, ValueError):
            return None
        claims = signed.claims if signed.header.get("typ") == "at+jwt" else None
    if claims is None or claims["exp"] <= provider.clock.now().timestamp() or provider.revoked.get(claims["jti"]):
        return None
    return claims


def _holder(provider: Provider, given: dict[str, str]) -> str:
    client = provider.clients.get(given.get("client_id", ""))
    if client is not None and client.key is None:
        return client.client_id
    return client_of_assertion(provider, given).client_id
