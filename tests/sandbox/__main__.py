"""``python -m tests.sandbox``: the city on fixed ports, for as long as it is wanted."""

import contextlib
import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import click

from tests.sandbox.city import OFFSETS, PORT_BASE, City, running_city
from tests.sandbox.people import Person, everyone

FOLDER = Path(".sandbox")
GATEWAY_OFFSET = 8
ADMIN_OFFSET = 7
TOKEN_LIFE = timedelta(hours=12)
STOPPING_SECONDS = 10
QUERY = "{ me { demographics { fullName } allergies { nodes { substance { text } } completeness { complete } } } }"


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
        _print_people(everyone())
        return
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    gateway = f"http://127.0.0.1:{port_base + GATEWAY_OFFSET}"
    with contextlib.suppress(KeyboardInterrupt), _city(port_base, gateway) as city:
        path = city.write_config(FOLDER, admin=f"127.0.0.1:{port_base + ADMIN_OFFSET}")
        _print_addresses(city)
        if with_gateway:
            _print_gateway(city)
            _run_gateway(path)
        else:
            click.echo(f"\nA gateway for this city: python -m gateway serve --config {path}")
            threading.Event().wait()


@contextlib.contextmanager
def _city(port_base: int, gateway: str) -> Iterator[City]:
    try:
        with running_city(ports=port_base, gateway=gateway) as city:
            yield city
    except OSError as error:
        raise click.ClickException(f"a port from {port_base} on cannot be had: {error.strerror}") from None


def _run_gateway(path: Path) -> None:
    """Run a gateway as a child until it ends; it ends with this process."""
    child = subprocess.Popen([sys.executable, "-m", "gateway", "serve", "--config", str(path)])  # noqa: S603  # our own module, no shell
    try:
        status = child.wait()
    except KeyboardInterrupt:
        # Ctrl-C reached the child as well; a plain SIGTERM did not.
        child.terminate()
        try:
            child.wait(STOPPING_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        raise
    raise click.ClickException(f"the gateway ended with status {status}")


def _print_addresses(city: City) -> None:
    for name in OFFSETS:
        click.echo(f"{name:<12} {city.sites[name].url}")
    click.echo("\nMake something go wrong:")
    wish = json.dumps({"source": "hospital-b", "fault": "slow", "seconds": 3})
    click.echo(f"  curl -H 'Content-Type: application/json' -d '{wish}' {city.sites['control'].url}/faults")


def _print_gateway(city: City) -> None:
    person = everyone()[0]
    token = city.eid.token_for(person, expires_in=TOKEN_LIFE)
    click.echo(f"\ngateway      {city.gateway}\n\nAsk as {person.name}:")
    click.echo(f"  curl {city.gateway}/graphql -H 'Content-Type: application/json' \\")
    click.echo(f"    -H 'Authorization: Bearer {token}' \\")
    click.echo(f"    -d '{json.dumps({'query': QUERY})}'\n")
    _print_people(everyone())


def _print_people(people: Sequence[Person]) -> None:
    for person in people:
        click.echo(f"{person.key:<12} {person.personal_id}  {person.name:<28} {person.story}")


if __name__ == "__main__":
    main()
