"""The sandbox city: an e-ID, hospitals, a health station, registers, insurance, a vaccination book, appointments.

Real servers on real sockets, each at its own port, in one event loop in a thread of its own. A test that runs in
another loop talks to them as a gateway would talk to the real ones.
"""

import asyncio
import base64
import secrets
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from starlette.types import ASGIApp

from connectors.clock import Clock, SystemClock
from tests.sandbox import config
from tests.sandbox.contents import Contents
from tests.sandbox.control import ELSEWHERE, control_app
from tests.sandbox.eid import Eid, RandomBytes, city_clients, partner_clients
from tests.sandbox.faults import Faults
from tests.sandbox.feeding import FED, feed, pointer_events
from tests.sandbox.people import everyone
from tests.sandbox.populate import contents_of
from tests.sandbox.seen import Seen, Watched, fhir_operation, last_segment
from tests.sandbox.servers.fhir import fhir_app
from tests.sandbox.servers.hospital_xml import hospital_xml_app
from tests.sandbox.servers.immunization_book import immunization_book_app
from tests.sandbox.servers.insurance import insurance_app
from tests.sandbox.servers.insurance_account import Account
from tests.sandbox.servers.intake import Intake
from tests.sandbox.servers.register import register_app
from tests.sandbox.servers.rest_appointments import appointments_app
from tests.sandbox.servers.smart import TokenOffice
from tests.sandbox.serving import Site

FHIR_SOURCES = ("hospital-a", "hospital-b", "vaccination")
TAKES = "hospital-a"
"""Where citizens have recorded what they measure at home."""
SOURCES = (*FHIR_SOURCES, "insurance", "population", "health-station", "vaccination-book", "appointments")
# 7 and 8 are a gateway's.
OFFSETS = {"eid": 0, **dict(zip(SOURCES, (1, 2, 3, 4, 5, 6, 10, 11), strict=True)), "control": 9}
"""Port of each server, counted from the base."""
PORT_BASE = 9100
GATEWAY = "http://127.0.0.1:9108"
"""Where a gateway is expected that signs people in at this city's e-ID."""
GATEWAY_ADMIN = "127.0.0.1:9107"
CITIZEN_APP = "http://127.0.0.1:3000/callback"
"""Where the application of a frontend team is sent back to while they write it."""
SIGN_IN_BACK = "/sign-in/callback"
"""Where the e-ID sends a person back to, at the gateway."""
PATIENCE = 10.0
"""Seconds to start or stop; it takes a fraction of one."""


