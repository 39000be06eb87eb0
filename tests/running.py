"""A whole gateway beside a whole city, for as long as a test wants it: real sockets on both sides."""

import asyncio
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from msgspec import Struct

from connectors.clock import Clock
from gateway.app import Gateway
from gateway.serving import listener_config
from gateway.settings import load
from tests.sandbox import config
from tests.sandbox.city import City
from tests.sandbox.eid import Holder
from tests.sandbox.eid.held_clock import NOON
from tests.sandbox.serving import Site

GRAPHQL = "application/graphql-response+json"


class CityClock:
    """Runs at the machine's pace from noon of the city's reference date: ages and stories stay as they were told."""

    def __init__(self, begin: datetime = NOON) -> None:
        self._begin = begin
        self._started = time.monotonic()
        self._skipped = 0.0

    def now(self) -> datetime:
        return self._begin + timedelta(seconds=self.monotonic() - self._started)

    def monotonic(self) -> float:
        return time.monotonic() + self._skipped

    def skip(self, seconds: float) -> None:
        """Let that much time pass at once."""
        self._skipped += seconds


class Answer(Struct, frozen=True):
    """What the gateway answered."""

    status: int
    headers: httpx.Headers
    body: dict[str, Any]

    @property
    def data(self) -> Any:
        """The data of an answer that must have no errors."""
        assert "errors" not in self.body, self.body["errors"]
        return self.body["data"]

    @property
    def codes(self) -> list[str]:
        """The codes of its errors."""
        return [error["extensions"]["code"] for error in self.body.get("errors", [])]

    @property
    def states(self) -> dict[tuple[str, str], str]:
        """How it went, by source and section."""
        return {(row["source"], row["section"]): row["state"] for row in self.body["extensions"]["sources"]}


class Running(Struct, frozen=True):
    """A gateway that listens."""

    gateway: Gateway
    url: str
    admin: str
    folder: Path
    """Where its configuration lies."""

    async def ask(
        self,
        query: str,
        *,
        token: str | None,
        variables: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One GraphQL request by POST."""
        sent = {"accept": GRAPHQL, **({"authorization": f"Bearer {token}"} if token else {}), **(headers or {})}
        async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
            response = await client.post(
                f"{self.url}/graphql", json={"query": query, "variables": dict(variables or {})}, headers=sent
            )
        return Answer(response.status_code, response.headers, response.json())

    async def ask_as(
        self,
        holder: Holder,
        query: str,
        *,
        variables: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One GraphQL request by POST, by somebody who proves that the token is theirs."""
        async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
            response = await holder.ask(
                client,
                "POST",
                f"{self.url}/graphql",
                json={"query": query, "variables": dict(variables or {})},
                headers={"accept": GRAPHQL, **(headers or {})},
            )
        return Answer(response.status_code, response.headers, response.json())


@contextmanager
def running_gateway(
    city: City, folder: Path, *, clock: Clock, site: Site | None = None, **replaced: str
) -> Iterator[Running]:
    """Run a gateway for that city.

    Args:
        city: whose sources and e-ID it uses.
        folder: for its configuration.
        clock: its time.
        site: where it listens; any free port when None. People can sign in to its explorer at a site alone whose
            address the city was told: the e-ID sends nobody back to an address it does not know.
        replaced: pieces of the two files' text, by a name that only explains them: ``"old -> new"``.
    """
    public, admin = site or Site(0), Site(0)
    path = _configured(city, folder, public=public, admin=admin)
    for change in replaced.values():
        _replace(change, (path, folder / "sources.toml"))
    gateway = Gateway(load(path, environment={}), reread=lambda: load(path, environment={}), clock=clock)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="gateway", daemon=True)
    thread.start()

    def run(work: Any) -> None:
        asyncio.run_coroutine_threadsafe(work, loop).result(20)

    try:
        run(gateway.start())
        own, beat = gateway.settings.server, gateway.settings.subscriptions.heartbeat
        run(public.open(gateway.public, listener_config(gateway.public, own, heartbeat=beat, tls=own.tls)))
        run(admin.open(gateway.admin, listener_config(gateway.admin, own)))
        yield Running(gateway, public.url, admin.url, folder)
    finally:
        for listener in (public, admin):
            run(listener.close())
        run(gateway.stop())
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


def _configured(city: City, folder: Path, *, public: Site, admin: Site) -> Path:
    """Write the configuration of a gateway that listens at these two places, which are its own already."""
    own = config.gateway_toml(issuer=city.issuer, listen=urlsplit(public.url).netloc, admin=urlsplit(admin.url).netloc)
    return config.write(folder, sources=city.sources_toml(), gateway=own, credentials=city.credentials)


def _replace(change: str, files: tuple[Path, ...]) -> None:
    old, _, new = change.partition(" -> ")
    texts = {file: file.read_text(encoding="utf-8") for file in files}
    assert any(old in text for text in texts.values()), f"{old!r} stands in neither file"
    for file, text in texts.items():
        file.write_text(text.replace(old, new), encoding="utf-8")
