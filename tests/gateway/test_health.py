"""The admin listener: alive, ready, and how the sources are."""

import httpx
import pytest

from connectors.records import SourceHealth, SourceInfo, SourceKind
from gateway.audit.ledger import LedgerState
from gateway.health import admin_app
from gateway.metrics import Metrics
from gateway.operations.plans.tally import Tally
from gateway.reloading import Reloaded
from gateway.watch import Watch
from tests.running import Running
from tests.sandbox.city import City
from tests.sandbox.eid.held_clock import NOON, HeldClock


class Quiet:
    """A gateway that only has a state."""

    def __init__(self, *, ready: bool, sources: list[SourceInfo]) -> None:
        self.is_ready = ready
        self.sources = sources
        self.audit = LedgerState(state="writing", spooled=0, spooled_bytes=0, spooled_seconds=0)
        self.reloaded: Reloaded | None = None
        self.watch = Watch(HeldClock())
        self.metrics = Metrics(
            self.watch, plans=Tally("on"), activities=lambda: (), coverage=lambda: (), lateness=lambda _: 0.0
        )

    async def reload(self) -> Reloaded:
        self.reloaded = Reloaded(at=NOON, refused="sources.toml: no source")
        return self.reloaded


def asked(*, ready: bool, sources: list[SourceInfo]) -> httpx.AsyncClient:
    app = admin_app(Quiet(ready=ready, sources=sources))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://admin.test")


def source(key: str, health: SourceHealth) -> SourceInfo:
    return SourceInfo(id=key, name="Bệnh viện Mẫu", kind=SourceKind.HOSPITAL, protocol="fhir", health=health)


@pytest.mark.parametrize(("ready", "status", "word"), [(True, 200, "ready"), (False, 503, "not ready")])
async def test_ready_is_told_by_the_status(*, ready: bool, status: int, word: str) -> None:
    """As whoever sends requests here looks for it; alive it is in both cases."""
    async with asked(ready=ready, sources=[]) as http:
        answer = await http.get("/health/ready")
        alive = await http.get("/health/live")

    assert (answer.status_code, answer.json()) == (status, {"status": word})
    assert (alive.status_code, alive.json()) == (200, {"status": "live"})


async def test_failing_sources_are_named_and_make_nobody_unready() -> None:
    """A fleet that leaves service because one hospital is down helps nobody."""
    sources = [source("a", SourceHealth.UP), source("b", SourceHealth.FAILING)]
    async with asked(ready=True, sources=sources) as http:
        health = (await http.get("/health")).json()
        ready = await http.get("/health/ready")

    assert health["failing"] == ["b"]
    assert set(health["sources"]) == {"a", "b"}
    assert ready.status_code == 200


async def test_f26_with_every_source_down_the_gateway_is_still_ready(gateway: Running, city: City) -> None:
    """And says which of them it found failing."""
    for key in city.addresses:
        city.faults.set(key, "down")
    await gateway.ask("{ me { allergies { nodes { id } } } }", token=city.eid.token_for("an"))
    async with httpx.AsyncClient(trust_env=False, base_url=gateway.admin) as http:
        ready, health = await http.get("/health/ready"), await http.get("/health")

    assert ready.status_code == 200
    assert {"hospital-a", "hospital-b"} <= set(health.json()["failing"])


@pytest.mark.parametrize("path", ["/", "/graphql", "/health/", "/metrics/"])
async def test_the_admin_side_serves_nothing_else(gateway: Running, path: str) -> None:
    """Above all not the graph."""
    async with httpx.AsyncClient(trust_env=False, base_url=gateway.admin) as http:
        answer = await http.get(path, follow_redirects=False)

    assert answer.status_code == 404
    assert "server" not in answer.headers


async def test_a91_a_refused_reading_is_told_and_stays_visible() -> None:
    """422 with the sentence, and in /health for whoever comes later. Asking for a page reads nothing again."""
    async with asked(ready=True, sources=[]) as http:
        by_mistake = await http.get("/reload")
        before = (await http.get("/health")).json()
        refused = await http.post("/reload")
        after = (await http.get("/health")).json()

    assert (by_mistake.status_code, before["reloaded"]) == (405, None)
    assert (refused.status_code, refused.json()["refused"]) == (422, "sources.toml: no source")
    assert after["reloaded"]["refused"] == "sources.toml: no source"
