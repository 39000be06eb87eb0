"""Report what looks wrong in the access log: whoever runs the service answers, and the citizen reads the answer."""

import re
from typing import Annotated

import strawberry
from msgspec import Struct

from connectors.records import doc
from resolvers.access.entry import AccessAction
from resolvers.access.log import AccessLogUnavailable
from resolvers.access_log import ReportOf, readable, shown_report
from resolvers.context import Info
from resolvers.refusals import BadRequest, Forbidden, LogSilent
from resolvers.scalars import CitizenId
from resolvers.shown import shown

_LONGEST = 1000
_PERSONAL_NUMBER = re.compile(r"\d{9,}")


class Reported(Struct, frozen=True, kw_only=True):
    """What became of it."""

    report: Annotated[ReportOf, doc("The report as it is kept; of an entry that was reported before, the first one.")]


@shown(Reported)
class IrregularityPayload:
    """What became of a report."""


Entry = Annotated[strawberry.ID, strawberry.argument(description="Id of the entry of the access log.")]
Words = Annotated[
    str,
    strawberry.argument(
        description=f"What looks wrong, in at most {_LONGEST} characters. Long numbers in it are not kept."
    ),
]
Whose = Annotated[
    CitizenId | None,
    strawberry.argument(description="Whose access log it stands in; that of the holder of the token by default."),
]


async def report_irregularity(info: Info, entry: Entry, words: Words, citizen: Whose = None) -> Reported:
    """Keep it for whoever runs this service.

    Raises:
        BadRequest: it says nothing, or too much.
        Forbidden: there is no such entry for this caller.
        LogSilent: it cannot be kept now.
    """
    context = info.context
    text = _PERSONAL_NUMBER.sub("…", words.strip())
    if not text or len(text) > _LONGEST:
        raise BadRequest(f"'words' takes 1 to {_LONGEST} characters.")
    access = context.access
    own = await access.me()
    chart = own if citizen is None else await access.citizen(citizen)
    refs = readable(chart, context)
    context.federation.account.did(chart, AccessAction.REPORT)
    try:
        kept = await context.log.report(refs, entry, by=own.subject.ref, words=text)
    except AccessLogUnavailable:
        raise LogSilent from None
    if kept is None:
        raise Forbidden
    return Reported(report=shown_report(kept))
