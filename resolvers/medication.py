"""Medicines."""

from collections.abc import Awaitable
from typing import Annotated

import strawberry

from connectors import records
from connectors.contract import Question
from resolvers.chart import Chart
from resolvers.connection import After, First, Listed, Record, connect
from resolvers.context import Info
from resolvers.period import Since
from resolvers.shown import enumeration, shown

enumeration(records.MedicationStatus)
Status = Annotated[records.MedicationStatus | None, strawberry.argument(description="Only medicines in this state.")]


@shown(records.Medication)
class Medication(Record):
    """A medicine: prescribed, handed out, or said to be taken. Look at 'kind' and 'status'."""


def medications(
    root: strawberry.Parent[Chart],
    info: Info,
    status: Status = None,
    since: Since = None,
    first: First = None,
    after: After = None,
) -> Awaitable[Listed[records.Medication]]:
    """Medicines, the newest first. 'since' looks at the first day of a course, not at its last."""
    return connect(
        info,
        root,
        Question(about=records.Medication, since=since),
        first=first,
        after=after,
        keep=None if status is None else lambda medicine: medicine.status is status,
    )
