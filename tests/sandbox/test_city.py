"""The city runs as a whole: real ports, closing and opening, configuration."""

import asyncio
import socket
import stat
import tomllib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from connectors.options import read
from connectors.registry import KINDS
from gateway.settings import load
from tests.sandbox.city import OFFSETS, SOURCES, City, running_city
from tests.sandbox.contents import Contents
from tests.sandbox.people import everyone
from tests.sandbox.populate import contents_of
from tests.sandbox.ports import free_base
from tests.sandbox.seen import fhir_operation
from tests.sandbox.small import AN, contents


@pytest.fixture(scope="module")
def city() -> Iterator[City]:
    with running_city() as running:
        yield running


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False) as opened:
        yield opened


async def test_every_source_answers_at_its_address(city: City, http: httpx.AsyncClient) -> None:
    assert tuple(city.addresses) == SOURCES
    for source in ("hospital-a", "hospital-b", "vaccination"):
        assert (await http.get(f"{city.addresses[source]}/fhir/metadata")).status_code == 200
    assert (await http.post(f"{city.addresses['insurance']}/api/token/take")).json()["maKetQua"] == "401"
    assert (await http.post(f"{city.addresses['population']}/congdan/tra-cuu")).status_code == 401
    assert (await http.post(f"{city.addresses['health-station']}/ho-so/tra-cuu")).status_code == 401
    assert (await http.post(f"{city.addresses['vaccination-book']}/auth")).json()["code"] == 0
    assert (await http.post(f"{city.addresses['appointments']}/lich-hen/tra-cuu")).status_code == 401


async def test_the_eid_discovers_itself_and_signs_people_in(city: City, http: httpx.AsyncClient) -> None:
    told = (await http.get(f"{city.issuer}/.well-known/openid-configuration")).json()
    assert told["issuer"] == city.issuer == city.sites["eid"].url
    person = next(person for person in everyone() if not person.faults)
    signed_in = await city.eid.sign_in(person)
    assert signed_in.access_token.count(".") == 2


async def test_everybody_is_known_to_the_register(city: City, http: httpx.AsyncClient) -> None:
    url = city.addresses["population"] + "/congdan/tra-cuu"
    headers = {"X-API-Key": city.credentials.population_key}
    healthy = [person for person in everyone() if "population" not in person.faults]
    for person in healthy:
        asked = {"SoDinhDanh": person.personal_id, "MaYeuCau": "1"}
        answer = (await http.post(url, json=asked, headers=headers)).json()
        assert answer["CongDan"]["SoDinhDanh"] == person.personal_id
    assert healthy


async def test_everybody_hospital_a_knows_is_found_there(city: City, http: httpx.AsyncClient) -> None:
    known = [person for person in everyone() if person.known_to("hospital-a") and "hospital-a" not in person.faults]
    for person in known:
        form = {"identifier": f"urn:citizen-graph:sandbox:cccd|{person.personal_id}"}
        found = await http.post(f"{city.addresses['hospital-a']}/fhir/Patient/_search", data=form)
        assert found.json()["total"] >= 1, person.key
    assert known


async def test_hospital_b_wants_its_token(city: City, http: httpx.AsyncClient) -> None:
    url = f"{city.addresses['hospital-b']}/fhir/Patient"
    authorization = f"Bearer {city.credentials.hospital_b_token}"
    assert (await http.get(url)).status_code == 401
    assert (await http.get(url, headers={"Authorization": authorization})).status_code == 200


async def test_the_vaccination_register_wants_a_token_of_its_own_office(city: City, http: httpx.AsyncClient) -> None:
    base = f"{city.addresses['vaccination']}/fhir"
    assert (await http.get(f"{base}/Patient")).status_code == 401
    told = (await http.get(f"{base}/.well-known/smart-configuration")).json()
    assert told["token_endpoint"] == city.office.token_url
    assert (await http.post(city.office.token_url, data={"grant_type": "client_credentials"})).status_code == 400


def test_the_faults_of_people_are_set_from_the_start(city: City) -> None:
    carried = [(system, person.personal_id, fault) for person in everyone() for system, fault in person.faults.items()]
    for system, number, name in carried:
        found = city.faults.find(system, number)
        assert found
        assert found.name == name
    assert {name for _, _, name in carried} >= {"slow", "down", "garbage", "wrong_person"}


async def test_a_closed_source_refuses_connections_until_it_reopens(http: httpx.AsyncClient) -> None:
    with running_city(contents()) as city:
        url = f"{city.addresses['hospital-a']}/fhir/metadata"
        await http.get(url)  # leaves a connection open, which must not go on serving
        city.close("hospital-a")
        with pytest.raises(httpx.ConnectError):
            await http.get(url)
        city.close("hospital-a")
        city.reopen("hospital-a")
        city.reopen("hospital-a")
        assert (await http.get(url)).status_code == 200
        assert (await http.get(f"{city.addresses['vaccination']}/fhir/metadata")).status_code == 200


async def test_closing_cuts_a_request_in_flight(http: httpx.AsyncClient) -> None:
    with running_city(contents()) as city:
        city.faults.set("hospital-a", "hang")
        asking = asyncio.create_task(http.get(f"{city.addresses['hospital-a']}/fhir/metadata"))
        assert await asyncio.to_thread(city.seen["hospital-a"].wait_until, lambda seen: seen.in_flight == 1)
        city.close("hospital-a")
        with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):  # not that it took too long
            await asking


