"""The scalars of the graph: what a client may write, and how a value is written out."""

from typing import Any, NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

from connectors.records import PartialDate
from resolvers.identifiers import is_personal_id

CitizenId = NewType("CitizenId", str)


def _citizen_id(value: Any) -> CitizenId:
    if not isinstance(value, str) or not is_personal_id(value):
        # The text that was sent is not repeated: it may be a number with a slip in it.
        raise ValueError("a personal number has twelve digits")
    return CitizenId(value)


SCALARS: dict[object, ScalarDefinition] = {
    CitizenId: strawberry.scalar(
        name="CitizenId",
        description="Personal identification number (số định danh cá nhân): twelve digits, as text.",
        parse_value=_citizen_id,
        serialize=str,
    ),
    PartialDate: strawberry.scalar(
        name="PartialDate",
        description='A date as far as it is known: "2019", "2019-04" or "2019-04-30".',
        serialize=str,
    ),
}
