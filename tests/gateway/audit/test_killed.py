"""A95: a gateway is killed in the middle of its writes, again and again; its log has every answered request, once."""

import asyncio
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import msgspec
import pytest
from sqlalchemy import select

from gateway.audit.notes import Signer
from gateway.audit.seals import Sealer
from gateway.audit.verifying import verify
from gateway.settings import Store, identifiers_of, load, sealing_keys
from gateway.store import tables
from gateway.store.database import Database
from resolvers.access.entry import AccessEntry
from tests.running import GRAPHQL, CityClock
from tests.sandbox import config
from tests.sandbox.city import City
from tests.sandbox.serving import Site

ROOT = Path(__file__).parents[3]
ASKED = "{ me { allergies { nodes { id } } } }"
ROUNDS, ANSWERS, CALLERS = 3, 40, 8


class Place:
    """Where the gateway is served, round after round."""

    def __init__(self, folder: Path, city: City, store: Store) -> None:
        sites = Site(0), Site(0)
        self.url, self.admin = (site.url for site in sites)
        for site in sites:
            site.release()  # it is another process that listens there
        own = config.gateway_toml(
            issuer=city.issuer, listen=urlsplit(self.url).netloc, admin=urlsplit(self.admin).netloc
        )
        if store.url is not None:
            (folder / "store-url").write_text(store.url.reveal())
            own += '\n[store]\nurl = "file:store-url"\n'
        self.config = config.write(folder, sources=city.sources_toml(), gateway=own, credentials=city.credentials)


@asynccontextmanager
async def alive(place: Place, clock: CityClock) -> AsyncIterator[subprocess.Popen[bytes]]:
    """The gateway in a process of its own, once it is ready; in the end it is killed, if it was not."""
    words = [sys.executable, "-m", "tests.gateway.audit.in_a_process", str(place.config), clock.now().isoformat()]
    with (place.config.parent / "out").open("ab") as out:
        process = subprocess.Popen(  # noqa: ASYNC220, S603 - our own module, no shell; it begins at once
            words, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=out, stderr=out
        )
    try:
        async with asyncio.timeout(60), httpx.AsyncClient(trust_env=False) as client:
            while not await is_ready(client, place.admin):
                assert process.poll() is None, "it ended by itself"
                await asyncio.sleep(0.05)
        yield process
    finally:
        process.kill()
        await asyncio.to_thread(process.wait, 10)


async def is_ready(client: httpx.AsyncClient, admin: str) -> bool:
    try:
        return (await client.get(f"{admin}/health/ready")).status_code == 200
    except httpx.HTTPError:
        return False


async def ask_until_it_is_gone(place: Place, token: str, answered: list[str], enough: asyncio.Event, want: int) -> None:
    """Ask without a pause, and note each id that was answered."""
    async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
        number = 0
        while True:
            number += 1
            known = f"killed-{len(answered)}-{id(client)}-{number}"
            headers = {"authorization": f"Bearer {token}", "accept": GRAPHQL, "x-request-id": known}
            try:
                answer = await client.post(f"{place.url}/graphql", json={"query": ASKED}, headers=headers)
            except httpx.HTTPError:
                return
            if answer.status_code == 200 and "errors" not in answer.json():
                answered.append(answer.json()["extensions"]["requestId"])
            if len(answered) >= want:
                enough.set()


async def entries(store: Store) -> list[AccessEntry]:
    database = Database(store)
    async with database.reading() as connection:
        contents = (await connection.execute(select(tables.access_entry.c.content))).scalars().all()
    await database.close()
    return [msgspec.json.decode(content, type=AccessEntry) for content in contents]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_a95_every_answered_request_has_one_entry_and_the_tree_verifies(
    settings: Store, city: City, city_clock: CityClock, tmp_path: Path
) -> None:
    """Killed without a warning under load, three times; what was answered is there, and nothing is torn."""
    place, answered = Place(tmp_path, city, settings), list[str]()
    token = city.eid.token_for("an")
    for number in range(ROUNDS):
        enough = asyncio.Event()
        async with alive(place, city_clock) as process:
            asking = [
                asyncio.ensure_future(ask_until_it_is_gone(place, token, answered, enough, (number + 1) * ANSWERS))
                for _ in range(CALLERS)
            ]
            async with asyncio.timeout(60):
                await enough.wait()
            process.send_signal(signal.SIGKILL)
            await asyncio.gather(*asking)

    async with alive(place, city_clock):
        pass  # it takes up what may wait in the spool
    own = load(place.config, environment={})
    counted = Counter(entry.request for entry in await entries(own.store))
    assert len(answered) >= ROUNDS * ANSWERS
    assert {counted[request] for request in answered} == {1}
    assert set(counted.values()) == {1}
    database = Database(own.store)
    verdict = await verify(database, Sealer(sealing_keys(own)), identifiers_of(own), Signer(own.audit))
    await database.close()
    assert (verdict.first_bad, verdict.reason) == (None, None)
    assert verdict.size == counted.total()
