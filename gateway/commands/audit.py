"""``audit``: the access log. Whether it is as it was written, what stands in it, and what citizens say of it."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import click
import msgspec
import uvloop
from msgspec import structs
from sqlalchemy import select

from connectors.clock import SystemClock
from connectors.options import BadOptions
from gateway.audit.checkpoints import Checkpoints
from gateway.audit.fhir import audit_event
from gateway.audit.log import StoredLog
from gateway.audit.notes import NoteUnreadable, Signer
from gateway.audit.pruning import MARKER, prune
from gateway.audit.reports import Reports
from gateway.audit.seals import Sealer
from gateway.audit.verifying import verify
from gateway.commands.common import complain, config_option, echo_json, json_option, settings_of
from gateway.settings import Settings, identifiers_of, sealing_keys
from gateway.store import tables
from gateway.store.database import Database, Unavailable
from resolvers.access.entry import AccessEntry

T = TypeVar("T")


@click.group()
def audit() -> None:
    """The access log: who looked at whose record, and why they might."""


@audit.command("verify")
@config_option
@json_option
@click.option(
    "--against",
    "kept",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    multiple=True,
    help="A checkpoint that was kept elsewhere; may be given several times.",
)
def verify_(config: Path, *, as_json: bool, kept: tuple[Path, ...]) -> None:
    """Read the whole log, and name the first record that is not as it was written."""
    settings = settings_of(config)
    signer = _signer(settings)
    notes = [path.read_text(encoding="utf-8") for path in kept]

    async def work(database: Database) -> None:
        await database.migrate_once()
        try:
            verdict = await verify(
                database, Sealer(sealing_keys(settings)), identifiers_of(settings), signer, kept=notes
            )
        except NoteUnreadable:
            complain("a checkpoint that was kept is none of this log, or signed by a key that is not configured")
        if as_json:
            echo_json(structs.asdict(verdict))
        elif verdict.reason is None:
            click.echo(f"{verdict.size} records, all as they were written; {verdict.pruned} of them pruned")
            click.echo(f"root {verdict.root}, {verdict.checkpoints} signed checkpoints agree")
        else:
            click.echo(f"record {verdict.first_bad}: {verdict.reason}")
        sys.exit(0 if verdict.reason is None else 1)

    _run(settings, work)


@audit.command()
@config_option
def checkpoint(config: Path) -> None:
    """Sign how large the log is and the root of its tree, and print that. Keep it elsewhere: see `verify --against`."""
    settings = settings_of(config)
    signer = _signer(settings)
    if not signer.signs:
        complain("audit.keys: there is no key to sign with")

    async def work(database: Database) -> None:
        checkpoints = Checkpoints(database, signer, every=settings.audit.checkpoint, clock=SystemClock())
        note = await checkpoints.write() or await checkpoints.newest()
        if note is None:
            complain("the access log is empty")
        click.echo(note, nl=False)

    _run(settings, work)


@audit.command()
@config_option
def keys(config: Path) -> None:
    """Print what verifiers of checkpoints need: name, id and public half of every key."""
    for key in _signer(settings_of(config)).published:
        click.echo(key)


@audit.command()
@config_option
@click.option("--since", type=click.DateTime(), help="Only entries made since then (UTC).")
@click.option("--until", type=click.DateTime(), help="Only entries made before then (UTC).")
def export(config: Path, *, since: datetime | None, until: datetime | None) -> None:
    """Write the entries as FHIR AuditEvents, a line of JSON each."""
    settings = settings_of(config)

    async def work(database: Database) -> None:
        async for place, entry in _entries(database, since, until):
            echo_json(audit_event(entry, place=place, origin=settings.audit.origin))

    _run(settings, work)


@audit.command("prune")
@config_option
def prune_(config: Path) -> None:
    """Drop the entries that are older than `audit.retention_years`. Proofs about all others stay good."""
    settings = settings_of(config)
    now = SystemClock().now()
    until = _years_before(now, settings.audit.retention_years)

    async def work(database: Database) -> None:
        count = await prune(StoredLog(database, Sealer(sealing_keys(settings))), until=until, now=now)
        click.echo(f"{count} entries from before {until:%Y-%m-%d} dropped")

    _run(settings, work)


@audit.command()
@config_option
@json_option
def reports(config: Path, *, as_json: bool) -> None:
    """Print what citizens reported about entries and nobody answered yet."""
    settings = settings_of(config)

    async def work(database: Database) -> None:
        found = await Reports(database, clock=SystemClock()).open()
        if as_json:
            echo_json(msgspec.to_builtins(found))
        for report in () if as_json else found:
            click.echo(f"{report.id}: entry {report.entry_id}, {report.reported_at:%Y-%m-%d %H:%M} UTC")
            click.echo(f"  {' '.join(report.words.split())}")
        sys.exit(1 if found else 0)

    _run(settings, work)


@audit.command()
@config_option
@click.argument("report")
@click.option("--text", prompt=True, help="The answer, as the citizen will read it.")
def answer(config: Path, report: str, text: str) -> None:
    """Answer a report. The citizen reads the answer beside the entry."""
    if not text.strip():
        complain("the answer is empty")
    settings = settings_of(config)

    async def work(database: Database) -> None:
        if not await Reports(database, clock=SystemClock()).answer(report, text.strip()):
            complain(f"no open report '{report}'; 'audit reports' lists them")

    _run(settings, work)


def _signer(settings: Settings) -> Signer:
    try:
        return Signer(settings.audit)
    except BadOptions as error:
        complain(str(error))


def _years_before(now: datetime, years: int) -> datetime:
    try:
        return now.replace(year=now.year - years)
    except ValueError:
        return now.replace(year=now.year - years, day=28)  # 29 February


async def _entries(
    database: Database, since: datetime | None, until: datetime | None
) -> AsyncIterator[tuple[int, AccessEntry]]:
    """The entries of that time, in the order of the log."""
    await database.migrate_once()
    entry, last = tables.access_entry.c, -1
    asked = select(entry.place, entry.content).where(entry.content.is_not(None), entry.about != MARKER)
    for bound, limit in ((since, entry.at.__ge__), (until, entry.at.__lt__)):
        if bound is not None:
            asked = asked.where(limit(bound.replace(tzinfo=UTC)))
    while True:
        async with database.reading() as connection:
            page = asked.where(entry.place > last).order_by(entry.place).limit(1000)
            rows = (await connection.execute(page)).all()
        for row in rows:
            yield row.place, msgspec.json.decode(row.content, type=AccessEntry)
        if not rows:
            return
        last = rows[-1].place


def _run(settings: Settings, work: Callable[[Database], Awaitable[None]]) -> None:
    async def using(database: Database) -> None:
        try:
            await work(database)
        finally:
            await asyncio.shield(database.close())

    try:
        uvloop.run(using(Database(settings.store)))
    except BadOptions as error:
        complain(str(error))
    except Unavailable as error:
        # The library's sentence may quote the address, and there is a password in it.
        complain(f"the store cannot be had: {type(error).__name__}")
