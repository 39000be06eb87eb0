"""The permit office as the gateway uses it: whoever is opened, and whoever is refused, is noted in the account."""

from collections.abc import Awaitable

from connectors.contract import Grant, Refused
from connectors.records import Record
from connectors.writing import Entry, Mandate
from resolvers.access.caller import Caller
from resolvers.access.entry import AccessAction
from resolvers.access.permit import Access
from resolvers.chart import Chart
from resolvers.federation import Federation
from resolvers.identifiers import Identifiers
from resolvers.refusals import Refusal


class AccountedAccess(Access):
    """Decides as the permit office does, and notes what it decided about whom."""

    def __init__(self, caller: Caller, *, federation: Federation, identifiers: Identifiers, **facts: object) -> None:
        super().__init__(caller, federation=federation, identifiers=identifiers, **facts)  # type: ignore[arg-type]  # the office's own
        self._account = federation.account

    async def me(self) -> Chart:
        """The caller's own chart."""
        return await self._noted(self._caller.ref, super().me())

    async def citizen(self, personal_id: str) -> Chart:
        """The chart of that citizen, when the caller may open it."""
        return await self._noted(self._reference(personal_id), super().citizen(personal_id))

    def permit(self, chart: Chart, about: type[Record]) -> Grant | Refused:
        """The grant for one class of record of that chart."""
        grant = super().permit(chart, about)
        if isinstance(grant, Refused):
            self._account.denied(chart, about)
        return grant

    def mandate(self, chart: Chart, of: type[Entry]) -> Mandate:
        """The proof that such an entry may be written into that citizen's record."""
        try:
            return super().mandate(chart, of)
        except Refusal as refusal:
            self._account.refused_in(chart, refusal.code, AccessAction.WRITE)
            raise

    async def _noted(self, ref: str | None, opening: Awaitable[Chart]) -> Chart:
        try:
            chart = await opening
        except Refusal as refusal:
            if ref is not None:
                self._account.refused(ref, refusal.code)
            raise
        self._account.opened(chart)
        return chart
