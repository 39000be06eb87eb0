"""The line to one source: one client, its credentials, its bounds, and the translation of everything that fails.

Kinds speak through a line and never see httpx: what comes back is a ``Reply`` within its bounds, what goes wrong is
a ``SourceError``. The client is replaced at its transport in tests, and can be exchanged here without a kind knowing.
"""

import asyncio
import logging
import random
import uuid
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx
import msgspec
from msgspec import structs

from connectors import calls
from connectors.clock import Clock
from connectors.contract import Deadline
from connectors.errors import Crowded, Denied, Garbled, SourceError, TooSlow, Unavailable
from connectors.network import LookUp, look_up
from connectors.oauth import OAuthSession
from connectors.options import BadOptions, Size, SourceOptions
from connectors.reply import Reply, refusal
from connectors.resilience import Random, Sleep, repeated
from connectors.transport import Transport, carried

# Both libraries write the whole URL of a call into their log, and some protocols put a token into it.
logging.getLogger("httpx").setLevel(logging.WARNING)
logging.getLogger("httpcore").setLevel(logging.WARNING)

Fields = Mapping[str, str | Sequence[str]]
"""Fields of a form or query string; a list where one name stands several times."""

_NO_COOKIES = DefaultCookiePolicy(allowed_domains=[])
"""A cookie set in an answer about one citizen must not ride along with a question about the next."""

_TOKEN_ANSWER = Size(64 * 1024)
"""Largest answer of an authorization server that is read."""


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
            BadOptions: the URL leads where no source can live, or ``oauth`` cannot be used.
        """
        self._clock = clock
        self._sleep = sleep
        self._random = random
        self._retries = options.retries
        self._max_body = options.max_body
        self._slots = asyncio.Semaphore(options.concurrency)
        self._queue = options.queue
        self._waiting = 0
        self._client = httpx.AsyncClient(
            base_url=options.url,
            headers={
                "user-agent": "citizen-graph",
                # A packed body could unfold to any size before its bound is noticed.
                "accept-encoding": "identity",
                **_credentials(options),
            },
            timeout=httpx.Timeout(None, connect=options.connect, read=options.read),
            follow_redirects=False,
            trust_env=False,
            cookies=CookieJar(policy=_NO_COOKIES),
            transport=carried(transport or Transport(options, look_up), options, new_id),
        )
        self._token_line: Line | None = None
        self._account: OAuthSession | None = None
        if options.oauth is not None:
            if options.bearer is not None:
                raise BadOptions("bearer and oauth exclude each other")
            if options.xroad is not None and options.oauth.token_url is None:
                raise BadOptions("oauth.token_url: needed where X-Road carries the calls")
            # A line of its own: neither the source's credentials nor its places are the authorization server's.
            url = options.oauth.token_url or options.url
            self._token_line = Line(
                _without_credentials(options, url), clock=clock, transport=transport, look_up=look_up
            )
            self._account = OAuthSession(
                options.oauth, source=options.url, send=self._token_line.send, clock=clock, new_id=new_id
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

        attempts = 0

        async def attempt() -> Reply:
            nonlocal attempts
            calls.activity().repeated += bool(attempts)
            attempts += 1
            if self._account is None:
                return await self._attempt(request, deadline, accept)
            return await self._authorized(self._account, request, deadline, accept)

        if not repeatable or not self._retries:
            return await attempt()
        return await repeated(attempt, times=self._retries, deadline=deadline, sleep=self._sleep, random=self._random)

    async def close(self) -> None:
        """Close every connection. Idempotent."""
        await self._client.aclose()
        if self._token_line is not None:
            await self._token_line.close()

    async def _authorized(
        self, account: OAuthSession, request: httpx.Request, deadline: Deadline, accept: frozenset[int]
    ) -> Reply:
        """One attempt with the account's token, and one more with a new token when the source refuses the first."""
        token = await account.token(deadline)
        for last in (False, True):
            request.headers["authorization"] = f"Bearer {token.bearer}"
            reply = await self._attempt(request, deadline, accept | {401})
            if reply.status != 401:
                return reply
            if not last:
                token = await account.token(deadline, instead_of=token)
        account.give_up()
        raise Denied("the source does not accept a new token")

    async def _attempt(self, request: httpx.Request, deadline: Deadline, accept: frozenset[int]) -> Reply:
        if not deadline.left():
            raise TooSlow("no time left to ask")
        has_turn = False
        try:
            async with asyncio.timeout(deadline.left()), self._turn():
                has_turn = True
                reply = await self._exchange(request)
        except TimeoutError:
            if has_turn:
                raise TooSlow("no whole answer before the deadline") from None
            calls.activity().crowded += 1
            raise Crowded("no turn before the deadline") from None
        except httpx.HTTPError as error:
            raise _foreign(error) from None
        except httpx.StreamError as error:
            raise Garbled(type(error).__name__) from None
        if reply.status not in accept:
            raise refusal(reply.status, reply.headers.get("retry-after"), self._clock)
        return reply

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """A place among the calls in flight.

        Raises:
            Crowded: too many wait for one already.
        """
        activity = calls.activity()
        if self._slots.locked():
            if self._waiting >= self._queue:
                activity.crowded += 1
                raise Crowded("too many calls wait for this source")
            self._waiting += 1
            activity.waiting += 1
            try:
                await self._slots.acquire()
            finally:
                self._waiting -= 1
                activity.waiting -= 1
        else:
            await self._slots.acquire()
        activity.calls += 1
        try:
            yield
        finally:
            activity.calls -= 1
            self._slots.release()

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


def _foreign(error: httpx.HTTPError) -> SourceError:
    """Our word for an error of the client underneath. Its text may hold an address, so only its class is kept."""
    if isinstance(error, httpx.TimeoutException):
        return TooSlow(type(error).__name__)
    if isinstance(error, httpx.RemoteProtocolError | httpx.DecodingError):
        return Garbled(type(error).__name__)
    return Unavailable(type(error).__name__)


def _credentials(options: SourceOptions) -> dict[str, str]:
    """Headers by which the source knows us."""
    headers = {name: secret.reveal() for name, secret in options.headers.items()}
    if options.bearer is not None:
        headers["authorization"] = f"Bearer {options.bearer.reveal()}"
    return headers


def _without_credentials(options: SourceOptions, url: str) -> SourceOptions:
    """The same bounds and the same certificate for an authorization server at that address."""
    body = min(options.max_body, _TOKEN_ANSWER)
    return structs.replace(options, url=url, oauth=None, bearer=None, headers={}, xroad=None, max_body=body)
