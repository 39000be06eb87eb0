"""JSON from strangers."""

import pytest

from gateway.identity.strict_json import parse_object


def test_an_ordinary_object_is_read() -> None:
    assert parse_object('{"a": [1, 2.5, {"b": null}], "ư": "ơ"}'.encode()) == {"a": [1, 2.5, {"b": None}], "ư": "ơ"}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b'{"a": 1',
        b"{'a': 1}",
        b'{"a": 1} x',
        b'{"a": 1, "a": 1}',
        b'{"a": {"b": 1, "b": 2}}',
        b'{"a": 1, "\\u0061": 2}',
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": -Infinity}',
        b'{"a": 1e400}',
        b'{"a": -1e400}',
        b'{"a": ' + b"9" * 5_000 + b"}",
        b'{"a": "\xff"}',
        b'\xef\xbb\xbf{"a": 1}',
        '{"a": 1}'.encode("utf-16"),
        b'{"a":' + b"[" * 20_000,
        b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    ],
)
def test_anything_else_is_one_error_that_quotes_nothing(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r"^not a JSON object as this service reads it$") as caught:
        parse_object(raw)
    assert caught.value.__context__ is None
