"""A subscription to what changes in one citizen's record: who told, of which section, and when; no copy of anything.

Access is judged when the subscription begins and again at every change, by what is true then: a right that ended since
ends the subscription. A refusal is the last thing that a subscriber hears.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime
from typing import Annotated

import strawberry
from msgspec import Struct

from connectors.contract import Grant
from connectors.records import SourceInfo, doc
from resolvers.access.entry import AccessAction
from resolvers.changes import Change, Heard
from resolvers.chart import Chart
from resolvers.context import Context, Info
from resolvers.refusals import BadRequest, Forbidden, Refusal
from resolvers.scalars import CitizenId
from resolvers.sections import SECTION_OF, Section
from resolvers.shown import shown

Sections = Annotated[list[Section] | None, strawberry.argument(description="Which to hear of; all that are open.")]
Whose = Annotated[
    CitizenId | None, strawberry.argument(description="Personal number of the citizen; the holder of the token.")
]


class Changed(Struct, frozen=True, kw_only=True):
    """A change as subscribers hear of it."""

    source: Annotated[SourceInfo, doc("The source that said so.")]
    section: Annotated[Section, doc("Where in the record to look again.")]
    at: Annotated[datetime, doc("When it changed, by the source's clock.")]


@shown(Changed)
class RecordChange:
    """A source said that it holds something new of a citizen. It says what to ask for again, and carries no copy."""


async def record_changed(
    info: Info, sections: Sections = None, citizen: Whose = None
) -> AsyncGenerator[Changed | Refusal, None]:
    """Changes from now on.

    Raises:
        Refusal: the caller may not open that record, or one of those sections of it.
    """
    context = info.context
    chart = await _opened(context, citizen)
    wanted = None if sections is None else frozenset(sections)
    if wanted is not None:
        if not wanted:
            raise BadRequest("'sections' names none.")
        permit = context.access.permit
        if wanted - {section for about, section in SECTION_OF.items() if isinstance(permit(chart, about), Grant)}:
            context.federation.account.refused_in(chart, Forbidden.code, AccessAction.LISTEN, *wanted)
            raise Forbidden
    context.federation.account.did(chart, AccessAction.LISTEN)
    # Hearing begins here, before the first change is waited for: none is lost in between.
    return _told(context.hear(chart.subject.ref), citizen, wanted)


async def _told(
    heard: AsyncGenerator[tuple[Heard, Context], None], citizen: str | None, wanted: frozenset[Section] | None
) -> AsyncGenerator[Changed | Refusal, None]:
    async with aclosing(heard):
        try:
            async for change, context in heard:
                if not isinstance(change, Change):
                    continue
                if wanted is not None and SECTION_OF[change.about] not in wanted:
                    continue
                chart = await _opened(context, citizen)
                source = context.federation.directory.info(change.source)
                if source is not None and isinstance(context.access.permit(chart, change.about), Grant):
                    context.federation.account.told(chart, change.about)
                    yield Changed(source=source, section=SECTION_OF[change.about], at=change.at)
        except Refusal as refusal:
            # As a value: so it becomes the error of its field, with its place. Raised, it would end the stream mutely.
            yield refusal


async def _opened(context: Context, citizen: str | None) -> Chart:
    access = context.access
    return await access.me() if citizen is None else await access.citizen(citizen)
