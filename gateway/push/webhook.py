"""One message to the push service, signed as Standard Webhooks 1.0 lays down.

It holds an address that the citizen's own application registered there, and nothing about the citizen: the application
is woken up, signs in, and reads the notice in the graph.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import ssl
from datetime import datetime

import httpx

from gateway.settings import Push

_DEADLINE = 5.0


class NotTaken(Exception):
    """The push service did not take the message; the text is for the operator and quotes no answer."""


class Webhook:
    """The push service."""

    def __init__(self, settings: Push) -> None:
        """Prepare; nothing is connected.

        Args:
            settings: where it is.
        """
        self._url = settings.url
        self._key = settings.key.reveal().encode()
        context = ssl.create_default_context(cafile=settings.ca)
        self._http = httpx.AsyncClient(
            trust_env=False, timeout=_DEADLINE, verify=context, limits=httpx.Limits(max_connections=4)
        )

    async def tell(self, notice: str, address: str, at: datetime, now: datetime) -> None:
        """Say that there is a notice. The service knows it again by its id, so it may be said more than once.

        Raises:
            NotTaken: it was not taken.
        """
        body = json.dumps({"address": address, "at": at.isoformat()}).encode()
        stamp = str(int(now.timestamp()))
        headers = {
            "content-type": "application/json",
            "webhook-id": notice,
            "webhook-timestamp": stamp,
            "webhook-signature": f"v1,{signature(self._key, notice, stamp, body)}",
        }
        try:
            async with (
                asyncio.timeout(_DEADLINE),
                self._http.stream("POST", self._url, content=body, headers=headers) as answer,
            ):
                status = answer.status_code
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            raise NotTaken(type(error).__name__) from None
        if not 200 <= status < 300:
            raise NotTaken(f"status {status}")

    async def close(self) -> None:
        """Let go of connections."""
        await self._http.aclose()


def signature(key: bytes, notice: str, stamp: str, body: bytes) -> str:
    """Proves to the push service that the message is ours, and of that moment."""
    return base64.b64encode(hmac.digest(key, f"{notice}.{stamp}.".encode() + body, hashlib.sha256)).decode()
