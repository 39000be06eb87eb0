"""F15: whom a line believes, and how it proves itself. Certificates of an authority that lives as long as a test."""

import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp

from connectors.clock import SystemClock
from connectors.contract import Deadline
from connectors.errors import Unavailable
from connectors.http import Line
from connectors.options import SourceOptions
from connectors.records import SourceKind
from tests.connectors.authority import DOUBTFUL, HOST, Authority
from tests.connectors.serving import PATIENCE, serving
from tests.sandbox.eid.held_clock import HeldClock

APP: ASGIApp = PlainTextResponse("ok")


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


@pytest.mark.parametrize("server", DOUBTFUL.values(), ids=DOUBTFUL)
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
    tls = authority.asking()
    assert await ask(tls, ca=authority.file, identity=authority.identity()) == b"ok"


async def test_f15_a_certificate_of_an_authority_unknown_to_the_source_is_refused(
    authority: Authority, tmp_path: Path
) -> None:
    """It is our own authority that the source does not know."""
    tls = authority.asking()
    (tmp_path / "ours").mkdir()
    with pytest.raises(Unavailable):
        await ask(tls, ca=authority.file, identity=Authority(tmp_path / "ours").identity())


async def test_f15_without_our_certificate_we_are_refused(authority: Authority) -> None:
    tls = authority.asking()
    with pytest.raises(Unavailable):
        await ask(tls, ca=authority.file)
