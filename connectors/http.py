"""The line to one source: one client, its credentials, its bounds, and the translation of everything that fails.

Kinds speak through a line and never see httpx: what comes back is a ``Reply`` within its bounds, what goes wrong is
a ``SourceError``. The client is replaced at its transport in tests, and can be exchanged here without a kind knowing.
"""

import asyncio
import email.utils
import logging
import random
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TypeVar

import httpx
import msgspec
from msgspec import Struct

from connectors.clock import Clock
from connectors.contract import Deadline
from connectors.errors import Denied, Garbled, Overloaded, SourceError, TooSlow, Unavailable
from connectors.network import LookUp, look_up
from connectors.options import SourceOptions
from connectors.resilience import Random, Sleep, repeated
from connectors.transport import Transport, carried

# Both libraries write the whole URL of a call into their log, and some protocols put a token into it.
logging.getLogger("httpx").setLevel(logging.WARNING)
logging.getLogger("httpcore").setLevel(logging.WARNING)

T = TypeVar("T")

Fields = Mapping[str, str | Sequence[str]]
"""Fields of a form or query string; a list where one name stands several times."""

_JSON = frozenset({"application/json"})

_NO_COOKIES = DefaultCookiePolicy(allowed_domains=[])
"""A cookie set in an answer about one citizen must not ride along with a question about the next."""

MOST_PARTS = 500_000
"""Objects and lists in one JSON answer. Nothing else runs while it is decoded, in whichever thread, and millions of
empty ones take a second; honest answers at the bound of size have a quarter of this."""

_PATIENCE = timedelta(seconds=30)
"""Assumed when a source asks for patience without saying how much."""


