"""What a derived field rests on: the joined records of one class, and whether they are all there are."""

from collections.abc import Awaitable, Sequence
from typing import Any, Generic, TypeVar

from msgspec import Struct

from connectors.contract import Question
from connectors.records import Record
from resolvers import joining
from resolvers.chart import Chart
from resolvers.completeness import CompletenessOf, completeness, together
from resolvers.context import Info

R = TypeVar("R", bound=Record)


class Gathered(Struct, Generic[R], frozen=True):
    """The joined records of one class. Where they are not complete, what is not among them may still be true."""

    items: tuple[R, ...]
    told: tuple[R, ...]
    """The same as the sources gave them: links between records are read from these."""
    completeness: CompletenessOf

    @property
    def complete(self) -> bool:
        """Whether everything that could be known is here."""
        return self.completeness.complete


def gather(info: Info, chart: Chart, question: Question[R]) -> Awaitable[Gathered[R]]:
    """Ask for the records that a derived field rests on. The asking begins now, not when it is awaited."""
    context = info.context
    asked = context.federation.ask(question, context.access.permit(chart, question.about))

    async def gathered() -> Gathered[R]:
        found = await asked
        items = joining.join(question.about, found.records, key=chart.subject.ref)
        return Gathered(tuple(items), tuple(found.records), completeness(found, context.language))

    return gathered()


def held_together(found: Sequence[Gathered[Any]]) -> CompletenessOf:
    """The completeness of what rests on several classes. One that no source holds has no say beside others."""
    held = [one.completeness for one in found if one.completeness.sources or one.completeness.not_asked]
    return together(held or [one.completeness for one in found])
