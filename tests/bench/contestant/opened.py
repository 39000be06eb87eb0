"""The gateway as a contestant: everything as it ships, but who asks is not proved, not judged and not written down.

The other contestants verify no token, decide nothing and write no log; beside them the gateway is measured without
these as well. That is only possible here: nothing that ships can be told to leave them out.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from connectors.contract import Subject
from gateway.app import Gateway
from gateway.endpoint import GraphQLEndpoint
from gateway.identity.possession import Shown
from gateway.keeping import KeptHere
from gateway.telemetry import Event
from gateway.telling import Telling
from resolvers.access.account import Account
from resolvers.access.ages import Step
from resolvers.access.caller import Caller, CallerKind
from resolvers.access.permit import Access
from resolvers.access.standing import own
from resolvers.chart import Chart
from resolvers.federation import Federation
from resolvers.identifiers import Identifiers

_ANYBODY = Caller(
    kind=CallerKind.CITIZEN,
    issuer="nobody",
    subject="anybody",
    client_id="bench",
    assurance=9,
    expires_at=datetime(2999, 1, 1, tzinfo=UTC),
)


_OWN = own(frozenset(Step))


class _NothingProved:
    """Takes every request for somebody's."""

    async def verify(self, authorization: Sequence[bytes], shown: Shown) -> Caller:
        """Anybody."""
        return _ANYBODY


class _OpenAccess(Access):
    """Opens every chart as if it were the caller's own."""

    def __init__(self, identifiers: Identifiers, **more: Any) -> None:
        super().__init__(_ANYBODY, identifiers=identifiers, **more)
        self._named = identifiers

    async def citizen(self, personal_id: str) -> Chart:
        """The chart of that citizen."""
        subject = Subject(ref=self._named.reference(personal_id), personal_id=personal_id)
        return Chart(subject=subject, standing=_OWN, identifiers=self._named)


class _OpenEndpoint(GraphQLEndpoint):
    """The endpoint of the graph, with every chart open, and no entry in the access log."""

    def _account(self, caller: Caller, telling: Telling, event: Event) -> Account:
        return Account()

    def _access(self, caller: Caller, federation: Federation, day: date) -> Access:
        return _OpenAccess(
            self._identifiers,
            federation=federation,
            trust=self._trust,
            today=day,
            required_assurance=0,
            acr_values=(),
        )


class OpenGateway(Gateway):
    """A gateway that asks nobody who they are."""

    def _graph(self) -> GraphQLEndpoint:
        return _OpenEndpoint(
            settings=self.settings,
            executor=self.executor,
            verifier=_NothingProved(),
            fleet=self._fleet,
            ledger=self.auditing.ledger,
            trust=self._trust,
            accesses=self.auditing.log,
            clock=self._clock,
            watch=self.watch,
            keeping=KeptHere(self._vault, self.changes, clock=self._clock),
            subscriptions=self._subscriptions,
            allowances=self._allowances,
            rates=self._rates,
            trusted=self._trusted,
        )
