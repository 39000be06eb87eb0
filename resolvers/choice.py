"""The choice of sources for one question about one citizen, made in steps as more becomes known.

Pure: whoever asks takes the sources of each step as soon as they are chosen, and finds out meanwhile what the next
step needs. No source is chosen twice.
"""

from collections.abc import Callable, Collection, Iterable, Sequence

from connectors.contract import Question, Source
from connectors.records import Record, SourceInfo
from resolvers.locating import Directory, Named, Pointer


class Choice:
    """Who is asked, and who could have been."""

    def __init__(
        self,
        directory: Directory,
        question: Question[Record],
        ref: str,
        named: Named | None = None,
        passes_over: Callable[[SourceInfo], bool] | None = None,
    ) -> None:
        """Choose whom to ask at once.

        Args:
            directory: of all sources.
            question: what is asked.
            ref: the citizen's reference.
            named: whom the caller wants asked.
            passes_over: tells the sources that are neither asked nor shown, whatever points there.
        """
        self._hidden = passes_over
        self._directory = directory
        self._question = question
        self._ref = ref
        self._shelf = directory.shelf(question.about)
        self._unknown = self._shelf.unknown
        self._indicated: dict[str, Source] = {}
        self._asked: dict[str, Source] = {}
        self._only = directory.named(named, self._shelf) if named else None
        """Whom the caller named; then nobody else is asked, though something pointed there."""
        if self._only is not None:
            self.first = self._take(self._only)
        else:
            self.first = self._take([*self._shelf.always, *self._all_when_few()])

    @property
    def fed(self) -> bool:
        """Whether pointers matter: to find somebody, or to be measured."""
        return self._shelf.fed

    @property
    def is_made(self) -> bool:
        """Whether nobody else can be chosen, whatever pointers say."""
        return not self._shelf.trusted and (self._only is not None or not self.is_short)

    @property
    def is_short(self) -> bool:
        """Whether more sources could hold something than are asked: it helps to know where the citizen has been."""
        return self._only is None and self._left > 0

    def point(self, pointers: Sequence[Pointer] | None) -> list[Source]:
        """Choose by the citizen's pointers; where they cannot be read (``None``), anybody may hold something."""
        if pointers is None:
            self._unknown = self._shelf.unknown_without_pointers
            return self._take(self._all_when_few())
        return self._indicate(self._shelf.indicated(pointers, self._question))

    def visited(self, facilities: Collection[str]) -> list[Source]:
        """Choose by facilities where the citizen has been or is registered."""
        return self._indicate(source for facility in facilities for source in self._directory.at(facility, self._shelf))

    def probe(self) -> list[Source]:
        """Choose, within the bound, among those to which nothing points."""
        if self._only is not None:
            return []
        chosen: list[Source] = []
        for source in self._seen(self._unknown.all_from(self._ref)):
            if len(chosen) == self._directory.probing:
                break
            if source.info.id not in self._asked:
                chosen.append(source)
        return self._take(chosen)

    @property
    def asked(self) -> list[Source]:
        """Everybody chosen so far, in the order of the configuration."""
        return self._directory.ordered(self._asked.values())

    @property
    def passed_over(self) -> list[Source]:
        """Those not asked though something points there, or though they always are."""
        known = {**{source.info.id: source for source in self._seen(self._shelf.always)}, **self._indicated}
        return self._directory.ordered(source for key, source in known.items() if key not in self._asked)

    @property
    def not_asked(self) -> int:
        """How many sources could hold something and were not asked."""
        return self._left + sum(source.info.id not in self._unknown.ids for source in self.passed_over)

    @property
    def rules_out(self) -> bool:
        """Whether sources were left out because their pointers tell that they hold nothing."""
        return self._unknown is self._shelf.unknown and bool(self._shelf.trusted - self._asked.keys())

    @property
    def _left(self) -> int:
        return len(self._unknown) - sum(key in self._unknown.ids for key in self._asked)

    def _all_when_few(self) -> Iterable[Source]:
        if self._only is not None or len(self._unknown) > self._directory.probing:
            return ()
        return self._unknown.all_from(self._ref)

    def _indicate(self, sources: Iterable[Source]) -> list[Source]:
        found = list(self._seen(sources))
        self._indicated.update((source.info.id, source) for source in found)
        return self._take(found) if self._only is None else []

    def _take(self, sources: Iterable[Source]) -> list[Source]:
        """Those not chosen before, in the order of the configuration; from now on they are."""
        fresh = {source.info.id: source for source in self._seen(sources) if source.info.id not in self._asked}
        self._asked.update(fresh)
        return self._directory.ordered(fresh.values())

    def _seen(self, sources: Iterable[Source]) -> Iterable[Source]:
        hidden = self._hidden
        return sources if hidden is None else (source for source in sources if not hidden(source.info))
