"""Clients of subscriptions, as they are, hear of a change: over events and over WebSocket."""

import asyncio
import json
import os
from pathlib import Path

import pytest

from tests.gateway.telling import tell
from tests.running import CityClock, running_gateway
from tests.sandbox.city import City

QUERY = "subscription { recordChanged { source { id } section } }"


@pytest.mark.parametrize(
    "script",
    [
        pytest.param("subscription.mjs", id="graphql-sse"),
        pytest.param("ws.mjs", id="graphql-ws"),
        pytest.param("urql-ws.mjs", id="urql over graphql-ws"),
        pytest.param("apollo4-ws.mjs", id="Apollo Client 4 over graphql-ws"),
    ],
)
async def test_a_client_hears_of_a_change(
    clients: Path, city: City, city_clock: CityClock, tmp_path: Path, script: str
) -> None:
    """From when it has subscribed on; on a socket that is a moment after it is connected, so it is told until then."""
    with running_gateway(city, tmp_path, clock=city_clock) as gateway:
        running = await asyncio.create_subprocess_exec(
            "node", script, cwd=clients, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            env={
                "PATH": os.environ["PATH"], "URL": f"{gateway.url}/graphql", "TOKEN": city.eid.token_for("an"),
                "QUERY": QUERY,
            },
        )  # fmt: skip
        assert running.stdout and running.stderr
        async with asyncio.timeout(30):
            connected = await running.stdout.readline()
            assert connected, (await running.stderr.read()).decode()
            assert json.loads(connected) == "connected"
            heard = asyncio.ensure_future(running.stdout.readline())
            while not heard.done():
                await tell(gateway, city, "an", "Allergy")
                await asyncio.wait({heard}, timeout=0.5)
            out, (_, complaints) = await heard, await running.communicate()

    assert running.returncode == 0, complaints.decode()
    changed = json.loads(out)["data"]["recordChanged"]
    assert (changed["source"]["id"], changed["section"]) == ("hospital-b", "ALLERGIES")
