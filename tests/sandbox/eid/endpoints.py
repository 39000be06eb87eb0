"""The endpoints beside signing in: metadata, keys, userinfo, logout."""

from typing import Any
from urllib.parse import urlencode

from joserfc.errors import JoseError
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from tests.sandbox.eid import page
from tests.sandbox.eid.authorize import COOKIE
from tests.sandbox.eid.keyring import ALGORITHMS
from tests.sandbox.eid.model import CITIZEN_SCOPES, LEVELS
from tests.sandbox.eid.provider import Provider
from tests.sandbox.eid.wire import NO_STORE, ProtocolError, form_of, query_of


async def metadata(request: Request) -> JSONResponse:
    """Answer with what this issuer can do (OpenID Connect Discovery section 3, RFC 8414)."""
    issuer = request.app.state.provider.issuer
    return JSONResponse(
        {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/authorize",
            "token_endpoint": f"{issuer}/token",
            "introspection_endpoint": f"{issuer}/introspect",
            "introspection_endpoint_auth_methods_supported": ["private_key_jwt"],
            "introspection_endpoint_auth_signing_alg_values_supported": ["ES256"],
            "revocation_endpoint": f"{issuer}/revoke",
            "revocation_endpoint_auth_methods_supported": ["none", "private_key_jwt"],
            "userinfo_endpoint": f"{issuer}/userinfo",
            "jwks_uri": f"{issuer}/jwks",
            "end_session_endpoint": f"{issuer}/logout",
            "scopes_supported": list(CITIZEN_SCOPES),
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code", "client_credentials"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["none", "private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": ["ES256"],
            "access_token_signing_alg_values_supported": list(ALGORITHMS),
            "dpop_signing_alg_values_supported": ["ES256"],
            "tls_client_certificate_bound_access_tokens": True,
            "code_challenge_methods_supported": ["S256"],
            "acr_values_supported": list(LEVELS),
            "claims_supported": ["sub", "acr", "auth_time", "name", "birthdate", "citizen_pid"],
            "prompt_values_supported": ["none", "login", "select_account", "consent"],
            "authorization_response_iss_parameter_supported": True,
            "request_parameter_supported": False,
            "request_uri_parameter_supported": False,
        }
    )


async def jwks(request: Request) -> JSONResponse:
    """Answer with the public keys (RFC 7517)."""
    provider: Provider = request.app.state.provider
    return JSONResponse(provider.keys.jwks(), headers={"Cache-Control": "public, max-age=60"})


async def userinfo(request: Request) -> JSONResponse:
    """Answer who the holder of an access token is (OpenID Connect Core section 5.3)."""
    provider: Provider = request.app.state.provider
    claims = _access_claims(provider, request.headers.get("authorization", ""))
    person = provider.people.get(str(claims.get("sub")))
    if person is None:
        headers = {**NO_STORE, "WWW-Authenticate": 'Bearer error="invalid_token"'}
        return JSONResponse({"error": "invalid_token"}, 401, headers=headers)
    answer = {"sub": person.key, "acr": claims["acr"], **provider.person_claims(person)}
    return JSONResponse(answer, headers=NO_STORE)


def _access_claims(provider: Provider, authorization: str) -> dict[str, Any]:
    """Give the claims of a living access token of a citizen, or none at all."""
    scheme, _, credentials = authorization.partition(" ")
    try:
        token = provider.keys.verify(credentials)
    except (JoseError, ValueError):
        return {}
    alive = token.claims["exp"] > provider.clock.now().timestamp()
    meant = token.header["typ"] == "at+jwt" and "openid" in token.claims["scope"].split()
    return token.claims if scheme.lower() == "bearer" and meant and alive else {}


async def logout(request: Request) -> Response:
    """End the session (OpenID Connect RP-Initiated Logout section 2), then go back if the client may ask so."""
    provider: Provider = request.app.state.provider
    try:
        given = query_of(request) if request.method == "GET" else await form_of(request)
        answer = _after_logout(provider, given)
    except ProtocolError as error:
        return page.cannot_go_on(error.description, error.status)
    provider.sessions.take(request.cookies.get(COOKIE, ""))
    answer.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax")
    return answer


def _after_logout(provider: Provider, given: dict[str, str]) -> Response:
    back = given.get("post_logout_redirect_uri")
    if back is None:
        return page.signed_out()
    client = provider.clients.get(given.get("client_id") or _client_of_hint(provider, given.get("id_token_hint", "")))
    if client is None or back not in client.post_logout_redirect_uris:
        raise ProtocolError("invalid_request", "The address to go back to is not registered.")
    query = f"?{urlencode({'state': given['state']})}" if "state" in given else ""
    return RedirectResponse(f"{back}{query}", 303, headers=NO_STORE)


def _client_of_hint(provider: Provider, hint: str) -> str:
    """Give the client an ID token of ours was made for; an expired one will do, as the profile says."""
    try:
        return str(provider.keys.verify(hint).claims.get("aud"))
    except (JoseError, ValueError):
        return ""
