"""A sandbox e-ID on a real socket, with a clock that a test holds."""

import secrets
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.sandbox.eid import Eid, city_clients, eid_app, partner_clients
from tests.sandbox.eid.held_clock import HeldClock
from tests.sandbox.eid.serving import address, free_socket, serving
from tests.sandbox.sign_on.walking import CALLBACK, EXPLORER, GOODBYE, PEOPLE


@pytest.fixture(scope="module")
def clock() -> HeldClock:
    return HeldClock()


@pytest.fixture(scope="module")
def eid(clock: HeldClock) -> Iterator[Eid]:
    bound = free_socket()
    clients = city_clients(citizen_app=[CALLBACK], explorer=[EXPLORER], after_logout=[GOODBYE])
    app = eid_app(
        issuer=address(bound),
        people=PEOPLE,
        clients=(*clients, *partner_clients()),
        clock=clock,
        random=secrets.token_bytes,
    )
    with serving(app, bound):
        yield app.state.eid


@pytest.fixture
async def http(eid: Eid) -> Any:
    async with httpx.AsyncClient(base_url=eid.issuer, trust_env=False) as client:
        yield client
