"""Brings the tables of a database to their newest form, step by step (``migrations``)."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

_STEPS = Path(__file__).parent / "migrations"


def prepared() -> Config:
    """What Alembic wants to know."""
    config = Config()
    config.set_main_option("script_location", str(_STEPS).replace("%", "%%"))
    return config


def upgrade(connection: Connection) -> None:
    """Take the steps that are missing, in the transaction of that connection."""
    config = prepared()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
