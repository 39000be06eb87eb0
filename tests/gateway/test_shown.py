"""Attack 35: tokens that are bound to a certificate, over TLS of our own and behind a proxy. And bound to a key."""

import base64
import hashlib
import ssl
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import msgspec
import pytest
import trustme
from joserfc.jwk import ECKey
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Subprotocol

from gateway.settings import Proxy, Server
from gateway.shown import CERTIFICATE, shown_in
from tests.running import CityClock, Running, running_gateway
from tests.sandbox.city import City
from tests.sandbox.eid.holder import Holder

QUERY = {"query": "{ me { id } }"}
ALONE = 'proxy = { addresses = ["127.0.0.1"] } -> proxy = { addresses = ["10.9.9.9"] }'
"""Nobody on this machine is a proxy."""


class Client:
    """Somebody with a certificate, and with tokens that are bound to it."""

    def __init__(self, authority: trustme.CA, folder: Path, name: str) -> None:
        issued = authority.issue_cert(f"{name}.test")
        self.file = folder / f"{name}.pem"
        issued.private_key_and_cert_chain_pem.write_to_path(str(self.file))
        self.pem = issued.cert_chain_pems[0].bytes().decode()
        self.der = ssl.PEM_cert_to_DER_cert(self.pem)
        self.thumbprint = base64.urlsafe_b64encode(hashlib.sha256(self.der).digest()).rstrip(b"=").decode()

    def token(self, city: City) -> str:
        return city.eid.token_for("an", cnf={"x5t#S256": self.thumbprint})

    def as_sequence(self) -> str:
        """As RFC 9440 writes it."""
        return f":{base64.b64encode(self.der).decode()}:"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def clients(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> tuple[Client, Client]:
    folder = tmp_path_factory.mktemp("clients")
    return Client(authority, folder, "clinic"), Client(authority, folder, "neighbour")


@pytest.fixture(scope="module")
def secured(
    whole_city: City, city_clock: CityClock, authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    """A gateway that speaks TLS itself, and lets clients show certificates of that authority."""
    folder = tmp_path_factory.mktemp("secured")
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(folder / "own.pem"))
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    tls = '\n[server] -> \n[server]\ntls = { identity = "own.pem", client_authorities = "ca.pem" }'
    with running_gateway(whole_city, folder, clock=city_clock, tls=tls, alone=ALONE) as running:
        yield running


@pytest.fixture(scope="module")
def alone(whole_city: City, city_clock: CityClock, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A gateway that believes no proxy on this machine, as the city's own does."""
    with running_gateway(whole_city, tmp_path_factory.mktemp("alone"), clock=city_clock, alone=ALONE) as running:
        yield running


async def over_tls(
    gateway: Running,
    authority: trustme.CA,
    token: str,
    *,
    client: Client | None = None,
    headers: Mapping[str, str] = {},
) -> int:
    """The status of a question over TLS, with that client's certificate or without any."""
    context = ssl.create_default_context()
    authority.configure_trust(context)
    if client is not None:
        context.load_cert_chain(client.file)
    async with httpx.AsyncClient(trust_env=False, verify=context, timeout=10) as http:
        known = {"authorization": f"Bearer {token}", **headers}
        address = gateway.url.replace("http:", "https:")
        return (await http.post(f"{address}/graphql", json=QUERY, headers=known)).status_code


async def test_a_token_is_taken_over_a_connection_that_proves_its_certificate(
    secured: Running, city: City, authority: trustme.CA, clients: tuple[Client, Client]
) -> None:
    assert await over_tls(secured, authority, clients[0].token(city), client=clients[0]) == 200
    assert await over_tls(secured, authority, city.eid.token_for("an")) == 200


async def test_a35_without_or_with_another_certificate(
    secured: Running, city: City, authority: trustme.CA, clients: tuple[Client, Client]
) -> None:
    token = clients[0].token(city)
    assert await over_tls(secured, authority, token) == 401
    assert await over_tls(secured, authority, token, client=clients[1]) == 401


async def test_a35_a_certificate_of_an_authority_that_nobody_named_is_not_let_in(
    secured: Running, city: City, authority: trustme.CA, tmp_path: Path
) -> None:
    stranger = Client(trustme.CA(), tmp_path, "stranger")
    with pytest.raises(httpx.TransportError):
        await over_tls(secured, authority, stranger.token(city), client=stranger)


async def test_a35_a_websocket_proves_its_certificate_as_any_request_does(
    secured: Running, city: City, authority: trustme.CA, clients: tuple[Client, Client]
) -> None:
    address = secured.url.replace("http:", "wss:") + "/graphql"
    known = {"Authorization": f"Bearer {clients[0].token(city)}"}
    accepted = []
    for client in clients:
        context = ssl.create_default_context()
        authority.configure_trust(context)
        context.load_cert_chain(client.file)
        try:
            async with connect(
                address, ssl=context, additional_headers=known, subprotocols=[Subprotocol("graphql-transport-ws")]
            ):
                accepted.append(101)
        except InvalidStatus as refused:
            accepted.append(refused.response.status_code)
    assert accepted == [101, 401]


@pytest.mark.parametrize("name", ["client-cert", "x-ssl-client-cert", "x-client-cert", "x-forwarded-client-cert"])
async def test_a35_a_forged_header_from_outside(
    secured: Running, city: City, authority: trustme.CA, clients: tuple[Client, Client], name: str
) -> None:
    """A thief who has token and certificate, which is no secret, and not the key."""
    thief, victim = clients[1], clients[0]
    for told in (victim.as_sequence(), quote(victim.pem), victim.thumbprint):
        assert await over_tls(secured, authority, victim.token(city), client=thief, headers={name: told}) == 401
        assert await over_tls(secured, authority, victim.token(city), headers={name: told}) == 401


async def told_by_a_proxy(gateway: Running, token: str, *certificates: str) -> httpx.Response:
    headers = [("authorization", f"Bearer {token}"), *(("client-cert", one) for one in certificates)]
    async with httpx.AsyncClient(trust_env=False, timeout=10) as http:
        return await http.post(f"{gateway.url}/graphql", json=QUERY, headers=headers)


async def test_a_proxy_tells_the_certificate(gateway: Running, city: City, clients: tuple[Client, Client]) -> None:
    """As RFC 9440 says, or as a percent-encoded PEM."""
    token = clients[0].token(city)
    for told in (clients[0].as_sequence(), quote(clients[0].pem)):
        assert (await told_by_a_proxy(gateway, token, told)).status_code == 200


async def test_a35_a_proxy_that_tells_nothing_another_or_two(
    gateway: Running, city: City, clients: tuple[Client, Client]
) -> None:
    own, other = (client.as_sequence() for client in clients)
    token = clients[0].token(city)
    two_in_one = quote(clients[0].pem + clients[1].pem)
    for told in (
        (),
        (other,),
        (own, other),
        (own, own),
        (f"{own},{other}",),
        ("",),
        (":AAAA:",),
        ("::",),
        (two_in_one,),
    ):
        answer = await told_by_a_proxy(gateway, token, *told)
        assert answer.status_code == 401, told
        assert 'error="invalid_token"' in answer.headers["www-authenticate"]
        assert clients[0].thumbprint not in answer.text


async def test_a35_who_is_no_proxy_tells_nothing(alone: Running, city: City, clients: tuple[Client, Client]) -> None:
    """The same words from an address that is none of a proxy."""
    answer = await told_by_a_proxy(alone, clients[0].token(city), clients[0].as_sequence())
    assert answer.status_code == 401


def scope(peer: str, *headers: tuple[bytes, bytes], certificate: bytes | None = None) -> dict[str, Any]:
    return {
        "method": "POST",
        "path": "/graphql",
        "raw_path": b"/graphql",
        "client": (peer, 1),
        "headers": list(headers),
        CERTIFICATE: certificate,
    }


def test_a35_a_proxy_is_known_by_its_address_and_its_own_certificate_is_nobodys(
    clients: tuple[Client, Client],
) -> None:
    server = Server(proxy=Proxy(addresses=("10.0.0.4/31", "2001:db8::7")))
    header = (b"client-cert", clients[0].as_sequence().encode())
    for peer in ("10.0.0.4", "10.0.0.5", "2001:db8::7"):
        assert shown_in(scope(peer, header), server).certificate == clients[0].thumbprint
        assert shown_in(scope(peer, certificate=clients[1].der), server).certificate is None
    for peer in ("10.0.0.6", "127.0.0.1", "2001:db8::8", "unix"):
        assert shown_in(scope(peer, header), server).certificate is None
        assert shown_in(scope(peer, header, certificate=clients[1].der), server).certificate == clients[1].thumbprint


@pytest.mark.parametrize(
    "wrong",
    [
        {"addresses": []},
        {"addresses": ["proxy.example"]},
        {"addresses": ["0.0.0.0/0"]},
        {"addresses": ["10.0.0.1"], "certificate_header": "Client Cert"},
    ],
)
def test_a90_a_proxy_that_could_be_anybody_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(wrong, Proxy)


@pytest.mark.parametrize("wrong", ["graph.example", "https://graph.example/", "https://a@graph.example", "ftp://x", ""])
def test_a90_a_public_address_that_nobody_could_name_is_refused(wrong: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"public_address": wrong}, Server)


async def test_a34_a_proof_names_the_public_address_whatever_the_request_says_of_itself(
    city: City, city_clock: CityClock, tmp_path: Path
) -> None:
    """And one round brings the nonce."""
    public = '\n[server] -> \n[server]\npublic_address = "https://graph.example"'
    key = ECKey.generate_key("P-256")
    holder = Holder(city.eid.token_for("an", cnf={"jkt": key.thumbprint()}), key=key, clock=city_clock)
    with running_gateway(city, tmp_path, clock=city_clock, public=public) as gateway:
        statuses = []
        for address in ("https://graph.example", gateway.url, "https://graph.example"):
            headers = holder.headers("POST", f"{address}/graphql")
            async with httpx.AsyncClient(trust_env=False, timeout=10) as http:
                answer = await http.post(
                    f"{gateway.url}/graphql", json=QUERY, headers={**headers, "host": "graph.example"}
                )
            holder.nonce = answer.headers.get("dpop-nonce", holder.nonce)
            statuses.append((answer.status_code, answer.headers.get("www-authenticate", "").partition(", algs")[0]))

    assert statuses[0][0] == 401 and 'DPoP realm="citizen-graph", error="use_dpop_nonce"' in statuses[0][1]
    assert statuses[1][0] == 401 and 'error="invalid_dpop_proof"' in statuses[1][1]
    assert statuses[2] == (200, "")
