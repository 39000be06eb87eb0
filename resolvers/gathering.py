"""What a derived field rests on: the joined records of one class, and whether they are all there are."""

from collections.abc import Awaitable, Iterable, Sequence
from typing import Any, Generic, TypeVar

from msgspec import Struct

from connectors.contract import Grant, Question, Refused
from connectors.records import Record
from resolvers import joining
from resolvers.chart import Chart
from resolvers.completeness import CompletenessOf, completeness, together
from resolvers.context import Info
from resolvers.under_way import UnderWay

R = TypeVar("R", bound=Record)


class Gathered(Struct, Generic[R], frozen=True):
    """The joined records of one class. Where they are not complete, what is not among them may still be true."""

    items: tuple[R, ...]
    told: tuple[R, ...]
    """The same as the sources gave them: links between records are read from these."""
    completeness: CompletenessOf
    key: str
    """The citizen's reference."""
    grant: Grant | Refused
    """By which they were asked for."""

    def also(self, about: type[R], derived: Iterable[R]) -> tuple[R, ...]:
        """The records, and those derived from other classes as far as this class is open to the caller.

        Whoever may not see a pregnancy is not told of one because some visit gave it away.
        """
        if isinstance(self.grant, Refused):
            return ()
        made, restriction = tuple(derived), self.grant.restriction
        return (*self.told, *(restriction.kept(about, made, key=self.key) if restriction else made))

    @property
    def has_say(self) -> bool:
        """Whether it counts beside other classes: a class that no source holds does not, but for what is shut."""
        whole = self.completeness
        return bool(whole.sources or whole.not_asked or whole.veiled) or isinstance(self.grant, Refused)

    @property
    def complete(self) -> bool:
        """Whether everything that could be known is here."""
        return self.completeness.complete


def gather(info: Info, chart: Chart, question: Question[R]) -> Awaitable[Gathered[R]]:
    """Ask for the records that a derived field rests on. The asking begins now, not when it is awaited."""
    context = info.context
    grant = context.access.permit(chart, question.about)
    asked = context.federation.ask(question, grant)

    async def gathered() -> Gathered[R]:
        found = await asked
        key = chart.subject.ref
        items = joining.join(question.about, found.records, key=key)
        return Gathered(tuple(items), tuple(found.records), completeness(found, context.language), key, grant)

    return UnderWay(gathered)


def held_together(found: Sequence[Gathered[Any]]) -> CompletenessOf:
    """The completeness of what rests on several classes. One that no source holds has no say beside others."""
    held = [one.completeness for one in found if one.has_say]
    return together(held or [one.completeness for one in found])
