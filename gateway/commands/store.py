"""``store``: what this gateway itself keeps."""

from pathlib import Path

import click
import uvloop

from connectors.options import BadOptions
from gateway.commands.common import complain, config_option, settings_of
from gateway.store.database import Database, Unavailable


@click.group()
def store() -> None:
    """What this gateway itself keeps."""


@store.command()
@config_option
def migrate(config: Path) -> None:
    """Bring the store's tables to the form that this version knows; `serve` does so by itself."""
    settings = settings_of(config)

    async def bring(database: Database) -> None:
        try:
            await database.migrate()
        finally:
            await database.close()

    try:
        uvloop.run(bring(Database(settings.store)))
    except BadOptions as error:
        complain(str(error))
    except Unavailable as error:
        # The library's sentence may quote the address, and there is a password in it.
        complain(f"the store cannot be had: {type(error).__name__}")
