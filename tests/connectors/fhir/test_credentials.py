"""How a FHIR server knows us: headers, a fixed token, a certificate, or tokens of its own office."""

import secrets
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import trustme
from joserfc.jwk import ECKey

from connectors.clock import SystemClock
from connectors.contract import Answer, Question
from connectors.errors import Denied, Unavailable
from connectors.fhir.client import FhirSource
from connectors.options import OAuthOptions, Secret
from connectors.records import Observation
from tests.connectors.conformance import grant_for, inquiry_of
from tests.connectors.fhir import samples
from tests.connectors.fhir.test_conformance import Later
from tests.connectors.serving import PATIENCE, serving
from tests.sandbox.servers.fhir import fhir_app
from tests.sandbox.servers.smart import TokenOffice

KEY = ECKey.generate_key("P-384")
OAUTH = OAuthOptions(client_id="citizen-graph", key=Secret(KEY.as_pem(private=True).decode()), allow_http=True)

ServerOptions = Callable[[str], dict[str, Any]]


async def observations(
    *, server: ServerOptions = lambda _: {}, tls: ssl.SSLContext | None = None, **options: Any
) -> tuple[Answer[Observation], int]:
    """What the hospital gives about Hoa, and how many requests that took."""
    later = Later()
    async with serving(later, tls=tls) as served:
        url = f"{served.url}/fhir"
        later.app = fhir_app(samples.hospital(), base_url=url, **server(url))
        source = FhirSource("hospital", samples.options(url, **options), clock=SystemClock())
        inquiry = inquiry_of(PATIENCE)
        try:
            answer = await source.ask(Question(about=Observation), grant_for(samples.HOA, Observation), inquiry)
        finally:
            await inquiry.close()
            await source.close()
        return answer, served.requests


def office(url: str) -> dict[str, Any]:
    """A hospital that gives out its tokens itself."""
    return {
        "office": TokenOffice(
            base_url=url, client_id="citizen-graph", key=KEY, clock=SystemClock(), random=secrets.token_bytes
        )
    }


async def test_smart_backend_services_by_configuration_alone() -> None:
    answer, _ = await observations(server=office, oauth=OAUTH)
    assert answer.records


async def test_f07_without_a_token_the_server_refuses() -> None:
    with pytest.raises(Denied):
        await observations(server=office)


async def test_a_fixed_token_and_fixed_headers() -> None:
    answer, _ = await observations(server=lambda _: {"token": "t-1"}, bearer=Secret("t-1"))
    assert answer.records
    answer, _ = await observations(
        server=lambda _: {"token": "t-1"}, headers={"Authorization": Secret("Bearer t-1"), "X-Api-Key": Secret("k")}
    )
    assert answer.records


async def test_our_certificate_goes_to_the_records_and_to_the_token_endpoint(tmp_path: Path) -> None:
    """A server that wants a certificate wants it everywhere; without one nothing is said to us."""
    authority = trustme.CA()
    ca, identity = tmp_path / "ca.pem", tmp_path / "identity.pem"
    authority.cert_pem.write_to_path(str(ca))
    authority.issue_cert("gateway.test").private_key_and_cert_chain_pem.write_to_path(str(identity))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    authority.configure_trust(tls)
    tls.verify_mode = ssl.CERT_REQUIRED
    secure = OAuthOptions(client_id=OAUTH.client_id, key=OAUTH.key)
    answer, _ = await observations(server=office, tls=tls, ca=ca, identity=identity, oauth=secure)
    assert answer.records
    with pytest.raises(Unavailable):
        await observations(server=office, tls=tls, ca=ca, oauth=secure)
