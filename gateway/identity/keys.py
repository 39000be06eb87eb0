"""The public keys of one issuer: fetched with bounds, kept while good, renewed without a stampede."""

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx
import structlog

from connectors.clock import Clock
from gateway.identity.algorithms import PublicKey, UnfitKey, fits, public_key
from gateway.identity.errors import Fault, InvalidToken, IssuerUnavailable
from gateway.identity.fetching import BadAnswer, fetch_jwks
from gateway.identity.settings import IssuerSettings

log = structlog.get_logger()

FIRST_RETRY_SECONDS = 1.0
"""While no key was ever had: an issuer that starts a moment after the gateway must not cost half a minute."""

_MOST_KEYS = 64
KeysById = Mapping[str, tuple[PublicKey, ...]]


class IssuerKeys:
    """Finds the key that a token names.

    One fetch at a time, whoever asks. A fetch is due when the keys are older than ``max_key_age``, and for an
    unknown key id at most once per ``refresh_unknown_kid_interval``: a stranger who invents key ids cannot make
    the gateway knock at the issuer's door more often than that. A key set that cannot be had or is not sound
    never replaces a sound one.
    """

    def __init__(self, settings: IssuerSettings, *, http: httpx.AsyncClient, clock: Clock) -> None:
        self._settings = settings
        self._http = http
        self._clock = clock
        self._young = min(settings.max_key_age / 2, settings.max_key_age_unreachable)
        self._keys: KeysById = {}
        self._edition = 0
        self._fetched: float | None = None
        self._tried: float | None = None
        self._last_fetch_failed = False
        self._fetching: asyncio.Task[None] | None = None

    async def find(self, kid: str, algorithm: str) -> tuple[PublicKey, ...]:
        """Give the keys of that id that fit the algorithm; more than one only if the issuer published it so.

        Raises:
            InvalidToken: the issuer has no such key.
            IssuerUnavailable: the issuer's keys were never to be had, or not for too long; or they are not to be had
                now, and the key may be a new one of its. A refusal would make honest callers sign in again, all at
                once, at an issuer that is down.
        """
        await self._refresh_if_old()
        if kid not in self._keys:
            await self._refresh_for_unknown()
        if self._is_beyond_use():
            raise IssuerUnavailable(cause="no keys of the issuer to judge with")
        if kid not in self._keys and self._last_fetch_failed:
            raise IssuerUnavailable(cause="an unknown key while the issuer's keys cannot be had")
        found = tuple(key for key in self._keys.get(kid, ()) if fits(key, algorithm))
        if not found:
            raise InvalidToken(Fault.UNTRUSTED, cause="no key of that id fits the algorithm")
        return found

    def edition_of_young(self) -> int | None:
        """The edition, while the keys are so young that nobody looks for newer ones; ``None`` when ``edition`` must."""
        fetched = self._fetched
        return None if fetched is None or self._clock.monotonic() - fetched > self._young else self._edition

    async def edition(self) -> int:
        """Give a number that changes whenever a key comes or goes: what an older one proved has to be proved again.

        Raises:
            IssuerUnavailable: the issuer's keys are not to be had for too long.
        """
        await self._refresh_if_old()
        if self._is_beyond_use():
            raise IssuerUnavailable(cause="no keys of the issuer to judge with")
        return self._edition

    async def warm(self) -> bool:
        """Fetch the keys before the first caller needs them; tell whether there are any."""
        await self._refresh_if_old()
        return bool(self._keys)

    async def aclose(self) -> None:
        """End a fetch that is under way."""
        if self._fetching is not None:
            self._fetching.cancel()
            await asyncio.wait([self._fetching])

    async def _refresh_if_old(self) -> None:
        """Renew from half of the age on, behind the callers' backs; let them wait only when it is past.

        So an issuer that hangs is found out by a fetch nobody waits for, and after a fetch that failed nobody
        waits for the next one either: the last good keys serve.
        """
        age, limit = self._age(self._fetched), self._settings.max_key_age
        if age is not None and age <= limit / 2:
            return
        if self._may_try():
            self._start()
        if self._is_beyond_use() or (age is not None and age > limit and not self._last_fetch_failed):
            await self._join()

    async def _refresh_for_unknown(self) -> None:
        if self._may_try():
            self._start()
        await self._join()

    def _may_try(self) -> bool:
        pause = self._settings.refresh_unknown_kid_interval if self._keys else FIRST_RETRY_SECONDS
        age = self._age(self._tried)
        return self._fetching is None and (age is None or age >= pause)

    def _is_beyond_use(self) -> bool:
        age = self._age(self._fetched)
        return age is None or age > self._settings.max_key_age_unreachable

    def _age(self, since: float | None) -> float | None:
        return None if since is None else self._clock.monotonic() - since

    def _start(self) -> None:
        self._tried = self._clock.monotonic()
        self._fetching = asyncio.create_task(self._fetch())

    async def _join(self) -> None:
        """Wait for the fetch under way; one caller who goes away does not end it for the others."""
        if self._fetching is not None:
            await asyncio.wait([self._fetching])

    async def _fetch(self) -> None:
        failed = True
        try:
            keys = self._usable(await fetch_jwks(self._http, self._settings))
            self._edition += _published(keys) != _published(self._keys)
            self._keys = keys
            self._fetched = self._clock.monotonic()
            failed = False
        except BadAnswer as error:
            log.error(  # noqa: TRY400 (the reason says all; a traceback of ours would say nothing more)
                "identity.keys_refused", issuer=self._settings.issuer, reason=str(error), kept=len(self._keys)
            )
        finally:
            self._last_fetch_failed = failed
            self._fetching = None

    def _usable(self, published: list[Any]) -> KeysById:
        usable: dict[str, tuple[PublicKey, ...]] = {}
        if len(published) > _MOST_KEYS:
            raise BadAnswer("too many keys")
        for jwk in published:
            try:
                key = public_key(jwk, self._settings.algorithms)
            except UnfitKey as error:
                log.warning("identity.key_ignored", issuer=self._settings.issuer, reason=str(error))
                continue
            kid = str(key.kid)
            usable[kid] = (*usable.get(kid, ()), key)
        if not usable:
            raise BadAnswer("no usable key")
        return usable


def _published(keys: KeysById) -> dict[str, list[Any]]:
    return {kid: [key.dict_value for key in known] for kid, known in keys.items()}
