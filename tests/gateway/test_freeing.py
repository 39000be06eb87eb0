"""A request that is over is freed with its last reference: nothing of it waits for a collection of the whole heap.

Cycles cost a gateway a tenth of its time, in pauses that every caller feels. What holds each other is let go of.
"""

import asyncio
import gc
from collections.abc import Iterator

import pytest

from connectors.contract import Grant, Outcome
from resolvers.federation import Federation
from tests.gateway.wire import PATIENCE
from tests.running import Running

QUERY = """
{ me {
    allergies { nodes { id } completeness { complete } }
    encounters { nodes { id facility { name } } completeness { complete } }
    medications { nodes { id } }
} }
"""
OF_A_REQUEST = (Federation, Grant, Outcome)


@pytest.fixture
def uncollected() -> Iterator[None]:
    """Nothing is collected but what nobody refers to any more."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def alive() -> list[str]:
    """What there is of any request."""
    return [type(one).__name__ for one in gc.get_objects() if type(one) in OF_A_REQUEST]


@pytest.mark.usefixtures("uncollected")
async def test_nothing_of_a_request_outlives_it(strict: Running, token: str) -> None:
    """Once its document is known: before that the library executes it, and refers to itself."""
    for _ in range(2):
        await strict.ask(QUERY, token=token)
    before = len(alive())
    for _ in range(3):
        assert (await strict.ask(QUERY, token=token)).data["me"]
    async with asyncio.timeout(PATIENCE):
        # The answer may be here a moment before the gateway, in another thread, has put everything down.
        while len(alive()) > before:  # noqa: ASYNC110 - it has no bell
            await asyncio.sleep(0.01)
