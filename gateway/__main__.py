"""The verbs of the command line. Exit codes: 0 fine, 1 findings, 2 misuse."""

import json
import sys
from pathlib import Path
from typing import NoReturn

import click
import uvloop

from connectors.clock import SystemClock
from connectors.options import BadOptions
from gateway import telemetry
from gateway.app import Gateway
from gateway.serving import CannotListen
from gateway.serving import serve as serve_gateway
from gateway.settings import Settings, environment_variable, load
from gateway.sources import open_sources
from resolvers.schema import build_schema

config_option = click.option(
    "--config",
    type=click.Path(path_type=Path),
    default="gateway.toml",
    envvar="GATEWAY_CONFIG",
    show_default=True,
    help="The settings file.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="citizen-graph")
def main() -> None:
    """Citizen Graph: one citizen's health record, resolved on demand where it originates."""


@main.command()
@config_option
def serve(config: Path) -> None:
    """Run the gateway."""
    settings = _settings(config)
    telemetry.set_up()
    try:
        uvloop.run(serve_gateway(Gateway(settings)))
    except (BadOptions, CannotListen) as error:
        _complain(str(error))


@main.command()
@config_option
@click.option("--json", "as_json", is_flag=True, help="Write the findings as JSON.")
def check(config: Path, *, as_json: bool) -> None:
    """Check the settings and the sources with the code that serves, and print what is weak."""
    settings = _settings(config)
    try:
        sources = open_sources(settings.sources, clock=SystemClock(), environment=environment_variable)
    except BadOptions as error:
        _complain(str(error))
    weak = settings.weaknesses()
    if as_json:
        click.echo(json.dumps({"sources": [source.info.id for source in sources], "weaknesses": weak}))
    else:
        for source in sources:
            held = ", ".join(sorted(kind.__name__ for kind in source.holds))
            click.echo(f"{source.info.id}: {source.info.protocol}, {source.info.name}: {held}")
        for weakness in weak:
            click.echo(f"weak: {weakness}", err=True)
    sys.exit(1 if weak else 0)


@main.command()
def schema() -> None:
    """Print the schema (SDL)."""
    click.echo(build_schema().as_str())


def _settings(config: Path) -> Settings:
    try:
        return load(config)
    except BadOptions as error:
        _complain(str(error))


def _complain(sentence: str) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(2)


if __name__ == "__main__":
    main()
