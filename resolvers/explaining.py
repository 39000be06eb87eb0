"""A door that asks nobody: it says whom it would ask. What access rests on is asked for real, by the door beside it."""

from typing import Any

from msgspec import Struct

from connectors.contract import Grant, Inquiry, Outcome, SourceState
from connectors.records import SourceInfo
from resolvers.asked import Asked
from resolvers.federation import Federation
from resolvers.questions import Questions
from resolvers.sections import SECTION_OF, Section


class Planned(Struct, frozen=True):
    """A source that would be asked."""

    source: SourceInfo
    section: Section


class _Planning(Questions):
    """Puts no question: it writes down to whom it would have been put."""

    def __init__(self, planned: list[Planned], *more: Any) -> None:
        super().__init__(*more)
        self._planned = planned

    async def _ask_one(self, asked: Asked[Any], grant: Grant) -> None:
        source, about = asked.source.info, asked.question.about
        grant.require(about)
        self._planned.append(Planned(source, SECTION_OF[about]))
        asked.outcome = Outcome(source=source, about=about, state=SourceState.NOT_ASKED)


class Explaining(Federation):
    """Chooses as the door does, and writes down whom. Whom the insurer would name is not known without asking it."""

    def __init__(self, door: Federation, inquiry: Inquiry) -> None:
        """Choose from the directory of that door.

        Args:
            door: of the request; its permissions are this one's.
            inquiry: of its own, so that nothing asked here is taken for an answer there.
        """
        self.planned: list[Planned] = []
        super().__init__(door.directory, inquiry)
        self.beside = door.beside

    def _asking(self) -> Questions:
        asking = self._inquiry, self.account, self._pointing, self._noted, self.directory.patience
        return _Planning(self.planned, *asking)
