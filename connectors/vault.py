"""Keeps answers for the seconds that a source grants, so that nobody who sees the keeping place learns anything.

*What stands in the backend.* Names are keyed digests, values are sealed with AES-256-GCM. Both keys are derived from
one secret that is made at random when the process group starts and is never written down; without it, what a Redis
still holds afterwards is noise. Another process group has other names and cannot even find the entries. Workers that
shall share entries are forked by the one that made the secret.

*What is in a name.* Everything that a source could see or a kind could check by: the source, the whole question, the
whole subject as it is proved (number, name, birth date), purpose and basis. The records do not depend on who asks, and
policy is applied before anybody gets here; but an answer that was held against less proof must not serve a caller with
more, and a kind may one day tell its source the purpose. Names take in structures, not lists of fields, so that a new
field of a question cannot be forgotten. The token, its scopes and its client reach no source and are not in it.

*How a citizen's entries are purged.* Each citizen has a generation, a random value under its own name, which every seal
covers. To forget it is to lose the entries, wherever they lie and whoever is just writing one; a backend that loses it
by itself does the same.
"""

import logging
import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import cache
from hashlib import blake2b
from typing import Any, Generic, TypeVar

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import Struct

from connectors.backends import Backend
from connectors.clock import Clock
from connectors.contract import Grant, Question
from connectors.errors import Resting
from connectors.options import BreakerOptions, Duration
from connectors.records import Record
from connectors.resilience import Breaker, Ended

R = TypeVar("R", bound=Record)
T = TypeVar("T")

LONGEST = 3600.0
"""Seconds for which a source may grant the keeping of an answer: a generation lives as long."""
_NONCE_BYTES = 12
_BREAKER = BreakerOptions(failures=3, reset=Duration(5))

_log = logging.getLogger(__name__)


class Place(Struct, frozen=True):
    """Where one answer lies: the names of its citizen's generation and of itself."""

    citizen: str
    answer: str


class Kept(Struct, Generic[R], frozen=True):
    """An answer as it is kept. In JSON inside its seal, which unlike MessagePack leaves times their offset."""

    retrieved_at: datetime
    records: tuple[R, ...]


class Found(Struct, Generic[R], frozen=True):
    """What a look into the vault gave."""

    generation: bytes | None
    """The citizen's, at that moment; none where the backend ails, and then nothing is kept either."""
    kept: Kept[R] | None


class Vault:
    """The keeping place of one process group. Whatever goes wrong with it, it has nothing: it never raises."""

    def __init__(
        self, backend: Backend, *, secret: bytes, clock: Clock, random: Callable[[int], bytes] = secrets.token_bytes
    ) -> None:
        """Make the vault.

        Args:
            backend: where the sealed bytes lie.
            secret: 32 random bytes of this process group.
            clock: for the age of entries.
            random: so many random bytes: nonces and generations.
        """
        self._backend = backend
        self._clock = clock
        self._random = random
        self._names = _derived(secret, b"names")
        self._seal = AESGCM(_derived(secret, b"seals"))
        self._breaker = Breaker(_BREAKER, clock)

    def place(self, source: str, question: Question[Any], grant: Grant) -> Place:
        """Where the answer of that source to that question, asked with that grant, lies."""
        seen = [source, question, grant.subject, grant.purpose, grant.basis]
        return Place(citizen=self._citizen(grant.subject.ref), answer=self._name("answer", seen))

    async def find(self, place: Place, about: type[R], *, seconds: float) -> Found[R]:
        """What lies there and is not older than that."""
        read = await self._try(lambda: self._backend.multi_get([place.citizen, place.answer]))
        if not isinstance(read, list) or len(read) != 2:
            return Found(None, None)
        generation, sealed = read
        if not isinstance(generation, bytes):
            return Found(await self._begin(place), None)
        return Found(generation, self._opened(place, generation, sealed, about, seconds))

    async def keep(self, place: Place, generation: bytes | None, kept: Kept[R], *, seconds: float) -> None:
        """Keep an answer for that long, under the generation that was found before its source was asked."""
        if generation is None:
            return
        try:
            text = msgspec.json.encode(kept)
        except UnicodeEncodeError:
            return  # half a character, as a source wrote it
        nonce = self._random(_NONCE_BYTES)
        sealed = nonce + self._seal.encrypt(nonce, text, _bound(place, generation))
        await self._try(lambda: self._backend.set(place.answer, sealed, ttl=float(seconds)))

    async def purge(self, ref: str) -> bool:
        """Lose every entry about the citizen with that reference.

        Returns:
            False where the backend could not be told; the entries then end with their seconds.
        """
        try:
            await self._backend.delete(self._citizen(ref))
        except Exception as error:  # noqa: BLE001 - whichever library is underneath
            _log.warning("a citizen's entries could not be purged: %s", type(error).__name__)
            return False
        return True

    async def close(self) -> None:
        """Let go of what is kept in memory, or of the connections."""
        await self._backend.close()

    async def _begin(self, place: Place) -> bytes | None:
        """A generation for a citizen who has none, unless another worker was quicker: then the next look finds it."""
        generation = self._random(16)
        done = await self._try(lambda: self._backend.add(place.citizen, generation, ttl=LONGEST))
        return generation if done else None

    def _opened(
        self, place: Place, generation: bytes, sealed: object, about: type[R], seconds: float
    ) -> Kept[R] | None:
        """What was sealed for this place and generation, if it is fresh by our own clock."""
        if not isinstance(sealed, bytes):
            return None
        nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            text = self._seal.decrypt(nonce, rest, _bound(place, generation))
            kept: Kept[R] = _decoder(about).decode(text)
        except (InvalidTag, ValueError):
            return None
        age = (self._clock.now() - kept.retrieved_at).total_seconds()
        return kept if 0 <= age < seconds else None

    def _citizen(self, ref: str) -> str:
        return self._name("citizen", [ref])

    def _name(self, what: str, parts: list[object]) -> str:
        text = msgspec.json.encode([what, *parts], enc_hook=_class_name)
        return f"gw:{blake2b(text, key=self._names, digest_size=24).hexdigest()}"

    async def _try(self, work: Callable[[], Awaitable[T]]) -> T | None:
        """The backend's answer, or nothing; after some failures it is left alone for a while."""
        try:
            begun = self._breaker.begin()
        except Resting:
            return None
        ended = Ended.OTHERWISE
        try:
            answer = await work()
            ended = Ended.WELL
        except ValueError:
            return None  # that is how aiocache says that somebody else has added it
        except Exception as error:  # noqa: BLE001 - whichever library is underneath: the source can still be asked
            ended = Ended.BADLY
            _log.warning("the cache does not answer: %s", type(error).__name__)
            return None
        else:
            return answer
        finally:
            self._breaker.end(begun, ended)


def _derived(secret: bytes, purpose: bytes) -> bytes:
    return blake2b(key=secret, person=purpose, digest_size=32).digest()


def _bound(place: Place, generation: bytes) -> bytes:
    """What a seal covers besides the answer: an entry that was moved, or whose citizen was purged, does not open."""
    return place.answer.encode() + generation


def _class_name(value: object) -> str:
    if isinstance(value, type):
        return value.__name__
    raise NotImplementedError(type(value))  # a programmer's mistake: part of a question that has no text form


@cache
def _decoder(about: type[Record]) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(Kept[about])  # type: ignore[valid-type]  # made at run time, once per class of record
