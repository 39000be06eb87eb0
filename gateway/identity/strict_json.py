"""JSON from strangers: one object, no duplicate members, finite numbers, UTF-8 and nothing else."""

import json
import math
from typing import Any, Never


def parse_object(raw: bytes) -> dict[str, Any]:
    """Give the JSON object that ``raw`` is.

    Duplicate members are refused at any depth: which of the two counts differs from reader to reader, and that
    difference is a way to show a claim to one and hide it from the other (RFC 7519 section 4 allows refusing).

    Raises:
        ValueError: anything else than such an object. The text quotes nothing of the input.
    """
    try:
        value = _DECODER.decode(raw.decode())
    except (ValueError, RecursionError):
        # Not raised from here: json's error holds the whole document, and a reporter of errors shows such things.
        value = None
    if not isinstance(value, dict):
        raise ValueError("not a JSON object as this service reads it")  # noqa: TRY004 (one error for bad input)
    return value


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("duplicate member")
    return found


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("number out of range")
    return number


def _not_a_number(_: str) -> Never:
    raise ValueError("not a number of JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_distinct, parse_float=_finite, parse_constant=_not_a_number)
