"""How long a caller wants to wait: the field ``grpc-timeout``, in the words of gRPC.

No field of HTTP itself says it: ``Prefer: wait`` (RFC 7240) knows whole seconds only, and a server may pass it over.
gRPC's is exact, has one grammar, and proxies know it: up to eight digits and a unit, ``800m`` for 800 milliseconds
(https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md).
"""

import re
from collections.abc import Sequence

from gateway.errors import RequestError

FIELD = b"grpc-timeout"

_FORM = re.compile(rb"([0-9]{1,8})([HMSmun])")
_SECONDS = {b"H": 3600.0, b"M": 60.0, b"S": 1.0, b"m": 1e-3, b"u": 1e-6, b"n": 1e-9}


def wanted_seconds(values: Sequence[bytes]) -> float | None:
    """The time that a caller grants for the whole request; ``None`` where none is said.

    Args:
        values: of the field, as they were sent.

    Raises:
        RequestError: 400, it says something else.
    """
    if not values:
        return None
    read = _FORM.fullmatch(values[0]) if len(values) == 1 else None
    if read is None or not int(read[1]):
        raise RequestError(400, "BAD_REQUEST", "'grpc-timeout' is a positive number and a unit, such as '800m'.")
    return int(read[1]) * _SECONDS[read[2]]
