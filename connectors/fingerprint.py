"""Whether two readings of a configuration say the same: values of secrets and contents of files included."""

from hashlib import blake2b
from pathlib import Path
from typing import Any

import msgspec

from connectors.options import Secret


def fingerprint(options: Any) -> str:
    """Equal for options that say the same, different where anything differs, be it a certificate behind a path.

    It is made of secrets: for comparing in memory, never for a log.

    Raises:
        OSError: a file cannot be read any more.
    """
    return blake2b(msgspec.json.encode(options, enc_hook=_said), digest_size=16).hexdigest()


def _said(value: Any) -> Any:
    if isinstance(value, Secret):
        return value.reveal()
    if isinstance(value, Path):
        return [str(value), blake2b(value.read_bytes(), digest_size=16).hexdigest()]
    if isinstance(value, float | int | str):
        return f"{value!s}"  # amounts and folders are numbers and texts of a class of their own
    raise NotImplementedError(type(value))  # a programmer's mistake: an option that nobody can compare
