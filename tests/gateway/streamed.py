"""Answers in several payloads, read as they come."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import orjson

from tests.running import Running

BY_PATH = "multipart/mixed;deferSpec=20220824, application/json;q=0.9"
BY_ID = "multipart/mixed;incrementalSpec=v0.2, application/json;q=0.9"
EVENTS = "text/event-stream"


class Stream:
    """One answer under way."""

    def __init__(self, response: httpx.Response) -> None:
        self.status = response.status_code
        self.headers = response.headers
        self._response = response
        self._payloads = self._read()

    def payloads(self) -> AsyncIterator[dict[str, Any]]:
        """Each payload that was not taken yet, as soon as the bytes that end it are there; the end must be right."""
        return self._payloads

    async def _read(self) -> AsyncIterator[dict[str, Any]]:
        events = self.headers["content-type"].startswith(EVENTS)
        end = b"\n\n" if events else b"\r\n---"
        known = b""
        finished = False
        async for chunk in self._response.aiter_raw():
            known += chunk
            while end in known:
                piece, _, known = known.partition(end)
                if events and piece == b":":
                    continue  # a sign of life
                if events:
                    name, _, data = piece.partition(b"\ndata:")
                    finished = name == b"event: complete"
                    if not finished:
                        yield orjson.loads(data)
                elif piece:
                    head, _, body = piece.partition(b"\r\n\r\n")
                    assert head == b"\r\nContent-Type: application/json; charset=utf-8"
                    yield orjson.loads(body)
        assert finished if events else known == b"--\r\n"


@asynccontextmanager
async def streamed(gateway: Running, query: str, *, token: str | None, accept: str = BY_PATH) -> AsyncIterator[Stream]:
    """The answer to that document; to leave is to hang up."""
    headers = {"accept": accept, **({"authorization": f"Bearer {token}"} if token else {})}
    async with (
        httpx.AsyncClient(trust_env=False, timeout=30) as client,
        client.stream("POST", f"{gateway.url}/graphql", json={"query": query}, headers=headers) as response,
    ):
        yield Stream(response)


async def all_payloads(
    gateway: Running, query: str, *, token: str | None, accept: str = BY_PATH
) -> list[dict[str, Any]]:
    """All payloads of that answer."""
    async with streamed(gateway, query, token=token, accept=accept) as answer:
        assert answer.status == 200
        return [payload async for payload in answer.payloads()]
