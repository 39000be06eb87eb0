"""Reads ``sources.toml`` and makes sources of its blocks, sheltered as they say."""

import difflib
import secrets
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct

from connectors.activity import Activity
from connectors.backends import BoundedMemory, BriefRedis
from connectors.caching import CachingSource
from connectors.clock import Clock
from connectors.contract import Source
from connectors.options import BadOptions, SourceOptions, read
from connectors.records import FoundBy, SourceKind
from connectors.registry import KINDS, Kind
from connectors.resilience import GuardedSource
from connectors.vault import LONGEST, Vault
from connectors.weaknesses import weaknesses_of
from gateway.settings import Cache

_FOUND_BY = {
    SourceKind.INSURANCE: FoundBy.ALWAYS,
    SourceKind.POPULATION_REGISTER: FoundBy.ALWAYS,
    SourceKind.VACCINATION: FoundBy.ALWAYS,
}
"""How registers of everybody are found where their block does not say; every other place is probed."""


class Block(Struct, frozen=True):
    """One block of the file: a source as it is configured, before anybody speaks with it."""

    key: str
    kind: Kind
    options: SourceOptions

    def weaknesses(self) -> list[str]:
        """One sentence per choice that is allowed and yet unsafe."""
        return [f"sources.{self.key}.{sentence}" for sentence in weaknesses_of(self.options)]


def read_blocks(path: Path, *, environment: Callable[[str], str | None]) -> tuple[Block, ...]:
    """The blocks of that file, in its order.

    Args:
        path: of the file.
        environment: looks an environment variable up.

    Raises:
        BadOptions: naming the block, the key and the nearest key that exists.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadOptions(f"{path.name}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadOptions(f"{path.name}: {error}") from None
    for key in table:
        if key != "sources":
            raise BadOptions(f"{path.name}: unknown key '{key}'; every block is named [sources.<key>]")
    blocks = table.get("sources", {})
    if not blocks:
        raise BadOptions(f"{path.name}: no source; every block is named [sources.<key>]")
    read_all = tuple(_block(key, block, path.parent, environment) for key, block in blocks.items())
    _check_senders(read_all)
    return read_all


def open_source(
    block: Block,
    *,
    clock: Clock,
    vault: Vault | None = None,
    edition: str = "",
    activity: Activity | None = None,
    lateness: Callable[[float], float] = lambda _seconds: 0.0,
) -> Source:
    """The source of a block, sheltered as the block says. No connection is opened before the first question.

    Args:
        block: as it was read.
        clock: the time of everything.
        vault: keeps answers for the seconds that blocks grant; without one nothing is kept.
        edition: tells this reading of the block from others: what was kept under another one is not found again.
        activity: where the source's questions and calls are counted.
        lateness: how late this process itself was at worst in the last so many seconds.

    Raises:
        BadOptions: naming the block, the key and the nearest key that exists.
    """
    options = block.options
    if options.cache > LONGEST:
        raise BadOptions(f"sources.{block.key}: cache: an answer is kept for {LONGEST:.0f} seconds at most")
    try:
        source = block.kind(block.key, options, clock=clock)
    except BadOptions as error:
        raise BadOptions(f"sources.{block.key}: {error}") from None
    except OSError:  # ssl.SSLError among them
        raise BadOptions(f"sources.{block.key}: 'ca' or 'identity' cannot be read, or is no PEM file") from None
    source.info.found_by = options.found_by or _FOUND_BY.get(options.category, FoundBy.PROBING)
    source.info.sender = options.events
    guarded = GuardedSource(source, options.breaker, clock=clock, activity=activity, lateness=lateness)
    if vault is None or not options.cache:
        return guarded
    # Outside the breaker: what is known for certain needs nobody to be asked.
    return CachingSource(guarded, options.cache, vault, edition=edition, activity=activity)


def open_vault(cache: Cache, *, clock: Clock) -> Vault:
    """The keeping place of answers. Its secret is made here, lives in memory, and ends with the process.

    Raises:
        BadOptions: the address of the Redis is none.
    """
    secret = secrets.token_bytes(32)
    if cache.url is None:
        return Vault(BoundedMemory(cache.max_size), secret=secret, clock=clock)
    try:
        redis = BriefRedis(cache.url.reveal(), timeout=cache.timeout, ca=cache.ca)
    except ValueError:
        # The library's sentence may quote the address, and there is a password in it.
        raise BadOptions("cache.url: expected an address such as 'rediss://user:password@host:6379/0'") from None
    return Vault(redis, secret=secret, clock=clock)


def _check_senders(blocks: Sequence[Block]) -> None:
    """Nobody sends for two: an event does not say for whom it is."""
    senders: dict[tuple[str | None, str], str] = {}
    for block in blocks:
        sender = block.options.events
        if sender is not None:
            other = senders.setdefault((sender.issuer, sender.client), block.key)
            if other != block.key:
                raise BadOptions(f"sources.{block.key}.events.client: sends for sources.{other} already")
        elif block.options.found_by is FoundBy.POINTERS:
            raise BadOptions(f"sources.{block.key}.events: 'pointers' need somebody who sends them, by 'client'")


def _block(key: str, block: object, folder: Path, environment: Callable[[str], str | None]) -> Block:
    where = f"sources.{key}"
    if not isinstance(block, dict):
        raise BadOptions(f"{where}: expected a block")
    kind = _kind(block, where)
    return Block(key, kind, read(kind.options, block, where=where, folder=folder, environment=environment))


def _kind(block: dict[str, object], where: str) -> Kind:
    name = block.get("kind")
    if not isinstance(name, str):
        raise BadOptions(f"{where}: 'kind' is missing; kinds: {', '.join(sorted(KINDS))}")
    if name not in KINDS:
        near = difflib.get_close_matches(name, KINDS, n=1, cutoff=0.4)
        hint = f"did you mean '{near[0]}'?" if near else f"kinds: {', '.join(sorted(KINDS))}"
        raise BadOptions(f"{where}: unknown kind '{name}'; {hint}")
    return KINDS[name]
