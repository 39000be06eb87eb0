"""Reads the file and the environment; nobody else reads the environment."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import structs

from connectors.options import BadOptions, read
from gateway.settings.checks import check
from gateway.settings.whole import Settings

_PREFIX = "GATEWAY_"
_ELSEWHERE = frozenset({"GATEWAY_CONFIG"})


def load(path: Path, environment: Mapping[str, str] | None = None) -> Settings:
    """Read the file and the environment.

    Raises:
        BadOptions: with the block, the key and what would be right.
    """
    known = os.environ if environment is None else environment
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadOptions(f"no such file: {path}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadOptions(f"{path.name}: {error}") from None
    settings = read(
        Settings, _overridden(table, known), where=path.name, folder=path.parent, environment=known.get, lax=True
    )
    check(settings, path.name)
    store = structs.replace(settings.store, file=str(path.parent / settings.store.file))
    audit = structs.replace(settings.audit, spool=str(path.parent / settings.audit.spool))
    return structs.replace(settings, store=store, audit=audit)


def environment_variable(name: str) -> str | None:
    """One variable, for references such as ``env:NAME`` in the blocks of sources."""
    return os.environ.get(name)


def _overridden(table: dict[str, Any], environment: Mapping[str, str]) -> dict[str, Any]:
    whole = dict(table)
    for name, value in environment.items():
        if not name.startswith(_PREFIX) or name in _ELSEWHERE:
            continue
        *blocks, key = name.removeprefix(_PREFIX).lower().split("__")
        place = whole
        for block in blocks:
            inner = place.get(block, {})
            if not isinstance(inner, dict):
                raise BadOptions(f"{name}: '{block}' is no block")
            place[block] = place = dict(inner)
        place[key] = value
    return whole
