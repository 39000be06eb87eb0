"""Serves the contestant. Says nothing: what a gateway writes per request is part of what is left out here.

With ``BENCH_FOLDER`` the settings lie there already; else they are written for the addresses that a harness names.
"""

import os
from pathlib import Path

import uvloop

from gateway import telemetry
from gateway.serving import serve
from gateway.settings import load
from tests.bench.contestant.configured import of_the_harness, written
from tests.bench.contestant.opened import OpenGateway


def _settings(environment: os._Environ[str]) -> Path:
    if folder := environment.get("BENCH_FOLDER"):
        return Path(folder) / "gateway.toml"
    port = int(environment["PORT"])
    return written(Path(environment["RUN_DIR"]) / f"ours-{port}", port=port, sources=of_the_harness(environment))


def main() -> None:
    """Serve until the end is asked for."""
    os.environ.setdefault("BENCH_IDENTIFIER_KEY", "only for measurements, and of no worth elsewhere")
    telemetry.set_up(level="critical")
    uvloop.run(serve(OpenGateway(load(_settings(os.environ)))))


main()
