"""Browsers at the gateway of the city, and an explorer of one's own whose clock stands still."""

import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import httpx
import pytest
from starlette.applications import Starlette

from gateway.identity import Verifier, open_client
from gateway.identity.e_id import EId
from gateway.portal.routes import portal_routes
from gateway.settings import Explorer
from tests.gateway.identity.forging import settings_for
from tests.gateway.portal.browser import Browser
from tests.gateway.portal.spoilt import Spoilt
from tests.running import Running
from tests.sandbox.city import City
from tests.sandbox.eid import AUDIENCE, Eid, city_clients
from tests.sandbox.eid.held_clock import HeldClock
from tests.sandbox.people import by_key
from tests.sandbox.serving import Site

HOME = "http://127.0.0.1:1"
"""Where nothing listens: an explorer of one's own is reached without a socket."""
SAFE_HOME = "https://explorer.example"
"""The same, as it would stand behind a proxy that speaks TLS."""


@dataclass(frozen=True)
class Nook:
    """An explorer and its e-ID, for one test that turns their clock or pulls a plug."""

    clock: HeldClock
    eid: Eid
    site: Site
    """The e-ID's."""
    spoilt: Spoilt
    """What stands at it."""
    verifier: Verifier
    http: httpx.AsyncClient
    """Which the gateway's identity room would own."""
    stack: AsyncExitStack = field(repr=False)

    async def browser(self, home: str = HOME) -> Browser:
        """A new one, at an explorer of its own at that address; closed when the test is over."""
        explorer = Explorer(client_id="explorer", scopes=("openid", "profile"), address=home)
        routes = portal_routes(
            explorer, e_id=EId(self.eid.issuer, http=self.http), verifier=self.verifier, clock=self.clock
        )
        return await self.stack.enter_async_context(Browser(home, Starlette(routes=routes)))


@pytest.fixture
async def browser(gateway: Running, city: City) -> AsyncIterator[Browser]:
    """A browser at the city's gateway."""
    async with Browser(gateway.url) as made:
        yield made


@pytest.fixture
async def other_browser(gateway: Running, city: City) -> AsyncIterator[Browser]:
    """Somebody else's browser at the same gateway."""
    async with Browser(gateway.url) as made:
        yield made


@pytest.fixture(scope="session")
def nook_eid() -> tuple[HeldClock, Site, Eid]:
    """One e-ID for all: its keys cost more than a test."""
    site, clock = Site(0), HeldClock()
    clients = city_clients(
        citizen_app=["http://127.0.0.1:2/"], explorer=[f"{home}/sign-in/callback" for home in (HOME, SAFE_HOME)]
    )
    people = [by_key("an"), by_key("bao")]
    eid = Eid(issuer=site.url, people=people, clients=clients, clock=clock, random=secrets.token_bytes)
    site.release()
    return clock, site, eid


@pytest.fixture
async def nook(nook_eid: tuple[HeldClock, Site, Eid]) -> AsyncIterator[Nook]:
    """An explorer with an e-ID of its own on a real socket; time passes when the test says so."""
    clock, site, eid = nook_eid
    async with AsyncExitStack() as stack:
        spoilt = Spoilt(eid.app)
        await site.open(spoilt)
        stack.push_async_callback(site.close)
        http = await stack.enter_async_context(open_client())
        verifier = Verifier([settings_for(eid.issuer, audiences=(AUDIENCE,))], http=http, clock=clock)
        stack.push_async_callback(verifier.aclose)
        yield Nook(clock, eid, site, spoilt, verifier, http, stack)
