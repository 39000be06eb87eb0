"""The line to one source: one client, its credentials, its bounds, and the translation of everything that fails.

Kinds speak through a line and never see a client: what comes back is a ``Reply`` within its bounds, what goes wrong is
a ``SourceError``. The client is replaced at its transport in tests, and can be exchanged without a kind knowing.
"""

import asyncio
import random
import uuid
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
import msgspec
from msgspec import structs

from connectors import calls
from connectors.addresses import Addresses, Fields, encoded
from connectors.carrying import Call, Head, Stream
from connectors.clock import Clock
from connectors.contract import Deadline
from connectors.errors import Crowded, Denied, TooSlow, Unavailable
from connectors.network import LookUp, look_up
from connectors.oauth import AccessToken, OAuthSession
from connectors.options import BadOptions, Size, SourceOptions
from connectors.reply import Reply, refusal
from connectors.resilience import Random, Sleep, repeated
from connectors.transport import carrier_of
from connectors.turns import Turns

_NOBODYS = frozenset({"accept", "content-type"})
"""Fields whose values name neither a citizen nor an account."""
_MOST_HEADS = 64
"""Headers that a line remembers; a kind has a handful."""

_OK = frozenset({200})
FORM = "application/x-www-form-urlencoded"

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
        self._turns = Turns(options.concurrency, options.queue)
        # Of their own: who reads a document slowly must not hold up who asks a question.
        self._streams = asyncio.Semaphore(options.streams)
        self._carrier = carrier_of(options, transport=transport, look_up=look_up, new_id=new_id)
        self._addresses = Addresses(options.url)
        self.base_url = self._addresses.base
        """Where the source lives."""
        self.target = self._addresses.target
        """Path and query of a request."""
        self._headers = {
            "accept": "*/*",
            # A packed body could unfold to any size before its bound is noticed.
            "accept-encoding": "identity",
            "user-agent": "citizen-graph",
            **_credentials(options),
        }
        self._heads: dict[object, Head] = {}
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

    def send(
        self,
        method: str,
        path: str,
        *,
        deadline: Deadline,
        params: Fields | str | None = None,
        headers: Mapping[str, str] | None = None,
        json: object = None,
        form: Fields | str | None = None,
        accept: frozenset[int] = _OK,
        repeatable: bool = False,
    ) -> Coroutine[Any, Any, Reply]:
        """One call, to be awaited.

        Args:
            method: HTTP method.
            path: relative to the source's URL, or an absolute URL that the kind has checked.
            deadline: when the answer must have been read whole.
            params: query string, ``encoded`` or to be so. It may reach a log of the source: no citizen number where the
                protocol allows it.
            headers: added to the source's own.
            json: body as JSON.
            form: body as a form, likewise.
            accept: statuses that the kind can read; every other one becomes the fitting error.
            repeatable: whether the source minds as little to be asked twice as once. Then a call that finds it
                unavailable is repeated as the options allow; its place among the calls in flight is free meanwhile.

        Raises:
            SourceError: and nothing else, cancellation apart.
        """
        content, content_type = None, ""
        if json is not None:
            content, content_type = msgspec.json.encode(json), "application/json"
        elif form is not None:
            content, content_type = encoded(form).encode("ascii"), FORM
        head, target = self.head(headers, content_type), self.target(path, params)
        return self.put(Call(method, target, head, content, repeatable), deadline, accept)

    def put(self, call: Call, deadline: Deadline, accept: frozenset[int] = _OK) -> Coroutine[Any, Any, Reply]:
        """The same for a call that a kind has worded itself, with ``target`` and ``head``."""
        if self._account is None:
            return self._attempt(call, deadline, accept)
        return self._authorized(self._account, call, deadline, accept)

    @asynccontextmanager
    async def stream(
        self, path: str, *, deadline: Deadline, headers: Mapping[str, str], most: int
    ) -> AsyncIterator[Stream]:
        """The answer to a GET as it comes, for as long as the block; its length is nobody's to hold in memory.

        Args:
            path: as for ``send``.
            deadline: until when the answer must have begun. For what comes then, the silence that the options allow.
            headers: added to the source's own.
            most: bytes of a body that are taken.

        Raises:
            SourceError: there is no answer with the status 200; from ``piece``, that it does not come to its end.
        """
        call = Call("GET", self.target(path, None), self.head(headers))
        if self._streams.locked():
            raise Crowded("too many contents are being read from this source")
        async with self._streams:
            account = self._account
            if account is not None:
                token = await account.token(deadline)
                call = _bearing(token, call)
            streaming = self._carrier.stream(call, most=most)
            try:
                async with asyncio.timeout(deadline.left()):
                    flow = await streaming.__aenter__()
            except TimeoutError:
                raise TooSlow("no answer before the deadline") from None
            try:
                if flow.status != 200:
                    raise refusal(flow.status, flow.headers.get("retry-after"), self._clock)
                yield flow
            finally:
                await streaming.__aexit__(None, None, None)

    async def close(self) -> None:
        """Close every connection. Idempotent."""
        await self._carrier.close()
        if self._token_line is not None:
            await self._token_line.close()

    def head(self, more: Mapping[str, str] | None, content_type: str = "") -> Head:
        """The header of a call: the source's own fields with those that are added.

        Kinds say the same few for call after call; these are remembered, unless they could name somebody.
        """
        key = (content_type, tuple(more.items()) if more else None)
        head = self._heads.get(key)
        if head is None:
            fields = {"content-type": content_type} if content_type else {}
            fields |= self._headers
            fields |= {name.lower(): value for name, value in more.items()} if more else {}
            head = Head.of(fields)
            if len(self._heads) < _MOST_HEADS and (not more or _NOBODYS.issuperset(map(str.lower, more))):
                self._heads[key] = head
        return head

    async def _authorized(
        self,
        account: OAuthSession,
        call: Call,
        deadline: Deadline,
        accept: frozenset[int],
        *,
        is_first: bool = True,
    ) -> Reply:
        """One attempt with the account's token, and one more with a new token when the source refuses the first."""
        try:
            token = await account.token(deadline)
            for last in (False, True):
                reply = await self._attempt(_bearing(token, call), deadline, accept | {401}, is_first=False)
                if reply.status != 401:
                    return reply
                if not last:
                    token = await account.token(deadline, instead_of=token)
        except Unavailable as error:
            if not (is_first and call.repeatable and self._retries):
                raise
            failed = error
        else:
            account.give_up()
            raise Denied("the source does not accept a new token")
        return await self._again(
            failed, lambda: self._authorized(account, call, deadline, accept, is_first=False), deadline
        )

    async def _attempt(self, call: Call, deadline: Deadline, accept: frozenset[int], *, is_first: bool = True) -> Reply:
        """One attempt; only the first of several is followed by others."""
        left = deadline.left()
        if not left:
            raise TooSlow("no time left to ask")
        activity, turns = calls.activity(), self._turns
        if turns.free:
            turns.free -= 1
        else:
            await turns.wait(left, activity)
            left = deadline.left()
        activity.calls += 1
        try:
            reply = await self._carrier.carry(call, left)
            if reply.status in accept:
                return reply
            raise refusal(reply.status, reply.headers.get("retry-after"), self._clock)
        except Unavailable as error:
            if not (is_first and call.repeatable and self._retries):
                raise
            failed = error
        finally:
            activity.calls -= 1
            if turns.waiting:
                turns.give_back()
            else:
                turns.free += 1
        return await self._again(failed, lambda: self._attempt(call, deadline, accept, is_first=False), deadline)

    async def _again(
        self, failed: Unavailable, call: Callable[[], Coroutine[Any, Any, Reply]], deadline: Deadline
    ) -> Reply:
        """The reply to a call that is made again, because this came of it first."""

        def again() -> Coroutine[Any, Any, Reply]:
            calls.activity().repeated += 1
            return call()

        return await repeated(
            failed, again, times=self._retries, deadline=deadline, sleep=self._sleep, random=self._random
        )


def _bearing(token: AccessToken, call: Call) -> Call:
    return structs.replace(call, head=call.head.adding({"authorization": f"Bearer {token.bearer}"}))


def _credentials(options: SourceOptions) -> dict[str, str]:
    """Headers by which the source knows us."""
    headers = {name.lower(): secret.reveal() for name, secret in options.headers.items()}
    if options.bearer is not None:
        headers["authorization"] = f"Bearer {options.bearer.reveal()}"
    return headers


def _without_credentials(options: SourceOptions, url: str) -> SourceOptions:
    """The same bounds and the same certificate for an authorization server at that address."""
    body = min(options.max_body, _TOKEN_ANSWER)
    return structs.replace(options, url=url, oauth=None, bearer=None, headers={}, xroad=None, max_body=body)
