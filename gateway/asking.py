"""What the endpoints share that ask sources: who asks, how long they may wait, the door, and the account of it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import AbstractContextManager, asynccontextmanager
from datetime import date
from typing import Protocol, TypeVar

from msgspec import Struct
from starlette.types import Receive, Scope

from connectors.clock import Clock, today
from connectors.contract import Deadline, Inquiry
from gateway.answering import Endpoint
from gateway.asgi import CallerGone, header_values
from gateway.audit.booking import Booking
from gateway.audit.ledger import Ledger
from gateway.identity.errors import Lack, NotEntitled
from gateway.identity.possession import Shown
from gateway.rates import Rates
from gateway.settings import Settings, identifiers_of
from gateway.shown import shown_in
from gateway.telemetry import Event, Log
from gateway.telling import Telling
from gateway.timeouts import FIELD, wanted_seconds
from gateway.trust import StoredTrust
from gateway.watch import Watch
from resolvers.access.accounted import AccountedAccess
from resolvers.access.caller import Caller, CallerKind
from resolvers.access.permit import Access
from resolvers.federation import Federation, Keeping
from resolvers.language import Language, negotiate
from resolvers.locating import Directory

T = TypeVar("T")


class TokenVerifier(Protocol):
    """Tells who asks."""

    async def verify(self, authorization: Sequence[bytes], shown: Shown) -> Caller:
        """The caller whom those ``Authorization`` headers prove, with what else the request shows.

        Raises:
            IdentityError: nobody is proved.
        """


class Lender(Protocol):
    """Has the sources."""

    def lent(self) -> AbstractContextManager[Directory]:
        """The sources, open for as long as the block of one request lasts."""


class Opened(Struct, frozen=True):
    """The door, open for one request: decisions about its caller, and the sources."""

    caller: Caller
    access: Access
    federation: Federation
    today: date
    """The calendar date in Ho Chi Minh City."""
    deadline: Deadline
    """By which all must be said."""


class AskingEndpoint(Endpoint):
    """An endpoint that asks sources on behalf of its caller."""

    def __init__(
        self,
        *,
        settings: Settings,
        verifier: TokenVerifier,
        fleet: Lender,
        ledger: Ledger,
        trust: StoredTrust,
        keeping: Keeping | None = None,
        clock: Clock,
        watch: Watch,
        rates: Rates,
        log: Log | None = None,
    ) -> None:
        super().__init__(clock=clock, watch=watch, log=log)
        self._rates = rates
        self.settings = settings
        """Those of the requests that begin from now on."""
        self._verifier = verifier
        self._fleet = fleet
        self._ledger = ledger
        self._keeping = keeping
        self._trust = trust
        self._identifiers = identifiers_of(settings)

    async def _caller(self, scope: Scope, event: Event) -> Caller:
        """Who asks.

        Raises:
            IdentityError: nobody is proved, or a system that acts for no person.
            RequestError: 429.
        """
        await self._rates.admit_address(scope)
        return await self._proved(header_values(scope, b"authorization"), scope, event)

    async def _proved(self, authorization: Sequence[bytes], scope: Scope, event: Event) -> Caller:
        """Who asks, by these values of the header ``Authorization`` and what else that request shows.

        Raises:
            IdentityError: nobody is proved, or a system that acts for no person.
            RequestError: 429.
        """
        caller = await self._verifier.verify(authorization, shown_in(scope, self.settings.server))
        event.add(client=caller.client_id, caller=caller.kind.value)
        if caller.kind is CallerKind.ORGANISATION:
            raise NotEntitled(Lack.PARTNERSHIP)
        scopes = self.settings.authentication.required_scopes
        if not caller.scopes.issuperset(scopes):
            raise NotEntitled(Lack.SCOPE, scope=" ".join(scopes))
        await self._rates.admit(caller)
        return caller

    def _patience(self, scope: Scope) -> Deadline | None:
        """Until when the caller wants to wait, from now on; ``None`` where the caller does not say."""
        seconds = wanted_seconds(header_values(scope, FIELD))
        return None if seconds is None else Deadline.after(seconds, self._clock)

    @asynccontextmanager
    async def _opened(
        self, caller: Caller, telling: Telling, event: Event, patience: Deadline | None
    ) -> AsyncIterator[Opened]:
        """The door for that caller; at the end nothing is under way any more, and how it went is written down.

        Args:
            caller: who asks.
            telling: by which the caller is told of it, and not before that is written in the access log.
            event: of the request, or of one change.
            patience: until when the caller wants to wait.

        Raises:
            AuditUnavailable: nothing could be written there, so nobody is asked.
        """
        self._ledger.require()
        if telling.booking is None:
            telling.booking = Booking(
                self._ledger, caller, event.request_id, identifiers=self._identifiers, clock=self._clock
            )
        own = self.settings.server.deadline
        # A caller can only shorten it.
        deadline = patience.within(own) if patience else Deadline.after(own, self._clock)
        inquiry = Inquiry(request_id=event.request_id, deadline=deadline, clock=self._clock)
        authentication, day = self.settings.authentication, today(self._clock)
        with self._fleet.lent() as directory:
            federation = Federation(directory, inquiry, self._keeping, telling.booking.account)
            access = AccountedAccess(
                caller,
                federation=federation,
                identifiers=self._identifiers,
                trust=self._trust,
                today=day,
                required_assurance=authentication.required_assurance,
                longest_sign_in=authentication.longest_sign_in,
                acr_values=authentication.acr_values,
            )
            try:
                yield Opened(caller, access, federation, day, deadline)
            finally:
                # Also when the caller is gone: what was begun to be written is written, or known to have failed.
                await federation.finish()
                await inquiry.close()
                event.add_outcomes(federation.outcomes(), federation.faults)
                event.add_calls(inquiry.calls)
                self._watch.asked(event.request_id, federation)
                self._trust.note(access.rulings.decided)
                # Last: it may speak with a Redis, and nothing of the above is to depend on that.
                await self._rates.refused(caller, access.refused)


def language_of(scope: Scope) -> Language:
    """The language that the caller prefers among ours."""
    return negotiate(b",".join(header_values(scope, b"accept-language")).decode("latin-1"))


async def unless_gone(running: Awaitable[T], receive: Receive) -> T:
    """Wait for the execution; stop it when the caller hangs up, so that no source works for nobody."""
    task, has_gone = asyncio.current_task(), False

    def stop(ended: asyncio.Future[None]) -> None:
        nonlocal has_gone
        if task is not None and not ended.cancelled():
            ended.exception()  # looked at: whatever it is, nobody is there any more
            has_gone = True
            task.cancel()

    gone = asyncio.ensure_future(_hangs_up(receive))
    gone.add_done_callback(stop)
    try:
        return await running
    except asyncio.CancelledError:
        # As ``asyncio.timeout`` does: whoever else wants this to end is heard as well.
        if has_gone and task is not None and task.uncancel() == 0:
            raise CallerGone from None
        raise
    finally:
        gone.remove_done_callback(stop)
        gone.cancel()


async def _hangs_up(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
