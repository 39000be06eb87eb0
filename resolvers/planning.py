"""What is to come: referrals, appointments, plans of care."""

from collections.abc import Awaitable
from datetime import date
from typing import Annotated

import strawberry

from connectors import records
from connectors.contract import Question
from resolvers.chart import Chart
from resolvers.connection import After, First, Listed, Record, connect
from resolvers.context import Info
from resolvers.shown import shown

FromDay = Annotated[
    date | None, strawberry.argument(name="from", description="Only appointments on or after this day.")
]


@shown(records.Referral)
class Referral(Record):
    """A citizen sent on to another place of care."""


@shown(records.Appointment)
class Appointment(Record):
    """A visit that is planned. Look at 'status': a cancelled one is here too."""


@shown(records.CarePlan)
class CarePlan(Record):
    """What is meant to be done for the citizen over some time."""


def referrals(
    root: strawberry.Parent[Chart], info: Info, first: First = None, after: After = None
) -> Awaitable[Listed[records.Referral]]:
    """Referrals, newest first."""
    return connect(
        info,
        root,
        Question(about=records.Referral),
        first=first,
        after=after,
    )


def appointments(
    root: strawberry.Parent[Chart], info: Info, from_day: FromDay = None, first: First = None, after: After = None
) -> Awaitable[Listed[records.Appointment]]:
    """Appointments, the latest first."""
    return connect(
        info,
        root,
        Question(about=records.Appointment, since=from_day),
        first=first,
        after=after,
    )


def care_plans(
    root: strawberry.Parent[Chart], info: Info, first: First = None, after: After = None
) -> Awaitable[Listed[records.CarePlan]]:
    """Plans of care, the newest first."""
    return connect(
        info,
        root,
        Question(about=records.CarePlan),
        first=first,
        after=after,
    )
