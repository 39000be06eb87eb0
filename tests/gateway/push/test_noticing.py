"""The push service is told that there is a notice, signed, until it takes it; and nothing about anybody."""

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from structlog.testing import capture_logs

from connectors.options import BadOptions, Secret
from gateway.changes import Changes
from gateway.push.noticing import Noticing
from gateway.push.webhook import Webhook
from gateway.settings import Push, Store, load
from gateway.store.database import Database
from gateway.store.emergencies import StoredEmergencies
from gateway.store.outbox import Outbox
from resolvers.emergencies.book import Finding
from resolvers.identifiers import Identifiers
from tests.connectors.serving import serving
from tests.gateway.store.test_emergencies import AN, BINH, declared, review
from tests.resolvers.world import NOW
from tests.sandbox.eid.held_clock import HeldClock

KEY = "k" * 32
IDENTIFIERS = Identifiers(b"i" * 32)


class PushService:
    """Takes messages, or does what a test wants."""

    def __init__(self) -> None:
        self.answers: list[int] = []
        """Statuses of the next answers; then 204."""
        self.taken: list[tuple[dict[str, str], bytes]] = []
        self.followed = False
        self.app = Starlette(
            routes=[Route("/told", self._told, methods=["POST"]), Route("/else", self._else, methods=["GET", "POST"])]
        )

    async def _told(self, request: Request) -> Response:
        self.taken.append((dict(request.headers), await request.body()))
        status = self.answers.pop(0) if self.answers else 204
        return RedirectResponse("/else", status) if status == 307 else Response(status_code=status)

    async def _else(self, _request: Request) -> Response:
        self.followed = True
        return Response(status_code=204)


class World:
    """One gateway's part of it, and the service."""

    def __init__(self, database: Database, service: PushService, url: str, clock: HeldClock, *, tries: int = 3) -> None:
        self.service = service
        self.clock = clock
        self.emergencies = StoredEmergencies(database, clock=clock, pushed=True)
        self.noticing = Noticing(
            emergencies=self.emergencies,
            outbox=Outbox(database),
            changes=Changes(),
            identifiers=IDENTIFIERS,
            clock=clock,
            often=3,
            webhook=Webhook(Push(url=f"{url}/told", key=Secret(KEY), tries=tries)),
            tries=tries,
        )


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    database = Database(Store(file=str(tmp_path / "store.db")))
    await database.migrate()
    service = PushService()
    async with serving(service.app) as server:
        made = World(database, service, server.url, HeldClock(NOW))
        yield made
        await made.noticing.stop()
    await database.close()


async def test_the_service_is_told_once_signed_and_learns_nothing(world: World) -> None:
    """An address that leads back to nobody, and when: not who, not what, not whose reference."""
    await world.emergencies.declare(declared(), "k")
    await world.emergencies.declare(declared("2", ref=BINH), "k2")
    assert await world.noticing.work_off() == 2
    assert await world.noticing.work_off() == 0

    bodies = [json.loads(body) for _, body in world.service.taken]
    assert {body["address"] for body in bodies} == {IDENTIFIERS.notice_address(AN), IDENTIFIERS.notice_address(BINH)}
    headers, body = world.service.taken[0]
    assert sorted(json.loads(body)) == ["address", "at"]
    for secret in (AN, BINH, "79001", "MAU-CCHN", "Mẫu", "unconscious", "EMERGENCY"):
        assert secret not in f"{headers}{body.decode()}"
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.digest(KEY.encode(), signed, hashlib.sha256)).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))


async def test_what_is_not_taken_is_told_again_later_and_given_up_at_last(world: World) -> None:
    """Fifteen seconds, thirty, then the operator hears of it; the notice stands in the graph all the same."""
    world.service.answers = [500, 503, 500]
    await world.emergencies.declare(declared(), "k")
    with capture_logs() as logs:
        for wait in (0, 14, 1, 29, 1, 3600):
            world.clock.pass_seconds(wait)
            assert await world.noticing.work_off() == 0
    assert len(world.service.taken) == 3
    assert len({headers["webhook-id"] for headers, _ in world.service.taken}) == 1
    assert [line["event"] for line in logs] == ["push_not_taken", "push_not_taken", "push_given_up"]
    assert AN not in str(logs)
    assert len(await world.emergencies.notices(AN)) == 1


async def test_a_service_that_leads_elsewhere_or_is_away_has_not_taken_it(world: World) -> None:
    """No redirect is followed; a dead port is as an error."""
    world.service.answers = [307]
    await world.emergencies.declare(declared(), "k")
    assert await world.noticing.work_off() == 0
    assert not world.service.followed
    world.clock.pass_seconds(15)
    assert await world.noticing.work_off() == 1


async def test_a_restart_takes_the_queue_up_where_it_was(tmp_path: Path) -> None:
    """Declared by a gateway that died before it told anybody."""
    database = Database(Store(file=str(tmp_path / "store.db")))
    await database.migrate()
    await StoredEmergencies(database, clock=HeldClock(NOW), pushed=True).declare(declared(), "k")
    await database.close()
    second, service = Database(Store(file=str(tmp_path / "store.db"))), PushService()
    async with serving(service.app) as server:
        world = World(second, service, server.url, HeldClock(NOW + timedelta(days=1)))
        assert await world.noticing.work_off() == 1
        await world.noticing.stop()
    await second.close()


async def test_a85_who_declares_too_often_is_an_alert(world: World) -> None:
    """Counted by person; a finding against somebody makes the next one an alert at once."""

    async def logged(name: str, **other: str) -> list[str]:
        one = declared(name, **other)
        await world.emergencies.declare(one, name)
        with capture_logs() as logs:
            await world.noticing.judge(one)
        return [line["event"] for line in logs]

    assert await logged("1") == ["emergency_declared"]
    assert await logged("2") == ["emergency_declared"]
    assert await logged("3") == ["emergency_declared", "alert"]
    assert await logged("4", professional="other") == ["emergency_declared"]
    await world.emergencies.close_review("4" * 32, review(Finding.NOT_JUSTIFIED))
    assert await logged("5", professional="other") == ["emergency_declared", "alert"]


@pytest.mark.parametrize(
    ("push", "why"),
    [
        ('url = "http://push.example/told"', "push.url: expected an https address"),
        ('url = "https://push.example/told", tries = 0', "push.tries: expected 1 or more"),
    ],
)
def test_a90_an_unsafe_push_service_is_refused_at_the_start(tmp_path: Path, push: str, why: str) -> None:
    """Plain http to another machine; nothing that could ever be tried."""
    (tmp_path / "key").write_text("k" * 32)
    (tmp_path / "key").chmod(0o600)
    (tmp_path / "sources.toml").touch()
    (tmp_path / "gateway.toml").write_text(
        'version = 1\nidentifier_key = "file:key"\nsources = "sources.toml"\n'
        f'push = {{ {push}, key = "file:key" }}\n'
        '[[authentication.issuers]]\nissuer = "https://e-id.example"\naudiences = ["a"]\nassurance = { L = 2 }\n'
    )
    with pytest.raises(BadOptions, match=why):
        load(tmp_path / "gateway.toml", environment={})
