"""The permit office as the gateway uses it: whoever is opened, and whoever is refused, is noted in the account."""

from collections.abc import Awaitable, Coroutine
from typing import Any

from connectors.records import Record
from connectors.writing import Entry, Mandate
from resolvers.access.entry import AccessAction
from resolvers.access.permit import Access
from resolvers.chart import Chart
from resolvers.refusals import Refusal


class AccountedAccess(Access):
    """Decides as the permit office does, and notes what it decided about whom."""

    async def me(self) -> Chart:
        """The caller's own chart."""
        return await self._noted(self._caller.ref, super().me())

    def citizen(self, personal_id: str) -> Coroutine[Any, Any, Chart]:
        """The chart of that citizen, when the caller may open it."""
        return self._noted(self._reference(personal_id), super().citizen(personal_id))

    def mandate(self, chart: Chart, of: type[Entry]) -> Mandate:
        """The proof that such an entry may be written into that citizen's record."""
        try:
            return super().mandate(chart, of)
        except Refusal as refusal:
            self._federation.account.refused_in(chart, refusal.code, AccessAction.WRITE)
            raise

    def _denied(self, chart: Chart, about: type[Record]) -> None:
        self._federation.account.denied(chart, about)

    async def _noted(self, ref: str | None, opening: Awaitable[Chart]) -> Chart:
        try:
            chart = await opening
        except Refusal as refusal:
            if ref is not None:
                self._federation.account.refused(ref, refusal.code)
            raise
        self._federation.account.opened(chart)
        return chart
