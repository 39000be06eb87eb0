"""A book of consents without a database: as true as the words it was given."""

from collections.abc import Sequence
from datetime import timedelta

from resolvers.access.caller import Caller
from resolvers.consenting.book import Decide, Key, KeyTaken, Standing, Word, standings
from resolvers.consenting.trusting import Bounds, Trusting
from resolvers.emergencies.book import Declared
from resolvers.emergencies.notices import Notice

BOUNDS = Bounds(
    lapse=timedelta(days=365),
    longest=timedelta(days=1826),
    assurance=2,
    recent=timedelta(minutes=10),
    emergency=timedelta(hours=4),
)


class Remembered:
    """Keeps words by citizen (see ``resolvers.consenting.book.ConsentBook``)."""

    def __init__(self) -> None:
        self._words: dict[str, list[Word]] = {}
        self._keys: dict[tuple[str, str], tuple[str, str]] = {}

    async def standings(self, ref: str) -> Sequence[Standing]:
        """Every consent of that citizen."""
        return standings(self._words.get(ref, []), {})

    async def say(self, ref: str, key: Key | None, decide: Decide) -> Standing:
        """Add the word that follows."""
        if key is not None and (said := self._keys.get((ref, key.name))):
            if said[0] != key.content:
                raise KeyTaken
            return next(known for known in await self.standings(ref) if known.id == said[1])
        word = decide(await self.standings(ref))
        if isinstance(word, Standing):
            return word
        self._words.setdefault(ref, []).append(word)
        if key is not None:
            self._keys[ref, key.name] = (key.content, word.consent)
        return next(known for known in await self.standings(ref) if known.id == word.consent)


class NoEmergencies:
    """Nobody ever declared one (see ``resolvers.emergencies.book.EmergencyBook``)."""

    async def declare(self, declared: Declared, key: str) -> Declared:
        """It is kept nowhere."""
        return declared

    async def declared(self, ref: str) -> Sequence[Declared]:
        """None."""
        return ()

    async def notices(self, ref: str) -> Sequence[Notice]:
        """None."""
        return ()


def trusting(caller: Caller) -> Trusting:
    """For a request of that caller, with nothing said yet and no partners."""
    return Trusting(
        caller=caller,
        book=Remembered(),
        emergencies=NoEmergencies(),
        tell=lambda _: None,
        bounds=BOUNDS,
        organisations={},
        acr_values=(),
    )
