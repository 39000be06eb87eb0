"""The token endpoint: a code and its verifier, or an organisation's assertion, become tokens."""

import base64
import hashlib
import hmac
import re
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse

from tests.sandbox.eid.assertions import client_of_assertion
from tests.sandbox.eid.model import Client
from tests.sandbox.eid.partners import thumbprint
from tests.sandbox.eid.proofs import key_of_proof
from tests.sandbox.eid.provider import TOKEN_SECONDS, Granted, Provider
from tests.sandbox.eid.wire import NO_STORE, ProtocolError, form_of, json_error

_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
"""RFC 7636 section 4.1."""


async def token(request: Request) -> JSONResponse:
    """Answer ``/token`` (RFC 6749 section 3.2)."""
    provider: Provider = request.app.state.provider
    if "authorization" in request.headers:
        error = ProtocolError("invalid_client", "No client of this server has a password.", 401)
        return json_error(error, {"WWW-Authenticate": "Basic"})
    try:
        answer = _answer(provider, await form_of(request), request.headers.getlist("dpop"))
    except ProtocolError as error:
        return json_error(error)
    return JSONResponse(answer, headers=NO_STORE)


def _answer(provider: Provider, given: dict[str, str], proofs: list[str]) -> dict[str, Any]:
    match given.get("grant_type"):
        case "authorization_code":
            return _for_code(provider, given)
        case "client_credentials":
            return _for_organisation(provider, given, proofs)
        case _:
            raise ProtocolError("unsupported_grant_type", "Codes and client credentials only.")


def _for_code(provider: Provider, given: dict[str, str]) -> dict[str, Any]:
    client = provider.clients.get(given.get("client_id", ""))
    if client is None or client.key is not None:
        raise ProtocolError("invalid_client", "This application is not registered.", 401)
    # Taken before it is checked: a code that was once shown with a wrong verifier is worth nothing any more.
    granted = provider.codes.take(given.get("code", ""))
    if granted is None or granted.asked.client != client:
        raise ProtocolError("invalid_grant", "The code is unknown, used or too old.")
    if given.get("redirect_uri") != granted.asked.redirect_uri:
        raise ProtocolError("invalid_grant", "The redirect address is not the one the code was sent to.")
    if not _proves(given.get("code_verifier", ""), granted):
        raise ProtocolError("invalid_grant", "The verifier does not fit the challenge.")
    access_token = provider.person_token(client, granted.session, granted.asked.scope)
    answer = _success(access_token, granted.asked.scope)
    return {**answer, "id_token": provider.id_token(granted, access_token)}


def _for_organisation(provider: Provider, given: dict[str, str], proofs: list[str]) -> dict[str, Any]:
    client = client_of_assertion(provider, given)
    scope = given.get("scope", " ".join(client.scopes))
    if not set(scope.split()) <= set(client.scopes):
        raise ProtocolError("invalid_scope", "Ask for scopes of this organisation only.")
    acting = {**_acting(client, given), **_bound(provider, client, proofs)}
    answer = _success(provider.organisation_token(client, scope, acting), scope)
    return {**answer, "token_type": "DPoP"} if client.bound == "dpop" else answer


def _acting(client: Client, given: dict[str, str]) -> dict[str, str]:
    """Who acts for an organisation and why, as far as it asks for that and may."""
    purpose, who = given.get("purpose_of_use"), given.get("professional_id")
    if purpose is not None and purpose not in client.purposes:
        raise ProtocolError("invalid_request", "This purpose was not agreed with this organisation.")
    if who is not None and who not in client.professionals:
        raise ProtocolError("invalid_request", "Nobody of that licence is registered for this organisation.")
    named = {} if who is None else {"professional_id": who, "professional_name": client.professionals[who]}
    return named if purpose is None else {"purpose_of_use": purpose, **named}


def _bound(provider: Provider, client: Client, proofs: list[str]) -> dict[str, Any]:
    """To what the token is bound. The certificate is the registered one: this server speaks no TLS to prove it by."""
    if client.bound == "dpop":
        if len(proofs) != 1:
            raise ProtocolError("invalid_dpop_proof", "One proof of possession is needed.")
        return {"cnf": {"jkt": key_of_proof(provider, proofs[0])}}
    if client.certificate is not None:
        return {"cnf": {"x5t#S256": thumbprint(client.certificate)}}
    return {}


def _proves(verifier: str, granted: Granted) -> bool:
    if not _VERIFIER.fullmatch(verifier):
        return False
    digest = hashlib.sha256(verifier.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return hmac.compare_digest(challenge, granted.asked.challenge)


def _success(access_token: str, scope: str) -> dict[str, Any]:
    return {"access_token": access_token, "token_type": "Bearer", "expires_in": TOKEN_SECONDS, "scope": scope}
