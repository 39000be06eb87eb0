"""What the endpoints share that ask sources: who asks, how long they may wait, the door, and the account of it."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from typing import Protocol, Self

from starlette.types import Scope

from connectors.clock import Calendar, Clock
from connectors.contract import Deadline, Inquiry
from gateway.answering import Endpoint
from gateway.asgi import header_values
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
from resolvers.access.account import Account
from resolvers.access.accounted import AccountedAccess
from resolvers.access.caller import Caller, CallerKind
from resolvers.access.permit import Access
from resolvers.federation import Federation
from resolvers.giving import Keeping
from resolvers.language import DEFAULT, LANGUAGES, Language, negotiate
from resolvers.locating import Directory


class TokenVerifier(Protocol):
    """Tells who asks."""

    async def verify(self, authorization: Sequence[bytes], shown: Shown) -> Caller:
        """The caller whom those ``Authorization`` headers prove, with what else the request shows.

        Raises:
            IdentityError: nobody is proved.
        """


class Lent(Protocol):
    """The sources, open for as long as the block of one request lasts."""

    directory: Directory

    def __enter__(self) -> Directory: ...

    def __exit__(self, *_: object) -> None: ...


class Lender(Protocol):
    """Has the sources."""

    def lent(self) -> Lent:
        """Those of now, for one request."""


class Opened:
    """The door, open for one request: decisions about its caller, and the sources.

    At the end of its block nothing is under way any more, and how it went is handed on.
    """

    def __init__(
        self,
        caller: Caller,
        access: Access,
        federation: Federation,
        inquiry: Inquiry,
        *,
        event: Event,
        lent: Lent,
        today: date,
        ended: Callable[["Opened"], Awaitable[None]],
    ) -> None:
        self.caller = caller
        self.access = access
        self.federation = federation
        self.inquiry = inquiry
        self.event = event
        self.today = today
        """The calendar date in Ho Chi Minh City."""
        self.deadline = inquiry.deadline
        """By which all must be said."""
        self._lent = lent
        self._ended = ended

    async def __aenter__(self) -> Self:
        self._lent.__enter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        try:
            # Also when the caller is gone: what was begun to be written is written, or known to have failed.
            await self.federation.finish()
            await self.inquiry.close()
            await self._ended(self)
        finally:
            self._lent.__exit__()


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
        self._calendar = Calendar(clock)

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
        event.add(client=caller.client_id, caller=caller.kind._value_)
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

    def _opened(self, caller: Caller, telling: Telling, event: Event, patience: Deadline | None) -> Opened:
        """The door for that caller, for as long as the block lasts.

        Args:
            caller: who asks.
            telling: by which the caller is told of it, and not before that is written in the access log.
            event: of the request, or of one change.
            patience: until when the caller wants to wait.

        Raises:
            AuditUnavailable: nothing could be written there, so nobody is asked.
        """
        own = self.settings.server.deadline
        # A caller can only shorten it.
        deadline = patience.within(own) if patience else Deadline.after(own, self._clock)
        inquiry = Inquiry(request_id=event.request_id, deadline=deadline, clock=self._clock)
        lent, day = self._fleet.lent(), self._calendar.today()
        federation = Federation(lent.directory, inquiry, self._keeping, self._account(caller, telling, event))
        access = self._access(caller, federation, day)
        return Opened(caller, access, federation, inquiry, event=event, lent=lent, today=day, ended=self._tell)

    async def _tell(self, opened: Opened) -> None:
        """Hand on how it went."""
        federation, access, event = opened.federation, opened.access, opened.event
        outcomes, faults = federation.outcomes(), federation.faults
        event.add_outcomes(outcomes, faults, opened.inquiry.calls)
        self._watch.asked(event.request_id, outcomes, federation.deviations, faults)
        self._trust.note(access.rulings.decided)
        if access.refused:
            # Last: it may speak with a Redis, and nothing of the above is to depend on that.
            await self._rates.refused(opened.caller, access.refused)

    def _account(self, caller: Caller, telling: Telling, event: Event) -> Account:
        """The account from which the access log is written.

        Raises:
            AuditUnavailable: nothing could be written there.
        """
        self._ledger.require()
        if telling.booking is None:
            telling.booking = Booking(
                self._ledger, caller, event.request_id, identifiers=self._identifiers, clock=self._clock
            )
        return telling.booking.account

    def _access(self, caller: Caller, federation: Federation, day: date) -> Access:
        """Who decides what that caller may see."""
        authentication = self.settings.authentication
        return AccountedAccess(
            caller,
            federation=federation,
            identifiers=self._identifiers,
            trust=self._trust,
            today=day,
            required_assurance=authentication.required_assurance,
            longest_sign_in=authentication.longest_sign_in,
            acr_values=authentication.acr_values,
        )


def language_of(scope: Scope) -> Language:
    """The language that the caller prefers among ours."""
    told = header_values(scope, b"accept-language")
    return negotiate(b",".join(told).decode("latin-1")) if told else LANGUAGES[DEFAULT]
