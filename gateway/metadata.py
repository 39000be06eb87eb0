"""What this service tells clients of itself: who issues tokens for it, and how they are shown (RFC 9728)."""

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.events.endpoint import SCOPE
from gateway.identity.dpop import PROOF_ALGORITHMS
from gateway.settings import Settings

PATH = "/.well-known/oauth-protected-resource"


def metadata_address(settings: Settings) -> str:
    """Where it is told: challenges name it."""
    return settings.server.address + PATH


def metadata_route(settings: Settings) -> Route:
    """The metadata: for anybody, without a token, for an hour."""
    server = settings.server
    knows_certificates = server.proxy is not None or (server.tls is not None and bool(server.tls.client_authorities))
    body = orjson.dumps(
        {
            "resource": server.address,
            "resource_name": "Citizen Graph",
            "authorization_servers": [issuer.issuer for issuer in settings.authentication.issuers],
            "scopes_supported": [SCOPE],
            "bearer_methods_supported": ["header"],
            "dpop_signing_alg_values_supported": list(PROOF_ALGORITHMS),
            "dpop_bound_access_tokens_required": False,
            "tls_client_certificate_bound_access_tokens": knows_certificates,
        }
    )
    headers = {"cache-control": "public, max-age=3600", "x-content-type-options": "nosniff"}

    async def metadata(_request: Request) -> Response:
        return Response(body, media_type="application/json", headers=headers)

    return Route(PATH, metadata, methods=["GET"])
