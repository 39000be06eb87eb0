"""Ask for a correction: the wish goes to the system that owns the record, and stands when that system says so."""

from typing import Annotated

import strawberry
from msgspec import Struct, structs

from connectors.contract import Question, Source
from connectors.records import Record as AnyRecord
from connectors.records import doc
from connectors.writing import Correction, recorder_of
from resolvers import joining
from resolvers.chart import Chart
from resolvers.context import Context, Info
from resolvers.recording import ShownWrite, key_of
from resolvers.refusals import BadRequest, Forbidden
from resolvers.scalars import CitizenId
from resolvers.sections import SECTION_OF, Section
from resolvers.shown import shown
from resolvers.writing import Written, nobody

MOST_TEXT = 2000
"""Characters of a wish."""
_ABOUT = {section: about for about, section in SECTION_OF.items()}


class CorrectionAsked(Struct, frozen=True, kw_only=True):
    """What became of a wish for a correction."""

    outcome: Annotated[
        ShownWrite,
        doc("How it went: CONFIRMED means that the system has the wish, not that it agrees. Failures stand here."),
    ]


@shown(CorrectionAsked)
class CorrectionPayload:
    """What became of a wish for a correction."""


@strawberry.input(
    description="What is wrong in one record. It is passed on to the system that owns it; nothing is kept."
)
class CorrectionInput:
    """The argument of ``requestCorrection``."""

    section: Section = strawberry.field(description="Section in which the record stands.")
    record: strawberry.ID = strawberry.field(description="Id of the record, as in its list.")
    text: str = strawberry.field(description="What is wrong, and what would be right: 1 to 2000 characters.")
    idempotency_key: strawberry.ID = strawberry.field(
        description="A UUID made by the application for this one wish. Sent again with the same key and content, it "
        "arrives once."
    )
    source: strawberry.ID | None = strawberry.field(
        default=None, description="Key of the source meant, where the record stands in several that take corrections."
    )
    citizen: CitizenId | None = strawberry.field(
        default=None, description="Whose record; that of the holder of the token by default."
    )


Asked = Annotated[CorrectionInput, strawberry.argument(description="What is to be corrected.")]


async def request_correction(info: Info, input: Asked) -> CorrectionAsked:  # noqa: A002 - the argument's name in the graph
    """Pass it on to whoever owns the record.

    Raises:
        BadRequest: it cannot be one.
        Forbidden: the caller may not ask for that, or there is no such record.
    """
    context = info.context
    key, text = key_of(input.idempotency_key), input.text.strip()
    if not 1 <= len(text) <= MOST_TEXT:
        raise BadRequest(f"'text' has 1 to {MOST_TEXT} characters.")
    access = context.access
    chart = await (access.me() if input.citizen is None else access.citizen(input.citizen))
    mandate = access.mandate(chart, Correction)
    about = _ABOUT[input.section]
    owner = await _owner(context, chart, about, input.record, input.source)
    if isinstance(owner, Written):
        written = owner
    else:
        source, record_id = owner
        entry = Correction(about=about, record_id=record_id, text=text, at=context.federation.clock.now())
        written = await context.federation.write(entry, key, mandate, source)
    message = context.language.say("correcting", written.outcome.state.name)
    return CorrectionAsked(outcome=ShownWrite(message=message, **structs.asdict(written.outcome)))


async def _owner(
    context: Context, chart: Chart, about: type[AnyRecord], record: str, named: str | None
) -> tuple[Source, str] | Written:
    """The source that owns the record, and the record's id there; or why nobody is given it.

    Raises:
        Forbidden: this caller sees no such record.
        BadRequest: several take corrections of it, and none of them is named.
    """
    found = await context.federation.ask(Question(about=about), context.access.permit(chart, about))
    items = joining.join(about, found.records, key=chart.subject.ref)
    item = next((one for one in items if one.id == record), None)
    if item is None:
        if found.complete:
            raise Forbidden
        return nobody("RECIPIENT_UNKNOWN", retryable=True)
    places = {told.source.id: told.source_record_id for told in item.provenance}
    takers = [
        source
        for source in context.federation.directory.sources
        if source.info.id in places and named in (None, source.info.id) and recorder_of(source, Correction)
    ]
    if not takers:
        return nobody("NO_RECIPIENT")
    if len(takers) > 1:
        raise BadRequest("'source' names one of several systems that have the record and take corrections.")
    return takers[0], places[takers[0].info.id]
