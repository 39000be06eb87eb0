"""The sources while the gateway runs: lent to requests, and exchanged under them without dropping one.

A reading of the file is taken whole or not at all. A block that says the same as before keeps its source, with its
connections, its breakers and what it knows; a source that is no longer configured, or differently, is closed when the
last request that was lent it has ended.
"""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct

from connectors.activity import Activity
from connectors.clock import Clock
from connectors.contract import Source
from connectors.fingerprint import fingerprint
from connectors.options import BadOptions
from connectors.vault import Vault
from gateway.sources import Block, open_source, read_blocks
from resolvers.locating import Directory


class Changes(Struct, frozen=True, kw_only=True):
    """What a new reading made of the sources, by their keys."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


class _Opened(Struct, frozen=True, eq=False):
    """One source, and what its block said."""

    key: str
    said: str
    source: Source
    activity: Activity


class _Generation(Struct, eq=False):
    """The sources of one reading, and how many requests have been lent them."""

    opened: tuple[_Opened, ...]
    directory: Directory
    weaknesses: tuple[str, ...]
    borrowers: int = 0


class Loan:
    """The sources of one reading, lent to one request."""

    def __init__(self, fleet: "Fleet", generation: _Generation) -> None:
        self._fleet = fleet
        self._generation = generation
        self.directory = generation.directory

    def __enter__(self) -> Directory:
        self._generation.borrowers += 1
        return self.directory

    def __exit__(self, *_: object) -> None:
        self._generation.borrowers -= 1
        self._fleet.returned(self._generation)


class Fleet:
    """The configured sources, now."""

    def __init__(
        self,
        path: Path,
        *,
        clock: Clock,
        environment: Callable[[str], str | None],
        vault: Vault | None = None,
        arranged: Callable[[Sequence[Source]], Directory] = Directory,
        lateness: Callable[[float], float] = lambda _seconds: 0.0,
    ) -> None:
        """Read the file. No connection is opened before the first question.

        Args:
            path: of the file with the blocks.
            clock: the time of everything.
            environment: looks an environment variable up.
            vault: keeps answers for the seconds that blocks grant; without one nothing is kept.
            arranged: makes sources ready to be chosen from.
            lateness: how late this process itself was at worst in the last so many seconds.

        Raises:
            BadOptions: naming the block, the key and the nearest key that exists.
        """
        self._clock = clock
        self._environment = environment
        self._vault = vault
        self._arranged = arranged
        self._lateness = lateness
        self._now = self._read(path, ())
        self._living = [self._now]
        self._closing: set[asyncio.Task[None]] = set()
        self._one_at_a_time = asyncio.Lock()

    @property
    def sources(self) -> tuple[Source, ...]:
        """Those that the next request is lent, in the order of the file."""
        return tuple(opened.source for opened in self._now.opened)

    @property
    def activities(self) -> tuple[tuple[Source, Activity], ...]:
        """Those sources, each with what goes on between us and it."""
        return tuple((opened.source, opened.activity) for opened in self._now.opened)

    @property
    def weaknesses(self) -> tuple[str, ...]:
        """One sentence per choice in the file that is allowed and yet unsafe."""
        return self._now.weaknesses

    def lent(self) -> Loan:
        """The sources, for one request: they stay open as long as the block lasts."""
        return Loan(self, self._now)

    def returned(self, generation: _Generation) -> None:
        """One request has done with the sources of that reading."""
        if generation is not self._now:
            self._let_go()

    async def reload(self, path: Path) -> Changes:
        """Read the file again, and lend what it says from now on.

        Raises:
            BadOptions: nothing has changed.
        """
        async with self._one_at_a_time:
            before = self._now
            # Files are read and certificates loaded: long enough for others to notice.
            self._now = await asyncio.to_thread(self._read, path, before.opened)
            self._living.append(self._now)
            self._let_go()
        return _difference(before.opened, self._now.opened)

    async def close(self) -> None:
        """Let go of every connection, whoever was lent a source."""
        everything = {opened for generation in self._living for opened in generation.opened}
        await asyncio.gather(*(opened.source.close() for opened in everything), *self._closing, return_exceptions=True)

    def _read(self, path: Path, known: Sequence[_Opened]) -> _Generation:
        blocks = read_blocks(path, environment=self._environment)
        standing = {(opened.key, opened.said): opened for opened in known}
        opened = tuple(self._opened(block, standing) for block in blocks)
        return _Generation(
            opened=opened,
            directory=self._arranged([one.source for one in opened]),
            weaknesses=tuple(sentence for block in blocks for sentence in block.weaknesses()),
        )

    def _opened(self, block: Block, standing: dict[tuple[str, str], _Opened]) -> _Opened:
        try:
            said = fingerprint(block.options)
        except OSError as error:
            raise BadOptions(f"sources.{block.key}: a file cannot be read: {error.strerror}") from None
        known = standing.get((block.key, said))
        if known is not None:
            return known
        activity = Activity()
        source = open_source(
            block,
            clock=self._clock,
            vault=self._vault,
            edition=said,
            activity=activity,
            lateness=self._lateness,
        )
        return _Opened(block.key, said, source, activity)

    def _let_go(self) -> None:
        """Close what nobody is lent and nobody will be."""
        ended = [generation for generation in self._living if generation is not self._now and not generation.borrowers]
        if not ended:
            return
        self._living = [generation for generation in self._living if generation not in ended]
        needed = {opened for generation in self._living for opened in generation.opened}
        for opened in {opened for generation in ended for opened in generation.opened} - needed:
            task = asyncio.ensure_future(opened.source.close())
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)


def _difference(before: Sequence[_Opened], after: Sequence[_Opened]) -> Changes:
    old = {opened.key: opened for opened in before}
    new = {opened.key: opened for opened in after}
    both = [key for key in new if key in old]
    return Changes(
        added=tuple(key for key in new if key not in old),
        changed=tuple(key for key in both if new[key] is not old[key]),
        removed=tuple(key for key in old if key not in new),
        kept=tuple(key for key in both if new[key] is old[key]),
    )
