"""Serves the contestant.

With ``BENCH_FOLDER`` the settings lie there already; else they are written for the addresses that a harness names.
Called ``guarded`` nothing is left out: it is the gateway as it ships, which believes the tokens of ``BENCH_ISSUER``.
Otherwise nobody is asked who they are (see ``opened``), and no line is written per request.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import uvloop

from gateway import telemetry
from gateway.app import Gateway
from gateway.serving import serve
from gateway.settings import load
from tests.bench.contestant.configured import of_the_harness, written
from tests.bench.contestant.opened import OpenGateway


def _settings(environment: Mapping[str, str], *, guarded: bool) -> Path:
    if prepared := environment.get("BENCH_FOLDER"):
        return Path(prepared) / "gateway.toml"
    port = int(environment["PORT"])
    folder = Path(environment["RUN_DIR"]) / f"ours-{port}"
    issuer = environment["BENCH_ISSUER"] if guarded else None
    return written(folder, port=port, sources=of_the_harness(environment), issuer=issuer)


def main() -> None:
    """Serve until the end is asked for."""
    os.environ.setdefault("BENCH_IDENTIFIER_KEY", "only for measurements, and of no worth elsewhere")
    guarded = sys.argv[1:] == ["guarded"]
    settings = load(_settings(os.environ, guarded=guarded))
    telemetry.set_up(level="info" if guarded else "critical")
    uvloop.run(serve(Gateway(settings) if guarded else OpenGateway(settings)))
