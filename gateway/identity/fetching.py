"""What issuers are asked for: their key set, and whether a token is good. Few bytes, little time, no detour."""

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx

from gateway.identity.settings import IssuerSettings
from gateway.identity.strict_json import parse_object

Http = httpx.AsyncClient
"""With which issuers are asked."""

MOST_BYTES = 256 * 1024
_HEADERS = {"Accept": "application/json, application/jwk-set+json", "Accept-Encoding": "identity"}


class BadAnswer(Exception):
    """What the issuer said cannot be used; the text is for the operator and quotes no answer."""


def open_client() -> httpx.AsyncClient:
    """Give the client for all issuers: it obeys no proxy settings of the machine and keeps few connections.

    It has no time-outs of its own; ``fetch_deadline`` bounds every fetch as a whole.
    """
    return httpx.AsyncClient(trust_env=False, timeout=None, limits=httpx.Limits(max_connections=8))  # noqa: S113


async def fetch_jwks(http: httpx.AsyncClient, settings: IssuerSettings) -> list[Any]:
    """Give the members of ``keys`` (RFC 7517 section 5), not looked at yet.

    The address comes from the settings or, checked, from the issuer's discovery document.

    Raises:
        BadAnswer: whatever went wrong, time-out included.
    """
    try:
        async with asyncio.timeout(settings.fetch_deadline):
            address = settings.jwks_url or await endpoint_of(http, settings.issuer, "jwks_uri")
            keys = (await _get(http, address)).get("keys")
    except TimeoutError:
        raise BadAnswer("no answer in time") from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise BadAnswer(f"not reachable: {type(error).__name__}") from None
    if not isinstance(keys, list):
        raise BadAnswer("not a key set")
    return keys


async def fetch_metadata(http: httpx.AsyncClient, issuer: str) -> dict[str, Any]:
    """Give what the issuer publishes about itself (OpenID Connect Discovery section 4); only its name is checked.

    Raises:
        BadAnswer: the answer is not the issuer's own metadata.
        httpx.HTTPError: the issuer cannot be reached.
    """
    about = await _get(http, f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    if about.get("issuer") != issuer:
        # Section 4.3: must be identical, or another issuer's keys could pass for this one's.
        raise BadAnswer("discovery names another issuer")
    return about


async def endpoint_of(http: httpx.AsyncClient, issuer: str, name: str) -> str:
    """Give an address of the issuer's metadata (OpenID Connect Discovery section 4), which must lie at its own site.

    Raises:
        BadAnswer: there is none, or it lies elsewhere.
        httpx.HTTPError: the issuer cannot be reached.
    """
    address = (await fetch_metadata(http, issuer)).get(name)
    if not isinstance(address, str) or _site(address) != _site(issuer):
        raise BadAnswer(f"discovery names no {name} at the issuer's own site; set its address if that is meant")
    return address


async def post_form(http: httpx.AsyncClient, address: str, form: Mapping[str, str]) -> dict[str, Any]:
    """Send a form and give the JSON object that comes back.

    Raises:
        BadAnswer: something else came back.
        httpx.HTTPError: nobody is there.
    """
    async with http.stream("POST", address, data=form, headers=_HEADERS, follow_redirects=False) as answer:
        return await _object_in(answer)


def _site(address: str) -> tuple[str, str | None, int | None] | None:
    try:
        parts = urlsplit(address)
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    except ValueError:
        return None
    return parts.scheme, parts.hostname, port


async def _get(http: httpx.AsyncClient, address: str) -> dict[str, Any]:
    async with http.stream("GET", address, headers=_HEADERS, follow_redirects=False) as answer:
        return await _object_in(answer)


async def _object_in(answer: httpx.Response) -> dict[str, Any]:
    if answer.status_code != httpx.codes.OK:
        raise BadAnswer(f"answered with status {answer.status_code}")
    if answer.headers.get("content-encoding", "identity") != "identity":
        # We asked for none; unpacking is where a small answer becomes a large one.
        raise BadAnswer("answered packed")
    body = bytearray()
    async for chunk in answer.aiter_raw():
        body += chunk
        if len(body) > MOST_BYTES:
            raise BadAnswer("answer too long")
    try:
        return parse_object(bytes(body))
    except ValueError:
        raise BadAnswer("answered with something else than a JSON object") from None
