"""Issuers on real sockets, and verifiers that trust them."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from gateway.identity import Verifier
from tests.gateway.identity.forging import ec, pss, public, rsa, settings_for
from tests.gateway.identity.hostile_issuer import HostileIssuer, Stage
from tests.sandbox.eid.held_clock import HeldClock
from tests.sandbox.eid.serving import address, free_socket, serving


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock()


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    # Reading the machine's certificates for each test would cost more than the test; nothing here is https.
    async with httpx.AsyncClient(trust_env=False, verify=False) as client:  # noqa: S501
        yield client


@pytest.fixture(scope="session")
def lasting_issuer() -> Iterator[HostileIssuer]:
    """An issuer for all tests that only bend tokens: its keys stay as they are."""
    bound = free_socket()
    issuer = HostileIssuer(address(bound))
    issuer.publish(public(rsa("k-rsa"), ec("k-ec"), pss("k-ps")))
    with serving(Stage(issuer), bound):
        yield issuer


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    bound = free_socket()
    stage = Stage(HostileIssuer(address(bound)))
    with serving(stage, bound):
        yield stage


@pytest.fixture
def issuer(stage: Stage) -> HostileIssuer:
    """An issuer of this test's own, to be spoiled."""
    stage.issuer = HostileIssuer(stage.issuer.address)
    stage.issuer.publish(public(rsa("k-rsa")))
    return stage.issuer


@pytest.fixture
async def verifier(lasting_issuer: HostileIssuer, http: httpx.AsyncClient, clock: HeldClock) -> AsyncIterator[Verifier]:
    """A verifier of the lasting issuer's tokens."""
    made = Verifier([settings_for(lasting_issuer.address)], http=http, clock=clock)
    yield made
    await made.aclose()
