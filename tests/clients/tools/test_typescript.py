"""graphql-codegen makes types of the published schema; a frontend written against them compiles strictly, and asks."""

import json
from pathlib import Path

from tests.clients.tools.running import node
from tests.running import Running
from tests.sandbox.city import City

OPERATIONS = Path(__file__).parents[1] / "operations.graphql"
SCHEMA = Path(__file__).parents[3] / "schema.graphql"


async def test_a_frontend_compiles_and_shows_what_is_told(tools: Path, gateway: Running, city: City) -> None:
    """``tsc --strict`` over what is generated and what uses it, then against the city."""
    await node(tools, "codegen.mjs", SCHEMA=str(SCHEMA), OPERATIONS=str(OPERATIONS))
    await node(tools, "node_modules/typescript/bin/tsc", "--project", ".")
    told = await node(tools, "built/use.js", URL=f"{gateway.url}/graphql", TOKEN=city.eid.token_for("an"))

    shown = json.loads(told)
    assert (shown["name"], shown["complete"], shown["purged"]) == ("LƯƠNG THỊ MẪU ÂN", True, True)
    assert "Penicilin!" in shown["allergies"]
    assert len(shown["observations"]) == 2
