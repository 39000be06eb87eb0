"""Five hundred hospitals are configured and three know her: those are asked, few others are, and the answer says so."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.clock import SystemClock
from connectors.records import Allergy
from gateway.settings import Store
from gateway.store.database import Database
from gateway.store.pointers import StoredPointers, Told
from resolvers.identifiers import Identifiers
from tests.connectors.serving import serving
from tests.running import CityClock, Running, running_gateway
from tests.sandbox.city import City
from tests.sandbox.people import by_key

AN = by_key("an").personal_id
KNOWING = ("h003", "h077", "h401")
BOUND = 8
ALLERGIES = """{ me { allergies { nodes { provenance { source { id } } }
  completeness { complete notAsked sources { source { id } state } } } } }"""


class Hospitals:
    """So many hospitals at one address, each below a path of its own; three of them know her."""

    def __init__(self) -> None:
        self.called: set[str] = set()
        ways = ("/{hospital}/fhir/{kind}", "/{hospital}/fhir/{kind}/_search")
        self.app = Starlette(routes=[Route(way, self._answer, methods=["GET", "POST"]) for way in ways])

    async def _answer(self, request: Request) -> Response:
        hospital, kind = request.path_params["hospital"], request.path_params["kind"]
        if kind == "metadata":
            return JSONResponse({}, 404)
        self.called.add(hospital)
        found = [_patient(), _allergy(hospital)] if hospital in KNOWING else []
        entries = [{"resource": one} for one in found if one["resourceType"] == kind]
        return JSONResponse(
            {"resourceType": "Bundle", "type": "searchset", "entry": entries}, media_type="application/fhir+json"
        )


def _patient() -> dict[str, object]:
    an = by_key("an")
    return {
        "resourceType": "Patient",
        "id": "p1",
        "identifier": [{"system": "urn:citizen-graph:sandbox:cccd", "value": AN}],
        "name": [{"text": an.name}],
        "birthDate": an.birth_date.isoformat(),
    }


def _allergy(hospital: str) -> dict[str, object]:
    return {
        "resourceType": "AllergyIntolerance",
        "id": f"a-{hospital}",
        "patient": {"reference": "Patient/p1"},
        "code": {"text": f"Chất Mẫu {hospital}"},
    }


def blocks(address: str, count: int, found_by: str, *, backwards: bool = False) -> str:
    """Their blocks. Two stand where the insurer knows her to have been (79981, 79982)."""
    facilities = {"h003": "79981", "h077": "79982"}
    texts = [
        f"""[sources.h{n:03}]
kind = "fhir"
name = "Bệnh viện Mẫu {n}"
category = "HOSPITAL"
facility = "{facilities.get(f"h{n:03}", f"01{n:03}")}"
url = "{address}/h{n:03}/fhir"
identifier_system = "urn:citizen-graph:sandbox:cccd"
holds = ["Allergy"]
found_by = "{found_by}"
events = {{ client = "h{n:03}" }}
"""
        for n in range(count)
    ]
    return "\n".join(reversed(texts) if backwards else texts)


@asynccontextmanager
async def configured(
    city: City, folder: Path, clock: CityClock, count: int, found_by: str, *, backwards: bool = False
) -> AsyncIterator[tuple[Running, Hospitals]]:
    """A gateway with those hospitals instead of the city's own two."""
    hospitals = Hospitals()
    async with serving(hospitals.app) as server:
        added = blocks(server.url, count, found_by, backwards=backwards)
        change = f"[sources.vaccination] -> {added}\n[sources.vaccination]"
        own = 'holds = ["Encounter", "Condition", "Allergy", -> holds = ["Encounter", "Condition",'
        with running_gateway(city, folder, clock=clock, change=change, own=own) as gateway:
            yield gateway, hospitals


async def ask(gateway: Running, city: City) -> tuple[set[str], dict[str, str], bool, int]:
    """Which sources gave allergies, how it went with each, whether that is all, and how many were not asked."""
    told = (await gateway.ask(ALLERGIES, token=city.eid.token_for("an"))).data["me"]["allergies"]
    gave = {row["source"]["id"] for node in told["nodes"] for row in node["provenance"]}
    complete = told["completeness"]
    rows = {row["source"]["id"]: row["state"] for row in complete["sources"]}
    return gave, rows, complete["complete"], complete["notAsked"]


async def all_pointers(folder: Path, city: City, count: int) -> None:
    """What five hundred hospitals would have sent: that all was sent, and about her a word of three."""
    database = Database(Store(file=str(folder / "citizen-graph.db")))
    pointers = StoredPointers(database, clock=SystemClock(), bound=0.99)
    ref = Identifiers(city.credentials.identifier_key.encode()).reference(AN)
    at = city.clock.now()
    for n in range(count):
        told = [Told(id="all", about=Allergy, at=at, complete=True)]
        if f"h{n:03}" in KNOWING:
            told.append(Told(id="her", about=Allergy, at=at, ref=ref, latest=at.date()))
        await pointers.take(f"h{n:03}", told)
    await pointers.close()
    await database.close()


async def test_with_pointers_exactly_the_three_are_asked(city: City, city_clock: CityClock, tmp_path: Path) -> None:
    """And that is all there is: the others told beforehand that they hold nothing."""
    await all_pointers(tmp_path, city, 500)
    async with configured(city, tmp_path, city_clock, 500, "pointers") as (gateway, hospitals):
        gave, rows, complete, not_asked = await ask(gateway, city)

    assert hospitals.called == gave == set(rows) == set(KNOWING)
    assert (complete, not_asked) == (True, 0)


@pytest.mark.parametrize("count", [90, 500])
async def test_without_pointers_the_insurers_visits_lead_there_and_few_others_are_probed(
    city: City, city_clock: CityClock, tmp_path: Path, count: int
) -> None:
    """The same number of calls however many are configured; the rest is declared by number, and nobody calls it all."""
    async with configured(city, tmp_path, city_clock, count, "probing") as (gateway, hospitals):
        gave, rows, complete, not_asked = await ask(gateway, city)

    assert {"h003", "h077"} <= gave
    assert len(hospitals.called) == len(rows) == 2 + BOUND
    assert (complete, not_asked) == (False, count - 2 - BOUND)


async def test_the_order_of_the_configuration_changes_nothing(
    city: City, city_clock: CityClock, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Forwards and backwards: the same are asked, the same is found."""
    found = []
    for backwards in (False, True):
        folder = tmp_path_factory.mktemp("order")
        async with configured(city, folder, city_clock, 90, "probing", backwards=backwards) as (gateway, hospitals):
            gave, _, _, not_asked = await ask(gateway, city)
            found.append((gave, hospitals.called, not_asked))

    assert found[0] == found[1]
    assert {"h003", "h077"} <= found[0][0]
