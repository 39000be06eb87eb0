"""A source of the city tells that something changed, over HTTP as a real one does."""

import itertools
from datetime import timedelta

from tests.running import Running
from tests.sandbox.city import City
from tests.sandbox.eid.held_clock import NOON
from tests.sandbox.feeding import feed
from tests.sandbox.people import by_key

_numbers = itertools.count()


async def tell(gateway: Running, city: City, person: str, *classes: str) -> None:
    """One event for each class of record of that person, in one batch, by the client of the source that feeds."""
    events = [_event(next(_numbers), person, about) for about in classes]
    assert [row["outcome"] for row in await feed(gateway.url, city.eid, events)] == ["TAKEN"] * len(events)


def _event(number: int, person: str, about: str) -> dict[str, str]:
    at = NOON + timedelta(milliseconds=number)
    return {
        "id": f"told-{number}",
        "class": about,
        "personalId": by_key(person).personal_id,
        "latest": at.date().isoformat(),
        "at": at.isoformat(),
    }