async def test_a_city_stops_while_a_request_hangs(http: httpx.AsyncClient) -> None:
    with running_city(contents()) as city:
        city.faults.set("hospital-a", "hang")
        asking = asyncio.create_task(http.get(f"{city.addresses['hospital-a']}/fhir/metadata"))
        assert await asyncio.to_thread(city.seen["hospital-a"].wait_until, lambda seen: seen.in_flight == 1)
        await asyncio.to_thread(city.stop)
    with pytest.raises(RuntimeError, match="not running"):
        city.reopen("hospital-a")
    outcome = await asyncio.gather(asking, return_exceptions=True)
    assert isinstance(outcome[0], httpx.Response | httpx.TransportError)


async def test_calls_are_counted_by_operation_and_show_nobody(http: httpx.AsyncClient) -> None:
    with running_city(contents()) as city:
        base = f"{city.addresses['hospital-a']}/fhir"
        await http.get(f"{base}/Patient", params={"identifier": AN})
        await http.post(f"{base}/Observation/_search", data={"patient": "p-an"})
        await http.get(f"{base}/Patient/p-an")
        seen = city.seen["hospital-a"]
        assert [call.operation for call in seen.calls] == ["Patient.search", "Observation.search", "Patient.read"]
        assert seen.calls[0][:2] == ("GET", "/fhir/Patient")
        assert AN not in repr(seen.calls)
        assert (seen.most_in_flight, seen.in_flight) == (1, 0)
        seen.forget()
        assert (seen.calls, seen.most_in_flight) == ((), 0)


async def test_requests_at_the_same_time_are_counted_together(http: httpx.AsyncClient) -> None:
    with running_city(contents()) as city:
        city.faults.set("hospital-a", "hang")
        url = f"{city.addresses['hospital-a']}/fhir/metadata"
        asking = [asyncio.create_task(http.get(url)) for _ in range(3)]
        assert await asyncio.to_thread(city.seen["hospital-a"].wait_until, lambda seen: seen.in_flight == 3)
        city.faults.clear()
        await asyncio.gather(*asking)
        assert city.seen["hospital-a"].most_in_flight == 3


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("GET", "/fhir/metadata", "metadata"),
        ("GET", "/fhir/Patient", "Patient.search"),
        ("POST", "/fhir/Patient/_search", "Patient.search"),
        ("GET", "/fhir/Patient/1", "Patient.read"),
        ("GET", "/", "other"),
    ],
)
def test_operations_of_fhir(method: str, path: str, name: str) -> None:
    assert fhir_operation(method, path) == name


def test_two_cities_live_side_by_side() -> None:
    with running_city(Contents()) as one, running_city(Contents()) as other:
        ports = {site.port for city in (one, other) for site in city.sites.values()}
        assert len(ports) == 2 * len(OFFSETS)
        assert one.credentials != other.credentials


def test_a_taken_port_is_an_error_and_gives_the_others_back() -> None:
    base = free_base()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", base + OFFSETS["control"]))
        with pytest.raises(OSError, match="in use"), running_city(Contents(), ports=base):
            pass
    with running_city(Contents(), ports=base) as city:
        assert city.sites["eid"].port == base


def test_the_configuration_is_valid_toml_with_the_addresses_of_this_city(city: City) -> None:
    sources = tomllib.loads(city.sources_toml())["sources"]
    assert set(sources) == set(SOURCES)
    for source in SOURCES:
        assert sources[source]["url"].removesuffix("/fhir") == city.addresses[source]
    gateway = tomllib.loads(city.gateway_toml())
    assert gateway["authentication"]["issuers"][0]["issuer"] == city.issuer


def test_a_gateway_reads_the_settings_the_city_writes(city: City, tmp_path: Path) -> None:
    settings = load(city.write_config(tmp_path), {})
    assert settings.authentication.issuers[0].issuer == city.issuer
    assert settings.identifier_key.reveal() == city.credentials.identifier_key
    assert settings.explorer
    assert settings.explorer.address == city.gateway


def test_every_source_is_a_block_its_kind_understands(city: City, tmp_path: Path) -> None:
    city.write_config(tmp_path)
    for name, block in tomllib.loads(city.sources_toml())["sources"].items():
        options = read(KINDS[block["kind"]].options, block, where=name, folder=tmp_path, environment=lambda _: None)
        assert options.url.startswith(city.addresses[name])


def test_every_secret_that_is_referred_to_is_written_for_its_owner_alone(city: City, tmp_path: Path) -> None:
    city.write_config(tmp_path)
    path = city.write_config(tmp_path)  # a second time, over the first
    texts = path.read_text() + (tmp_path / "sources.toml").read_text()
    names = [part.split('"')[0] for part in texts.split('"file:')[1:]]
    public = {"certificates.pem"}
    assert {Path(name).name for name in names} | public == set(city.credentials.files())
    for name in names:
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
        assert (tmp_path / name).read_text() not in texts


def test_credentials_do_not_print(city: City) -> None:
    assert city.credentials.population_key not in repr(city.credentials)


def test_contents_are_complete() -> None:
    made = contents_of(everyone())
    numbers = {person.personal_id for person in everyone()}
    assert set(made.citizens) == set(made.cards) == set(made.histories) == numbers
