"""F22, F23 and A87 through HTTP: while the store is away everybody is answered; when nothing can be kept nobody is."""

import asyncio
from pathlib import Path

import httpx

from tests.running import CityClock, Running, running_gateway
from tests.sandbox.city import City

AWAY = '[audit] -> [store]\nfile = "away/store.db"\n\n[audit]\nretry = "20ms"'
ASKED = "{ me { allergies { nodes { id } } } }"


async def audit_of(gateway: Running) -> tuple[int, str]:
    """Whether it is ready, and how its access log is."""
    async with httpx.AsyncClient(trust_env=False) as client:
        ready = await client.get(f"{gateway.admin}/health/ready")
        health = (await client.get(f"{gateway.admin}/health")).json()
    return ready.status_code, health["audit"]["state"]


async def test_f22_while_the_store_is_away_citizens_are_answered_and_operators_see_it(
    city: City, city_clock: CityClock, tmp_path: Path
) -> None:
    """Within the bound of the spool; when the store comes everything is in it."""
    with running_gateway(city, tmp_path, clock=city_clock, away=AWAY) as gateway:
        answer = await gateway.ask(ASKED, token=city.eid.token_for("an"))
        assert answer.status == 200 and answer.data
        assert await audit_of(gateway) == (200, "spooling")
        (tmp_path / "away").mkdir()
        async with asyncio.timeout(20):
            while (await audit_of(gateway))[1] != "writing":  # noqa: ASYNC110 - another process's word
                await asyncio.sleep(0.02)


async def test_f23_when_nothing_can_be_kept_no_source_is_asked(
    city: City, city_clock: CityClock, tmp_path: Path
) -> None:
    """503 for whoever asks, also by FHIR; not ready; and it opens again by itself."""
    (tmp_path / "access-spool").write_text("no folder")
    with running_gateway(city, tmp_path, clock=city_clock, away=AWAY) as gateway:
        token = city.eid.token_for("an")
        await gateway.ask(ASKED, token=token)  # finds out
        for seen in city.seen.values():
            seen.forget()
        answer = await gateway.ask(ASKED, token=token)

        assert (answer.status, answer.codes) == (503, ["AUDIT_UNAVAILABLE"])
        assert answer.headers["retry-after"]
        assert "data" not in answer.body
        assert not any(seen.calls for seen in city.seen.values())
        assert await audit_of(gateway) == (503, "closed")
        (tmp_path / "access-spool").unlink()
        async with asyncio.timeout(20):
            while (await gateway.ask(ASKED, token=token)).status != 200:  # noqa: ASYNC110 - it opens by itself
                await asyncio.sleep(0.02)
