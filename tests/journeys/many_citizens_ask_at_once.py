"""Everybody in the city opens the app in the same second."""

import asyncio
from typing import Any

from tests.running import Running
from tests.sandbox.city import City
from tests.sandbox.people import Person, everyone

QUERY = """{ me { personalId demographics { fullName } observations { nodes { id } } conditions { nodes { id } }
  encounters { nodes { id } } coverage { nodes { cardNumber } } } }"""
SECTIONS = {"observations": "id", "conditions": "id", "encounters": "id", "coverage": "cardNumber"}
AT_ONCE = 12
OF_AGE = [person for person in everyone() if person.birth_date.year < 2012 and not person.faults]


async def test_a81_nobody_ever_gets_a_part_of_somebody_elses_record(gateway: Running, city: City) -> None:
    """Each asks three times among all the others; no item is one that somebody else gets alone.

    Under such load a source may be too slow for its deadline: then items are missing, and that is not the point here.
    """
    turns = asyncio.Semaphore(AT_ONCE)

    async def ask(person: Person) -> tuple[str, dict[str, Any]]:
        async with turns:
            return person.key, (await gateway.ask(QUERY, token=city.eid.token_for(person))).data["me"]

    alone = dict([await ask(person) for person in OF_AGE])
    together = await asyncio.gather(*(ask(person) for person in OF_AGE * 3))

    assert [record["personalId"] for _, record in together] == [person.personal_id for person in OF_AGE * 3]
    owners = {
        (section, node[identity]): key
        for key, record in alone.items()
        for section, identity in SECTIONS.items()
        for node in record[section]["nodes"]
    }
    assert len(owners) > 500
    for key, record in together:
        for section, identity in SECTIONS.items():
            assert {owners.get((section, node[identity]), key) for node in record[section]["nodes"]} <= {key}


async def test_no_two_citizens_share_the_id_of_a_record(gateway: Running, city: City) -> None:
    """A client's cache is keyed by these ids."""
    seen: dict[str, str] = {}
    for person in OF_AGE:
        me = (await gateway.ask(QUERY, token=city.eid.token_for(person))).data["me"]
        for section in ("observations", "conditions", "encounters"):
            for node in me[section]["nodes"]:
                assert seen.setdefault(node["id"], person.key) == person.key
    assert len(seen) > 500
