"""Where sealed answers lie for some seconds: in this process, or in a Redis. Both are aiocache backends.

aiocache (0.12.3) gives the interface, so that a backend can be exchanged; what it lacks is added by subclassing. Its
memory has no bound, so ours has one in bytes and gives up what was not used for longest. Its Redis waits for as long as
the client underneath does, cannot take an address with a user or an authority, and closes by a call that the client has
deprecated.
"""

from collections import OrderedDict
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any

from aiocache import RedisCache, SimpleMemoryCache
from aiocache.base import BaseCache
from aiocache.serializers import NullSerializer
from redis.asyncio import Redis

Backend = BaseCache
"""What a vault wants of its backend: ``multi_get``, ``add``, ``set``, ``delete``, ``close``, values being bytes."""

_OVERHEAD = 300
"""Bytes that an entry costs beyond its key and value: two dictionaries, a timer, the objects' own heads."""


class _Shelf(MutableMapping[str, bytes]):
    """A dictionary that knows what it weighs, and in which order its values were used."""

    def __init__(self) -> None:
        self.weight = 0
        self._values: OrderedDict[str, bytes] = OrderedDict()

    def __getitem__(self, key: str) -> bytes:
        value = self._values[key]
        self._values.move_to_end(key)
        return value

    def __setitem__(self, key: str, value: bytes) -> None:
        self.pop(key, None)
        self._values[key] = value
        self.weight += weight(key, value)

    def __delitem__(self, key: str) -> None:
        self.weight -= weight(key, self._values.pop(key))

    def __contains__(self, key: object) -> bool:
        return key in self._values

    def __iter__(self) -> Iterator[str]:
        """From the one that was not used for longest."""
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def weight(key: str, value: bytes) -> int:
    """Bytes that an entry costs."""
    return len(key) + len(value) + _OVERHEAD


class BoundedMemory(SimpleMemoryCache):  # type: ignore[misc]  # aiocache ships no types
    """The memory of this process, up to a number of bytes. Everything ends at its time, used or not."""

    def __init__(self, max_bytes: int) -> None:
        super().__init__(serializer=NullSerializer(encoding=None), timeout=0)
        self.max_bytes = max_bytes
        self._cache = _Shelf()

    @property
    def bytes_held(self) -> int:
        """What the entries weigh together."""
        return self._cache.weight

    async def _set(self, key: str, value: bytes, ttl: float | None = None, **how: Any) -> Any:
        if weight(key, value) > self.max_bytes:
            # It would push out everything else and then itself.
            return await self._delete(key)
        done = await super()._set(key, value, ttl=ttl, **how)
        while self._cache.weight > self.max_bytes:
            await self._delete(next(iter(self._cache)))
        return done

    async def _clear(self, **_how: Any) -> bool:
        for key in list(self._cache):
            await self._delete(key)  # the inherited way would leave the timers behind
        return True

    async def _close(self, **_how: Any) -> None:
        await self._clear()


class BriefRedis(RedisCache):  # type: ignore[misc]  # aiocache ships no types
    """A Redis that is given next to no time: an answer that comes late is no answer, for the source can be asked.

    One server, or a proxy that looks like one; a Redis Cluster refuses to read two keys at once.
    """

    def __init__(self, url: str, *, timeout: float, ca: Path | None = None) -> None:
        """Make the client; no connection is opened yet.

        Args:
            url: ``redis://`` or ``rediss://``, with user and password where the server wants them.
            timeout: seconds for one operation, a connection included.
            ca: PEM file of the authorities that may vouch for the server; the system's by default.

        Raises:
            ValueError: not such an address.
        """
        super().__init__(serializer=NullSerializer(encoding=None), timeout=timeout)
        how: dict[str, Any] = {"socket_timeout": timeout, "socket_connect_timeout": timeout}
        if ca is not None and url.startswith("rediss://"):
            how["ssl_ca_certs"] = str(ca)
        self.client = Redis.from_url(url, **how)

    async def _close(self, **_how: Any) -> None:
        await self.client.aclose()
