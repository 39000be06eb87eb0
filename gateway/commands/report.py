"""``sources report``: what would be read of a source's answers, before a citizen misses something.

Prints the names of fields and how often they stand in all the files together. Never a value, and nothing for a single
file: that a table of HIV care lies in this one dossier would be told by its name.
"""

from pathlib import Path

import click
from msgspec import structs

from connectors.errors import Garbled
from connectors.registry import mapping_reports
from connectors.reports import MappingReport
from gateway.commands.common import block_of, config_option, echo_json, json_option, settings_of


@click.command()
@click.argument("name")
@click.argument("files", type=click.Path(exists=True, dir_okay=False, path_type=Path), nargs=-1, required=True)
@config_option
@json_option
def report(name: str, files: tuple[Path, ...], config: Path, *, as_json: bool) -> None:
    """Count what becomes of every field of answers that a source gave, each in a file of its own."""
    block = block_of(settings_of(config), name)
    total, unreadable = MappingReport(), 0
    for file in files:
        try:
            found = mapping_reports(block.options, file.read_bytes())
        except Garbled:
            unreadable += 1
            continue
        for one in found:
            total.add(one)
    if as_json:
        echo_json({**structs.asdict(total), "unreadable": unreadable})
        return
    for fate, counts in structs.asdict(total).items():
        click.echo(f"{fate.replace('_', ' ')}: {counts.total()}")
        for field, count in sorted(counts.items()):
            click.echo(f"  {field} {count}")
    click.echo(f"files that cannot be read: {unreadable}")
