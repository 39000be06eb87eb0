"""Whoever is signed in goes on; whoever comes with a key that nobody can check is asked to come back."""

from pathlib import Path

from tests.running import CityClock, running_gateway
from tests.sandbox.city import running_city

QUERY = "{ me { id } }"


async def test_f24_known_keys_go_on_and_new_ones_wait(tmp_path: Path) -> None:
    """503 with a time to come back: a 401 would send everybody to sign in again, at an e-ID that is down."""
    clock = CityClock()
    with running_city(clock=clock) as city, running_gateway(city, tmp_path, clock=clock) as gateway:
        known = city.eid.token_for("an")
        assert (await gateway.ask(QUERY, token=known)).status == 200
        city.close("eid")
        city.eid.rotate()
        clock.skip(400)
        seen = city.seen["eid"]
        seen.forget()
        for _ in range(5):
            refused = await gateway.ask(QUERY, token=city.eid.token_for("lac"))
            assert (refused.status, refused.codes) == (503, ["IDENTITY_UNAVAILABLE"])
            assert refused.headers["retry-after"]
            assert "www-authenticate" not in refused.headers
        assert (await gateway.ask(QUERY, token=known)).status == 200

        city.reopen("eid")
        clock.skip(30)
        assert (await gateway.ask(QUERY, token=city.eid.token_for("lac"))).status == 200
        assert (await gateway.ask(QUERY, token=known)).status == 200
        assert seen.count("jwks") == 1, seen.calls
