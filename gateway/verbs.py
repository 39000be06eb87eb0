"""The verbs of the command line. Exit codes: 0 fine, 1 findings, 2 misuse."""

import sys
from functools import partial
from pathlib import Path

import click
import uvloop

from connectors.clock import SystemClock
from connectors.options import BadOptions
from gateway import telemetry
from gateway.app import Gateway, certifier_of
from gateway.audit.notes import Signer
from gateway.commands.audit import audit
from gateway.commands.common import blocks_of, complain, config_option, echo_json, json_option, settings_of
from gateway.commands.documents import documents
from gateway.commands.policy import policy
from gateway.commands.reviews import reviews
from gateway.commands.sources import sources
from gateway.commands.store import store
from gateway.commands.token import token
from gateway.process import leave_no_dump
from gateway.serving import CannotListen
from gateway.serving import serve as serve_gateway
from gateway.settings import load
from gateway.sources import open_source
from resolvers.access.audiences import Audience, schema_text
from resolvers.publishing import published
from resolvers.schema import build_schema


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="citizen-graph")
def main() -> None:
    """Citizen Graph: one citizen's health record, resolved on demand where it originates."""


@main.command()
@config_option
def serve(config: Path) -> None:
    """Run the gateway."""
    settings = settings_of(config)
    leave_no_dump()
    telemetry.set_up()
    try:
        uvloop.run(serve_gateway(Gateway(settings, reread=partial(load, config))))
    except (BadOptions, CannotListen) as error:
        complain(str(error))


@main.command()
@config_option
@json_option
def check(config: Path, *, as_json: bool) -> None:
    """Check the settings and the sources with the code that serves, and print what is weak."""
    settings = settings_of(config)
    blocks = blocks_of(settings)
    try:
        certifier_of(settings, SystemClock())
        Signer(settings.audit)
        opened = [open_source(block, clock=SystemClock()) for block in blocks]
    except BadOptions as error:
        complain(str(error))
    weak = [*settings.weaknesses(), *(sentence for block in blocks for sentence in block.weaknesses())]
    if as_json:
        echo_json({"sources": [source.info.id for source in opened], "weaknesses": weak})
    else:
        for source in opened:
            held = ", ".join(sorted(kind.__name__ for kind in source.holds))
            click.echo(f"{source.info.id}: {source.info.protocol}, {source.info.name}: {held}")
        for weakness in weak:
            click.echo(f"weak: {weakness}", err=True)
    sys.exit(1 if weak else 0)


@main.command()
@click.option(
    "--audience",
    type=click.Choice([audience.value for audience in Audience]),
    default=Audience.CITIZEN.value,
    show_default=True,
    help="For whom: what an audience may never see does not exist in its schema.",
)
def schema(audience: str) -> None:
    """Print the schema (SDL)."""
    click.echo(schema_text(published(build_schema()), Audience(audience)), nl=False)


main.add_command(audit)
main.add_command(documents)
main.add_command(policy)
main.add_command(reviews)
main.add_command(sources)
main.add_command(store)
main.add_command(token)
