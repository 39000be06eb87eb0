"""``sources report``: what would be read of a hospital's dossiers, before it is connected.

Prints the names of fields and how often they stand in all the files together. Never a value, and nothing for a single
file: that a table of HIV care lies in this one dossier would be told by its name.
"""

from collections import Counter
from pathlib import Path
from typing import get_args

import click

from connectors.errors import Garbled
from connectors.hospital_xml.options import Version
from connectors.hospital_xml.report import mapping_reports


@click.command()
@click.option("--version", type=click.Choice(get_args(Version)), default="1931", show_default=True)
@click.argument("files", type=click.Path(exists=True, dir_okay=False, path_type=Path), nargs=-1, required=True)
def report(version: Version, files: tuple[Path, ...]) -> None:
    """Count what becomes of every field of these dossiers (hospital_xml)."""
    totals: dict[str, Counter[str]] = {"read": Counter(), "not understood": Counter(), "ignored by decision": Counter()}
    unreadable = 0
    for file in files:
        try:
            reports = mapping_reports(file.read_bytes(), version)
        except Garbled:
            unreadable += 1
            continue
        for one in reports:
            for total, counts in zip(totals.values(), (one.read, one.not_understood, one.ignored), strict=True):
                total.update(counts)
    for fate, counts in totals.items():
        click.echo(f"{fate}: {counts.total()}")
        for name, count in sorted(counts.items()):
            click.echo(f"  {name} {count}")
    click.echo(f"files that cannot be read: {unreadable}")
