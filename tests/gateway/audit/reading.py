"""What stands in the access log of a gateway that runs."""

import msgspec
from sqlalchemy import select

from gateway.settings import identifiers_of
from gateway.store import tables
from gateway.store.database import Database
from resolvers.access.entry import AccessEntry
from tests.running import Running
from tests.sandbox.people import by_key


def reference(gateway: Running, person: str) -> str:
    """Of a person of the city."""
    return identifiers_of(gateway.gateway.settings).reference(by_key(person).personal_id)


async def entries_of(gateway: Running, *, request: str | None = None) -> list[AccessEntry]:
    """The entries, the oldest first; of one request where it is named."""
    database = Database(gateway.gateway.settings.store)
    async with database.reading() as connection:
        asked = select(tables.access_entry.c.content).order_by(tables.access_entry.c.place)
        contents = (await connection.execute(asked)).scalars().all()
    await database.close()
    entries = [msgspec.json.decode(content, type=AccessEntry) for content in contents]
    return [entry for entry in entries if request in (None, entry.request)]
