"""Any record of any class, for property tests: made from the types of its fields."""

import types
import typing
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from hypothesis import strategies as st
from msgspec import Struct

from connectors.records import Described, Record, SourceInfo
from tests.connectors.false_source import info

_ZONES: Any = st.sampled_from([UTC, timezone(timedelta(hours=7)), ZoneInfo("Asia/Ho_Chi_Minh"), None])
_PLAIN: Mapping[Any, st.SearchStrategy[Any]] = {
    str: st.text(max_size=20),
    int: st.integers(-(2**40), 2**40),
    bool: st.booleans(),
    Decimal: st.decimals(allow_nan=False, allow_infinity=False),
    date: st.dates(),
    # Until 1975 the offset of Saigon changed at times, and Python never calls times that occurred twice equal.
    datetime: st.datetimes(min_value=datetime(1976, 1, 1), timezones=_ZONES),  # noqa: DTZ001 - a bound without zone
    SourceInfo: st.builds(info),
    type(None): st.none(),
}


def any_record(about: type[Record]) -> st.SearchStrategy[Record]:
    """Records of that class with anything in their fields that their types allow."""
    made: st.SearchStrategy[Record] = _any(about)
    return made


def _any(kind: Any) -> st.SearchStrategy[Any]:
    if kind in _PLAIN:
        return _PLAIN[kind]
    origin, parts = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Annotated or isinstance(kind, typing.NewType):
        return _any(parts[0] if parts else kind.__supertype__)
    if origin in (typing.Union, types.UnionType):
        return st.one_of(*map(_any, parts))
    if origin is tuple:
        return st.lists(_any(parts[0]), max_size=2).map(tuple)
    return _of_class(kind)


def _of_class(kind: type) -> st.SearchStrategy[Any]:
    if issubclass(kind, Described):
        return st.sampled_from(kind)
    assert issubclass(kind, Struct), kind
    return st.builds(kind, **{field.name: _any(field.type) for field in msgspec.structs.fields(kind)})