class City:
    """All servers of the city. Its methods may be called from any thread but the city's own.

    Args:
        contents: what its systems hold.
        clock: for tokens of the e-ID and the insurance.
        random: gives random bytes, for keys and credentials.
        port_base: the e-ID's port, the others follow (``OFFSETS``); None takes free ports.
        gateway: address of the gateway whose users sign in here.

    Raises:
        OSError: a port is taken.
    """

    def __init__(
        self,
        contents: Contents,
        *,
        clock: Clock,
        random: RandomBytes,
        port_base: int | None = None,
        gateway: str = GATEWAY,
    ) -> None:
        self.contents = contents
        self.gateway = gateway
        self.sites = _sites(port_base)
        self.faults = Faults(contents.faults, elsewhere=self.sites["control"].url + ELSEWHERE)
        self.seen = {name: Seen() for name in OFFSETS}
        """By source, and for ``eid`` and ``control``."""
        words = [one for one in fields(config.Credentials) if one.init]
        self.credentials = config.Credentials(*(_word(random) for _ in words))
        self.eid = Eid(
            issuer=self.sites["eid"].url,
            people=contents.people,
            clients=(
                *city_clients(
                    citizen_app=[CITIZEN_APP],
                    explorer=[gateway + SIGN_IN_BACK],
                    after_logout=[f"{gateway}/"],
                    gateway_key=self.credentials.introspection_key,
                ),
                *partner_clients(),
            ),
            clock=clock,
            random=random,
        )
        self.office = TokenOffice(
            base_url=f"{self.sites['vaccination'].url}/fhir",
            client_id=config.VACCINATION_CLIENT,
            key=self.credentials.vaccination_key,
            clock=clock,
            random=random,
        )
        """Where the vaccination register gives out tokens."""
        self.intake = Intake("Observation", "Communication")
        """What was created at ``TAKES``; tests have it forgotten."""
        self.clock = clock
        """The time in it."""
        self._apps = {name: self._watched(name, app) for name, app in self._servers()}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    @property
    def addresses(self) -> dict[str, str]:
        """``http://host:port`` of each source."""
        return {source: self.sites[source].url for source in SOURCES}

    @property
    def issuer(self) -> str:
        """Address of the e-ID: ``iss`` of its tokens."""
        return self.eid.issuer

    def sources_toml(self) -> str:
        """The text of ``sources.toml`` for a gateway in this city; its secrets are written by ``write_config``."""
        return config.sources_toml(self.addresses)

    def gateway_toml(self, *, admin: str = GATEWAY_ADMIN) -> str:
        """The text of the settings of the gateway at ``gateway``, with its admin listener at ``host:port``."""
        return config.gateway_toml(issuer=self.issuer, listen=urlsplit(self.gateway).netloc, admin=admin)

    def write_config(self, folder: Path, *, admin: str = GATEWAY_ADMIN) -> Path:
        """Write settings, sources and secrets below ``folder``; give the path of ``gateway.toml``."""
        gateway = self.gateway_toml(admin=admin)
        return config.write(folder, sources=self.sources_toml(), gateway=gateway, credentials=self.credentials)

    async def feed(self, gateway: str | None = None) -> int:
        """Let hospital B tell the gateway about whom it holds what. Gives the number of events; from any loop."""
        events = pointer_events(self.contents.resources.get(FED, ()), at=self.clock.now())
        return len(await feed(gateway or self.gateway, self.eid, events))

    def start(self) -> None:
        """Open every server; each listens when this returns."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="sandbox-city", daemon=True)
        self._thread.start()
        for name in self.sites:
            self.reopen(name)

    def stop(self) -> None:
        """Let held requests go, close every server, end the thread. May be called again."""
        self.faults.stop()
        loop, self._loop = self._loop, None
        if loop is None or self._thread is None:
            return
        asyncio.run_coroutine_threadsafe(self._close_all(), loop).result(PATIENCE)
        loop.call_soon_threadsafe(loop.stop)
        self._thread.join(PATIENCE)
        loop.close()

    def close(self, source: str) -> None:
        """Make a server unreachable: its port refuses connections, and open connections are cut."""
        self._run(self.sites[source].close())

    def reopen(self, source: str) -> None:
        """Serve at the same port again what a closed server served."""
        self._run(self.sites[source].open(self._apps[source]))

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        if self._loop is None:
            work.close()
            raise RuntimeError("the city is not running")
        asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)

    async def _close_all(self) -> None:
        await asyncio.gather(*(site.close() for site in self.sites.values()))
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _watched(self, name: str, app: ASGIApp) -> ASGIApp:
        operation: Callable[[str, str], str] = fhir_operation if name in FHIR_SOURCES else last_segment
        return Watched(app, self.seen[name], operation)

    def _servers(self) -> Iterator[tuple[str, ASGIApp]]:
        """Every server, with the faults of its source."""
        for source in FHIR_SOURCES:
            yield (
                source,
                fhir_app(
                    self.contents.resources.get(source, ()),
                    base_url=f"{self.sites[source].url}/fhir",
                    faults=self.faults,
                    source=source,
                    token=self.credentials.hospital_b_token if source == "hospital-b" else None,
                    office=self.office if source == "vaccination" else None,
                    intake=self.intake if source == TAKES else None,
                ),
            )
        yield (
            "insurance",
            insurance_app(
                self.contents.cards,
                self.contents.histories,
                files=self.contents.files,
                co_payments=self.contents.co_payments,
                account=self._account(),
                clock=self.clock,
                faults=self.faults,
            ),
        )
        yield (
            "population",
            register_app(
                self.contents.citizens,
                self.contents.dependants,
                representatives=self.contents.representatives,
                api_key=self.credentials.population_key,
                faults=self.faults,
            ),
        )
        yield (
            "health-station",
            hospital_xml_app(self.contents.dossiers, api_key=self.credentials.health_station_key, faults=self.faults),
        )
        yield (
            "vaccination-book",
            immunization_book_app(
                self.contents.book,
                phone=config.BOOK_PHONE,
                password=self.credentials.book_password,
                clock=self.clock,
                faults=self.faults,
            ),
        )
        yield (
            "appointments",
            appointments_app(self.contents.appointments, token=self.credentials.appointments_token, faults=self.faults),
        )
        yield "eid", self.eid.app
        yield (
            "control",
            control_app(
                faults=self.faults,
                sources=SOURCES,
                people=self.contents.people,
                eid=self.eid,
                feed=self.feed,
                gateway=self.gateway,
            ),
        )

    def _account(self) -> Account:
        staff = {config.STAFF_ID: config.STAFF_NAME}
        return Account(config.USERNAME, self.credentials.insurance_password, staff)


@contextmanager
def running_city(
    contents: Contents | None = None,
    *,
    ports: int | Literal["ephemeral"] = "ephemeral",
    clock: Clock | None = None,
    random: RandomBytes = secrets.token_bytes,
    gateway: str = GATEWAY,
) -> Iterator[City]:
    """Run a city for as long as the ``with`` block lasts.

    Args:
        contents: what its systems hold; everybody of ``people`` when None.
        ports: the base of fixed ports, or free ports.
        clock: the machine's when None.
        random: gives random bytes.
        gateway: address of the gateway whose users sign in at its e-ID.
    """
    city = City(
        contents_of(everyone()) if contents is None else contents,
        clock=clock or SystemClock(),
        random=random,
        port_base=None if ports == "ephemeral" else ports,
        gateway=gateway,
    )
    try:
        city.start()
        yield city
    finally:
        city.stop()


def _sites(port_base: int | None) -> dict[str, Site]:
    """Reserve every port, or none."""
    sites: dict[str, Site] = {}
    try:
        for name, offset in OFFSETS.items():
            sites[name] = Site(0 if port_base is None else port_base + offset)
    except OSError:
        for site in sites.values():
            site.release()
        raise
    return sites


def _word(random: RandomBytes) -> str:
    """A credential that nobody can guess, of 192 bits, in letters fit for a header."""
    return base64.urlsafe_b64encode(random(24)).decode()
