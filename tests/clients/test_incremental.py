"""The clients that frontends use read what a document defers, each in its own way."""

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.running import Running
from tests.sandbox.city import City

SCREEN = """query Screen { me { id demographics { id fullName }
  ... @defer(label: "care") { allergies { nodes { id verified } completeness { complete } } } %s
} }"""
DEFERRED = SCREEN % ""
STREAMED = SCREEN % "immunizations { nodes @stream(initialCount: 1) { id vaccine { text } } }"
WHOLE = (
    """{ me { id demographics { id fullName } allergies { nodes { id verified } completeness { complete } } %s } }"""
)
SHOTS = "immunizations { nodes { id vaccine { text } } }"

Client = tuple[str, dict[str, str]]
"""Its script, and what that is told beside the query."""

APOLLO_4_IDS: Client = ("apollo4.mjs", {"FORM": "ids"})
APOLLO_4_PATHS: Client = ("apollo4.mjs", {"FORM": "paths"})
APOLLO_3: Client = ("apollo3.mjs", {})
URQL_EVENTS: Client = ("urql.mjs", {})
URQL_PARTS: Client = ("urql.mjs", {"ACCEPT": "application/json, multipart/mixed"})


async def results(clients: Path, script: str, gateway: Running, token: str, query: str, **more: str) -> list[Any]:
    """Every result that the client told its application, in order."""
    running = await asyncio.create_subprocess_exec(
        "node", script, cwd=clients, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        env={"PATH": os.environ["PATH"], "URL": f"{gateway.url}/graphql", "TOKEN": token, "QUERY": query, **more},
    )  # fmt: skip
    out, complaints = await asyncio.wait_for(running.communicate(), 30)
    assert running.returncode == 0, complaints.decode()
    return [json.loads(line) for line in out.decode().splitlines()]


def without_typenames(value: Any) -> Any:
    """Apollo Client asks for the name of every type."""
    if isinstance(value, dict):
        return {name: without_typenames(inner) for name, inner in value.items() if name != "__typename"}
    return [without_typenames(inner) for inner in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("client", "query", "shots"),
    [
        pytest.param(APOLLO_4_IDS, STREAMED, SHOTS, id="Apollo Client 4, incrementalSpec=v0.2"),
        pytest.param(APOLLO_4_PATHS, STREAMED, SHOTS, id="Apollo Client 4, deferSpec=20220824"),
        pytest.param(APOLLO_3, DEFERRED, "", id="Apollo Client 3, which knows no @stream"),
        pytest.param(URQL_EVENTS, STREAMED, SHOTS, id="urql, events"),
        pytest.param(URQL_PARTS, STREAMED, SHOTS, id="urql, parts"),
    ],
)
async def test_a_client_shows_the_first_screen_and_then_the_rest(
    clients: Path, gateway: Running, city: City, client: Client, query: str, shots: str
) -> None:
    """First without what is deferred, in the end as if nothing had been."""
    token = city.eid.token_for("an")
    script, more = client
    first, *_, last = await results(clients, script, gateway, token, query, **more)
    whole = await gateway.ask(WHOLE % shots, token=token)

    assert first["data"]["me"]["demographics"]["fullName"]
    assert "allergies" not in first["data"]["me"]
    assert without_typenames(last["data"]) == whole.data
    assert not last.get("errors")


async def test_urql_learns_how_it_went_with_the_sources(clients: Path, gateway: Running, city: City) -> None:
    """By the extensions of the last payload."""
    *_, last = await results(clients, "urql.mjs", gateway, city.eid.token_for("an"), DEFERRED)

    assert {row["source"] for row in last["extensions"]["sources"]} >= {"population", "hospital-a", "hospital-b"}


@pytest.mark.parametrize(("query", "payloads"), [(DEFERRED, 3), ("{ me { id } }", 1)])
async def test_graphql_sse_hands_on_every_payload(
    clients: Path, gateway: Running, city: City, query: str, payloads: int
) -> None:
    """Also the only one of an answer in one piece."""
    told = await results(clients, "sse.mjs", gateway, city.eid.token_for("an"), query)

    assert len(told) == payloads
    assert told[0]["data"]["me"]["id"]
