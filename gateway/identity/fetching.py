"""Fetching an issuer's key set: few bytes, little time, no detour."""

import asyncio
from typing import Any
from urllib.parse import urlsplit

import httpx

from gateway.identity.settings import IssuerSettings
from gateway.identity.strict_json import parse_object

Http = httpx.AsyncClient
"""With which issuers are asked."""

MOST_BYTES = 256 * 1024
_HEADERS = {"Accept": "application/json, application/jwk-set+json", "Accept-Encoding": "identity"}


class BadKeySet(Exception):
    """The issuer's keys could not be had or are not sound; the text is for the operator and quotes no answer."""


def open_client() -> httpx.AsyncClient:
    """Give the client for all issuers: it obeys no proxy settings of the machine and keeps few connections.

    It has no time-outs of its own; ``fetch_deadline`` bounds every fetch as a whole.
    """
    return httpx.AsyncClient(trust_env=False, timeout=None, limits=httpx.Limits(max_connections=8))  # noqa: S113


async def fetch_jwks(http: httpx.AsyncClient, settings: IssuerSettings) -> list[Any]:
    """Give the members of ``keys`` (RFC 7517 section 5), not looked at yet.

    The address comes from the settings or, checked, from the issuer's discovery document.

    Raises:
        BadKeySet: whatever went wrong, time-out included.
    """
    try:
        async with asyncio.timeout(settings.fetch_deadline):
            address = settings.jwks_url or await _discover(http, settings.issuer)
            keys = (await _get(http, address)).get("keys")
    except TimeoutError:
        raise BadKeySet("no answer in time") from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise BadKeySet(f"not reachable: {type(error).__name__}") from None
    if not isinstance(keys, list):
        raise BadKeySet("not a key set")
    return keys


async def fetch_metadata(http: httpx.AsyncClient, issuer: str) -> dict[str, Any]:
    """Give what the issuer publishes about itself (OpenID Connect Discovery section 4); only its name is checked.

    Raises:
        BadKeySet: the answer is not the issuer's own metadata.
        httpx.HTTPError: the issuer cannot be reached.
    """
    about = await _get(http, f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    if about.get("issuer") != issuer:
        # Section 4.3: must be identical, or another issuer's keys could pass for this one's.
        raise BadKeySet("discovery names another issuer")
    return about


async def _discover(http: httpx.AsyncClient, issuer: str) -> str:
    """Give ``jwks_uri`` of the issuer's metadata (OpenID Connect Discovery section 4)."""
    address = (await fetch_metadata(http, issuer)).get("jwks_uri")
    if not isinstance(address, str) or _site(address) != _site(issuer):
        raise BadKeySet("discovery points to keys at another place; set jwks_url if that is meant")
    return address


def _site(address: str) -> tuple[str, str | None, int | None] | None:
    try:
        parts = urlsplit(address)
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    except ValueError:
        return None
    return parts.scheme, parts.hostname, port


async def _get(http: httpx.AsyncClient, address: str) -> dict[str, Any]:
    async with http.stream("GET", address, headers=_HEADERS, follow_redirects=False) as answer:
        if answer.status_code != httpx.codes.OK:
            raise BadKeySet(f"answered with status {answer.status_code}")
        if answer.headers.get("content-encoding", "identity") != "identity":
            # We asked for none; unpacking is where a small answer becomes a large one.
            raise BadKeySet("answered packed")
        body = bytearray()
        async for chunk in answer.aiter_raw():
            body += chunk
            if len(body) > MOST_BYTES:
                raise BadKeySet("answer too long")
    try:
        return parse_object(bytes(body))
    except ValueError:
        raise BadKeySet("answered with something else than a JSON object") from None
