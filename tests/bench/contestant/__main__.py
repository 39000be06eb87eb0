"""Serves the contestant. Says nothing: what a gateway writes per request is part of what is left out here."""

import os
from pathlib import Path

import uvloop

from gateway import telemetry
from gateway.serving import serve
from gateway.settings import load
from tests.bench.contestant.configured import written
from tests.bench.contestant.opened import OpenGateway


def main() -> None:
    """Serve until the end is asked for."""
    os.environ.setdefault("BENCH_IDENTIFIER_KEY", "only for measurements, and of no worth elsewhere")
    folder = Path(os.environ["RUN_DIR"]) / f"ours-{os.environ['PORT']}"
    settings = load(written(folder, environment=os.environ))
    telemetry.set_up(level="critical")
    uvloop.run(serve(OpenGateway(settings)))


main()
