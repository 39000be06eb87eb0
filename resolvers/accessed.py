"""A subscription to who looks: an entry of the access log is told to the citizen as soon as it is durable."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from resolvers.access.entry import AccessAction, AccessEntry
from resolvers.access_log import Row, readable, shown_row
from resolvers.changes import Heard, Looked
from resolvers.chart import Chart
from resolvers.context import Context, Info
from resolvers.record_change import Whose
from resolvers.refusals import Refusal

_TELLS = frozenset({AccessAction.READ_LOG, AccessAction.OPEN, AccessAction.LISTEN})


async def accessed(info: Info, citizen: Whose = None) -> AsyncGenerator[Row | Refusal, None]:
    """Accesses from now on.

    Raises:
        Refusal: the caller may not read who looked.
    """
    context = info.context
    chart = await _opened(context, citizen)
    refs = readable(chart, context)
    context.federation.account.did(chart, AccessAction.LISTEN)
    # Hearing begins here, before the first access is waited for: none is lost in between.
    return _told(context.hear(refs[0]), citizen)


async def _told(
    heard: AsyncGenerator[tuple[Heard, Context], None], citizen: str | None
) -> AsyncGenerator[Row | Refusal, None]:
    async with aclosing(heard):
        try:
            async for told, context in heard:
                if isinstance(told, Looked):
                    chart = await _opened(context, citizen)
                    readable(chart, context)
                    yield shown_row(told.entry, context)
        except Refusal as refusal:
            # As a value: so it becomes the error of its field, with its place. Raised, it would end the stream mutely.
            yield refusal


def is_told(entry: AccessEntry) -> bool:
    """Whether an access is told: to read who looked is none that tells itself without end."""
    return AccessAction.READ_LOG not in entry.actions or not _TELLS.issuperset(entry.actions)


async def _opened(context: Context, citizen: str | None) -> Chart:
    access = context.access
    return await access.me() if citizen is None else await access.citizen(citizen)
