"""``store``: what this gateway itself keeps."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import click
import uvloop

from connectors.options import BadOptions
from gateway.commands.common import complain, config_option, settings_of
from gateway.settings import identifiers_of
from gateway.store.database import Database, Unavailable
from gateway.store.keying import rekeyed


@click.group()
def store() -> None:
    """What this gateway itself keeps."""


@store.command()
@config_option
def migrate(config: Path) -> None:
    """Bring the store's tables to the form that this version knows; `serve` does so by itself."""
    _run(config, Database.migrate)


@store.command()
@config_option
def rekey(config: Path) -> None:
    """Bring everything that is kept under an earlier identifier key under the new one. Stop all gateways first."""
    identifiers = identifiers_of(settings_of(config))

    async def bring(database: Database) -> None:
        click.echo(f"{await rekeyed(database, identifiers)} references brought under the new key")

    _run(config, bring)


def _run(config: Path, work: Callable[[Database], Awaitable[None]]) -> None:
    settings = settings_of(config)

    async def bring(database: Database) -> None:
        try:
            await work(database)
        finally:
            await database.close()

    try:
        uvloop.run(bring(Database(settings.store)))
    except BadOptions as error:
        complain(str(error))
    except Unavailable as error:
        # The library's sentence may quote the address, and there is a password in it.
        complain(f"the store cannot be had: {type(error).__name__}")
