"""Reads ``sources.toml`` and makes the sources; closes them in the end."""

import asyncio
import difflib
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path

from connectors.clock import Clock
from connectors.contract import Source
from connectors.options import BadOptions, read
from connectors.registry import KINDS, Kind


def open_sources(path: Path, *, clock: Clock, environment: Callable[[str], str | None]) -> tuple[Source, ...]:
    """The sources of that file, in its order. No connection is opened before the first question.

    Raises:
        BadOptions: naming the block, the key and the nearest key that exists.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadOptions(f"{path.name}: {error}") from None
    for key in table:
        if key != "sources":
            raise BadOptions(f"{path.name}: unknown key '{key}'; every block is named [sources.<key>]")
    blocks = table.get("sources", {})
    if not blocks:
        raise BadOptions(f"{path.name}: no source; every block is named [sources.<key>]")
    opened = []
    for key, block in blocks.items():
        where = f"sources.{key}"
        if not isinstance(block, dict):
            raise BadOptions(f"{where}: expected a block")
        kind = _kind(block, where)
        options = read(kind.options, block, where=where, folder=path.parent, environment=environment)
        try:
            opened.append(kind(key, options, clock=clock))
        except BadOptions as error:
            raise BadOptions(f"{where}: {error}") from None
    return tuple(opened)


async def close_sources(sources: Sequence[Source]) -> None:
    """Let go of every connection."""
    await asyncio.gather(*(source.close() for source in sources), return_exceptions=True)


def _kind(block: dict[str, object], where: str) -> Kind:
    name = block.get("kind")
    if not isinstance(name, str):
        raise BadOptions(f"{where}: 'kind' is missing; kinds: {', '.join(sorted(KINDS))}")
    if name not in KINDS:
        near = difflib.get_close_matches(name, KINDS, n=1, cutoff=0.4)
        hint = f"did you mean '{near[0]}'?" if near else f"kinds: {', '.join(sorted(KINDS))}"
        raise BadOptions(f"{where}: unknown kind '{name}'; {hint}")
    return KINDS[name]
