"""How dates and moments are written out: as Python writes ISO 8601, but by msgspec, which is ten times as fast.

Only where both write the same: not in UTC, for which it has a letter, nor where an offset is no whole minutes.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Any

from msgspec import to_builtins

from connectors.clock import HO_CHI_MINH

_ROUND = 1912
"""Since then the city's offset is whole minutes."""
_ALIKE: set[tzinfo | None] = {None}
"""Fixed zones, in which both write the same in any year: added as they are met, few, for those are equal whose offsets
are."""

NAMES = {"date": date, "datetime": datetime, "alike": _ALIKE, "city": HO_CHI_MINH, "plain": to_builtins}
"""What the following call by name."""
ODD_DATE = "type({0}) is not date"
ODD_MOMENT = (
    f"type({{0}}) is not datetime or {{0}}.tzinfo not in alike and ({{0}}.tzinfo is not city or {{0}}.year < {_ROUND})"
)
"""Test for a value that has to be looked at."""
WRITTEN = "plain({0})"
"""What is written otherwise."""


def odd_moment(otherwise: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Writes out a moment that has to be looked at.

    Args:
        otherwise: writes out whatever else there is.
    """

    def written(value: Any) -> Any:
        if type(value) is datetime and type(value.tzinfo) is timezone:
            if value.tzinfo is UTC:
                return f"{to_builtins(value)[:-1]}+00:00"
            offset = value.tzinfo.utcoffset(None)
            if offset and not offset % timedelta(minutes=1):
                _ALIKE.add(value.tzinfo)
        return otherwise(value)

    return written
