"""One request's dealings with the access log: from what it did about whom to entries that are durable."""

from connectors.clock import Clock
from gateway.audit.ledger import Ledger
from gateway.ids import new_id_in_order
from resolvers.access.account import Account, Line
from resolvers.access.caller import Caller
from resolvers.access.entry import AccessAction, AccessEntry, AccessOutcome
from resolvers.identifiers import Identifiers
from resolvers.sections import Section

_ACTIONS = {action: place for place, action in enumerate(AccessAction)}.__getitem__
_SECTIONS = {section: place for place, section in enumerate(Section)}.__getitem__


class Booking:
    """What one caller does in one request, until its answer has left."""

    def __init__(
        self, ledger: Ledger, caller: Caller, request_id: str, *, identifiers: Identifiers, clock: Clock
    ) -> None:
        self.account = Account()
        self._ledger = ledger
        self._caller = caller
        self._request_id = request_id
        self._identifiers = identifiers
        self._clock = clock

    async def settle(self, *, given: bool) -> None:
        """Make durable what was done since the last time. What is answered may leave after that, and not before.

        Args:
            given: whether something of it reaches the caller.

        Raises:
            AuditUnavailable: it could not be made durable.
        """
        lines = self.account.take()
        if lines:
            await self._ledger.keep([self._entry(line, given=given) for line in lines])

    def break_off(self) -> None:
        """Have written what was done since the last time, of which nothing reaches the caller."""
        self._ledger.post([self._entry(line, given=False) for line in self.account.take()])

    def _entry(self, line: Line, *, given: bool) -> AccessEntry:
        caller, now = self._caller, self._clock.now()
        who = caller.professional
        outcome = AccessOutcome.GIVEN if given else AccessOutcome.BROKEN_OFF
        return AccessEntry(
            id=new_id_in_order(now),
            request=self._request_id,
            at=now,
            about=line.ref,
            key=self._identifiers.fingerprint,
            caller=caller.kind,
            client=caller.client_id,
            by=caller.ref,
            organisation=caller.organisation,
            professional=None if who is None else who.id,
            professional_name=None if who is None else who.name,
            purpose=line.purpose or caller.purpose,
            basis=line.basis,
            actions=tuple(sorted(line.actions, key=_ACTIONS)),
            sections=tuple(sorted(line.sections, key=_SECTIONS)),
            sources=tuple(sorted(line.sources)),
            outcome=AccessOutcome.REFUSED if line.refused else outcome,
            refused=line.refused,
            reason=line.reason,
            sentence=self.account.sentence,
        )
