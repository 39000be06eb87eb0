"""Both databases: what holds in one holds in the other."""

import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from connectors.options import Secret
from gateway.settings import Store
from gateway.store.database import Database
from tests.gateway.store.postgresql import BINARIES, real_postgresql


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a PostgreSQL."""
    if BINARIES is None:
        pytest.skip("this machine has no PostgreSQL")
    with real_postgresql() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
async def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """Of an empty database."""
    if request.param == "sqlite":
        return Store(file=str(tmp_path / "store.db"))
    url: str = request.getfixturevalue("postgresql")
    name = f"t{secrets.token_hex(8)}"
    server = Database(Store(url=Secret(url)))
    async with server.engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text(f"CREATE DATABASE {name}"))
    await server.close()
    return Store(url=Secret(url.replace("/postgres?", f"/{name}?")))


@pytest.fixture
async def database(settings: Store) -> AsyncIterator[Database]:
    """With its tables."""
    opened = Database(settings)
    await opened.migrate()
    yield opened
    await opened.close()
