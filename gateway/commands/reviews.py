"""``reviews``: declared emergencies wait until somebody looked at each; the citizen is told what was found."""

import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import click
import uvloop
from msgspec import to_builtins

from connectors.clock import Clock, SystemClock
from connectors.options import BadOptions
from gateway.commands.common import complain, config_option, echo_json, json_option, settings_of
from gateway.store.database import Database, Unavailable
from gateway.store.emergencies import RECENTLY, Frequency, NotOpen, StoredEmergencies
from resolvers.emergencies.book import Declared, Finding, Review

_LONGEST = 1000


@click.group()
def reviews() -> None:
    """Declared emergencies that wait for a review."""


@reviews.command("list")
@config_option
@json_option
def list_(config: Path, *, as_json: bool) -> None:
    """List what waits, the oldest first, with how often each professional declared emergencies in the last 30 days."""
    rows = _with_store(config, _listed)
    if as_json:
        echo_json([{**_told(declared), **to_builtins(counted)} for declared, counted in rows])
    else:
        for declared, counted in rows:
            click.echo(f"{declared.id} {declared.opened_at:%Y-%m-%d %H:%MZ} {declared.organisation}")
            click.echo(f"  {declared.professional} {declared.professional_name or ''}".rstrip())
            click.echo(f"  {declared.ground.value}, {declared.obstacle.value}: {declared.words}")
            click.echo(f"  in 30 days: {counted.declared} declared, {counted.not_justified} found not justified")
    sys.exit(1 if rows else 0)


@reviews.command()
@click.argument("emergency")
@click.option("--finding", type=click.Choice([one.value for one in Finding], case_sensitive=False), required=True)
@click.option("--by", required=True, help="Who reviewed it: a name of the operator's staff.")
@click.option("--note", required=True, help="On what the finding rests; it is kept.")
@config_option
def close(emergency: str, finding: str, by: str, note: str, config: Path) -> None:
    """End the review of EMERGENCY, and tell the citizen what it found."""
    for name, text, longest in (("--by", by, 100), ("--note", note, _LONGEST)):
        if not text.strip() or len(text) > longest or not text.isprintable():
            complain(f"{name}: expected 1 to {longest} printable characters")

    async def end(store: StoredEmergencies, clock: Clock) -> Declared:
        review = Review(at=clock.now(), by=by.strip(), finding=Finding[finding.upper()], note=note.strip())
        return await store.close_review(emergency, review)

    try:
        _with_store(config, end)
    except NotOpen:
        complain("no review of such an emergency waits; 'reviews list' names them")


async def _listed(store: StoredEmergencies, clock: Clock) -> list[tuple[Declared, Frequency]]:
    since = clock.now() - RECENTLY
    return [
        (declared, await store.frequency(declared.organisation, declared.professional, since=since))
        for declared in await store.waiting()
    ]


def _told(declared: Declared) -> dict[str, Any]:
    shown: dict[str, Any] = to_builtins(declared)
    # Whose record it was is not the reviewer's to know here; the access log says it to who may look there.
    for name in ("ref", "review"):
        del shown[name]
    return shown


def _with_store(config: Path, work: Callable[[StoredEmergencies, Clock], Coroutine[Any, Any, Any]]) -> Any:
    """Do that with the store, and end the program with a sentence where it cannot be had."""
    settings, clock = settings_of(config), SystemClock()

    async def done() -> Any:
        database = Database(settings.store)
        try:
            await database.migrate()
            return await work(StoredEmergencies(database, clock=clock, pushed=settings.push is not None), clock)
        finally:
            await database.close()

    try:
        return uvloop.run(done())
    except BadOptions as error:
        complain(str(error))
    except Unavailable as error:
        # The library's sentence may quote the address, and there is a password in it.
        complain(f"the store cannot be had: {type(error).__name__}")
