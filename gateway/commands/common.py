"""What the verbs share: where the settings are, and how a mistake is told. Exit codes: 0 fine, 1 findings, 2 misuse."""

import json
import sys
from pathlib import Path
from typing import Any, NoReturn

import click

from connectors.options import BadOptions
from gateway.settings import Settings, environment_variable, load
from gateway.sources import Block, read_blocks

config_option = click.option(
    "--config",
    type=click.Path(path_type=Path),
    default="gateway.toml",
    envvar="GATEWAY_CONFIG",
    show_default=True,
    help="The settings file.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Write one line of JSON.")


def settings_of(config: Path) -> Settings:
    """The settings of that file, or the end of the program with a sentence."""
    try:
        return load(config)
    except BadOptions as error:
        complain(str(error))


def blocks_of(settings: Settings) -> tuple[Block, ...]:
    """The blocks of the sources, or the end of the program with a sentence."""
    try:
        return read_blocks(settings.sources, environment=environment_variable)
    except BadOptions as error:
        complain(str(error))


def block_of(settings: Settings, name: str) -> Block:
    """The block of that source, or the end of the program with a sentence."""
    block = next((block for block in blocks_of(settings) if block.key == name), None)
    if block is None:
        complain(f"no source '{name}'; 'sources list' names them")
    return block


def complain(sentence: str) -> NoReturn:
    """End with a sentence about a misuse."""
    click.echo(sentence, err=True)
    sys.exit(2)


def echo_json(content: Any) -> None:
    """Write one line of JSON, in the letters of its words."""
    click.echo(json.dumps(content, ensure_ascii=False))
