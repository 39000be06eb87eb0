"""A gateway in a process of its own, in the time of the city: the arguments are its settings and that time."""

import sys
from datetime import datetime
from pathlib import Path

import uvloop

from gateway import telemetry
from gateway.app import Gateway
from gateway.serving import serve
from gateway.settings import load
from tests.running import CityClock


def main() -> None:
    """Serve until somebody ends it."""
    config, begin = sys.argv[1:]
    telemetry.set_up()
    gateway = Gateway(load(Path(config), environment={}), clock=CityClock(datetime.fromisoformat(begin)))
    uvloop.run(serve(gateway))


if __name__ == "__main__":
    main()
