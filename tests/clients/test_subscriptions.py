"""graphql-sse, as it is, hears of a change."""

import asyncio
import json
import os
from pathlib import Path

from tests.gateway.telling import tell
from tests.running import CityClock, running_gateway
from tests.sandbox.city import City

QUERY = "subscription { recordChanged { source { id } section } }"


async def test_graphql_sse_hears_of_a_change(clients: Path, city: City, city_clock: CityClock, tmp_path: Path) -> None:
    """From when it is connected on."""
    with running_gateway(city, tmp_path, clock=city_clock) as gateway:
        running = await asyncio.create_subprocess_exec(
            "node", "subscription.mjs", cwd=clients, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            env={
                "PATH": os.environ["PATH"], "URL": f"{gateway.url}/graphql", "TOKEN": city.eid.token_for("an"),
                "QUERY": QUERY,
            },
        )  # fmt: skip
        assert running.stdout
        async with asyncio.timeout(30):
            assert json.loads(await running.stdout.readline()) == "connected"
            await tell(gateway, city, "an", "Allergy")
            out, complaints = await running.communicate()

    assert running.returncode == 0, complaints.decode()
    assert json.loads(out)["data"]["recordChanged"] == {"source": {"id": "hospital-b"}, "section": "ALLERGIES"}
