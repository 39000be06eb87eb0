"""What follows a declared emergency: who listens hears of it, the push service is told, and too many are an alert."""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta

import structlog

from connectors.clock import Clock
from gateway.changes import Changes
from gateway.push.webhook import NotTaken, Webhook
from gateway.store.database import Unavailable
from gateway.store.emergencies import RECENTLY, StoredEmergencies, notice_id
from gateway.store.outbox import Due, Outbox
from resolvers.changes import Noticed
from resolvers.emergencies.book import Declared
from resolvers.emergencies.notices import NoticeKind
from resolvers.identifiers import Identifiers

_log = structlog.get_logger()

_LOOK = 15.0
"""Seconds after which the queue is looked at again: what another process put there, or what failed before."""
_FIRST = timedelta(seconds=15)
_LONGEST = timedelta(hours=6)
_CLAIMED = timedelta(minutes=2)


class Noticing:
    """One per process. Nobody who asks waits for any of it."""

    def __init__(
        self,
        *,
        emergencies: StoredEmergencies,
        outbox: Outbox,
        changes: Changes,
        identifiers: Identifiers,
        clock: Clock,
        often: int,
        webhook: Webhook | None,
        tries: int,
    ) -> None:
        """Know whom to tell.

        Args:
            emergencies: in the store.
            outbox: the queue in the store.
            changes: who listens in this process.
            identifiers: make the addresses that the push service knows.
            clock: the time.
            often: emergencies of one professional that are an alert.
            webhook: the push service, where there is one.
            tries: after so many a notice is given up.
        """
        self._emergencies = emergencies
        self._outbox = outbox
        self._changes = changes
        self._identifiers = identifiers
        self._clock = clock
        self._often = often
        self._webhook = webhook
        self._tries = tries
        self._some = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    def tell(self, declared: Declared) -> None:
        """Begin all that. Returns at once."""
        notice = notice_id(declared.id, NoticeKind.EMERGENCY_DECLARED)
        self._changes.publish(declared.ref, Noticed(notice=notice, at=declared.opened_at))
        self._some.set()
        self._begin(self.judge(declared))

    def start(self) -> None:
        """Begin to work off the queue."""
        if self._webhook is not None:
            self._begin(self._work())

    async def stop(self) -> None:
        """Leave the queue to the next start, or to another gateway."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._webhook is not None:
            await self._webhook.close()

    async def work_off(self) -> int:
        """Tell of everything that is due now. Gives how many messages were taken."""
        taken = 0
        if self._webhook is None:
            return taken
        now = self._clock.now()
        while due := await self._outbox.claim(now, now + _CLAIMED):
            for one in due:
                taken += await self._deliver(self._webhook, one)
        return taken

    async def judge(self, declared: Declared) -> None:
        """Wake somebody up when one professional declares emergencies too often."""
        who = {"organisation": declared.organisation, "professional": declared.professional}
        try:
            counted = await self._emergencies.frequency(**who, since=self._clock.now() - RECENTLY)
        except Unavailable as error:
            _log.warning("store_unavailable", error=type(error).__name__)
            return
        _log.warning("emergency_declared", organisation=declared.organisation, emergency=declared.id)
        if counted.declared >= self._often or counted.not_justified:
            _log.error(
                "alert",
                kind="emergencies_often",
                organisation=declared.organisation,
                emergency=declared.id,
                declared=counted.declared,
                not_justified=counted.not_justified,
            )

    async def _deliver(self, webhook: Webhook, one: Due) -> bool:
        now = self._clock.now()
        try:
            await webhook.tell(one.id, self._identifiers.notice_address(one.ref), one.at, now)
        except NotTaken as error:
            if one.attempts >= self._tries:
                _log.error("push_given_up", notice=one.id, attempts=one.attempts, reason=str(error))
                await self._outbox.put(one.id, None)
                return False
            _log.warning("push_not_taken", notice=one.id, attempts=one.attempts, reason=str(error))
            await self._outbox.put(one.id, now + min(_LONGEST, _FIRST * 2 ** (one.attempts - 1)))
            return False
        await self._outbox.put(one.id, None)
        return True

    async def _work(self) -> None:
        while True:
            self._some.clear()
            try:
                await self.work_off()
            except Unavailable as error:
                _log.warning("store_unavailable", error=type(error).__name__)
            try:
                async with asyncio.timeout(_LOOK):
                    await self._some.wait()
            except TimeoutError:
                continue

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
