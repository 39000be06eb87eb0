"""Both databases, as for the store."""

from tests.gateway.store.conftest import database, postgresql, settings

__all__ = ["database", "postgresql", "settings"]
