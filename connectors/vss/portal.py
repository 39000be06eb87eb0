"""The portal's operations, each one call: what is sent where, and in which encoding. Never repeated.

Token and credentials stand in the query string, or in headers of their own, by the portal's own design. An account that
asks too often is restricted: a call is made again with a new token where the old one is refused, and else never.
"""

import asyncio
from collections.abc import Mapping
from typing import TypeVar

import httpx
import msgspec
from msgspec import structs

from connectors.clock import Clock
from connectors.contract import Deadline
from connectors.http import Line
from connectors.pace import Pace
from connectors.vss.business_codes import UNAUTHENTICATED
from connectors.vss.options import Encoding, VssOptions
from connectors.vss.session import Session, Token
from connectors.vss.wire import CardAnswer, DetailsAnswer, HistoryAnswer, PaidAnswer

A = TypeVar("A", CardAnswer, HistoryAnswer, DetailsAnswer, PaidAnswer)

_CARD = msgspec.json.Decoder(CardAnswer)
_HISTORY = msgspec.json.Decoder(HistoryAnswer)
_DETAILS = msgspec.json.Decoder(DetailsAnswer)
_PAID = msgspec.json.Decoder(PaidAnswer)
_READABLE = frozenset({200, 401})
"""401 is read as the business code of the same number: the token is renewed once, then it is a refusal."""
_SLOW_AT_ONCE = 2
"""Questions about co-payments in flight at once, on connections of their own: they must not hold up the others."""


class Portal:
    """One account at the portal."""

    def __init__(self, options: VssOptions, *, clock: Clock, transport: httpx.AsyncBaseTransport | None) -> None:
        self._paths = options.endpoints
        self._card_encoding: Encoding = options.card_encoding
        self._history_encoding: Encoding = options.history_encoding
        self._history_account = options.history_account
        self._staff = {"hoTenCb": options.staff_name, "cccdCb": options.staff_id.reveal()}
        self._line = Line(options, clock=clock, transport=transport)
        self._slow = Line(structs.replace(options, concurrency=_SLOW_AT_ONCE), clock=clock, transport=transport)
        self._session = Session(self._line, options, clock)
        self._pace = Pace(options.calls_per_minute, clock=clock, sleep=asyncio.sleep)

    async def greet(self, deadline: Deadline) -> None:
        """Sign in.

        Raises:
            SourceError: the portal does not accept the account.
        """
        await self._session.token(deadline)

    async def close(self) -> None:
        """Let go of connections. Idempotent."""
        await self._line.close()
        await self._slow.close()

    async def card(self, citizen: Mapping[str, str], deadline: Deadline) -> CardAnswer:
        """The card check of ``maThe``, ``hoTen`` and ``ngaySinh``."""
        body = {self._card_encoding: {**citizen, **self._staff}}
        return await self._by_query(_CARD, self._paths.card, deadline, account=True, **body)

    async def history(self, citizen: Mapping[str, str], deadline: Deadline) -> HistoryAnswer:
        """The insured visits."""
        body = {self._history_encoding: {**citizen, **self._staff}}
        return await self._by_query(_HISTORY, self._paths.history, deadline, account=self._history_account, **body)

    async def details(self, file: str, deadline: Deadline) -> DetailsAnswer:
        """What was done and charged in one visit. The number of its file stands in the query."""
        return await self._by_query(_DETAILS, self._paths.details, deadline, account=True, query={"maHoSo": file})

    async def co_payments(self, citizen: Mapping[str, str], deadline: Deadline) -> PaidAnswer:
        """What counts towards the limit of co-payments. Slow: 5 to 60 seconds."""
        body = {"username": self._session.credentials["username"], **citizen}

        async def made(token: Token) -> PaidAnswer | None:
            headers = {
                "accessToken": token.access,
                "tokenId": token.id,
                "passwordHash": self._session.credentials["password"],
            }
            return await self._send(self._slow, _PAID, self._paths.co_payments, deadline, headers=headers, json=body)

        return await self._session.call(made, deadline)

    async def _by_query(
        self,
        decoder: "msgspec.json.Decoder[A]",
        path: str,
        deadline: Deadline,
        *,
        account: bool,
        query: Mapping[str, str] | None = None,
        **body: Mapping[str, str],
    ) -> A:
        """One operation that is authenticated in its query string."""
        own = self._session.credentials if account else {}

        async def made(token: Token) -> A | None:
            params = {"token": token.access, "id_token": token.id, **own, **(query or {})}
            return await self._send(self._line, decoder, path, deadline, params=params, **body)

        return await self._session.call(made, deadline)

    async def _send(
        self, line: Line, decoder: "msgspec.json.Decoder[A]", path: str, deadline: Deadline, **how: Mapping[str, str]
    ) -> A | None:
        """One call; none where the token is not accepted."""
        await self._pace.turn(deadline)
        reply = await line.send("POST", path, deadline=deadline, accept=_READABLE, repeatable=False, **how)
        if reply.status != 200:
            return None
        answer = reply.decode(decoder)
        return None if answer.code == UNAUTHENTICATED else answer
