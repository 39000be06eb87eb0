"""Record what was measured at home: it is given to one source that takes it, and stands when that source says so."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import strawberry
from msgspec import Struct, structs

from connectors import records
from connectors.contract import Question, Source
from connectors.records import CoverageStatus, doc
from connectors.writing import Measurement
from resolvers import completeness as _completeness  # noqa: F401 - shows a source
from resolvers import joining
from resolvers import observation as _observation  # noqa: F401 - shows an observation
from resolvers.chart import Chart
from resolvers.context import Context, Info
from resolvers.measuring import MeasurementKind, measurement
from resolvers.refusals import BadRequest
from resolvers.scalars import CitizenId
from resolvers.shown import enumeration, shown
from resolvers.writing import WriteOutcome, Written, nobody


class ShownWrite(WriteOutcome, frozen=True, kw_only=True):
    """How it went, with the words for it."""

    message: Annotated[str, doc("Plain words for the citizen, in the language of the answer.")]


@shown(ShownWrite)
class WriteResult:
    """How it went with what was given to a source. Only CONFIRMED means that it stands there."""


class Recorded(Struct, frozen=True, kw_only=True):
    """What became of a measurement."""

    outcome: Annotated[ShownWrite, doc("How it went. A failure of the source stands here, never in 'errors'.")]
    measurement: Annotated[
        records.Observation | None, doc("The record as the source confirmed it; none unless it did.")
    ] = None


@shown(Recorded)
class MeasurementPayload:
    """What became of a measurement."""


enumeration(MeasurementKind)


@strawberry.input(description="What was measured at home, by the citizen or by who acts for them.")
class MeasurementInput:
    """The argument of ``recordMeasurement``."""

    kind: MeasurementKind = strawberry.field(description="What was measured.")
    at: datetime = strawberry.field(description="When, with an offset: at most a year ago.")
    idempotency_key: strawberry.ID = strawberry.field(
        description="A UUID made by the application for this one measurement. Sent again with the same key and "
        "content, it is recorded once."
    )
    citizen: CitizenId | None = strawberry.field(
        default=None, description="Whose measurement; that of the holder of the token by default."
    )
    value: Decimal | None = strawberry.field(default=None, description="The value, in the unit of the kind.")
    systolic: Decimal | None = strawberry.field(default=None, description="Of a blood pressure, in mmHg.")
    diastolic: Decimal | None = strawberry.field(default=None, description="Of a blood pressure, in mmHg.")


Given = Annotated[MeasurementInput, strawberry.argument(description="What was measured.")]


async def record_measurement(info: Info, input: Given) -> Recorded:  # noqa: A002 - the argument's name in the graph
    """Give it to whoever takes it.

    Raises:
        BadRequest: it cannot be one.
        Forbidden: the caller may not write for that citizen.
    """
    context = info.context
    key = key_of(input.idempotency_key)
    access = context.access
    chart = await (access.me() if input.citizen is None else access.citizen(input.citizen))
    mandate = access.mandate(chart, Measurement)
    values = {"value": input.value, "systolic": input.systolic, "diastolic": input.diastolic}
    entry = measurement(input.kind, values, input.at, context.federation.clock.now())
    recipient = await _recipient(context, chart)
    if isinstance(recipient, Written):
        written = recipient
    else:
        written = await context.federation.write(entry, key, mandate, recipient)
    message = context.language.say("writing", written.outcome.state.name)
    return Recorded(
        outcome=ShownWrite(message=message, **structs.asdict(written.outcome)),
        measurement=_as_listed(written.receipt.record, chart) if written.receipt and written.receipt.record else None,
    )


def _as_listed(record: records.Observation, chart: Chart) -> records.Observation:
    """The record with the id that it has in a list."""
    (item,) = joining.join(records.Observation, [record], key=chart.subject.ref)
    return item


async def _recipient(context: Context, chart: Chart) -> Source | Written:
    """The only source that takes measurements; of several, the one where the citizen is registered for primary care."""
    takers = context.federation.recipients(Measurement)
    if len(takers) == 1:
        return takers[0]
    if not takers:
        return nobody("NO_RECIPIENT")
    found = await context.federation.ask(
        Question(about=records.Coverage), context.access.permit(chart, records.Coverage)
    )
    registered = {
        card.registered_facility.code
        for card in found.records
        if card.status is CoverageStatus.ACTIVE and card.registered_facility is not None
    }
    fitting = [source for source in takers if source.info.facility_code in registered]
    if len(fitting) == 1:
        return fitting[0]
    return nobody("RECIPIENT_UNKNOWN", retryable=not found.complete)


def key_of(text: str) -> str:
    """The idempotency key in one way of writing.

    Raises:
        BadRequest: it is no UUID.
    """
    try:
        return str(UUID(text))
    except ValueError:
        raise BadRequest("'idempotencyKey' is a UUID.") from None
