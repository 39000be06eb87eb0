"""A request that is over is freed with its last reference: nothing of it waits for a collection of the whole heap.

Cycles cost a gateway a tenth of its time, in pauses that every caller feels. What holds each other is let go of.
"""

import asyncio
import gc
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from connectors.contract import Grant, Outcome
from resolvers.federation import Federation
from tests.gateway.wire import PATIENCE
from tests.running import Running
from tests.sandbox.city import City

QUERY = """
{ me {
    allergies { nodes { id } completeness { complete } }
    encounters { nodes { id facility { name } } completeness { complete } }
    medications { nodes { id } }
} }
"""
OF_WHAT_IS_ASKED = (Federation, Grant)
OF_A_REQUEST = (*OF_WHAT_IS_ASKED, Outcome)


@pytest.fixture
def uncollected() -> Iterator[None]:
    """Nothing is collected but what nobody refers to any more."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def alive(kinds: tuple[type, ...] = OF_A_REQUEST) -> list[str]:
    """What there is of any request."""
    return [type(one).__name__ for one in gc.get_objects() if type(one) in kinds]


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


@pytest.mark.usefixtures("uncollected")
async def test_nothing_that_was_asked_is_kept_while_the_access_log_is_waited_for(
    strict: Running, city: City, token: str
) -> None:
    """Then there are the bytes of the answer, however long a disk takes; records of a citizen there are none."""
    for _ in range(2):
        await strict.ask(QUERY, token=token)
    before = len(alive(OF_WHAT_IS_ASKED))
    for seen in city.seen.values():
        seen.forget()
    with closing(sqlite3.connect(strict.gateway.settings.store.file, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        asking = asyncio.ensure_future(strict.ask(QUERY, token=token))
        async with asyncio.timeout(PATIENCE):
            while not city.seen["hospital-a"].calls or len(alive(OF_WHAT_IS_ASKED)) > before:  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.01)
        assert not asking.done(), "nobody is answered before"
        holder.execute("ROLLBACK")
        assert (await asking).data["me"]
