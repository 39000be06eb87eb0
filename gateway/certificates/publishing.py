"""Where verifiers find the keys."""

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.certificates.signing import HealthCertifier

PATH = "/.well-known/health-certificate-keys"


def keys_route(certifier: HealthCertifier) -> Route:
    """The published keys: for anybody, without a token, for an hour."""
    body = orjson.dumps(certifier.published)
    headers = {"cache-control": "public, max-age=3600", "x-content-type-options": "nosniff"}

    async def keys(_request: Request) -> Response:
        return Response(body, media_type="application/jwk-set+json", headers=headers)

    return Route(PATH, keys, methods=["GET"])
