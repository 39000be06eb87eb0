"""F15: whom a line believes, and how it proves itself. Certificates of an authority that lives as long as a test."""

import ssl
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp

from connectors.clock import SystemClock
from connectors.contract import Deadline
from connectors.errors import Unavailable
from connectors.http import Line
from connectors.options import SourceOptions
from connectors.records import SourceKind
from tests.connectors.serving import PATIENCE, serving
from tests.sandbox.eid.held_clock import HeldClock

APP: ASGIApp = PlainTextResponse("ok")
HOST = "127.0.0.1"


class Authority:
    """A certificate authority, and the files that a source's options name."""

    def __init__(self, folder: Path) -> None:
        self.ca = trustme.CA()
        self.folder = folder
        self.file = folder / "ca.pem"
        self.ca.cert_pem.write_to_path(str(self.file))

    def server(self, leaf: trustme.LeafCert | None = None) -> ssl.SSLContext:
        """TLS of a server with that certificate, by default one for its true address."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        (leaf or self.ca.issue_cert(HOST)).configure_cert(context)
        return context

    def identity(self) -> Path:
        """A client's certificate and key in one file."""
        path = self.folder / "identity.pem"
        self.ca.issue_cert("gateway.test").private_key_and_cert_chain_pem.write_to_path(str(path))
        return path


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


async def ask(tls: ssl.SSLContext, *, ca: Path | None, identity: Path | None = None, host: str = HOST) -> bytes:
    """One call to a server with that TLS."""
    async with serving(APP, tls=tls) as server:
        url = server.url.replace(HOST, host)
        options = SourceOptions(kind="x", name="Mẫu", category=SourceKind.HOSPITAL, url=url, ca=ca, identity=identity)
        line = Line(options, clock=HeldClock())
        try:
            return (await line.send("GET", "x", deadline=Deadline.after(PATIENCE, SystemClock()))).body
        finally:
            await line.close()


async def test_the_configured_authority_is_believed(authority: Authority) -> None:
    assert await ask(authority.server(), ca=authority.file) == b"ok"


async def test_the_name_is_checked_although_the_address_is_connected_to(authority: Authority) -> None:
    by_name = authority.server(authority.ca.issue_cert("localhost"))
    assert await ask(by_name, ca=authority.file, host="localhost") == b"ok"
    with pytest.raises(Unavailable):
        await ask(authority.server(), ca=authority.file, host="localhost")


def _expired(authority: Authority) -> ssl.SSLContext:
    yesterday = datetime.now(UTC) - timedelta(days=1)  # TLS knows no other clock than the machine's
    return authority.server(
        authority.ca.issue_cert(HOST, not_before=yesterday - timedelta(days=9), not_after=yesterday)
    )


def _other_name(authority: Authority) -> ssl.SSLContext:
    return authority.server(authority.ca.issue_cert("elsewhere.test"))


def _stranger(authority: Authority) -> ssl.SSLContext:
    return authority.server(trustme.CA().issue_cert(HOST))


def _self_signed(_authority: Authority) -> ssl.SSLContext:
    """Nobody but itself vouches for it."""
    own = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "own.pem"
        file.write_bytes(own.private_key_pem.bytes() + own.cert_pem.bytes())
        context.load_cert_chain(file)
    return context


def _old_version(authority: Authority) -> ssl.SSLContext:
    context = authority.server()
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.deprecated_call():
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context


@pytest.mark.parametrize("server", [_expired, _other_name, _stranger, _self_signed, _old_version])
async def test_f15_a_server_that_cannot_be_believed(
    server: Callable[[Authority], ssl.SSLContext], authority: Authority
) -> None:
    """Expired, for another name, of another authority, of none, of an old version: unavailable, and no word more."""
    with pytest.raises(Unavailable) as caught:
        await ask(server(authority), ca=authority.file)
    assert str(caught.value) == "ConnectError"


async def test_f15_an_authority_of_the_test_is_not_believed_by_default(authority: Authority) -> None:
    with pytest.raises(Unavailable):
        await ask(authority.server(), ca=None)


async def test_f15_a_configured_authority_replaces_the_others(authority: Authority, tmp_path: Path) -> None:
    """Naming one's own authority means that no other is believed for this source."""
    (tmp_path / "other").mkdir()
    with pytest.raises(Unavailable):
        await ask(authority.server(), ca=Authority(tmp_path / "other").file)


async def test_mutual_tls_shows_our_certificate(authority: Authority) -> None:
    tls = authority.server()
    authority.ca.configure_trust(tls)
    tls.verify_mode = ssl.CERT_REQUIRED
    assert await ask(tls, ca=authority.file, identity=authority.identity()) == b"ok"


async def test_f15_a_certificate_of_an_authority_unknown_to_the_source_is_refused(
    authority: Authority, tmp_path: Path
) -> None:
    """It is our own authority that the source does not know."""
    tls = authority.server()
    authority.ca.configure_trust(tls)
    tls.verify_mode = ssl.CERT_REQUIRED
    (tmp_path / "ours").mkdir()
    with pytest.raises(Unavailable):
        await ask(tls, ca=authority.file, identity=Authority(tmp_path / "ours").identity())


async def test_f15_without_our_certificate_we_are_refused(authority: Authority) -> None:
    tls = authority.server()
    authority.ca.configure_trust(tls)
    tls.verify_mode = ssl.CERT_REQUIRED
    with pytest.raises(Unavailable):
        await ask(tls, ca=authority.file)
