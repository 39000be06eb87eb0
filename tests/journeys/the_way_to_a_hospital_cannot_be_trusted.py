"""Whoever stands at a hospital's address and cannot prove to be it is asked nothing, and nobody is told why."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import trustme
from starlette.responses import JSONResponse
from starlette.types import ASGIApp

from tests.connectors.authority import DOUBTFUL, HOST, Authority
from tests.connectors.serving import Serving, serving
from tests.running import Answer, CityClock, running_gateway
from tests.sandbox.city import City

ALLERGIES = """{ me { allergies { nodes { provenance { source { id } } }
  completeness { complete sources { source { id } state code retryable message } } } } }"""
UNBELIEVED = (*DOUBTFUL, "knows-not-us", "led-astray")
EMPTY: ASGIApp = JSONResponse({"resourceType": "Bundle", "type": "searchset", "entry": []})
"""What every one of them would answer: that there is nothing."""


def block(name: str, url: str, authority: Authority, identity: Path) -> str:
    """One more hospital, which presents our certificate to whoever asks for it."""
    return f"""
[sources.{name}]
kind = "fhir"
name = "Bệnh viện Mẫu"
category = "HOSPITAL"
url = "{url}/fhir"
identifier_system = "urn:citizen-graph:sandbox:cccd"
holds = ["Allergy"]
ca = "{authority.file}"
identity = "{identity}"
"""


class Doubtful:
    """Every one of these hospitals, and what a citizen was told about each."""

    def __init__(self, answer: Answer, servers: dict[str, Serving]) -> None:
        self.answer = answer
        self.servers = servers
        self.allergies: dict[str, Any] = answer.data["me"]["allergies"]
        self.rows = {row["source"]["id"]: row for row in self.allergies["completeness"]["sources"]}


@pytest.fixture
async def told(whole_city: City, city: City, city_clock: CityClock, tmp_path: Path) -> AsyncIterator[Doubtful]:
    """Ask a gateway that has all of them beside the city's own."""
    authority = Authority(tmp_path)
    contexts = {name: make(authority) for name, make in DOUBTFUL.items()}
    contexts |= {"honest": authority.asking(), "knows-not-us": authority.asking(trustme.CA())}
    identity = authority.identity()
    async with AsyncExitStack() as stack:
        servers = {name: await stack.enter_async_context(serving(EMPTY, tls=tls)) for name, tls in contexts.items()}
        plain = servers["led-astray"] = await stack.enter_async_context(serving(EMPTY))
        urls = {name: server.url for name, server in servers.items()}
        # The machine reads this as 127.0.0.1, and it is no address that could be read in the block.
        urls["led-astray"] = plain.url.replace(HOST, "127.1")
        blocks = "".join(block(name, url, authority, identity) for name, url in urls.items())
        more = f"[sources.appointments]\n -> {blocks}\n[sources.appointments]\n"
        all_of_them = "[server] -> [locating]\nprobing = 99\n\n[server]"
        with running_gateway(whole_city, tmp_path, clock=city_clock, more=more, asks=all_of_them) as gateway:
            yield Doubtful(await gateway.ask(ALLERGIES, token=city.eid.token_for("an")), servers)


async def test_f15_f16_whoever_cannot_be_believed_is_unavailable_and_no_word_more(told: Doubtful) -> None:
    """The honest one shows that the others could have been asked; the city's own hospitals are shown all the same."""
    assert told.rows["honest"]["state"] == "NO_RECORD"
    assert told.rows["hospital-a"]["state"] == told.rows["hospital-b"]["state"] == "ANSWERED"
    assert not told.allergies["completeness"]["complete"]
    for name in UNBELIEVED:
        row = told.rows[name]
        assert (row["state"], row["code"], row["retryable"]) == ("UNAVAILABLE", "SOURCE_UNAVAILABLE", True), name
        assert told.servers[name].requests == 0, name
    assert len({told.rows[name]["message"] for name in UNBELIEVED}) == 1
    for word in ("certificate", "TLS", "SSL", "expired", "127.", "127.1", "address"):
        assert word not in str({key: row for key, row in told.rows.items() if key != "expired"})
