"""Huong's phone waits while Linh is vaccinated. It is told that the book has something new, asks again, and sees it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from tests.gateway.streamed import EVENTS, streamed
from tests.gateway.telling import tell
from tests.running import CityClock, Running, running_gateway
from tests.sandbox.city import City
from tests.sandbox.people import by_key

LINH = by_key("linh").personal_id
DOSES = f"""{{ citizen(id: "{LINH}") {{ immunizations {{
  nodes {{ on provenance {{ source {{ id }} }} }} completeness {{ complete }} }} }} }}"""
WAIT = f'subscription {{ recordChanged(citizen: "{LINH}", sections: [IMMUNIZATIONS]) {{ source {{ id }} section }} }}'
SENDER = 'events = { client = "hospital-b" }'
SILENT = f'found_by = "pointers"\n{SENDER} -> found_by = "probing"'
TELLING = f'kind = "immunization_book" -> {SENDER}\nkind = "immunization_book"'
"""Here the city's one client that may send events speaks for the book."""


@contextmanager
def before_the_last_dose(city: City) -> Iterator[None]:
    """The book as it was when the last dose had not been given yet."""
    book = cast("dict[str, dict[str, Any]]", city.contents.book)
    now = book[LINH]
    given = [row for row in now["vacxin"] if row["trang_thai"] == now["vacxin"][0]["trang_thai"]]
    last = given[-1]["lich_su_tiem_id"]
    views = {view: [row for row in now[view] if row["lich_su_tiem_id"] != last] for view in ("khang_nguyen", "vacxin")}
    book[LINH] = {**now, **views}
    try:
        yield
    finally:
        book[LINH] = now


async def in_the_book(gateway: Running, token: str) -> int:
    """How many doses the book tells of, in a list that is all there is."""
    found = (await gateway.ask(DOSES, token=token)).data["citizen"]["immunizations"]
    assert found["completeness"]["complete"]
    return sum("vaccination-book" in {told["source"]["id"] for told in dose["provenance"]} for dose in found["nodes"])


async def test_a_mother_is_told_asks_again_and_sees_the_new_dose(
    city: City, city_clock: CityClock, tmp_path: Path
) -> None:
    """She listens first and asks then: so nothing falls in between."""
    token = city.eid.token_for("huong")
    with running_gateway(city, tmp_path, clock=city_clock, silent=SILENT, telling=TELLING) as gateway:
        async with streamed(gateway, WAIT, token=token, accept=EVENTS) as phone:
            with before_the_last_dose(city):
                before = await in_the_book(gateway, token)
            await tell(gateway, city, "linh", "Immunization")
            told = await anext(phone.payloads())
            assert told["data"]["recordChanged"] == {"source": {"id": "vaccination-book"}, "section": "IMMUNIZATIONS"}
            assert before > 0
            assert await in_the_book(gateway, token) == before + 1
