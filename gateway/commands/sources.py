"""``sources``: what is configured, whether it can be reached and used, and what would be read of a dossier."""

import sys
from pathlib import Path
from urllib.parse import urlsplit

import click
import uvloop
from msgspec import Struct, structs

from connectors.clock import SystemClock
from connectors.options import BadOptions, SourceOptions
from connectors.weaknesses import secrets_of
from gateway.commands.common import block_of, blocks_of, complain, config_option, echo_json, json_option, settings_of
from gateway.commands.report import report
from gateway.commands.testing import Finding, Tester, subject_of
from gateway.sources import Block, open_source


@click.group()
def sources() -> None:
    """The configured sources."""


class Row(Struct, frozen=True, kw_only=True):
    """One configured source, as an operator looks for it. Never a path of its address, never a secret."""

    source: str
    kind: str
    category: str
    name: str
    host: str
    """``host:port`` as configured; the folder's name for a source that lies in one."""
    holds: tuple[str, ...]
    deadline_seconds: float
    cache_seconds: float
    concurrency: int
    protected_by: tuple[str, ...]
    weaknesses: tuple[str, ...]


@sources.command("list")
@config_option
@json_option
def list_(config: Path, *, as_json: bool) -> None:
    """Print every configured source."""
    rows = [_row(block) for block in blocks_of(settings_of(config))]
    if as_json:
        echo_json([structs.asdict(row) for row in rows])
        return
    for row in rows:
        click.echo(f"{row.source}: {row.kind}, {row.category}, {row.name}")
        click.echo(f"  at {row.host}, protected by {', '.join(row.protected_by) or 'nothing'}")
        cache = f"{row.cache_seconds:g} s" if row.cache_seconds else "off"
        click.echo(f"  deadline {row.deadline_seconds:g} s, {row.concurrency} calls at once, cache {cache}")
        click.echo(f"  holds {', '.join(row.holds)}")


@sources.command("test")
@click.argument("name")
@click.option(
    "--citizen",
    is_flag=True,
    help="Also ask for every class of record about one citizen who agreed to it. The number, and where the source "
    "compares them the full name and the birth date, are asked for, or read from standard input, a line each.",
)
@config_option
@json_option
def test(name: str, config: Path, *, citizen: bool, as_json: bool) -> None:
    """Go to a source step by step, and say how each step went. No clinical value and no number is printed."""
    settings = settings_of(config)
    block = block_of(settings, name)
    subject = subject_of(settings) if citizen else None

    async def every_step() -> list[Finding]:
        found = []
        async for finding in Tester(block, SystemClock()).steps(subject):
            found.append(finding)
            if not as_json:
                click.echo(f"{'ok  ' if finding.fine else 'FAIL'} {finding.step}: {finding.told} ({finding.ms} ms)")
        return found

    try:
        findings = uvloop.run(every_step())
    except BadOptions as error:
        complain(str(error))
    if as_json:
        echo_json([structs.asdict(finding) for finding in findings])
    sys.exit(0 if all(finding.fine for finding in findings) else 1)


def _row(block: Block) -> Row:
    options = block.options
    try:
        # Made and thrown away unused: what a source holds is decided where it is made.
        held = open_source(block, clock=SystemClock()).holds
    except BadOptions as error:
        complain(str(error))
    return Row(
        source=block.key,
        kind=options.kind,
        category=options.category.value,
        name=options.name,
        host=urlsplit(options.url).netloc or "a folder of this machine",
        holds=tuple(sorted(about.__name__ for about in held)),
        deadline_seconds=float(options.deadline),
        cache_seconds=float(options.cache),
        concurrency=options.concurrency,
        protected_by=_protection(options),
        weaknesses=tuple(block.weaknesses()),
    )


def _protection(options: SourceOptions) -> tuple[str, ...]:
    """What keeps others from asking and from listening, by the words of the settings."""
    found = ["TLS"] if urlsplit(options.url).scheme == "https" else []
    if options.identity is not None:
        found.append("identity")
    if options.xroad is not None:
        found.append("xroad")
    return (*found, *(place for place, _ in secrets_of(options)))


sources.add_command(report)
