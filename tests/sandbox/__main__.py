"""``python -m tests.sandbox``: the city on fixed ports, for as long as it is wanted."""

import asyncio
import contextlib
import json
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import click
import httpx

from tests.sandbox.agreeing import agree
from tests.sandbox.city import OFFSETS, PORT_BASE, City, running_city
from tests.sandbox.people import everyone

FOLDER = Path(".sandbox")
LOG = FOLDER / "gateway.log"
GATEWAY_OFFSET = 8
ADMIN_OFFSET = 7
START_SECONDS = 20
STOP_SECONDS = 15
QUERY = "{ me { conditions(status: ACTIVE) { nodes { code { text } onset } completeness { complete } } } }"


@click.command()
@click.option(
    "--port-base",
    type=click.IntRange(1024, 65_000),
    default=PORT_BASE,
    show_default=True,
    help="The e-ID's port; the others follow.",
)
@click.option("--people", "list_people", is_flag=True, help="Print who lives in the city, and end.")
@click.option("--with-gateway", is_flag=True, help=f"Run a gateway too, configured in {FOLDER}/.")
def main(*, port_base: int, list_people: bool, with_gateway: bool) -> None:
    """Run the sandbox city: a false e-ID, hospitals and registers with invented people. Ctrl-C ends it."""
    if list_people:
        print_people()
        return
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    gateway = f"http://127.0.0.1:{port_base + GATEWAY_OFFSET}"
    admin = f"127.0.0.1:{port_base + ADMIN_OFFSET}"
    with contextlib.suppress(KeyboardInterrupt), _city(port_base, gateway) as city:
        _forget_the_last_city()
        config = city.write_config(FOLDER, admin=admin)
        if with_gateway:
            with _gateway(config, f"http://{admin}") as child:
                asyncio.run(city.feed())
                asyncio.run(agree(city.gateway, city.eid, city.clock))
                print_people()
                _print_addresses(city)
                _print_gateway(city)
                raise click.ClickException(f"the gateway ended with status {child.wait()}; see {LOG}")
        _print_addresses(city)
        click.echo(f"\nA gateway for this city: python -m gateway serve --config {config}")
        threading.Event().wait()


@contextlib.contextmanager
def _city(port_base: int, gateway: str) -> Iterator[City]:
    try:
        with running_city(ports=port_base, gateway=gateway) as city:
            yield city
    except OSError as error:
        raise click.ClickException(
            f"a port from {port_base} on cannot be had ({error.strerror}); another place: --port-base 9300"
        ) from None


def _forget_the_last_city() -> None:
    """Drop what a gateway kept of an earlier one: every city has keys of its own, and nobody has agreed yet."""
    for left in FOLDER.glob("citizen-graph.db*"):
        left.unlink()
    shutil.rmtree(FOLDER / "access-spool", ignore_errors=True)


@contextlib.contextmanager
def _gateway(config: Path, admin: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a gateway as a child, from when it is ready to the end of the block."""
    command = [sys.executable, "-m", "gateway", "serve", "--config", str(config)]
    with LOG.open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as child:  # noqa: S603 - our own module, no shell
        try:
            _wait_until_ready(child, admin)
            yield child
        finally:
            child.terminate()
            try:
                child.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()


def _wait_until_ready(child: subprocess.Popen[bytes], admin: str) -> None:
    """Knock until the gateway says that it is ready."""
    until = time.monotonic() + START_SECONDS
    with httpx.Client(base_url=admin, trust_env=False, timeout=1) as http:
        while child.poll() is None and time.monotonic() < until:
            with contextlib.suppress(httpx.TransportError):
                if http.get("/health/ready").is_success:
                    return
            time.sleep(0.05)
    raise click.ClickException(f"the gateway did not start; see {LOG}")


def print_people() -> None:
    """Who lives here, one line each."""
    for person in everyone():
        click.echo(f"{person.key:<10} {person.personal_id}  {person.name:<24}  {person.story}")


def _print_addresses(city: City) -> None:
    click.echo()
    for name in OFFSETS:
        click.echo(f"{name:<16} {city.sites[name].url}")


def _print_gateway(city: City) -> None:
    desk = city.sites["control"].url
    partners = "\n".join(
        f'  sh -c "$(curl -s {desk}/partners/{client.client_id}/curl)"   # {client.name}'
        for client in city.eid.partners
    )
    wish = json.dumps({"source": "hospital-b", "fault": "down"})
    click.echo(f"""gateway          {city.gateway}/graphql   (log: {LOG})

Open the explorer and sign in as anybody above:
  {city.gateway}

Or ask from here, as the elderly man with diabetes:
  curl {city.gateway}/graphql -H 'Content-Type: application/json' \\
    -H "Authorization: Bearer $(curl -s {desk}/people/phuc/token)" \\
    -d '{json.dumps({"query": QUERY})}'

Or as a partner, about the same man. He agreed that hospital A treats him and that the insurance pays; nobody else is
let in. Each line fetches a command that is good once, for a minute, and runs it:
{partners}

Take a hospital down, and bring it back:
  curl {desk}/faults -H 'Content-Type: application/json' -d '{wish}'
  curl {desk}/faults -X DELETE

Ctrl-C ends it all.""")


if __name__ == "__main__":
    main()
