"""``documents``: the operations that clients were built with."""

import sys
import tomllib
from pathlib import Path
from typing import Annotated, Any

import click
import msgspec
from graphql import GraphQLSyntaxError, OperationDefinitionNode, parse
from msgspec import Meta, Struct

from connectors.contract import Purpose
from connectors.options import BadOptions
from gateway.commands.common import complain, echo_json, json_option, settings_of
from gateway.operations.execution import Executor
from gateway.operations.trusted import Manifest, Trusted, id_of, read_manifest
from gateway.settings import Execution, Limits
from resolvers.language import LANGUAGES
from resolvers.schema import build_schema


class Listed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One operation in the list from which a manifest is built."""

    file: str
    """Of the document, from where the list lies."""
    clients: Annotated[tuple[str, ...], Meta(min_length=1)]
    purposes: Annotated[tuple[Purpose, ...], Meta(min_length=1)]
    sentence: dict[str, str]
    """What it does, in plain words, in every language of the gateway."""
    max_cost: Annotated[int, Meta(ge=1)] | None = None
    """Twice its price without variables, by default."""


class Listing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The list."""

    operation: tuple[Listed, ...]


_limits = click.option(
    "--config", type=click.Path(path_type=Path), help="Settings whose limits hold; the default limits without it."
)


@click.group()
def documents() -> None:
    """The operations that clients were built with."""


@documents.command()
@_limits
@click.argument("listing", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def build(config: Path | None, listing: Path) -> None:
    """Build a manifest from a list of documents, and print it.

    The list is TOML: for each [[operation]] the file, clients, purposes, sentence.vi, sentence.en, and max_cost.
    """
    executor = _executor(config)
    entries = [_entry(listed, listing.parent, executor) for listed in _listed(listing)]
    for entry in entries:
        if complaint := executor.complaint_about(entry):
            complain(f"{entry.name}: {complaint}")
    content = msgspec.to_builtins(Manifest(version=1, operations=tuple(entries)))
    click.echo(msgspec.json.format(msgspec.json.encode(content), indent=2).decode())


@documents.command()
@_limits
@json_option
@click.argument("manifest", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def check(config: Path | None, manifest: Path, *, as_json: bool) -> None:
    """Check a manifest against the schema and the limits of this version, as `serve` does at its start."""
    executor = _executor(config)
    try:
        entries = read_manifest(manifest).operations
    except BadOptions as error:
        complain(str(error))
    found = {entry.name: executor.complaint_about(entry) for entry in entries}
    if as_json:
        echo_json(found)
    else:
        for entry in entries:
            click.echo(f"{entry.name}: {found[entry.name] or 'fine'}")
    sys.exit(1 if any(found.values()) else 0)


def _executor(config: Path | None) -> Executor:
    limits = Limits() if config is None else settings_of(config).limits
    return Executor(
        build_schema(), limits, introspection=False, execution=Execution(plans="off"), differs=lambda _field: None
    )


def _listed(listing: Path) -> tuple[Listed, ...]:
    try:
        table: dict[str, Any] = tomllib.loads(listing.read_text(encoding="utf-8"))
        return msgspec.convert(table, Listing).operation
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        complain(f"{listing.name}: {error}")


def _entry(listed: Listed, folder: Path, executor: Executor) -> Trusted:
    try:
        text = (folder / listed.file).read_text(encoding="utf-8")
        node = parse(text)
    except (OSError, UnicodeDecodeError):
        complain(f"{listed.file}: cannot be read")
    except GraphQLSyntaxError as error:
        complain(f"{listed.file}: {error.message}")
    if missing := LANGUAGES.keys() - listed.sentence.keys():
        complain(f"{listed.file}: no sentence in {', '.join(sorted(missing))}")
    names = [
        definition.name.value if definition.name else ""
        for definition in node.definitions
        if isinstance(definition, OperationDefinitionNode)
    ]
    if len(names) != 1 or not names[0]:
        complain(f"{listed.file}: expected one operation, with a name")
    entry = Trusted(
        id=id_of(text),
        name=names[0],
        body=text,
        clients=listed.clients,
        purposes=listed.purposes,
        max_cost=listed.max_cost or executor.max_cost,
        sentence=listed.sentence,
    )
    if listed.max_cost is None and executor.complaint_about(entry) is None:
        price = executor.documents.get(text).prices[names[0]].of(None)
        return msgspec.structs.replace(entry, max_cost=min(2 * price, executor.max_cost) or 1)
    return entry