class Reply(Struct, frozen=True):
    """What a source answered: read whole, within the size bound, not yet understood."""

    status: int
    headers: httpx.Headers
    body: bytes

    @property
    def media_type(self) -> str:
        """The content type without its parameters, in lower case; empty where there is none."""
        return str(self.headers.get("content-type", "")).partition(";")[0].strip().lower()

    def decode(self, decoder: msgspec.json.Decoder[T], *, media_types: frozenset[str] = _JSON) -> T:
        """The JSON body in the shape of the decoder.

        Raises:
            Garbled: another media type, no JSON, no UTF-8, nested too deep, of too many parts, or another shape.
        """
        if self.media_type not in media_types:
            raise Garbled("another media type than promised")
        if self.body.count(b"{") + self.body.count(b"[") > MOST_PARTS:
            raise Garbled("more objects and lists than allowed")
        try:
            return decoder.decode(self.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            # The text of the error may quote the answer.
            raise Garbled(type(error).__name__) from None


class Line:
    """The way to one source. Made once at start, closed at stop."""

    def __init__(
        self,
        options: SourceOptions,
        *,
        clock: Clock,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Sleep = asyncio.sleep,
        random: Random = random.random,
        new_id: Callable[[], str] = lambda: str(uuid.uuid4()),
        look_up: LookUp = look_up,
    ) -> None:
        """Make the client; no connection is opened yet.

        Args:
            options: the block of the source.
            clock: for the date in ``Retry-After``.
            transport: in tests, the world; otherwise TLS and TCP as the options say.
            sleep: waits before a repetition.
            random: makes those waits differ.
            new_id: names a call to an exchange platform.
            look_up: finds the addresses of the source's name; called in a thread.

        Raises:
            BadOptions: the URL leads where no source can live.
        """
        self._clock = clock
        self._sleep = sleep
        self._random = random
        self._retries = options.retries
        self._max_body = options.max_body
        self._slots = asyncio.Semaphore(options.concurrency)
        self._client = httpx.AsyncClient(
            base_url=options.url,
            headers={
                "user-agent": "citizen-graph",
                # A packed body could unfold to any size before its bound is noticed.
                "accept-encoding": "identity",
                **{name: secret.reveal() for name, secret in options.headers.items()},
            },
            timeout=httpx.Timeout(None, connect=options.connect, read=options.read),
            follow_redirects=False,
            trust_env=False,
            cookies=CookieJar(policy=_NO_COOKIES),
            transport=carried(transport or Transport(options, look_up), options, new_id),
        )

    @property
    def base_url(self) -> httpx.URL:
        """Where the source lives, with a trailing slash."""
        return self._client.base_url

    async def send(
        self,
        method: str,
        path: str,
        *,
        deadline: Deadline,
        params: Fields | None = None,
        headers: Mapping[str, str] | None = None,
        json: object = None,
        form: Fields | None = None,
        accept: frozenset[int] = frozenset({200}),
        repeatable: bool = False,
    ) -> Reply:
        """One call.

        Args:
            method: HTTP method.
            path: relative to the source's URL, or an absolute URL that the kind has checked.
            deadline: when the answer must have been read whole.
            params: query string. It may reach a log of the source: no citizen number where the protocol allows it.
            headers: added to the source's own.
            json: body as JSON.
            form: body as a form.
            accept: statuses that the kind can read; every other one becomes the fitting error.
            repeatable: whether the source minds as little to be asked twice as once. Then a call that finds it
                unavailable is repeated as the options allow; its place among the calls in flight is free meanwhile.

        Raises:
            SourceError: and nothing else, cancellation apart.
        """
        content = None if json is None else msgspec.json.encode(json)
        sent = dict(headers or {})
        if content is not None:
            sent.setdefault("content-type", "application/json")
        try:
            request = self._client.build_request(
                method, path, params=params, headers=sent, content=content, data=form and dict(form)
            )
        except httpx.InvalidURL as error:
            raise Garbled(type(error).__name__) from None

        async def attempt() -> Reply:
            return await self._attempt(request, deadline, accept)

        if not repeatable or not self._retries:
            return await attempt()
        return await repeated(attempt, times=self._retries, deadline=deadline, sleep=self._sleep, random=self._random)

    async def close(self) -> None:
        """Close every connection. Idempotent."""
        await self._client.aclose()

    async def _attempt(self, request: httpx.Request, deadline: Deadline, accept: frozenset[int]) -> Reply:
        if not deadline.left():
            raise TooSlow("no time left to ask")
        try:
            async with asyncio.timeout(deadline.left()), self._slots:
                reply = await self._exchange(request)
        except TimeoutError:
            raise TooSlow("no whole answer before the deadline") from None
        except httpx.HTTPError as error:
            raise _foreign(error) from None
        except httpx.StreamError as error:
            raise Garbled(type(error).__name__) from None
        if reply.status not in accept:
            raise self._refusal(reply)
        return reply

    async def _exchange(self, request: httpx.Request) -> Reply:
        try:
            response = await self._client.send(request, stream=True)
        except httpx.RemoteProtocolError as error:
            # Hung up before the answer began, or no HTTP at all: nothing was answered that could be garbled.
            raise Unavailable(type(error).__name__) from None
        try:
            if response.headers.get("content-encoding", "identity").lower() != "identity":
                raise Garbled("packed although identity was asked for")
            body = bytearray()
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) > self._max_body:
                    raise Garbled("larger than its bound")
            return Reply(response.status_code, response.headers, bytes(body))
        finally:
            await response.aclose()

    def _refusal(self, reply: Reply) -> SourceError:
        status = reply.status
        if status in (401, 403):
            return Denied(f"status {status}")
        if status == 429 or (status == 503 and "retry-after" in reply.headers):
            return Overloaded(f"status {status}", retry_after=self._patience(reply.headers.get("retry-after", "")))
        if status >= 500:
            return Unavailable(f"status {status}")
        return Garbled(f"unexpected status {status}")

    def _patience(self, value: str) -> timedelta:
        """What ``Retry-After`` asks for (RFC 9110 section 10.2.3): seconds or a date."""
        if value.isascii() and value.isdigit() and len(value) < 8:
            return timedelta(seconds=int(value))
        try:
            wanted = email.utils.parsedate_to_datetime(value) - self._clock.now()
        except (ValueError, TypeError):
            return _PATIENCE
        return max(wanted, timedelta(0))


def _foreign(error: httpx.HTTPError) -> SourceError:
    """Our word for an error of the client underneath. Its text may hold an address, so only its class is kept."""
    if isinstance(error, httpx.TimeoutException):
        return TooSlow(type(error).__name__)
    if isinstance(error, httpx.RemoteProtocolError | httpx.DecodingError):
        return Garbled(type(error).__name__)
    return Unavailable(type(error).__name__)
